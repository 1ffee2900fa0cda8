"""Reservation and stock: what is free, who it is promised to, and moves that never oversell.

Levels are locked in sorted order and changed by conditional updates under `reserved <= on_hand`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from suite.base import clock
from suite.base.db import database, insert_rows, session
from suite.base.errors import Refusal, Refusals
from suite.base.types import Quantity
from suite.model import Location, Reservation, StockLevel, StockMove

ZERO = Decimal(0)


def available(product_ids: Sequence[int]) -> dict[int, Decimal]:
    """On hand less reserved per product over all internal locations, in the product's unit."""
    if not product_ids:
        return {}
    free = func.sum(StockLevel.on_hand - StockLevel.reserved, type_=Quantity())
    wanted = select(StockLevel.product_id, free).where(StockLevel.product_id.in_(sorted(set(product_ids))))
    found = dict(session().execute(wanted.group_by(StockLevel.product_id)).all())
    return {product: found.get(product) or ZERO for product in product_ids}


def locations() -> dict[str, int]:
    """Location ids by code; read once per process, locations are never deleted."""
    known: dict[str, int] = database().facts.setdefault("locations", {})
    if not known:
        known.update(session().execute(select(Location.code, Location.id)).all())
    return known


def reserve(lines: Sequence[Mapping[str, Any]]) -> dict[int, Decimal]:
    """Promise free stock to order lines as far as it goes; returns what is missing per line.

    `lines` are rows with id, product_id, `open` (quantity still to reserve) and promised_on.
    """
    wanted = [line for line in lines if line["stock_kept"] and line["open"] > 0]
    levels = _locked_levels([line["product_id"] for line in wanted])
    rows: list[dict[str, Any]] = []
    missing: dict[int, Decimal] = {}
    for line in wanted:
        rest: Decimal = line["open"]
        for level in levels.get(line["product_id"], []):
            take = min(rest, level["on_hand"] - level["reserved"])
            if take > 0:
                level["reserved"] += take
                rest -= take
                rows.append(
                    {
                        "line_id": line["id"],
                        "location_id": level["location_id"],
                        "product_id": line["product_id"],
                        "quantity": take,
                        "promised_on": line["promised_on"],
                    }
                )
        if rest:
            missing[line["id"]] = rest
    _change_levels([(row["product_id"], row["location_id"], ZERO, row["quantity"]) for row in rows])
    if rows:
        statement = database().insert(Reservation)
        more = {"quantity": Reservation.quantity + statement.excluded.quantity}
        session().execute(
            statement.on_conflict_do_update(index_elements=["line_id", "location_id"], set_=more), rows
        )
    return missing


def release(line_ids: Sequence[int]) -> None:
    """Give back what is reserved for order lines; levels are locked before reservations, as everywhere."""
    mine = Reservation.line_id.in_(sorted(line_ids))
    _locked_levels(session().scalars(select(Reservation.product_id).where(mine)).all())
    gone = delete(Reservation).where(mine)
    rows = (
        session()
        .execute(gone.returning(Reservation.product_id, Reservation.location_id, Reservation.quantity))
        .all()
    )
    _change_levels([(row.product_id, row.location_id, ZERO, -row.quantity) for row in rows])


def issue_stock(lines: Sequence[Mapping[str, Any]], *, on: date) -> None:
    """Take goods out to the customer, from the order line's reservation first, then from free stock.

    `lines` are rows with id, product_id, quantity, stock_kept, name and `order_line_id` (or None).
    Raises `Refusals` with `not-enough-stock` at each line.
    """
    wanted = [line for line in lines if line["stock_kept"]]
    if not wanted:
        return
    levels = _locked_levels([line["product_id"] for line in wanted])
    held = _reservations([line["order_line_id"] for line in wanted if line["order_line_id"]])
    changes: list[tuple[int, int, Decimal, Decimal]] = []
    moves: list[dict[str, Any]] = []
    used: list[dict[str, Any]] = []
    problems: list[Refusal] = []
    for line in wanted:
        rest: Decimal = line["quantity"]
        for level in levels.get(line["product_id"], []):
            own = held.get((line["order_line_id"], level["location_id"]), ZERO)
            take = min(rest, level["on_hand"] - level["reserved"] + own)
            if take <= 0:
                continue
            from_own = min(take, own)
            level["on_hand"] -= take
            level["reserved"] -= from_own
            rest -= take
            changes.append((line["product_id"], level["location_id"], -take, -from_own))
            moves.append(_move(line, level["location_id"], locations()["CUSTOMER"], take, on))
            if from_own:
                held[(line["order_line_id"], level["location_id"])] = own - from_own
                used.append(
                    {
                        "b_line": line["order_line_id"],
                        "b_location": level["location_id"],
                        "b_left": own - from_own,
                    }
                )
        if rest:
            field = f"quantity-{line['order_line_id'] or line['id']}"
            problems.append(
                Refusal("not-enough-stock", field=field, name=line["name"], available=line["quantity"] - rest)
            )
    if problems:
        raise Refusals(problems)
    _use_reservations(used)
    _change_levels(changes)
    insert_rows(StockMove, moves)


