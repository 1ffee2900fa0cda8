"""Receipts, corrections and transfers of stock."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.db import session
from suite.base.errors import NotFound, Refusal
from suite.base.money import fits
from suite.base.text import clean
from suite.model import Location, Lot, LotLevel, Product, StockLevel
from suite.model.record import change_record
from suite.shared.lines import LARGEST_QUANTITY
from suite.shared.lots import LotInput, entered_lots, tracked_product
from suite.shared.reservation import move_stock, receive_stock, remove_stock

ZERO = Decimal(0)


@command("stock.receive", on="product")
def receive_product(
    product_id: int,
    *,
    quantity: Decimal,
    location: str = "MAIN",
    received_on: date | None = None,
    reason: str = "",
    lots: Sequence[LotInput] = (),
    by: Actor,
) -> int:
    """Bring goods in from a supplier; `quantity` in the product's unit, `lots` where the product is tracked."""
    product = _stocked(product_id)
    _check_quantity(quantity)
    receive_stock(
        product_id,
        internal_location(location),
        quantity,
        source="SUPPLIER",
        on=received_on or clock.today(),
        reason=clean(reason, "reason"),
        lots=entered_lots(product, lots, quantity, field="lots"),
    )
    change_record(product_id)
    return product_id


@command("stock.correct", on="product")
def correct_stock(
    product_id: int,
    *,
    counted: Decimal,
    location: str = "MAIN",
    reason: str,
    counted_on: date | None = None,
    lot: str = "",
    by: Actor,
) -> int:
    """Set what lies at a location, of one lot where the product is tracked, to what was counted; needs a reason.

    Counting less than is reserved releases the latest promised reservations.
    """
    if not fits(counted, most=LARGEST_QUANTITY, places=6):
        raise Refusal("quantity-range", field="counted", most=LARGEST_QUANTITY)
    words, place = clean(reason, "reason"), internal_location(location)
    if not words:
        raise Refusal("field-required", field="reason")
    correct_level(product_id, place, counted=counted, lot=lot, reason=words, on=counted_on or clock.today())
    change_record(product_id)
    return product_id


@command("stock.transfer", on="product")
def transfer_stock(
    product_id: int,
    *,
    quantity: Decimal,
    source: str,
    target: str,
    moved_on: date | None = None,
    reason: str = "",
    lots: Sequence[LotInput] = (),
    by: Actor,
) -> int:
    """Bring goods from one location of ours to another: what is free there, never what is promised."""
    _stocked(product_id)
    _check_quantity(quantity)
    here, there = internal_location(source, field="source"), internal_location(target, field="target")
    if here == there:
        raise Refusal("location-same", field="target")
    on, words = moved_on or clock.today(), clean(reason, "reason")
    move_stock(product_id, here, there, quantity, on=on, reason=words, lots=lots)
    change_record(product_id)
    return product_id


def correct_level(
    product_id: int, place: int, *, counted: Decimal, lot: str, reason: str, on: date, field: str = "lot"
) -> None:
    """Bring a level, of one lot where the product is tracked, to what was counted; noted with the event."""
    product = _stocked(product_id)
    code = clean(lot, field, max_length=50)
    if bool(code) != (product.tracking != "none"):
        raise Refusal("lots-missing" if product.tracking != "none" else "lots-not-tracked", field=field)
    if product.tracking == "serial" and counted not in (0, 1):
        raise Refusal("serial-one", field="counted", lot=code)
    # A row of another lot is locked too: who counts locks the product's level first, as everybody does.
    level = select(StockLevel.on_hand).where(StockLevel.product_id == product_id)
    before = session().scalar(level.where(StockLevel.location_id == place).with_for_update()) or ZERO
    lot_id = None
    if code:
        of_code = select(Lot.id).where(Lot.product_id == product_id, Lot.code == code)
        lot_id = session().scalar(of_code)
        of_lot = select(LotLevel.on_hand).where(LotLevel.lot_id == lot_id, LotLevel.location_id == place)
        before = session().scalar(of_lot.with_for_update()) or ZERO
    if counted > before:
        more = counted - before
        lots = entered_lots(product, [LotInput(code, more)] if code else [], more, field=field)
        receive_stock(product_id, place, more, source="CORRECTION", on=on, reason=reason, lots=lots)
    elif counted < before:
        remove_stock(product_id, place, before - counted, on=on, reason=reason, lot_id=lot_id)
    note_change(f"on_hand {code}".strip(), before, counted)


def internal_location(code: str, *, field: str = "location") -> int:
    """The id of a location of ours; raises `Refusal("location-unknown")`."""
    known = session().scalar(select(Location.id).where(Location.code == code, Location.kind == "internal"))
    if known is None:
        raise Refusal("location-unknown", field=field, value=code)
    return known


def _stocked(product_id: int) -> Product:
    product = tracked_product(product_id)
    if product is None:
        raise NotFound("product", product_id)
    if not product.stock_kept:
        raise Refusal("product-not-stocked", field="product", name=product.name)
    return product


def _check_quantity(quantity: Decimal) -> None:
    if not quantity or not fits(quantity, most=LARGEST_QUANTITY, places=6):
        raise Refusal("quantity-range", field="quantity", most=LARGEST_QUANTITY)
