"""Of which lots the lines of deliveries and returns are, and what of them is still at the customer."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from suite.base.db import insert_rows, session
from suite.base.errors import Refusal, Refusals
from suite.base.types import Quantity
from suite.model import ChainLink, Document, DocumentLine, LineLot, Lot, Product
from suite.shared.lots import LotInput, entered_lots, shared_out, trackings

ZERO = Decimal(0)


def lots_of_lines(line_ids: Sequence[int]) -> dict[int, list[tuple[Lot, Decimal]]]:
    """Of which lots lines of deliveries and returns are."""
    found: dict[int, list[tuple[Lot, Decimal]]] = {}
    if line_ids:
        wanted = select(LineLot.line_id, Lot, LineLot.quantity).join(Lot, Lot.id == LineLot.lot_id)
        ordered = wanted.where(LineLot.line_id.in_(sorted(line_ids))).order_by(LineLot.line_id, Lot.id)
        for line_id, lot, quantity in session().execute(ordered):
            found.setdefault(line_id, []).append((lot, quantity))
    return found


def lots_still_out(delivery_line_ids: Sequence[int]) -> dict[int, list[tuple[Lot, Decimal]]]:
    """Of each delivery line what was delivered of a lot and has not come back."""
    out = lots_of_lines(delivery_line_ids)
    if not out:
        return {}
    back = (
        select(ChainLink.source_line_id, LineLot.lot_id, func.sum(LineLot.quantity, type_=Quantity()))
        .join(LineLot, LineLot.line_id == ChainLink.target_line_id)
        .join(DocumentLine, DocumentLine.id == ChainLink.target_line_id)
        .join(Document, Document.id == DocumentLine.document_id)
        .where(ChainLink.source_line_id.in_(sorted(out)))
        .where(Document.kind == "return", Document.frozen_at.is_not(None))
        .group_by(ChainLink.source_line_id, LineLot.lot_id)
    )
    returned = {(line, lot): quantity for line, lot, quantity in session().execute(back)}
    return {
        line: [
            (lot, quantity - returned.get((line, lot.id), ZERO))
            for lot, quantity in lots
            if quantity > returned.get((line, lot.id), ZERO)
        ]
        for line, lots in out.items()
    }


def keep_line_lots(lots: Mapping[int, Sequence[tuple[int, Decimal]]]) -> None:
    """Write of which lots lines are, in place of what was planned before."""
    ids = sorted(lots)
    if ids:
        session().execute(LineLot.__table__.delete().where(LineLot.line_id.in_(ids)))  # type: ignore[attr-defined]  # a FromClause to mypy
    rows = [
        {"line_id": line, "lot_id": lot, "quantity": quantity}
        for line in ids
        for lot, quantity in sorted(lots[line])
    ]
    insert_rows(LineLot, rows)


def came_back(
    product: Product,
    out: Sequence[tuple[Lot, Decimal]] | None,
    lots: Sequence[LotInput],
    quantity: Decimal,
    *,
    field: str,
) -> list[tuple[int, Decimal]]:
    """Which lots of a delivery line came back; naming none means all that is still out.

    Raises `Refusal("lot-not-delivered")` for a lot that did not go out with the line or is back already.
    """
    if product.tracking == "none":
        shared_out(lots, product.tracking, quantity, field=field)
        return []
    if out is None:  # delivered before the product was tracked
        return entered_lots(product, lots, quantity, field=field)
    if not lots and sum((left for _, left in out), ZERO) == quantity:
        return [(lot.id, left) for lot, left in out]
    if not lots and len(out) == 1 and quantity < out[0][1]:
        return [(out[0][0].id, quantity)]
    still = {lot.code: (lot.id, left) for lot, left in out}
    named = shared_out(lots, product.tracking, quantity, field=field)
    for code, lot in named.items():
        if code not in still or (lot.quantity or ZERO) > still[code][1]:
            raise Refusal("lot-not-delivered", field=field, lot=code)
    return [(still[code][0], lot.quantity or ZERO) for code, lot in named.items()]


def plan_line_lots(wanted: Mapping[int, tuple[Mapping[str, Any], Sequence[LotInput], str]]) -> None:
    """Keep which lots were chosen for lines of a draft: (row of the line, lots, field) by line.

    Raises `Refusals` at the fields, e.g. with `lot-not-there` for a code the product does not have.
    """
    if not wanted:
        return
    products = [row["product_id"] for row, _, _ in wanted.values()]
    tracked, problems = trackings(products), []
    codes = {lot.code.strip() for _, lots, _ in wanted.values() for lot in lots}
    of_codes = select(Lot.id, Lot.product_id, Lot.code).where(
        Lot.product_id.in_(sorted(products)), Lot.code.in_(sorted(codes))
    )
    known = {(product, code): lot_id for lot_id, product, code in session().execute(of_codes)}
    rows: dict[int, list[tuple[int, Decimal]]] = {}
    for line_id, (row, lots, field) in wanted.items():
        product = row["product_id"]
        try:
            named = shared_out(lots, tracked.get(product, "none"), row["quantity"], field=field)
            for code, lot in named.items():
                if (product, code) not in known:
                    raise Refusal("lot-not-there", field=field, lot=code, name=row["name"])
                rows.setdefault(line_id, []).append((known[product, code], lot.quantity or ZERO))
        except Refusal as problem:
            problems.append(problem)
    if problems:
        raise Refusals(problems)
    keep_line_lots(rows)
