"""What is known of a stocktake: how far it is, what differs, who counted what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased

from suite.base.command import Actor
from suite.base.db import session
from suite.model import Location, Lot, LotLevel, Product, Record, Stocktake, StocktakeCount, StocktakeLine
from suite.shared.timeline import people

SHOWN = 200
ZERO = Decimal(0)


@dataclass(frozen=True)
class Progress:
    """How many lines there are, are counted, differ, and moved while they were counted."""

    lines: int
    counted: int
    differing: int
    moved: int


def progress(stocktake_id: int) -> Progress:
    """How far a stocktake is."""
    differs = case((_difference() != 0, 1), else_=0)
    counts = select(
        func.count(StocktakeLine.id),
        func.count(StocktakeLine.counted),
        func.sum(differs),
        func.sum(case((StocktakeLine.is_moved == True, 1), else_=0)),  # noqa: E712 - a column
    )
    row = session().execute(counts.where(StocktakeLine.stocktake_id == stocktake_id)).one()
    return Progress(*(int(number or 0) for number in row))


def differing_lines(stocktake: Stocktake, *, limit: int | None = SHOWN) -> Sequence[Any]:
    """Rows (line, difference, record of the product, unit) where count and books differ, by article."""
    wanted = _lines(stocktake.id).where(_difference() != 0)
    return session().execute(wanted.limit(limit)).all()


def uncounted_lines(stocktake: Stocktake, *, limit: int = SHOWN) -> Sequence[Any]:
    """The same for what nobody counted."""
    wanted = _lines(stocktake.id).where(StocktakeLine.counted.is_(None))
    return session().execute(wanted.limit(limit)).all()


def all_lines(stocktake_id: int) -> Iterator[Any]:
    """The same for everything, for a file."""
    yield from session().execute(_lines(stocktake_id).execution_options(yield_per=500))


def counts(stocktake_id: int, *, by: Actor | None = None, limit: int = 50) -> list[tuple[Any, ...]]:
    """Rows (count, line, record of the product, who), newest first; only one's own with `by`."""
    wanted = (
        select(StocktakeCount, StocktakeLine, Record)
        .join(StocktakeLine, StocktakeLine.id == StocktakeCount.line_id)
        .join(Record, Record.id == StocktakeLine.product_id)
        .where(StocktakeCount.stocktake_id == stocktake_id)
        .order_by(StocktakeCount.id.desc())
        .limit(limit)
    )
    if by is not None:
        wanted = wanted.where(StocktakeCount.actor == by.name)
    rows = session().execute(wanted).all()
    names = people([row[0].actor_id for row in rows])
    return [(*row, names.get(row[0].actor_id, row[0].actor)) for row in rows]


def pieces_elsewhere(stocktake: Stocktake) -> dict[tuple[int, str], str]:
    """Where pieces that were counted here lie by the books: names of other places by (product, serial number)."""
    lines, elsewhere = aliased(StocktakeLine), aliased(Location)
    wanted = (
        select(lines.product_id, lines.code, elsewhere.name)
        .join(Product, Product.id == lines.product_id)
        .join(Lot, (Lot.product_id == lines.product_id) & (Lot.code == lines.code))
        .join(LotLevel, LotLevel.lot_id == Lot.id)
        .join(elsewhere, elsewhere.id == LotLevel.location_id)
        .where(lines.stocktake_id == stocktake.id, lines.counted > 0, Product.tracking == "serial")
        .where(LotLevel.on_hand > 0, elsewhere.id != stocktake.location_id)
    )
    return {(product, code): name for product, code, name in session().execute(wanted)}


def _difference() -> ColumnElement[Any]:
    """What booking did; before it, what it would do to what was counted."""
    return func.coalesce(StocktakeLine.difference, StocktakeLine.counted - StocktakeLine.level)


def _lines(stocktake_id: int) -> Any:
    return (
        select(StocktakeLine, _difference().label("difference"), Record, Product.unit)
        .join(Record, Record.id == StocktakeLine.product_id)
        .join(Product, Product.id == Record.id)
        .where(StocktakeLine.stocktake_id == stocktake_id)
        .order_by(Record.number, StocktakeLine.code, StocktakeLine.id)
    )
