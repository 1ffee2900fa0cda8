"""Reservation and stock: what is free, who it is promised to, and moves that never oversell.

Levels are locked in sorted order and changed by conditional updates under `reserved <= on_hand`. Only
locations for use as stock are promised from and proposed; a van is taken from when it is named, a
quarantine never.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select

from suite.base.db import database, insert_rows, session
from suite.base.errors import Refusal
from suite.base.types import Quantity
from suite.model import Location, Product, Reservation, StockLevel, StockMove
from suite.shared.line_lots import keep_line_lots, lots_of_lines
from suite.shared.lots import LotInput, change_lot_levels
from suite.shared.stock_levels import (
    Held,
    Levels,
    change_levels,
    held_reservations,
    locations,
    locked_levels,
    move_row,
    put_down,
    tracked_of,
    use_reservations,
)
from suite.shared.taking import Claim, summed, take_goods, write_taken

ZERO = Decimal(0)


def available(product_ids: Sequence[int]) -> dict[int, Decimal]:
    """On hand less reserved per product over all locations for use as stock, in the product's unit."""
    if not product_ids:
        return {}
    free = func.sum(StockLevel.on_hand - StockLevel.reserved, type_=Quantity())
    wanted = select(StockLevel.product_id, free).join(Location, Location.id == StockLevel.location_id)
    wanted = wanted.where(StockLevel.product_id.in_(sorted(set(product_ids))), Location.use == "stock")
    found = dict(session().execute(wanted.group_by(StockLevel.product_id)).all())
    return {product: found.get(product) or ZERO for product in product_ids}


def reserve(lines: Sequence[Mapping[str, Any]]) -> dict[int, Decimal]:
    """Promise free stock to order lines as far as it goes; returns what is missing per line.

    `lines` are rows with id, product_id, `open` (quantity still to reserve) and promised_on.
    """
    wanted = [line for line in lines if line["stock_kept"] and line["open"] > 0]
    levels = locked_levels([line["product_id"] for line in wanted])
    parts = [(line["id"], line["product_id"], line["open"], line["promised_on"]) for line in wanted]
    missing = _promise(parts, levels, source="line_id")
    return {line_id: rest for (line_id, _), rest in missing.items()}


def reserve_for(
    record_id: int,
    parts: Mapping[int, Decimal],
    *,
    location_id: int | None = None,
    promised_on: date | None = None,
) -> dict[int, Decimal]:
    """Promise free stock to what a record needs, by product; returns what is missing per product.

    With `location_id` from there only, a van too; from a quarantine nothing.
    """
    levels = locked_levels(list(parts), place=location_id)
    wanted = [(record_id, product, quantity, promised_on) for product, quantity in sorted(parts.items())]
    missing = _promise(wanted, levels, source="record_id")
    return {product: rest for (_, product), rest in missing.items()}


def _promise(
    wanted: Sequence[tuple[int, int, Decimal, date | None]], levels: Levels, *, source: str
) -> dict[tuple[int, int], Decimal]:
    rows: list[dict[str, Any]] = []
    missing: dict[tuple[int, int], Decimal] = {}
    for key, product, rest, promised_on in wanted:
        for level in levels.get(product, []):
            take = min(rest, level["on_hand"] - level["reserved"])
            if take > 0:
                level["reserved"] += take
                rest -= take
                row = {"line_id": None, "record_id": None, source: key, "location_id": level["location_id"]}
                rows.append(row | {"product_id": product, "quantity": take, "promised_on": promised_on})
        if rest > 0:
            missing[key, product] = rest
    change_levels([(row["product_id"], row["location_id"], ZERO, row["quantity"]) for row in rows])
    if rows:
        statement = database().insert(Reservation)
        more = {"quantity": Reservation.quantity + statement.excluded.quantity}
        keys = ["line_id"] if source == "line_id" else ["record_id", "product_id"]
        session().execute(
            statement.on_conflict_do_update(index_elements=[*keys, "location_id"], set_=more), rows
        )
    return missing


def release(line_ids: Sequence[int]) -> None:
    """Give back what is reserved for order lines; levels are locked before reservations, as everywhere."""
    _release(Reservation.line_id.in_(sorted(line_ids)))