def receive_stock(
    product_id: int,
    location_id: int,
    quantity: Decimal,
    *,
    source: str,
    on: date,
    reason: str,
    line_id: int | None = None,
) -> None:
    """Bring goods into a location from the place named by `source` (SUPPLIER, CUSTOMER, CORRECTION)."""
    level = {"product_id": product_id, "location_id": location_id, "on_hand": quantity, "reserved": ZERO}
    statement = database().insert(StockLevel)
    more = {"on_hand": StockLevel.on_hand + statement.excluded.on_hand}
    session().execute(
        statement.on_conflict_do_update(index_elements=["product_id", "location_id"], set_=more), [level]
    )
    line = {"product_id": product_id, "id": line_id}
    insert_rows(StockMove, [_move(line, locations()[source], location_id, quantity, on, reason=reason)])


def remove_stock(product_id: int, location_id: int, quantity: Decimal, *, on: date, reason: str) -> list[int]:
    """Correct a level downwards; when less is left than is reserved, the latest promises are released.

    Returns the order lines that lost a promise. Raises `Refusal("not-enough-stock")` below zero.
    """
    levels = _locked_levels([product_id])
    level = next((row for row in levels.get(product_id, []) if row["location_id"] == location_id), None)
    if level is None or level["on_hand"] < quantity:
        raise Refusal(
            "not-enough-stock", field="quantity", name="", available=level["on_hand"] if level else ZERO
        )
    too_much = level["reserved"] - (level["on_hand"] - quantity)
    lost = _release_latest(product_id, location_id, too_much) if too_much > 0 else []
    _change_levels([(product_id, location_id, -quantity, ZERO)])
    line = {"product_id": product_id, "id": None}
    insert_rows(StockMove, [_move(line, location_id, locations()["CORRECTION"], quantity, on, reason=reason)])
    return lost


def _release_latest(product_id: int, location_id: int, quantity: Decimal) -> list[int]:
    rows = (
        session()
        .scalars(
            select(Reservation)
            .where(Reservation.product_id == product_id, Reservation.location_id == location_id)
            .order_by(
                Reservation.promised_on.is_(None).desc(),
                Reservation.promised_on.desc(),
                Reservation.line_id.desc(),
            )
        )
        .all()
    )
    used, lost, rest = [], [], quantity
    for row in rows:
        take = min(rest, row.quantity)
        if take > 0:
            used.append({"b_line": row.line_id, "b_location": location_id, "b_left": row.quantity - take})
            lost.append(row.line_id)
            rest -= take
    _use_reservations(used)
    _change_levels([(product_id, location_id, ZERO, -quantity)])
    return lost


def _locked_levels(product_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    if not product_ids:
        return {}
    wanted = (
        select(StockLevel.product_id, StockLevel.location_id, StockLevel.on_hand, StockLevel.reserved)
        .where(StockLevel.product_id.in_(sorted(set(product_ids))))
        .order_by(StockLevel.product_id, StockLevel.location_id)
        .with_for_update()
    )
    levels: dict[int, list[dict[str, Any]]] = {}
    for row in session().execute(wanted).mappings():
        levels.setdefault(row["product_id"], []).append(dict(row))
    return levels


def _reservations(line_ids: Sequence[int]) -> dict[tuple[int, int], Decimal]:
    if not line_ids:
        return {}
    wanted = select(Reservation.line_id, Reservation.location_id, Reservation.quantity)
    rows = session().execute(wanted.where(Reservation.line_id.in_(sorted(set(line_ids))))).all()
    return {(row.line_id, row.location_id): row.quantity for row in rows}


def _use_reservations(used: Sequence[dict[str, Any]]) -> None:
    mine = (Reservation.line_id == bindparam("b_line")) & (Reservation.location_id == bindparam("b_location"))
    left = [row for row in used if row["b_left"] > 0]
    gone = [{"b_line": row["b_line"], "b_location": row["b_location"]} for row in used if row["b_left"] == 0]
    if left:
        statement = update(Reservation).where(mine).values(quantity=bindparam("b_left", type_=Quantity()))
        session().connection().execute(statement, left)
    if gone:
        session().connection().execute(delete(Reservation).where(mine), gone)


def _change_levels(changes: Sequence[tuple[int, int, Decimal, Decimal]]) -> None:
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
        )
        .values(on_hand=StockLevel.on_hand + on_hand, reserved=StockLevel.reserved + reserved)
    )
    rows = [
        {"b_product": p, "b_location": place, "b_on_hand": h, "b_reserved": r}
        for p, place, h, r in sorted(changes)
    ]
    if session().connection().execute(statement, rows).rowcount != len(rows):
        raise Refusal("stock-moved-meanwhile")


def _move(
    line: Mapping[str, Any], source: int, target: int, quantity: Decimal, on: date, *, reason: str = ""
) -> dict[str, Any]:
    return {
        "product_id": line["product_id"],
        "from_location_id": source,
        "to_location_id": target,
        "quantity": quantity,
        "moved_on": on,
        "moved_at": clock.now(),
        "line_id": line["id"],
        "reason": reason,
    }
