"""Posting invoices and credit notes: number, check, e-invoice, journal and open item in one transaction."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, update

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.counter import draw_number
from suite.base.db import session
from suite.base.errors import Refusal
from suite.base.job import enqueue
from suite.erp.invoices.booking import price_reduction_postings, sale_postings, vat_effects
from suite.erp.invoices.corrections import draft_credit
from suite.erp.invoices.drafts import draft, invoice_progress
from suite.erp.invoices.einvoice import archive_einvoice, checked_invoice
from suite.erp.invoices.sources import (
    credit_upstream,
    invoice_upstream,
    uninvoice_upstream,
    upstream_documents,
    upstream_links,
)
from suite.erp.journal.posting import Entry, post_entry
from suite.exchange.einvoice.semantic import Preceding
from suite.model import (
    CreditNote,
    CreditNoteSide,
    Document,
    DocumentProgress,
    DocumentTax,
    Invoice,
    InvoiceSide,
    JournalEntry,
    OpenItem,
    Party,
)
from suite.model.record import change_record, expect_version
from suite.shared.contract_periods import free_periods, hand_periods_on
from suite.shared.debtors import debtor_account
from suite.shared.documents import Loaded, copied_line, freeze, head_of, load_document
from suite.shared.progress import start_progress
from suite.shared.settlement import settle_items
from suite.shared.snapshot import company
from suite.shared.visit_billing import free_visits

ZERO = Decimal(0)


@dataclass(frozen=True)
class _Posted:
    number: str
    item_id: int
    head: dict[str, Any]  # what the document's head gets when it freezes


@command("invoice.post", on="invoice")
def post_invoice(
    invoice_id: int,
    *,
    dated_on: date | None = None,
    version: int | None = None,
    number: str | None = None,
    by: Actor,
) -> int:
    """Post a draft: it gets its number, is checked, archived as e-invoice, entered into the journal and frozen.

    Raises `Refusals` with the findings of the checks at their fields.
    """
    invoice = load_document(invoice_id, "invoice")
    expect_version(invoice.record, version)
    state = Invoice.flow.after("invoice.post", invoice.record.state)
    side = session().get_one(InvoiceSide, invoice_id)
    invoice_upstream(invoice)
    on = _posting_date(dated_on or invoice.document.dated_on)

    text = invoice.record.title
    posted = _post(
        invoice, side.profile, on=on, sign=1, number=number, text=text, by=by, replaces_id=side.replaces_id
    )
    start_progress(invoice_id, invoice.lines, done=("delivered", "invoiced"))
    invoice_progress(invoice_id, invoice.document.gross_total)
    freeze(invoice_id, **posted.head)
    if invoice.document.gross_total == 0:
        state = "paid"
    due_on = on + timedelta(days=invoice.document.payment_days)
    change_record(invoice_id, state=state, number=posted.number, sort_date=on, due_date=due_on)
    enqueue("document.pdf", record_id=invoice_id)
    return invoice_id


@command("credit_note.post", on="credit_note")
def post_credit_note(
    credit_note_id: int,
    *,
    dated_on: date | None = None,
    version: int | None = None,
    number: str | None = None,
    by: Actor,
) -> int:
    """Post a Stornorechnung or Rechnungskorrektur and settle it against its invoice as far as that is open."""
    credit = load_document(credit_note_id, "credit_note")
    expect_version(credit.record, version)
    state = CreditNote.flow.after("credit_note.post", credit.record.state)
    side = session().get_one(CreditNoteSide, credit_note_id)
    invoice = load_document(side.corrects_id, "invoice")
    _raise_credited(invoice, credit, side)
    if side.correction == "cancellation":
        uninvoice_upstream(invoice)
    elif side.correction == "return":
        credit_upstream(credit)
    on = _posting_date(dated_on or credit.document.dated_on)

    text = f"{invoice.document.number} {credit.record.title}"
    posted = _post(
        credit, side.profile, on=on, sign=-1, number=number, text=text, by=by, side=side, corrects=invoice
    )
    freeze(credit_note_id, **posted.head)
    change_record(credit_note_id, state=state, number=posted.number, sort_date=on, due_date=on)
    if posted.item_id:  # goods that cost nothing credit nothing
        settle_items(debit_record=invoice.document.id, credit_item=posted.item_id)
    if side.correction == "cancellation":
        change_record(invoice.document.id, state="cancelled")
        free_periods(invoice.document.id)
        free_visits(invoice.document.id)
    enqueue("document.pdf", record_id=credit_note_id)
    return credit_note_id


@command("invoice.cancel", on="invoice")
def cancel_invoice(
    invoice_id: int, *, reason: str = "", dated_on: date | None = None, number: str | None = None, by: Actor
) -> int:
    """Cancel a posted invoice by a Stornorechnung over all of it; returns the credit note's id."""
    invoice = load_document(invoice_id, "invoice")
    Invoice.flow.after("invoice.cancel", invoice.record.state)
    if session().get_one(DocumentProgress, invoice_id).credited_gross:
        raise Refusal("invoice-has-credits", number=invoice.document.number)
    on = dated_on or clock.today()
    rows = [copied_line(line, line["quantity"]) for line in invoice.lines]
    links = [(place, line["id"], line["quantity"]) for place, line in enumerate(invoice.lines)]

    credit_id = draft_credit(invoice, rows, links, correction="cancellation", reason=reason, on=on)
    return post_credit_note(credit_id, dated_on=on, number=number, by=by)


