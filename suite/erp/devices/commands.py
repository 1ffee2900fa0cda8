"""What can be done with devices at customers."""

from calendar import monthrange
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from suite.base.command import Actor, command, note_change
from suite.base.db import session
from suite.base.errors import NotFound, Refusal
from suite.base.text import clean, searchable
from suite.model import Device, LotLevel, Product
from suite.model.record import change_record, expect_version, get_record, new_record
from suite.shared.snapshot import active_party

LONGEST_SERIAL = 50


@dataclass(frozen=True)
class DeviceInput:
    """A device as entered; without a product it is somebody else's make."""

    name: str
    site: str = ""
    bought_on: date | None = None
    warranty_until: date | None = None


@command("device.create", creates="device")
def create_device(
    device: DeviceInput, *, party_id: int, serial: str = "", product_id: int | None = None, by: Actor
) -> int:
    """Enter a device that stands at a customer; its serial number is its number and stays."""
    active_party(party_id)
    values = _checked(device)
    serial = clean(serial, "serial", max_length=LONGEST_SERIAL)
    if product_id is not None and session().get(Product, product_id) is None:
        raise NotFound("product", product_id)
    same = select(Device.id).where(Device.serial == serial, Device.product_id == product_id)
    if serial and product_id is not None and session().scalar(same.limit(1)) is not None:
        raise Refusal("device-known", field="serial", serial=serial)
    device_id = new_record(
        "device",
        title=values["name"],
        state="active",
        number=serial or None,
        party_id=party_id,
        sort_date=values["bought_on"],
        due_date=values["warranty_until"],
        words=(values["site"],),
    )
    session().execute(insert(Device).values(id=device_id, product_id=product_id, serial=serial, **values))
    return device_id


@command("device.edit", on="device")
def edit_device(device_id: int, device: DeviceInput, *, version: int | None = None, by: Actor) -> int:
    """Change name, place, purchase and warranty of a device."""
    record = get_record(device_id, "device")
    expect_version(record, version)
    Device.flow.after("device.edit", record.state)
    values = _checked(device)
    known = session().get_one(Device, device_id)
    for name, value in values.items():
        note_change(name, getattr(known, name), value)
        setattr(known, name, value)
    session().flush()  # before the register row
    change_record(
        device_id,
        title=values["name"],
        sort_date=values["bought_on"],
        due_date=values["warranty_until"],
        search_text=searchable(record.number, values["name"], values["site"]),
    )
    return device_id


@command("device.retire", on="device")
def retire_device(device_id: int, *, version: int | None = None, by: Actor) -> int:
    """The device is no longer in use, or no longer there."""
    return _step(device_id, "device.retire", version)


@command("device.revive", on="device")
def revive_device(device_id: int, *, version: int | None = None, by: Actor) -> int:
    """The device is in use again; not while it lies in our stock."""
    lot_id = session().scalar(select(Device.lot_id).where(Device.id == device_id))
    there = select(LotLevel.lot_id).where(LotLevel.lot_id == lot_id, LotLevel.on_hand > 0)
    if lot_id is not None and session().scalar(there.limit(1)) is not None:
        raise Refusal("device-in-stock")
    return _step(device_id, "device.revive", version)


@command("device.place", creates="device")
def place_device(
    *, lot_id: int, serial: str, product_id: int, party_id: int, delivery_id: int, on: date, by: Actor
) -> int:
    """A piece with a serial number was delivered: it is a device at the customer, new or known from before."""
    product = session().get_one(Product, product_id)
    until = months_later(on, product.warranty_months) if product.warranty_months else None
    known = session().scalar(select(Device).where(Device.lot_id == lot_id).with_for_update())
    if known is None:
        device_id = new_record(
            "device",
            title=product.name,
            state="active",
            number=serial,
            party_id=party_id,
            sort_date=on,
            due_date=until,
        )
        values = {"name": product.name, "serial": serial, "bought_on": on, "warranty_until": until}
        session().execute(
            insert(Device).values(
                id=device_id, product_id=product_id, lot_id=lot_id, delivery_id=delivery_id, **values
            )
        )
        return device_id
    note_change("party", known.record.title, party_id)
    known.bought_on, known.warranty_until, known.delivery_id = on, until, delivery_id
    session().flush()  # before the register row
    change_record(known.id, state="active", party_id=party_id, sort_date=on, due_date=until)
    return known.id


@command("device.take_back", on="device")
def take_back_device(device_id: int, *, by: Actor) -> int:
    """The piece came back to us: the device is retired, with its history."""
    change_record(device_id, state="retired")
    return device_id


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last of that month where there is none."""
    year, month = divmod(day.month - 1 + months, 12)
    year += day.year
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _checked(device: DeviceInput) -> dict[str, Any]:
    values = asdict(device)
    values["name"] = clean(values["name"], "name")
    values["site"] = clean(values["site"], "site")
    if not values["name"]:
        raise Refusal("field-required", field="name")
    bought, until = values["bought_on"], values["warranty_until"]
    if bought is not None and until is not None and until < bought:
        raise Refusal("warranty-before", field="warranty_until")
    return values


def _step(device_id: int, verb: str, version: int | None) -> int:
    record = get_record(device_id, "device")
    expect_version(record, version)
    change_record(device_id, state=Device.flow.after(verb, record.state))
    return device_id
