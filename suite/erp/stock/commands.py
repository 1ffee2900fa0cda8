"""Receipts and corrections of stock."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.db import session
from suite.base.errors import NotFound, Refusal
from suite.base.money import fits
from suite.base.text import clean
from suite.model import Location, Product, StockLevel
from suite.model.record import change_record
from suite.shared.lines import LARGEST_QUANTITY
from suite.shared.reservation import receive_stock, remove_stock


@command("stock.receive", on="product")
def receive_product(
    product_id: int,
    *,
    quantity: Decimal,
    location: str = "MAIN",
    received_on: date | None = None,
    reason: str = "",
    by: Actor,
) -> int:
    """Bring goods in from a supplier; `quantity` in the product's unit."""
    _check(product_id, quantity)
    receive_stock(
        product_id,
        _location(location),
        quantity,
        source="SUPPLIER",
        on=received_on or clock.today(),
        reason=clean(reason, "reason"),
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
    by: Actor,
) -> int:
    """Set what lies at a location to what was counted; needs a reason.

    Counting less than is reserved releases the latest promised reservations.
    """
    if not fits(counted, most=LARGEST_QUANTITY, places=6):
        raise Refusal("quantity-range", field="counted", most=LARGEST_QUANTITY)
    words, on, place = clean(reason, "reason"), counted_on or clock.today(), _location(location)
    if not words:
        raise Refusal("field-required", field="reason")
    level = (
        session()
        .execute(
            select(StockLevel.on_hand)
            .where(StockLevel.product_id == product_id, StockLevel.location_id == place)
            .with_for_update()
        )
        .scalar_one_or_none()
    )
    before = level or Decimal(0)
    if counted > before:
        _check(product_id, counted - before)
        receive_stock(product_id, place, counted - before, source="CORRECTION", on=on, reason=words)
    elif counted < before:
        remove_stock(product_id, place, before - counted, on=on, reason=words)
    note_change("on_hand", before, counted)
    change_record(product_id)
    return product_id


def _check(product_id: int, quantity: Decimal) -> None:
    product = session().get(Product, product_id)
    if product is None:
        raise NotFound("product", product_id)
    if not product.stock_kept:
        raise Refusal("product-not-stocked", field="product", name=product.name)
    if not quantity or not fits(quantity, most=LARGEST_QUANTITY, places=6):
        raise Refusal("quantity-range", field="quantity", most=LARGEST_QUANTITY)


def _location(code: str) -> int:
    known = session().scalar(select(Location.id).where(Location.code == code, Location.kind == "internal"))
    if known is None:
        raise Refusal("location-unknown", field="location", value=code)
    return known
