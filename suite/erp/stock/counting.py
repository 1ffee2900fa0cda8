"""Counting: what people find at a place, by scan or typing; the counts of several add up."""

from decimal import Decimal

from sqlalchemy import delete, func, or_, select, update

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound, Refusal
from suite.base.money import fits
from suite.base.text import clean
from suite.erp.stock.stocktakes import line_row, refuse_counted_twice
from suite.model import (
    Location,
    Lot,
    LotLevel,
    Product,
    Record,
    StockLevel,
    StockMove,
    Stocktake,
    StocktakeCount,
    StocktakeLine,
)
from suite.model.record import change_record, get_record
from suite.shared.lines import LARGEST_QUANTITY
from suite.shared.lots import tracked_product

ZERO = Decimal(0)


@command("stocktake.count", on="stocktake")
def count_product(
    stocktake_id: int,
    *,
    product_id: int,
    quantity: Decimal,
    code: str = "",
    is_replacing: bool = False,
    by: Actor,
) -> int:
    """Note what one counted, of one lot or piece where the product is tracked, as of now.

    Counts add up, one's own too, unless it `is_replacing` all that one counted of it before. Of a tracked
    product 0 without a lot means that nothing more of it is there. Raises `Refusal` where a serial number
    would be there twice or is at a customer.
    """
    record = get_record(stocktake_id, "stocktake")
    Stocktake.flow.after("stocktake.count", record.state)
    if not fits(quantity, most=LARGEST_QUANTITY, places=6):
        raise Refusal("quantity-range", field="quantity", most=LARGEST_QUANTITY)
    product = tracked_product(product_id)
    if product is None:
        raise Refusal("product-unknown", field="scan")
    if not product.stock_kept:
        raise Refusal("product-not-stocked", field="scan", name=product.name)
    code = clean(code, "lot", max_length=50)
    if code and product.tracking == "none":
        raise Refusal("lots-not-tracked", field="lot")
    place = session().get_one(Stocktake, stocktake_id).location_id
    if product.tracking != "none" and not code:
        _count_rest_as_nothing(stocktake_id, product, quantity, place, by)
    else:
        line = _line(stocktake_id, product_id, code, place)
        if is_replacing:
            own = (StocktakeCount.line_id == line.id) & (StocktakeCount.actor == by.name)
            session().execute(delete(StocktakeCount).where(own))
        _add(line, quantity, place, by)
        if product.tracking == "serial":
            _refuse_impossible(line, place)
    change_record(stocktake_id)
    return stocktake_id


@command("stocktake.withdraw", on="stocktake")
def withdraw_count(stocktake_id: int, *, count_id: int, by: Actor) -> int:
    """Take a count back that was wrong; what others counted stays."""
    record = get_record(stocktake_id, "stocktake")
    Stocktake.flow.after("stocktake.withdraw", record.state)
    mine = (StocktakeCount.id == count_id) & (StocktakeCount.stocktake_id == stocktake_id)
    line_id = session().scalar(delete(StocktakeCount).where(mine).returning(StocktakeCount.line_id))
    if line_id is None:
        raise NotFound("count", count_id)
    _sum_up(session().get_one(StocktakeLine, line_id))
    change_record(stocktake_id)
    return stocktake_id


def _line(stocktake_id: int, product_id: int, code: str, place: int) -> StocktakeLine:
    """The line of what was counted; what nobody expected gets one."""
    lines = select(StocktakeLine).where(StocktakeLine.stocktake_id == stocktake_id)
    mine = lines.where(StocktakeLine.product_id == product_id, StocktakeLine.code == code)
    found = session().scalars(mine).one_or_none()
    if found is not None:
        return found
    session().execute(select(Location.id).where(Location.id == place).with_for_update(key_share=True))
    refuse_counted_twice(place, [product_id], besides=stocktake_id)
    insert_rows(StocktakeLine, [line_row(stocktake_id, product_id, code)])
    return session().scalars(mine).one()


