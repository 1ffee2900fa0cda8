"""Stock levels and reservations as rows: locked in sorted order, changed by conditional updates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, or_, select, update

from suite.base import clock
from suite.base.db import database, session
from suite.base.errors import Refusal
from suite.base.types import Quantity
from suite.model import Location, Product, Reservation, StockLevel

ZERO = Decimal(0)
Levels = dict[int, list[dict[str, Any]]]
_QUARANTINES = select(Location.id).where(Location.use == "quarantine")


@dataclass
class Held:
    """A reservation and how much of it is left while goods are taken."""

    id: int
    quantity: Decimal
    left: Decimal


def locations() -> dict[str, int]:
    """Ids of the locations every company has by code (MAIN, CUSTOMER, …); read once per process."""
    known: dict[str, int] = database().facts.setdefault("locations", {})
    if not known:
        known.update(session().execute(select(Location.code, Location.id)).all())
    return known


def locked_levels(
    product_ids: Sequence[int], *, place: int | None = None, everywhere: bool = False
) -> Levels:
    """Levels with how their product is tracked: of places for use as stock, of the one named, or of all."""
    if not product_ids:
        return {}
    wanted = (
        select(StockLevel.product_id, StockLevel.location_id, StockLevel.on_hand, StockLevel.reserved)
        .add_columns(Location.use, Product.tracking)
        .join(Location, Location.id == StockLevel.location_id)
        .join(Product, Product.id == StockLevel.product_id)
        .where(StockLevel.product_id.in_(sorted(set(product_ids))))
        .order_by(StockLevel.product_id, StockLevel.location_id)
        .with_for_update(of=StockLevel)
    )
    if place is not None:
        wanted = wanted.where(Location.id == place, Location.use != "quarantine")
    elif not everywhere:
        wanted = wanted.where(Location.use == "stock")
    levels: Levels = {}
    for row in session().execute(wanted).mappings():
        levels.setdefault(row["product_id"], []).append(dict(row))
    return levels


def tracked_of(levels: Levels) -> dict[int, str]:
    """How products with levels are tracked, untracked ones left out."""
    return {product: rows[0]["tracking"] for product, rows in levels.items() if rows[0]["tracking"] != "none"}


def held_reservations(mine: ColumnElement[bool]) -> dict[tuple[int, int], dict[int, Held]]:
    """Reservations by (line or record, product) and location."""
    found: dict[tuple[int, int], dict[int, Held]] = {}
    columns = (Reservation.id, Reservation.line_id, Reservation.record_id, Reservation.product_id)
    wanted = select(*columns, Reservation.location_id, Reservation.quantity).where(mine)
    for row in session().execute(wanted):
        key = (row.line_id if row.line_id is not None else row.record_id, row.product_id)
        found.setdefault(key, {})[row.location_id] = Held(row.id, row.quantity, row.quantity)
    return found


def use_reservations(used: Sequence[Held]) -> None:
    """Write how much is left of reservations; empty ones go."""
    mine = Reservation.id == bindparam("b_id")
    left = [{"b_id": row.id, "b_left": row.left} for row in used if row.left > 0]
    gone = [{"b_id": row.id} for row in used if row.left == 0]
    if left:
        statement = update(Reservation).where(mine).values(quantity=bindparam("b_left", type_=Quantity()))
        session().connection().execute(statement, left)
    if gone:
        session().connection().execute(delete(Reservation).where(mine), gone)


def put_down(quantities: Mapping[tuple[int, int], Decimal]) -> None:
    """Raise what lies at (product, location), new levels included."""
    rows = [
        {"product_id": product, "location_id": place, "on_hand": quantity, "reserved": ZERO}
        for (product, place), quantity in sorted(quantities.items())
    ]
    statement = database().insert(StockLevel)
    more = {"on_hand": StockLevel.on_hand + statement.excluded.on_hand}
    session().execute(
        statement.on_conflict_do_update(index_elements=["product_id", "location_id"], set_=more), rows
    )


def change_levels(changes: Sequence[tuple[int, int, Decimal, Decimal]]) -> None:
    """Change levels by (product, location, on hand, reserved); raises `Refusal("stock-moved-meanwhile")`."""
    if not changes:
        return
    scale = Quantity()
    on_hand, reserved = bindparam("b_on_hand", type_=scale), bindparam("b_reserved", type_=scale)
    statement = (
        update(StockLevel)
        .where(
            StockLevel.product_id == bindparam("b_product"), StockLevel.location_id == bindparam("b_location")
        )
        .where(
            StockLevel.reserved + reserved <= StockLevel.on_hand + on_hand,
            StockLevel.reserved + reserved >= 0,
            # A place that became a quarantine meanwhile takes no promise.
            or_(reserved <= 0, StockLevel.location_id.not_in(_QUARANTINES)),
        )
        .values(on_hand=StockLevel.on_hand + on_hand, reserved=StockLevel.reserved + reserved)
    )
    rows = [
        {"b_product": p, "b_location": place, "b_on_hand": h, "b_reserved": r}
        for p, place, h, r in sorted(changes)
    ]
    if session().connection().execute(statement, rows).rowcount != len(rows):
        raise Refusal("stock-moved-meanwhile")


def move_row(
    product_id: int,
    source: int,
    target: int,
    quantity: Decimal,
    on: date,
    *,
    line_id: int | None = None,
    lot_id: int | None = None,
    reason: str = "",
) -> dict[str, Any]:
    """A row of `stock_move`."""
    return {
        "product_id": product_id,
        "from_location_id": source,
        "to_location_id": target,
        "quantity": quantity,
        "moved_on": on,
        "moved_at": clock.now(),
        "line_id": line_id,
        "lot_id": lot_id,
        "reason": reason,
    }
