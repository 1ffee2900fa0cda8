"""What came out of a case: journal, DATEV rows, VAT effects and totals per event, returns at the end."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base.db import session
from suite.erp.datev.bookings import bookings
from suite.erp.vat.queries import recapitulative_lines, vat_returns
from suite.exchange.datev.booking import Row
from suite.model import (
    Document,
    DocumentTax,
    JournalEntry,
    JournalLine,
    OpenItem,
    Record,
    RecordLink,
    VatEntry,
)
from suite.reference import tax_case
from suite.scenario.case import Case

# How far an order is delivered, whatever its word says of invoicing.
ORDER_WORDS = {"part_delivered": "partially_delivered", "part_invoiced": "delivered", "invoiced": "delivered"}


def event_results(case: Case, event: Mapping[str, Any], record_id: int | None) -> dict[str, Any]:
    """The answers for one event in the structure of the scenario file."""
    answers: dict[str, Any] = {"seq": event["seq"], "type": event["type"], "number": event.get("number")}
    entries = _entries(record_id)
    totals = _totals(record_id) if record_id is not None else None
    if totals:
        answers["totals"] = totals
    answers["journal"] = _journal(entries)
    answers["datev"] = [_datev(row) for row in bookings(entries)]
    answers["vat_effects"] = _vat_effects(entries)
    return answers


def case_results(case: Case) -> dict[str, Any]:
    """Open items, VAT returns, ZM and OSS after the last event."""
    names = {party_id: key for key, party_id in case.party_ids.items()}
    items = session().scalars(
        select(OpenItem).join(Record, Record.id == OpenItem.record_id).order_by(OpenItem.id)
    )
    return {
        "open_items": [
            {
                "document": item.number,
                "partner": names.get(item.party_id, ""),
                "original": _money(item.amount if item.side == "debit" else -item.amount),
                "open": _money(item.open if item.side == "debit" else -item.open),
            }
            for item in items
            if item.side == "debit" or item.open
        ],
        "ustva": [_return(each) for each in vat_returns()],
        "zm": [
            {
                "period": line.period,
                "vat_id": line.vat_id,
                "code": line.code,
                "amount_exact": _money(line.exact),
                "amount_form": str(line.form),
            }
            for line in recapitulative_lines()
        ],
        "oss": [],
    }


def _entries(record_id: int | None) -> Sequence[int]:
    return (
        session()
        .scalars(
            select(JournalEntry.id).where(JournalEntry.record_id == record_id).order_by(JournalEntry.seq)
        )
        .all()
    )


def _totals(record_id: int) -> dict[str, Any] | None:
    document = session().get(Document, record_id)
    if document is None or document.kind in ("quote", "order", "return"):
        return None
    if document.kind == "delivery":
        wanted = select(Record.state).join(RecordLink, RecordLink.source_id == Record.id)
        state = (
            session().scalars(wanted.where(RecordLink.target_id == record_id, Record.kind == "order")).first()
        )
        return {"order_state": ORDER_WORDS.get(state or "", state)}
    taxes = session().scalars(select(DocumentTax).where(DocumentTax.document_id == record_id)).all()
    totals: dict[str, Any] = {
        "by_tax_case": [_tax(tax, document) for tax in sorted(taxes, key=lambda t: -t.rate)]
    }
    totals |= {name: _money(getattr(document, f"{name}_total")) for name in ("net", "tax", "gross")}
    notes = [tax_case(tax.tax_case, document.dated_on).note_de for tax in taxes]
    if any(notes):
        totals["required_notes"] = [note for note in notes if note]
    return totals


def _tax(tax: DocumentTax, document: Document) -> dict[str, str]:
    row = {
        "tax_case": tax.tax_case,
        "vat_category": tax.category,
        "vatex": tax_case(tax.tax_case, document.dated_on).vatex,
        "rate": _plain(tax.rate),
        "base": _money(tax.base),
        "tax": _money(tax.tax),
        "gross": _money(tax.gross),
    }
    return row | ({"document_allowance": _money(tax.allowance)} if tax.allowance else {})


def _journal(entries: Sequence[int]) -> list[dict[str, str]]:
    balances: dict[str, Decimal] = {}
    wanted = select(JournalLine).where(JournalLine.entry_id.in_(entries)).order_by(JournalLine.id)
    for line in session().scalars(wanted):
        balances[line.account] = balances.get(line.account, Decimal(0)) + line.debit - line.credit
    return [
        {"account": account, "dc": "D" if amount > 0 else "C", "amount": _money(abs(amount))}
        for account, amount in balances.items()
        if amount
    ]


def _datev(row: Row) -> dict[str, str]:
    line = {
        "umsatz": _money(row.amount),
        "sh": row.side,
        "konto": row.account,
        "gegenkonto": row.contra_account,
        "bu": row.tax_key,
        "belegdatum": f"{row.document_date:%d%m}",
        "belegfeld1": row.document_no,
    }
    return line | ({"eu_ustid": row.eu_vat_id} if row.eu_vat_id else {})


def _vat_effects(entries: Sequence[int]) -> list[dict[str, str]]:
    wanted = select(VatEntry).where(VatEntry.entry_id.in_(entries)).order_by(VatEntry.id)
    return [
        {"tax_case": v.tax_case, "kz": v.kz, "base": _money(v.base), "tax": _money(v.tax), "period": v.period}
        for v in session().scalars(wanted)
    ]


def _return(each: Any) -> dict[str, Any]:
    fields = {}
    for field in each.fields:
        fields[field.kz] = {"exact": _money(field.exact), "form": str(field.form)}
        if field.tax_ledger is not None:
            fields[field.kz] |= {"tax_gl": _money(field.tax_ledger), "tax_form": _money(field.tax_form)}
    return {
        "period": each.period,
        "kz": fields,
        "kz83_form": _money(each.payable_form),
        "vat_payable_gl": _money(each.payable_ledger),
    }


def _money(value: Decimal) -> str:
    return f"{value:.2f}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
