"""Changing a confirmed order in place: quantities, prices and new lines, with its promises kept true."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from suite.base.command import note_change
from suite.base.db import insert_rows, insert_rows_returning_ids, session
from suite.base.errors import Refusal, Refusals
from suite.base.money import fits
from suite.base.types import Amount, Quantity, UnitPrice
from suite.model import DocumentLine, DocumentTax, LineProgress, Reservation
from suite.model.record import change_record
from suite.shared.documents import Loaded, read_lines, set_head, tax_rows, total_columns, totals_of
from suite.shared.lines import LARGEST_PRICE, LARGEST_QUANTITY, LineInput, completed_lines
from suite.shared.progress import locked_progress, start_progress
from suite.shared.reservation import release, reserve
from suite.shared.snapshot import active_party
from suite.shared.totals import line_amount

ZERO = Decimal(0)


def change_lines(
    order: Loaded,
    *,
    quantities: Mapping[int, Decimal],
    prices: Mapping[int, Decimal],
    added: Sequence[LineInput],
) -> None:
    """Apply the changes; raises `Refusals` with `below-progress` or `already-delivered` at the line."""
    order_id = order.document.id
    progress = locked_progress([line["id"] for line in order.lines])
    _refuse_impossible(order, progress, quantities, prices)
    items = (line for line in order.lines if line["kind"] == "item")
    changed = [row for line in items if (row := _changed(line, quantities, prices)) is not None]
    _write_lines(changed)
    _write_ordered(changed)
    _add_lines(order, added)

    lines = read_lines([order_id])
    _rewrite_totals(order, lines)
    if any(line["stock_kept"] for line in lines):
        release([line["id"] for line in lines if line["stock_kept"]])
        reserve_open(lines)


def reserve_open(lines: Sequence[Mapping[str, Any]]) -> dict[int, Decimal]:
    """Reserve what order lines still have to deliver and hold no reservation for; returns what is missing."""
    stocked = [line for line in lines if line["stock_kept"]]
    if not stocked:
        return {}
    ids = [line["id"] for line in stocked]
    progress = locked_progress(ids)
    held: dict[int, Decimal] = {}
    promises = select(DocumentLine.id, Reservation.quantity).join(
        Reservation, Reservation.line_id == DocumentLine.id
    )
    for line_id, quantity in session().execute(promises.where(DocumentLine.id.in_(ids))):
        held[line_id] = held.get(line_id, ZERO) + quantity
    open_lines = []
    for line in stocked:
        row = progress[line["id"]]
        open_lines.append({**line, "open": row.ordered - row.delivered - held.get(line["id"], ZERO)})
    return reserve(open_lines)


def _refuse_impossible(
    order: Loaded,
    progress: Mapping[int, LineProgress],
    quantities: Mapping[int, Decimal],
    prices: Mapping[int, Decimal],
) -> None:
    problems = []
    for line in order.lines:
        row = progress.get(line["id"])
        if row is None:
            continue
        least = max(row.delivered, row.invoiced)
        quantity = quantities.get(line["id"], line["quantity"])
        price = prices.get(line["id"], line["unit_price"])
        at_quantity, at_price = f"quantity-{line['id']}", f"price-{line['id']}"
        if quantity < least:
            problems.append(Refusal("below-progress", field=at_quantity, name=line["name"], least=least))
        elif not fits(quantity, most=LARGEST_QUANTITY, places=6):
            problems.append(Refusal("quantity-range", field=at_quantity, most=LARGEST_QUANTITY))
        if not fits(price, most=LARGEST_PRICE, places=6):
            problems.append(Refusal("price-range", field=at_price, most=LARGEST_PRICE))
        elif price != line["unit_price"] and row.delivered + row.invoiced > 0:
            problems.append(Refusal("already-delivered", field=at_price, name=line["name"]))
    if problems:
        raise Refusals(problems)


def _changed(
    line: Mapping[str, Any], quantities: Mapping[int, Decimal], prices: Mapping[int, Decimal]
) -> dict[str, Any] | None:
    quantity = quantities.get(line["id"], line["quantity"])
    price = prices.get(line["id"], line["unit_price"])
    if quantity == line["quantity"] and price == line["unit_price"]:
        return None
    note_change(
        f"{line['position']}: {line['name']}",
        f"{line['quantity']} × {line['unit_price']}",
        f"{quantity} × {price}",
    )
    amount = line_amount(quantity, price, line["discount_percent"])
    return {"b_id": line["id"], "b_quantity": quantity, "b_price": price, "b_amount": amount}


def _write_lines(changed: Sequence[dict[str, Any]]) -> None:
    if changed:
        statement = (
            update(DocumentLine)
            .where(DocumentLine.id == bindparam("b_id"))
            .values(
                quantity=bindparam("b_quantity", type_=Quantity()),
                unit_price=bindparam("b_price", type_=UnitPrice()),
                amount=bindparam("b_amount", type_=Amount()),
            )
        )
        session().connection().execute(statement, list(changed))


def _write_ordered(changed: Sequence[dict[str, Any]]) -> None:
    if changed:
        ordered = bindparam("b_quantity", type_=Quantity())
        statement = (
            update(LineProgress).where(LineProgress.line_id == bindparam("b_id")).values(ordered=ordered)
        )
        rows = [{"b_id": row["b_id"], "b_quantity": row["b_quantity"]} for row in changed]
        session().connection().execute(statement, rows)


def _add_lines(order: Loaded, added: Sequence[LineInput]) -> None:
    if not added:
        return
    rows = completed_lines(added, party=active_party(order.document.party_id), on=order.document.dated_on)
    last = max((line["position"] for line in order.lines), default=0)
    numbered = [
        {"document_id": order.document.id, "position": last + n, **row} for n, row in enumerate(rows, start=1)
    ]
    ids = insert_rows_returning_ids(DocumentLine, numbered)
    start_progress(
        order.document.id, [{"id": line_id, **row} for line_id, row in zip(ids, rows, strict=True)]
    )


def _rewrite_totals(order: Loaded, lines: Sequence[Mapping[str, Any]]) -> None:
    document = order.document
    totals = totals_of(lines, document.header_discount_percent, document.dated_on)
    session().execute(delete(DocumentTax).where(DocumentTax.document_id == document.id))
    if totals.groups:
        insert_rows(DocumentTax, tax_rows(document.id, totals))
    set_head(document.id, revision=document.revision + 1, **total_columns(totals))
    change_record(document.id, sort_amount=totals.gross)
