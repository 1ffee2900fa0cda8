"""Lots and serial numbers in stock: entering them, which to take first, and where they lie.

A level of lots is changed only while the product's stock levels are locked (`suite.shared.reservation`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select, update

from suite.base import clock
from suite.base.db import database, insert_rows, session
from suite.base.errors import Refusal
from suite.base.text import clean
from suite.base.types import Quantity
from suite.model import (
    Location,
    Lot,
    LotLevel,
    Product,
    StockMove,
)

ZERO, ONE = Decimal(0), Decimal(1)
LONGEST_CODE = 50


@dataclass(frozen=True)
class LotInput:
    """A lot or serial number as named by people; without quantity it is one piece, or the whole rest."""

    code: str
    quantity: Decimal | None = None
    expires_on: date | None = None


def tracked_product(product_id: int) -> Product | None:
    """A product with its way of tracking, which nobody changes before this transaction ends."""
    wanted = select(Product).where(Product.id == product_id).with_for_update(read=True)
    return session().scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def trackings(product_ids: Iterable[int]) -> dict[int, str]:
    """How products are tracked: none, lot or serial; held until the transaction ends."""
    ids = sorted(set(product_ids))
    wanted = select(Product.id, Product.tracking).where(Product.id.in_(ids)).order_by(Product.id)
    return dict(session().execute(wanted.with_for_update(read=True)).all()) if ids else {}


def shared_out(
    lots: Sequence[LotInput], tracking: str, quantity: Decimal, *, field: str
) -> dict[str, LotInput]:
    """The lots by code with their quantities, together exactly `quantity`; one per piece for serial numbers.

    Raises `Refusal` at `field`: lots-missing, lots-not-tracked, lot-twice, serial-count, lots-sum.
    """
    if tracking == "none":
        if lots:
            raise Refusal("lots-not-tracked", field=field)
        return {}
    if not lots:
        raise Refusal("lots-missing", field=field)
    found: dict[str, LotInput] = {}
    for lot in lots:
        code = clean(lot.code, field, max_length=LONGEST_CODE)
        if not code:
            raise Refusal("lots-missing", field=field)
        if code in found:
            raise Refusal("lot-twice", field=field, lot=code)
        found[code] = LotInput(code, _of_one(lot, tracking, quantity, alone=len(lots) == 1), lot.expires_on)
    if tracking == "serial" and (len(found) != quantity or any(lot.quantity != 1 for lot in found.values())):
        raise Refusal("serial-count", field=field, pieces=quantity, given=Decimal(len(found)))
    given = sum((lot.quantity or ZERO for lot in found.values()), ZERO)
    if given != quantity or any((lot.quantity or ZERO) <= 0 for lot in found.values()):
        raise Refusal("lots-sum", field=field, wanted=quantity, given=given)
    return found


def _of_one(lot: LotInput, tracking: str, quantity: Decimal, *, alone: bool) -> Decimal:
    if lot.quantity is not None:
        return lot.quantity
    return ONE if tracking == "serial" or not alone else quantity


def entered_lots(
    product: Product, lots: Sequence[LotInput], quantity: Decimal, *, field: str
) -> list[tuple[int, Decimal]]:
    """The ids and quantities of lots that come in, made where they are new.

    Raises `Refusal` with `serial-taken` for a serial number that is in stock or at a customer.
    """
    named = shared_out(lots, product.tracking, quantity, field=field)
    if not named:
        return []
    of_product = select(Lot).where(Lot.product_id == product.id, Lot.code.in_(sorted(named)))
    known = {
        lot.code: lot
        for lot in session().scalars(of_product.order_by(Lot.id).with_for_update(key_share=True))
    }
    if product.tracking == "serial" and known:
        _refuse_taken([lot.id for lot in known.values()], field)
    for code, lot in known.items():
        expires_on = named[code].expires_on
        if expires_on is not None and lot.expires_on not in (None, expires_on):
            raise Refusal("lot-expiry", field=field, lot=code, expires=lot.expires_on)
        if expires_on is not None and lot.expires_on is None:
            session().execute(update(Lot).where(Lot.id == lot.id).values(expires_on=expires_on))
    new = [
        {"product_id": product.id, "code": code, "expires_on": lot.expires_on}
        for code, lot in named.items()
        if code not in known
    ]
    insert_rows(Lot, new)
    ids = select(Lot.code, Lot.id).where(Lot.product_id == product.id, Lot.code.in_(sorted(named)))
    return [
        (lot_id, named[code].quantity or ZERO) for code, lot_id in session().execute(ids.order_by(Lot.id))
    ]


def _refuse_taken(lot_ids: Sequence[int], field: str) -> None:
    """A piece that lies somewhere, or that went to a customer and has not come back, is not received again."""
    there = select(Lot.code).join(LotLevel, LotLevel.lot_id == Lot.id)
    taken = session().scalar(there.where(Lot.id.in_(lot_ids), LotLevel.on_hand > 0).limit(1))
    if taken is None:
        last = select(func.max(StockMove.id)).where(StockMove.lot_id.in_(lot_ids)).group_by(StockMove.lot_id)
        away = (
            select(Lot.code)
            .join(StockMove, StockMove.lot_id == Lot.id)
            .join(Location, Location.id == StockMove.to_location_id)
            .where(StockMove.id.in_(last), Location.kind == "customer")
        )
        taken = session().scalar(away.limit(1))
    if taken is not None:
        raise Refusal("serial-taken", field=field, lot=taken)


def lots_in_stock(product_ids: Iterable[int], *, lock: bool = False) -> dict[int, list[dict[str, Any]]]:
    """What lies where of each product, by lot: first expired first, else first received."""
    ids = sorted(set(product_ids))
    if not ids:
        return {}
    wanted = (
        select(Lot.product_id, Lot.id.label("lot_id"), Lot.code, Lot.expires_on)
        .add_columns(LotLevel.location_id, LotLevel.on_hand, Location.use)
        .join(LotLevel, LotLevel.lot_id == Lot.id)
        .join(Location, Location.id == LotLevel.location_id)
        .where(Lot.product_id.in_(ids), LotLevel.on_hand > 0)
        .order_by(Lot.product_id, Lot.expires_on.is_(None), Lot.expires_on, Lot.id, LotLevel.location_id)
    )
    if lock:
        wanted = wanted.with_for_update(of=LotLevel)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in session().execute(wanted).mappings():
        found.setdefault(row["product_id"], []).append(dict(row))
    return found


def is_expired(lot: Mapping[str, Any]) -> bool:
    """Whether the last day of a lot is over (GS1 AI 17)."""
    return lot["expires_on"] is not None and lot["expires_on"] < clock.today()


def change_lot_levels(changes: Iterable[tuple[int, int, Decimal]]) -> None:
    """Change levels by (lot, location, quantity); raises `Refusal("stock-moved-meanwhile")` below zero."""
    ordered = sorted(changes)
    more = [{"lot_id": lot, "location_id": place, "on_hand": q} for lot, place, q in ordered if q > 0]
    less = [{"b_lot": lot, "b_place": place, "b_quantity": -q} for lot, place, q in ordered if q < 0]
    if less:
        quantity = bindparam("b_quantity", type_=Quantity())
        statement = (
            update(LotLevel)
            .where(LotLevel.lot_id == bindparam("b_lot"), LotLevel.location_id == bindparam("b_place"))
            .where(LotLevel.on_hand >= quantity)
            .values(on_hand=LotLevel.on_hand - quantity)
        )
        if session().connection().execute(statement, less).rowcount != len(less):
            raise Refusal("stock-moved-meanwhile")
    if more:
        added = database().insert(LotLevel)
        sum_of_both = {"on_hand": LotLevel.on_hand + added.excluded.on_hand}
        session().execute(
            added.on_conflict_do_update(index_elements=["lot_id", "location_id"], set_=sum_of_both), more
        )


def trackings_of(lines: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """How the products of document lines are tracked, for a page; untracked ones are left out."""
    ids = sorted({line["product_id"] for line in lines if line["stock_kept"]})
    wanted = select(Product.id, Product.tracking).where(Product.id.in_(ids), Product.tracking != "none")
    return dict(session().execute(wanted).all()) if ids else {}


def proposed_lots(
    lines: Sequence[Mapping[str, Any]], quantities: Mapping[int, Decimal]
) -> dict[int, list[tuple[str, Decimal, date | None]]]:
    """What would leave if nothing is chosen, by line: code, quantity, expiry; lines of tracked products only."""
    tracked = trackings_of(lines)
    there = lots_in_stock(tracked)
    found: dict[int, list[tuple[str, Decimal, date | None]]] = {}
    for line in lines:
        if line["product_id"] not in tracked:
            continue
        rest, parts = quantities.get(line["id"], ZERO), found.setdefault(line["id"], [])
        for lot in there.get(line["product_id"], []):
            take = min(rest, lot["on_hand"])
            if take > 0 and lot["use"] == "stock" and not is_expired(lot):
                lot["on_hand"] -= take
                rest -= take
                parts.append((lot["code"], take, lot["expires_on"]))
    return found


def find_lot(product_id: int, code: str) -> int | None:
    """The lot or serial number of a product with this code."""
    return session().scalar(select(Lot.id).where(Lot.product_id == product_id, Lot.code == code[:50]))