def release_for(record_id: int) -> None:
    """Give back what is reserved for a record."""
    _release(Reservation.record_id == record_id)


def _release(mine: ColumnElement[bool]) -> None:
    products = session().scalars(select(Reservation.product_id).where(mine)).all()
    locked_levels(products, everywhere=True)
    columns = (Reservation.product_id, Reservation.location_id, Reservation.quantity)
    rows = session().execute(delete(Reservation).where(mine).returning(*columns)).all()
    change_levels([(row.product_id, row.location_id, ZERO, -row.quantity) for row in rows])


def issue_stock(lines: Sequence[Mapping[str, Any]], *, on: date) -> bool:
    """Take goods out to the customer, from the order line's reservation first, then from free stock.

    `lines` are rows with id, product_id, quantity, stock_kept, name and `order_line_id` (or None). Of
    which lots they are is what was planned for the line, else first expired, first received goes first.
    Returns whether any of it is tracked. Raises `Refusals` with `not-enough-stock` or `lot-not-there` at each line.
    """
    wanted = [line for line in lines if line["stock_kept"]]
    if not wanted:
        return False
    levels = locked_levels([line["product_id"] for line in wanted])
    ids = [line["order_line_id"] for line in wanted if line["order_line_id"]]
    held = held_reservations(Reservation.line_id.in_(sorted(set(ids)))) if ids else {}
    tracked = tracked_of(levels)
    planned = lots_of_lines([line["id"] for line in wanted if line["product_id"] in tracked])
    claims = [
        Claim(
            line["product_id"],
            line["quantity"],
            line["name"],
            f"-{line['order_line_id'] or line['id']}",
            line["id"],
            held.get((line["order_line_id"], line["product_id"]), {}),
            lots=[LotInput(lot.code, quantity) for lot, quantity in planned.get(line["id"], [])],
        )
        for line in wanted
    ]
    taken = take_goods(claims, levels, tracked)
    write_taken(taken, held, target=locations()["CUSTOMER"], on=on)
    of_lines: dict[int, list[tuple[int, Decimal]]] = {}
    for claim, _, lot_id, quantity in taken.moves:
        if lot_id is not None and claim.line_id is not None:
            of_lines.setdefault(claim.line_id, []).append((lot_id, quantity))
    keep_line_lots({line: summed(parts) for line, parts in of_lines.items()})
    return bool(of_lines)


def issue_for(
    record_id: int,
    parts: Mapping[int, Decimal],
    *,
    on: date,
    reason: str,
    location_id: int | None = None,
    lots: Mapping[int, Sequence[LotInput]] | None = None,
) -> None:
    """Use parts up for a record, by product, from its reservations first; with `location_id` from there only.

    Raises `Refusals` with `not-enough-stock` or `lot-not-there` at `quantity-<product>` or `lots-<product>`.
    """
    # All levels in their order: what is promised elsewhere may be given back too.
    everywhere = locked_levels(list(parts), everywhere=True)
    levels = {
        product: [row for row in rows if _may_leave(row, location_id)] for product, rows in everywhere.items()
    }
    held = held_reservations(Reservation.record_id == record_id)
    names = dict(
        session().execute(select(Product.id, Product.name).where(Product.id.in_(sorted(parts)))).all()
    )
    claims = [
        Claim(product, quantity, names.get(product, ""), f"-{product}", None, {}, location_id)
        for product, quantity in sorted(parts.items())
    ]
    for claim in claims:
        claim.held = held.get((record_id, claim.product_id), {})
        claim.lots = (lots or {}).get(claim.product_id, ())
    taken = take_goods(claims, levels, tracked_of(levels))
    write_taken(taken, held, target=locations()["CUSTOMER"], on=on, reason=reason)


def _may_leave(level: Mapping[str, Any], place: int | None) -> bool:
    """From the place that was named, never a quarantine; without one from places for stock."""
    if place is None:
        return bool(level["use"] == "stock")
    return bool(level["location_id"] == place and level["use"] != "quarantine")


