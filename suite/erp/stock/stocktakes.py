"""Opening and discarding stocktakes: which products of a place are counted."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.counter import draw_number
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal
from suite.model import Location, Lot, LotLevel, Product, Record, StockLevel, Stocktake, StocktakeLine
from suite.model.record import change_record, expect_version, get_record, new_record

MOST_LINES = 10_000


@command("stocktake.open", creates="stocktake")
def open_stocktake(*, location: str, product_ids: Sequence[int] | None = None, by: Actor) -> int:
    """Begin to count a place: the products named, or with None all that lie there or ever lay there.

    Raises `Refusal("stocktake-open-already")` where one of them is being counted there already.
    """
    wanted = select(Location).where(Location.code == location, Location.kind == "internal")
    place = (
        session().scalars(wanted.with_for_update(key_share=True)).one_or_none()
    )  # who else opens one here waits
    if place is None:
        raise Refusal("location-unknown", field="location", value=location)
    products = _products(place.id, product_ids)
    refuse_counted_twice(place.id, list(products))
    on = clock.today()
    stocktake_id = new_record(
        "stocktake", title=place.name, state="counting", number=draw_number("stocktake", on), sort_date=on
    )
    session().add(Stocktake(id=stocktake_id, location_id=place.id))
    session().flush()  # before its lines
    rows = _lines(stocktake_id, place.id, products)
    if len(rows) > MOST_LINES:
        raise Refusal("stocktake-too-large", field="articles", most=MOST_LINES)
    insert_rows(StocktakeLine, rows)
    return stocktake_id


@command("stocktake.discard", on="stocktake")
def discard_stocktake(stocktake_id: int, *, version: int | None = None, by: Actor) -> int:
    """Give a stocktake up: nothing of it is booked."""
    record = get_record(stocktake_id, "stocktake")
    expect_version(record, version)
    change_record(stocktake_id, state=Stocktake.flow.after("stocktake.discard", record.state))
    return stocktake_id


def refuse_counted_twice(location_id: int, product_ids: Collection[int], *, besides: int = 0) -> None:
    """A difference is booked once: a product is in one open stocktake of a place. The location is locked."""
    others = (
        select(Record.number, StocktakeLine.product_id, Product.name)
        .join(Stocktake, Stocktake.id == Record.id)
        .join(StocktakeLine, StocktakeLine.stocktake_id == Stocktake.id)
        .join(Product, Product.id == StocktakeLine.product_id)
        .where(Stocktake.location_id == location_id, Record.state == "counting", Record.id != besides)
        .order_by(StocktakeLine.id)
    )
    wanted = set(product_ids)
    for number, product_id, name in session().execute(others):
        if product_id in wanted:
            raise Refusal("stocktake-open-already", field="articles", number=number, name=name)


def line_row(stocktake_id: int, product_id: int, code: str) -> dict[str, Any]:
    """A row of `stocktake_line` nobody has counted yet."""
    return {
        "stocktake_id": stocktake_id,
        "product_id": product_id,
        "code": code,
        "counted": None,
        "level": None,
        "last_move": None,
        "is_moved": False,
        "difference": None,
        "reason": None,
    }


def _products(location_id: int, product_ids: Sequence[int] | None) -> dict[int, str]:
    """The products to count and how each is tracked."""
    kept = select(Product.id, Product.tracking).where(Product.stock_kept == True)  # noqa: E712 - a column
    if product_ids is None:
        there = select(StockLevel.product_id).where(StockLevel.location_id == location_id)
        return dict(session().execute(kept.where(Product.id.in_(there)).order_by(Product.id)).all())
    found = dict(session().execute(kept.where(Product.id.in_(set(product_ids))).order_by(Product.id)).all())
    if not product_ids:
        raise Refusal("field-required", field="articles")
    if set(product_ids) - set(found):
        raise Refusal("product-unknown", field="articles")
    return found


def _lines(stocktake_id: int, location_id: int, products: dict[int, str]) -> list[dict[str, Any]]:
    there = (
        select(Lot.product_id, Lot.code)
        .join(LotLevel, LotLevel.lot_id == Lot.id)
        .where(LotLevel.location_id == location_id, LotLevel.on_hand > 0)
        .order_by(Lot.product_id, Lot.id)
    )
    keys = [(product, "") for product, tracking in products.items() if tracking == "none"]
    keys += [(product, code) for product, code in session().execute(there) if product in products]
    return [line_row(stocktake_id, product, code) for product, code in keys]
