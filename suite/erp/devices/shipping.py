"""What shipping and taking back single pieces does to the devices at customers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from suite.base.command import Actor
from suite.base.db import session
from suite.erp.devices.commands import place_device, take_back_device
from suite.model import Device, LineLot, Lot, Product, Record


def place_shipped(
    lines: Sequence[Mapping[str, Any]], *, party_id: int, delivery_id: int, on: date, by: Actor
) -> None:
    """Each piece with a serial number on delivery lines becomes a device at the customer."""
    for lot in _pieces(lines):
        place_device(
            lot_id=lot.id,
            serial=lot.code,
            product_id=lot.product_id,
            party_id=party_id,
            delivery_id=delivery_id,
            on=on,
            by=by,
        )


def take_back_returned(lines: Sequence[Mapping[str, Any]], *, by: Actor) -> None:
    """Devices whose piece came back with return lines are retired."""
    ids = [lot.id for lot in _pieces(lines)]
    devices = select(Device.id).join(Record, Record.id == Device.id)
    active = devices.where(Device.lot_id.in_(ids), Record.state == "active").order_by(Device.id)
    for device_id in session().scalars(active).all() if ids else ():
        take_back_device(device_id, by=by)


def _pieces(lines: Sequence[Mapping[str, Any]]) -> Sequence[Lot]:
    wanted = (
        select(Lot)
        .join(LineLot, LineLot.lot_id == Lot.id)
        .join(Product, Product.id == Lot.product_id)
        .where(LineLot.line_id.in_([line["id"] for line in lines]), Product.tracking == "serial")
    )
    return session().scalars(wanted.order_by(Lot.id)).all()
