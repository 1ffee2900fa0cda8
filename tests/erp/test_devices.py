"""Devices: made by shipping, taken back by returns, entered by hand; and the parts that fit."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from suite.base.errors import Conflict, NotFound, Refusal
from suite.erp.deliveries.commands import deliver_order
from suite.erp.deliveries.returns import return_delivery
from suite.erp.devices.commands import (
    DeviceInput,
    create_device,
    edit_device,
    months_later,
    place_device,
    retire_device,
    revive_device,
    take_back_device,
)
from suite.erp.invoices.commands import post_invoice
from suite.erp.invoices.drafts import invoice_order
from suite.erp.stock.commands import receive_product
from suite.master.products.spare_parts import PartInput, set_spare_parts
from suite.model import Device
from suite.shared.lots import LotInput
from tests.web.clients import post_form
from tests.world import World, line

# Nested in shipping and in taking goods back.
NESTED = (place_device, take_back_device)


def delivered(world: World, *codes: str, warranty: int | None = 24) -> tuple[int, int, int]:
    """Pumps delivered to a new customer: (product, order, delivery)."""
    product = world.product("Pumpe", stock="0", tracking="serial", warranty_months=warranty)
    receive_product(product, quantity=D(len(codes)), lots=[LotInput(c) for c in codes], by=world.wanda)
    order = world.order(line(product, str(len(codes))))
    return product, order, deliver_order(order, dated_on=date(2026, 8, 31), by=world.wanda)


def devices(world: World) -> list[Device]:
    with world.database.reading() as reading:
        return list(reading.scalars(select(Device).order_by(Device.serial)))


def test_each_piece_delivered_is_a_device_at_the_customer(world: World) -> None:
    product, order, delivery = delivered(world, "S1", "S2", warranty=6)

    first, second = devices(world)

    assert (first.serial, second.serial, first.product_id) == ("S1", "S2", product)
    assert (first.bought_on, first.warranty_until) == (date(2026, 8, 31), date(2027, 2, 28))
    assert first.delivery_id == delivery
    record = world.record(first.id)
    assert (record.number, record.state, record.party_id) == ("S1", "active", world.record(order).party_id)
    assert world.findings() == []


def test_goods_without_serial_number_make_no_device(world: World) -> None:
    world.delivered_order(line(world.product(stock="5"), "2"))

    assert devices(world) == []


def test_a_piece_that_comes_back_is_retired_and_moves_on_with_its_next_delivery(world: World) -> None:
    product, _, delivery = delivered(world, "S1", "S2", warranty=None)
    only = world.lines(delivery)[0].id
    return_delivery(
        delivery,
        quantities={only: D(1)},
        lots={only: [LotInput("S1")]},
        reason="defective",
        by=world.wanda,
    )
    back, kept = devices(world)

    assert (world.record(back.id).state, world.record(kept.id).state) == ("retired", "active")
    with pytest.raises(Refusal, match="device-in-stock"):
        revive_device(back.id, by=world.owner)
    again = world.order(line(product, "1"))
    deliver_order(again, by=world.wanda)
    record = world.record(back.id)
    assert (record.state, record.party_id) == ("active", world.record(again).party_id)
    assert len(devices(world)) == 2
    assert world.findings() == []


def test_a_device_is_entered_changed_retired_and_used_again(world: World) -> None:
    customer, product = world.customer(), world.product()
    device = create_device(
        DeviceInput("Kessel"), party_id=customer, serial="K1", product_id=product, by=world.owner
    )

    with pytest.raises(Refusal, match="device-known"):
        create_device(
            DeviceInput("Kessel"), party_id=customer, serial="K1", product_id=product, by=world.owner
        )
    version = world.record(device).version
    edit_device(device, DeviceInput("Kessel 2", site="Keller"), version=version, by=world.owner)
    with pytest.raises(Conflict):
        edit_device(device, DeviceInput("Kessel 3"), version=version, by=world.owner)
    retire_device(device, by=world.owner)
    with pytest.raises(Refusal, match="step-not-open"):
        edit_device(device, DeviceInput("Kessel 3"), by=world.owner)
    revive_device(device, by=world.owner)

    assert (world.record(device).title, world.record(device).state) == ("Kessel 2", "active")


@pytest.mark.parametrize(
    ("device", "code"),
    [
        (DeviceInput(" "), "field-required"),
        (
            DeviceInput("Kessel", bought_on=date(2026, 2, 1), warranty_until=date(2026, 1, 1)),
            "warranty-before",
        ),
    ],
)
def test_a_device_needs_a_name_and_a_warranty_after_its_purchase(
    world: World, device: DeviceInput, code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        create_device(device, party_id=world.customer(), by=world.owner)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 25, date(2028, 2, 29)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_months_later_ends_with_the_month(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_parts_that_fit_are_known_products_once_each_and_not_the_product_itself(world: World) -> None:
    product, part = world.product(), world.product()

    set_spare_parts(product, [PartInput(part, D(2), "Dichtung")], by=world.owner)

    for parts, code in (
        ([PartInput(part, D(1)), PartInput(part, D(2))], "part-twice"),
        ([PartInput(product, D(1))], "part-of-itself"),
        ([PartInput(part, D(0))], "quantity-range"),
        ([PartInput(part, D(1))] * 301, "lines-too-many"),
    ):
        with pytest.raises(Refusal, match=code):
            set_spare_parts(product, parts, by=world.owner)
    with pytest.raises(NotFound):
        set_spare_parts(product, [PartInput(999999, D(1))], by=world.owner)
    with pytest.raises(Conflict):
        set_spare_parts(product, [], version=1, by=world.owner)


def test_pages_of_devices_and_parts(world: World, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("service", "accounting")
    _, order, delivery = delivered(world, "S1")
    invoice = post_invoice(invoice_order(order, by=world.anna), by=world.anna)
    customer = world.record(world.record(order).party_id)
    part = world.record(world.product("Dichtung", number="D-1"))

    listed = client.get("/devices").get_data(as_text=True)
    file = client.get(f"/devices/{world.record(devices(world)[0].id).public_id}").get_data(as_text=True)
    assert "S1" in listed
    assert (world.record(delivery).number or "?") in file
    assert (world.record(invoice).number or "?") in file
    assert ">S1<" in client.get(f"/parties/{customer.public_id}").get_data(as_text=True)
    made = post_form(client, "/devices/new", party=customer.title, name="Kessel", serial="K1", article="D-1")
    wrong = post_form(client, "/devices/new", party=customer.title, name="Kessel", article="nichts")
    assert (made.status_code, wrong.status_code) == (303, 422)
    assert customer.title in client.get(f"/devices/new?party={customer.public_id}").get_data(as_text=True)
    pump = world.record(devices(world)[1].product_id or 0)
    url = f"/products/{pump.public_id}/parts"
    saved = post_form(client, url, parts="D-1; 2; unten", version=str(pump.version))
    late = post_form(client, url, parts="D-1; 3", version=str(pump.version))
    unknown = post_form(client, url, parts="X-9")
    assert (saved.status_code, late.status_code, unknown.status_code) == (303, 422, 422)
    assert part.title in client.get(f"/products/{pump.public_id}").get_data(as_text=True)
    assert "D-1; 2; unten" in client.get(url).get_data(as_text=True)