def _count_rest_as_nothing(
    stocktake_id: int, product: Product, quantity: Decimal, place: int, by: Actor
) -> None:
    if quantity:
        raise Refusal("lots-missing", field="lot")
    rest = select(StocktakeLine).where(
        StocktakeLine.stocktake_id == stocktake_id,
        StocktakeLine.product_id == product.id,
        StocktakeLine.counted.is_(None),
    )
    for line in session().scalars(rest.order_by(StocktakeLine.id)).all():
        _add(line, ZERO, place, by)


def _add(line: StocktakeLine, quantity: Decimal, place: int, by: Actor) -> None:
    level, last_move = _books(line, place)
    row = {
        "stocktake_id": line.stocktake_id,
        "line_id": line.id,
        "quantity": quantity,
        "level": level,
        "last_move": last_move,
        "counted_at": clock.now(),
        "actor": by.name,
        "actor_id": by.user_id,
    }
    insert_rows(StocktakeCount, [row])
    _sum_up(line)


def _books(line: StocktakeLine, place: int) -> tuple[Decimal, int]:
    """What the books say now, and the last move of the product they know.

    The product's level is locked, so no move is under way: those after it are those with a higher id.
    """
    level = select(StockLevel.on_hand).where(StockLevel.product_id == line.product_id)
    on_hand = session().scalar(level.where(StockLevel.location_id == place).with_for_update())
    if line.code:
        of_lot = select(LotLevel.on_hand).join(Lot, Lot.id == LotLevel.lot_id)
        of_lot = of_lot.where(Lot.product_id == line.product_id, Lot.code == line.code)
        on_hand = session().scalar(of_lot.where(LotLevel.location_id == place))
    moves = select(func.max(StockMove.id)).where(StockMove.product_id == line.product_id)
    return on_hand or ZERO, session().scalar(moves) or 0


def _sum_up(line: StocktakeLine) -> None:
    """A line says what its counts say: their sum, and the books at the last of them."""
    counts = select(StocktakeCount).where(StocktakeCount.line_id == line.id).order_by(StocktakeCount.id)
    rows = session().scalars(counts).all()
    name = session().get_one(Product, line.product_id).name
    counted = sum((row.quantity for row in rows), ZERO) if rows else None
    note_change(f"{name} {line.code}".strip(), line.counted, counted)
    values = {
        "counted": counted,
        "level": rows[-1].level if rows else None,
        "last_move": rows[-1].last_move if rows else None,
        "is_moved": len({row.level for row in rows}) > 1,
    }
    session().execute(update(StocktakeLine).where(StocktakeLine.id == line.id).values(**values))


def _refuse_impossible(line: StocktakeLine, place: int) -> None:
    """A piece is there once, and not while the books say that a customer has it."""
    counted = session().scalar(select(StocktakeLine.counted).where(StocktakeLine.id == line.id))
    if counted not in (ZERO, Decimal(1)):
        raise Refusal("serial-counted-twice", field="lot", lot=line.code)
    lot = select(Lot.id).where(Lot.product_id == line.product_id, Lot.code == line.code).scalar_subquery()
    last = select(func.max(StockMove.id)).where(StockMove.lot_id == lot).scalar_subquery()
    target = select(Location.kind).join(StockMove, StockMove.to_location_id == Location.id)
    if counted and session().scalar(target.where(StockMove.id == last)) == "customer":
        raise Refusal("serial-at-customer", field="lot", lot=line.code)


def find_counted(*texts: str) -> tuple[int, str] | None:
    """The product, and its lot or piece, that one of these texts names: number, GTIN, name, or a piece's own code.

    Retired products are found too: what lies there is counted.
    """
    names = [text.strip() for text in texts if text.strip()][:10]
    match = or_(Record.number.in_(names), Product.gtin.in_(names), Product.name.in_(names))
    wanted = select(Product.id).join(Record, Record.id == Product.id).where(match)
    by_number_first = wanted.order_by(Record.number.in_(names).desc(), Product.id)
    found = session().scalar(by_number_first.limit(1))
    if found is not None:
        return found, ""
    pieces = session().execute(select(Lot.product_id, Lot.code).where(Lot.code.in_(names)).limit(2)).all()
    return (pieces[0].product_id, pieces[0].code) if len(pieces) == 1 else None
