"""Booking a stocktake: the differences, as of the time of each count, correct the levels once."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.db import session
from suite.base.errors import Refusal, Refusals
from suite.erp.stock.commands import correct_stock
from suite.model import Location, Lot, LotLevel, Product, StockLevel, StockMove, Stocktake, StocktakeLine
from suite.model.record import change_record, expect_version, get_record
from suite.model.stocktake import REASONS
from suite.shared.stock_levels import locked_levels

ZERO, ONE = Decimal(0), Decimal(1)
UNCOUNTED = ("leave", "zero")


class _Booked(NamedTuple):
    """A line with its product and what the books say now: here, and of a piece at another place of ours."""

    line: StocktakeLine
    name: str
    tracking: str
    level: Decimal
    elsewhere: str | None
    is_corrected: bool


@command("stocktake.book", on="stocktake")
def book_stocktake(
    stocktake_id: int,
    *,
    reasons: Mapping[int, str] | None = None,
    uncounted: str = "leave",
    version: int | None = None,
    by: Actor,
) -> int:
    """Correct the levels by what was found: counted less what the books said at the count, whatever moved since.

    `reasons` by the id of the line; without one less is shrinkage, more is found. What nobody counted is left,
    or counted as 0 now. A piece that lies elsewhere by the books is brought here. Raises `Refusals` for what
    has to be counted again.
    """
    record = get_record(stocktake_id, "stocktake")
    expect_version(record, version)
    state = Stocktake.flow.after("stocktake.book", record.state)
    if uncounted not in UNCOUNTED:
        raise Refusal("choice-unknown", field="uncounted")
    for line_id, reason in (reasons or {}).items():
        if reason not in REASONS:
            raise Refusal("choice-unknown", field=f"reason-{line_id}")
    stocktake = session().get_one(Stocktake, stocktake_id)
    rows = _rows(stocktake, with_uncounted=uncounted == "zero")
    changes = _differences(rows)
    for row in rows:
        if difference := changes[row.line.id]:
            _correct(row, difference, stocktake.location_id, record.number or "", by)
    _keep(stocktake_id, rows, changes, reasons or {})
    session().flush()  # the lines, before their stocktake freezes
    frozen = update(Stocktake).where(Stocktake.id == stocktake_id)
    session().execute(frozen.values(uncounted=uncounted, frozen_at=clock.now()))
    change_record(stocktake_id, state=state)
    return stocktake_id


def _rows(stocktake: Stocktake, *, with_uncounted: bool) -> list[_Booked]:
    """What may differ; the levels of its products are locked until the transaction ends."""
    place = stocktake.location_id
    differs = StocktakeLine.counted != StocktakeLine.level
    mine = select(StocktakeLine.product_id).where(StocktakeLine.stocktake_id == stocktake.id)
    wanted = or_(differs, StocktakeLine.counted.is_(None)) if with_uncounted else differs
    locked_levels(list(session().scalars(mine.where(wanted))), everywhere=True)
    other, away = aliased(LotLevel), aliased(Location)
    lines = (
        select(StocktakeLine, Product.name, Product.tracking)
        .add_columns(StockLevel.on_hand, LotLevel.on_hand, away.code, _corrected(place))
        .join(Product, Product.id == StocktakeLine.product_id)
        .outerjoin(
            StockLevel,
            and_(StockLevel.product_id == StocktakeLine.product_id, StockLevel.location_id == place),
        )
        .outerjoin(Lot, and_(Lot.product_id == StocktakeLine.product_id, Lot.code == StocktakeLine.code))
        .outerjoin(LotLevel, and_(LotLevel.lot_id == Lot.id, LotLevel.location_id == place))
        .outerjoin(
            other,
            and_(
                other.lot_id == Lot.id,
                other.location_id != place,
                other.on_hand > 0,
                Product.tracking == "serial",
            ),
        )
        .outerjoin(away, away.id == other.location_id)
        .where(StocktakeLine.stocktake_id == stocktake.id, wanted)
        .order_by(StocktakeLine.product_id, StocktakeLine.id)
    )
    return [
        _Booked(line, name, tracking, (of_lot if line.code else on_hand) or ZERO, code, is_corrected)
        for line, name, tracking, on_hand, of_lot, code, is_corrected in session().execute(
            lines.execution_options(populate_existing=True)
        )
    ]


def _corrected(place: int) -> ColumnElement[bool]:
    """Whether somebody corrected the level of a line since it was counted: that was a count of its own."""
    source, target = aliased(Location), aliased(Location)
    return (
        exists()
        .where(
            StockMove.product_id == StocktakeLine.product_id,
            StockMove.id > StocktakeLine.last_move,
            or_(StocktakeLine.code == "", StockMove.lot_id == Lot.id),
            StockMove.from_location_id == source.id,
            StockMove.to_location_id == target.id,
            or_(
                and_(source.kind == "correction", target.id == place),
                and_(target.kind == "correction", source.id == place),
            ),
        )
        .correlate(StocktakeLine, Lot)
    )


def _differences(rows: list[_Booked]) -> dict[int, Decimal]:
    """What to add to each level; raises `Refusals` where it cannot be right any more."""
    found, problems = {}, []
    for row in rows:
        line, what = row.line, f"{row.name} {row.line.code}".strip()
        if line.counted is None or line.level is None:
            found[line.id] = -row.level
            continue
        found[line.id] = line.counted - line.level
        after = row.level + found[line.id]
        if row.is_corrected:
            problems.append(Refusal("stocktake-corrected-meanwhile", field=f"reason-{line.id}", name=what))
        elif after < 0 or (row.tracking == "serial" and after > 1):
            problems.append(
                Refusal("stocktake-moved-meanwhile", field=f"reason-{line.id}", name=what, level=row.level)
            )
    if problems:
        raise Refusals(problems)
    return found


def _correct(row: _Booked, difference: Decimal, place: int, number: str, by: Actor) -> None:
    line = row.line
    if row.elsewhere is not None and difference > 0:
        correct_stock(
            line.product_id, counted=ZERO, location=row.elsewhere, lot=line.code, reason=number, by=by
        )
    here = session().get_one(Location, place).code
    counted = row.level + difference
    correct_stock(line.product_id, counted=counted, location=here, lot=line.code, reason=number, by=by)


def _keep(
    stocktake_id: int, rows: list[_Booked], changes: Mapping[int, Decimal], reasons: Mapping[int, str]
) -> None:
    """Every line says what booking did; one without a difference has no reason."""
    mine = StocktakeLine.stocktake_id == stocktake_id
    session().execute(update(StocktakeLine).where(mine).values(difference=ZERO))
    for row in rows:
        if difference := changes[row.line.id]:
            reason = reasons.get(row.line.id) or usual_reason(difference)
            changed = update(StocktakeLine).where(StocktakeLine.id == row.line.id)
            session().execute(changed.values(difference=difference, reason=reason))


def usual_reason(difference: Decimal) -> str:
    """What a difference is called when nobody says why."""
    return "found" if difference > 0 else "shrinkage"