def receive_stock(
    product_id: int,
    location_id: int,
    quantity: Decimal,
    *,
    source: str,
    on: date,
    reason: str,
    lots: Sequence[tuple[int, Decimal]] = (),
) -> None:
    """Bring goods into a location from the place named by `source` (SUPPLIER, CUSTOMER, CORRECTION)."""
    line = {"id": None, "product_id": product_id, "quantity": quantity, "lots": lots}
    receive_all([line], location_id, source=source, on=on, reason=reason)


def receive_all(
    lines: Sequence[Mapping[str, Any]], location_id: int, *, source: str, on: date, reason: str
) -> None:
    """The same for several at once: rows with id (of a document line, or None), product_id, quantity and lots."""
    levels: dict[tuple[int, int], Decimal] = {}
    rows, lots = [], []
    for line in lines:
        key = (line["product_id"], location_id)
        levels[key] = levels.get(key, ZERO) + line["quantity"]
        lots += [(lot, location_id, part) for lot, part in line["lots"]]
        parts: Sequence[tuple[int | None, Decimal]] = line["lots"] or [(None, line["quantity"])]
        rows += [
            move_row(
                line["product_id"],
                locations()[source],
                location_id,
                part,
                on,
                line_id=line["id"],
                lot_id=lot,
                reason=reason,
            )
            for lot, part in parts
        ]
    put_down(levels)
    change_lot_levels(lots)
    insert_rows(StockMove, rows)


def remove_stock(
    product_id: int, location_id: int, quantity: Decimal, *, on: date, reason: str, lot_id: int | None = None
) -> list[int]:
    """Correct a level downwards; when less is left than is reserved, the latest promises are released.

    Returns the order lines that lost a promise. Raises `Refusal("not-enough-stock")` below zero.
    """
    levels = locked_levels([product_id], everywhere=True)
    level = next((row for row in levels.get(product_id, []) if row["location_id"] == location_id), None)
    if level is None or level["on_hand"] < quantity:
        raise Refusal(
            "not-enough-stock", field="quantity", name="", available=level["on_hand"] if level else ZERO
        )
    too_much = level["reserved"] - (level["on_hand"] - quantity)
    lost = _release_latest(product_id, location_id, too_much) if too_much > 0 else []
    change_levels([(product_id, location_id, -quantity, ZERO)])
    if lot_id is not None:
        change_lot_levels([(lot_id, location_id, -quantity)])
    target = locations()["CORRECTION"]
    insert_rows(
        StockMove, [move_row(product_id, location_id, target, quantity, on, lot_id=lot_id, reason=reason)]
    )
    return lost


def move_stock(
    product_id: int,
    source: int,
    target: int,
    quantity: Decimal,
    *,
    on: date,
    reason: str,
    lots: Sequence[LotInput] = (),
) -> None:
    """Bring goods from one internal location to another; what is reserved stays where it is.

    Raises `Refusals` with `not-enough-stock` at `quantity-`, `lot-not-there` at `lots-`.
    """
    levels = locked_levels([product_id], everywhere=True)
    here = {
        product: [row for row in rows if row["location_id"] == source] for product, rows in levels.items()
    }
    claim = Claim(product_id, quantity, "", "", None, {}, source, lots)
    taken = take_goods([claim], here, tracked_of(levels))
    write_taken(taken, {}, target=target, on=on, reason=reason)
    put_down({(product_id, target): quantity})
    change_lot_levels([(lot, target, part) for _, _, lot, part in taken.moves if lot is not None])


def _release_latest(product_id: int, location_id: int, quantity: Decimal) -> list[int]:
    rows = (
        session()
        .scalars(
            select(Reservation)
            .where(Reservation.product_id == product_id, Reservation.location_id == location_id)
            .order_by(
                Reservation.promised_on.is_(None).desc(),
                Reservation.promised_on.desc(),
                Reservation.id.desc(),
            )
        )
        .all()
    )
    used, lost, rest = [], [], quantity
    for row in rows:
        take = min(rest, row.quantity)
        if take > 0:
            used.append(Held(row.id, row.quantity, row.quantity - take))
            lost.extend([row.line_id] if row.line_id is not None else [])
            rest -= take
    use_reservations(used)
    change_levels([(product_id, location_id, ZERO, -quantity)])
    return lost
