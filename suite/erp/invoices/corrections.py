"""Drafting credit notes: for returned goods, for a price reduction, for a whole invoice."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal, Refusals
from suite.base.money import fits
from suite.base.text import clean
from suite.model import (
    CreditNote,
    CreditNoteSide,
    Document,
    DocumentLine,
    Invoice,
    InvoiceSide,
    LineProgress,
    Return,
)
from suite.model.record import change_record, expect_version
from suite.shared.chain import line_sources, line_targets
from suite.shared.documents import (
    Loaded,
    copied_line,
    head_of,
    insert_document,
    load_document,
    read_lines,
)
from suite.shared.progress import locked_progress
from suite.shared.totals import line_amount

ZERO = Decimal(0)
Link = tuple[int, int, Decimal]


@command("invoice.correct", on="invoice")
def correct_invoice(
    invoice_id: int,
    *,
    reductions: Mapping[int, Decimal],
    reason: str = "",
    dated_on: date | None = None,
    by: Actor,
) -> int:
    """Draft a Rechnungskorrektur that lowers prices; `reductions` are amounts per unit by invoice line.

    Raises `Refusals` with `reduction-range` at each line. Returns the credit note's id.
    """
    invoice = load_document(invoice_id, "invoice")
    Invoice.flow.after("invoice.correct", invoice.record.state)
    rows: list[dict[str, Any]] = []
    links: list[Link] = []
    problems: list[Refusal] = []
    for line in invoice.lines:
        reduction = reductions.get(line["id"], ZERO)
        if not fits(reduction, most=line["unit_price"], places=6):
            problems.append(
                Refusal(
                    "reduction-range",
                    field=f"reduction-{line['id']}",
                    name=line["name"],
                    most=line["unit_price"],
                )
            )
        elif reduction:
            amount = line_amount(line["quantity"], reduction, line["discount_percent"])
            rows.append(copied_line(line, line["quantity"]) | {"unit_price": reduction, "amount": amount})
            links.append((len(rows) - 1, line["id"], ZERO))
    if problems:
        raise Refusals(problems)
    return draft_credit(invoice, rows, links, correction="price", reason=reason, on=dated_on or clock.today())


@command("return.credit", on="return")
def credit_return(return_id: int, *, dated_on: date | None = None, by: Actor) -> int:
    """Draft the Rechnungskorrektur of returned goods at the prices they were billed; returns its id.

    Goods of several invoices give one credit note per call, the invoice with most of them first.
    Raises `Refusal("nothing-to-credit")`.
    """
    back = load_document(return_id, "return")
    Return.flow.after("return.credit", back.record.state)
    billed = _billed_lines(back)
    if not billed:
        raise Refusal("nothing-to-credit")
    invoice_id = max(billed, key=lambda each: len(billed[each]))
    invoice = load_document(invoice_id, "invoice")
    rows, links = [], []
    for invoice_line, return_line, quantity in billed[invoice_id]:
        rows.append(copied_line(invoice_line, quantity))
        links.append((len(rows) - 1, invoice_line["id"], quantity))
        links.append((len(rows) - 1, return_line, quantity))
    on = dated_on or clock.today()
    return draft_credit(invoice, rows, links, correction="return", reason="", on=on, sources=[return_id])


@command("credit_note.discard", on="credit_note")
def discard_credit_note(credit_note_id: int, *, version: int | None = None, by: Actor) -> int:
    """Throw a draft credit note away; it never owned a number."""
    credit = load_document(credit_note_id, "credit_note")
    expect_version(credit.record, version)
    change_record(credit_note_id, state=CreditNote.flow.after("credit_note.discard", credit.record.state))
    return credit_note_id


def draft_credit(
    invoice: Loaded,
    rows: Sequence[dict[str, Any]],
    links: Sequence[Link],
    *,
    correction: str,
    reason: str,
    on: date,
    sources: Sequence[int] = (),
) -> int:
    """Insert a draft credit note about `invoice` with its side row."""
    items = [row for row in rows if row["kind"] == "item"]
    # A price lowered by less than a cent in all lowers nothing.
    if not items or (correction == "price" and not any(row["amount"] for row in items)):
        raise Refusal("nothing-to-credit")
    if on < invoice.document.dated_on:
        raise Refusal("before-invoice", field="dated_on", number=invoice.document.number)
    head = head_of(invoice.document) | {"payment_days": 0, "service_from": on, "service_until": on}
    credit = insert_document(
        "credit_note",
        title=invoice.record.title,
        state="draft",
        party_id=invoice.document.party_id,
        dated_on=on,
        head=head,
        lines=rows,
        parties=invoice.document.id,
        sources=[invoice.document.id, *sources],
        line_sources=links,
    )
    side = {
        "document_id": credit.id,
        "kind": "credit_note",
        "profile": session().get_one(InvoiceSide, invoice.document.id).profile,
        "correction": correction,
        "corrects_id": invoice.document.id,
        "reason": clean(reason, "reason", max_length=500),
    }
    insert_rows(CreditNoteSide, [side])
    return credit.id


def _billed_lines(back: Loaded) -> dict[int, list[tuple[dict[str, Any], int, Decimal]]]:
    """By invoice: (invoice line, return line, quantity still to credit) for each returned line."""
    delivery_line = {
        row.target_line_id: row.source_line_id for row in line_sources([line["id"] for line in back.lines])
    }
    credited = _already_credited([line["id"] for line in back.lines])
    targets = line_targets(sorted(set(delivery_line.values())))
    lines = _posted_invoice_lines([row.target_line_id for row in targets])
    progress = locked_progress(list(lines))
    billed: dict[int, list[tuple[dict[str, Any], int, Decimal]]] = {}
    for line in back.lines:
        rest = line["quantity"] - credited.get(line["id"], ZERO)
        for row in targets:
            if row.source_line_id != delivery_line[line["id"]] or row.target_line_id not in lines:
                continue
            invoice_line = lines[row.target_line_id]
            at = progress[invoice_line["id"]]
            take = min(rest, row.quantity, at.invoiced - at.credited)
            if take > 0:
                billed.setdefault(invoice_line["document_id"], []).append((invoice_line, line["id"], take))
                rest -= take
    return billed


def _already_credited(return_line_ids: Sequence[int]) -> dict[int, Decimal]:
    targets = line_targets(return_line_ids)
    frozen = select(DocumentLine.id).join(Document, Document.id == DocumentLine.document_id)
    posted = set(
        session().scalars(
            frozen.where(
                DocumentLine.id.in_([t.target_line_id for t in targets]), Document.frozen_at.is_not(None)
            )
        )
    )
    credited: dict[int, Decimal] = {}
    for row in targets:
        if row.target_line_id in posted:
            credited[row.source_line_id] = credited.get(row.source_line_id, ZERO) + row.quantity
    return credited


def _posted_invoice_lines(line_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    wanted = (
        select(DocumentLine.document_id)
        .join(Document, Document.id == DocumentLine.document_id)
        .join(LineProgress, LineProgress.line_id == DocumentLine.id)
        .where(DocumentLine.id.in_(sorted(line_ids)), Document.kind == "invoice", LineProgress.invoiced > 0)
        .distinct()
    )
    documents = list(session().scalars(wanted))
    return {line["id"]: line for line in read_lines(documents) if line["id"] in set(line_ids)}