@command("invoice.cancel_and_copy", on="invoice")
def cancel_and_copy_invoice(
    invoice_id: int, *, reason: str = "", dated_on: date | None = None, by: Actor
) -> int:
    """Cancel an invoice and open a draft with the same content, linked to the same deliveries; returns the draft's id."""
    cancel_invoice(invoice_id, reason=reason, dated_on=dated_on, by=by)
    return copy_cancelled(invoice_id, dated_on)


def copy_cancelled(invoice_id: int, dated_on: date | None) -> int:
    """A fresh draft of a cancelled invoice that replaces it."""
    invoice = load_document(invoice_id, "invoice")
    party = session().get_one(Party, invoice.document.party_id)
    head = head_of(invoice.document)
    head |= {"service_from": invoice.document.service_from, "service_until": invoice.document.service_until}
    rows = [copied_line(line, line["quantity"]) for line in invoice.lines]
    copy_id = draft(
        party,
        dated_on or clock.today(),
        head,
        rows,
        parties=invoice_id,
        sources=[invoice_id, *upstream_documents(invoice)],
        links=upstream_links(invoice),
        profile=session().get_one(InvoiceSide, invoice_id).profile,
        replaces_id=invoice_id,
    )
    hand_periods_on(invoice_id, copy_id)
    return copy_id


def _posting_date(on: date) -> date:
    """The date an invoice is issued on; that dates rise with the numbers, the counter sees to."""
    if on > clock.today() and company().mark == "productive":
        raise Refusal("date-in-future", field="dated_on")
    return on


def _post(
    document: Loaded,
    profile: str,
    *,
    on: date,
    sign: int,
    number: str | None,
    text: str,
    by: Actor,
    side: CreditNoteSide | None = None,
    corrects: Loaded | None = None,
    replaces_id: int | None = None,
) -> _Posted:
    """What invoice and credit note share: number, check, archive, journal entry, open item."""
    head = document.document
    given = number is not None
    if given and company().mark == "productive":
        raise Refusal("number-not-given", field="number")
    number = number or draw_number("invoice", on)
    due_on = on + timedelta(days=head.payment_days)
    party = session().get_one(Party, head.party_id)
    taxes = list(session().scalars(select(DocumentTax).where(DocumentTax.document_id == head.id)))
    xml = checked_invoice(
        document,
        taxes,
        profile,
        number=number,
        dated_on=on,
        due_on=due_on,
        preceding=preceding_of(corrects.document.id if corrects else replaces_id),
    )
    sha256 = archive_einvoice(head.id, number, profile, xml)

    debtor = debtor_account(party)
    if side is not None and side.correction == "price":
        postings = price_reduction_postings(debtor, taxes, company(), on=on)
    else:
        postings = sale_postings(debtor, taxes, company(), on=on, sign=sign)
    reverses = _entry_of(corrects) if corrects and side and side.correction == "cancellation" else None
    entry_id = 0
    if head.gross_total:
        entry_id = post_entry(
            Entry(
                kind="invoice" if sign > 0 else "credit_note",
                record_id=head.id,
                entry_date=on,
                document_date=on,
                doc_no=number,
                text=text,
                postings=postings,
                vat=vat_effects(head, taxes, on=on, sign=sign, buyer_vat_id=party.vat_id),
                service_date=head.service_until or on,
                doc_sha256=sha256,
                reverses=reverses,
            ),
            by=by,
        )
    item_id = _open_item(document, debtor, number, entry_id, on, due_on, sign)
    return _Posted(
        number, item_id, {"number": number, "number_given": given, "dated_on": on, "due_on": due_on}
    )


def preceding_of(document_id: int | None) -> Preceding | None:
    """BG-3: the invoice a credit note corrects or a new invoice replaces."""
    if document_id is None:
        return None
    about = session().get_one(Document, document_id)
    return Preceding(about.number or "", about.dated_on)


def _open_item(
    document: Loaded, account: str, number: str, entry_id: int, on: date, due_on: date, sign: int
) -> int:
    if not document.document.gross_total:
        return 0
    row = {
        "record_id": document.document.id,
        "entry_id": entry_id,
        "party_id": document.document.party_id,
        "account": account,
        "side": "debit" if sign > 0 else "credit",
        "number": number,
        "dated_on": on,
        "due_on": due_on,
        "amount": document.document.gross_total,
        "open": document.document.gross_total,
    }
    item_id = session().scalar(insert(OpenItem).values(**row).returning(OpenItem.id))
    return item_id or 0


def _entry_of(invoice: Loaded) -> int | None:
    wanted = select(JournalEntry.id).where(
        JournalEntry.record_id == invoice.document.id, JournalEntry.kind == "invoice"
    )
    return session().scalars(wanted).one_or_none()


def _raise_credited(invoice: Loaded, credit: Loaded, side: CreditNoteSide) -> None:
    """Never credit more than was billed: a conditional update on the invoice's rollup."""
    gross = credit.document.gross_total
    statement = (
        update(DocumentProgress)
        .where(DocumentProgress.document_id == invoice.document.id)
        .where(DocumentProgress.credited_gross + gross <= DocumentProgress.gross_total)
        .where(DocumentProgress.cancelled_by_id.is_(None))
        .values(credited_gross=DocumentProgress.credited_gross + gross)
    )
    if side.correction == "cancellation":
        statement = statement.where(DocumentProgress.credited_gross == 0).values(
            cancelled_by_id=credit.document.id
        )
    result = session().connection().execute(statement)
    if result.rowcount != 1:
        raise Refusal("more-than-billed", number=invoice.document.number)
