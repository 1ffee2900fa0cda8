"""What posting a draft would do: findings of the checks, journal entry, expected number. Reads only."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base import clock
from suite.base.counter import Counter, NumberRange, number_of, range_key
from suite.base.db import session
from suite.base.errors import Refusal
from suite.erp.invoices.booking import price_reduction_postings, sale_postings
from suite.erp.invoices.einvoice import semantic_invoice
from suite.exchange.einvoice.rules import check
from suite.exchange.einvoice.semantic import Preceding
from suite.model import (
    Account,
    CreditNoteSide,
    Document,
    DocumentParty,
    DocumentTax,
    InvoiceSide,
    Party,
    Record,
)
from suite.shared.documents import Loaded, read_lines
from suite.shared.snapshot import company, delivery_country


def posting_preview(record: Record) -> dict[str, Any]:
    """Everything the check page shows."""
    document = session().get_one(Document, record.id)
    on = max(document.dated_on, clock.today()) if record.state == "draft" else document.dated_on
    taxes = list(session().scalars(select(DocumentTax).where(DocumentTax.document_id == record.id)))
    lines = read_lines([record.id])
    side = session().get(CreditNoteSide, record.id)
    profile = side.profile if side else session().get_one(InvoiceSide, record.id).profile
    preceding = _preceding(side)
    number = _expected_number(on)
    due_on = on + timedelta(days=document.payment_days)
    loaded = Loaded(record, document, lines)
    invoice = semantic_invoice(
        loaded,
        taxes,
        profile,
        number=number,
        dated_on=on,
        due_on=None if side else due_on,
        preceding=preceding,
    )
    parties = session().scalars(select(DocumentParty).where(DocumentParty.document_id == record.id))
    return {
        "document": document,
        "lines": lines,
        "taxes": sorted(taxes, key=lambda tax: -tax.rate),
        "parties": {party.role: party for party in parties},
        "taxed_abroad": _taxed_abroad(record.party_id, taxes),
        "findings": [
            Refusal(f.code, field=f.field, rule=f.rule, term=f.term) for f in check(invoice, profile)
        ],
        "profile": profile,
        "number": number,
        "dated_on": on,
        "due_on": due_on,
        "side": side,
        "preceding": preceding,
        "journal": _journal(document, taxes, side),
    }


def _preceding(side: CreditNoteSide | None) -> Preceding | None:
    if side is None:
        return None
    about = session().get_one(Document, side.corrects_id)
    return Preceding(about.number or "", about.dated_on)


def _taxed_abroad(party_id: int | None, taxes: Sequence[DocumentTax]) -> bool:
    """Whether German tax is charged to a customer abroad: right for some supplies, wrong for many (§§ 3a, 4, 6 UStG)."""
    party = session().get(Party, party_id)
    country = delivery_country(party) if party is not None else company().country
    return country != company().country and any(tax.category == "S" for tax in taxes)


def _expected_number(on: Any) -> str:
    pattern = session().get_one(NumberRange, "invoice").pattern
    counter = session().get(Counter, range_key("invoice", pattern, on))
    return number_of(pattern, on=on, n=(counter.last if counter else 0) + 1)


def _journal(
    document: Document, taxes: list[DocumentTax], side: CreditNoteSide | None
) -> list[tuple[str, str, Decimal]]:
    """Rows (account, name, signed amount) of the entry that posting writes."""
    party = session().get_one(Party, document.party_id)
    debtor = party.debtor_account or "debtor"
    if side is not None and side.correction == "price":
        postings = price_reduction_postings(debtor, taxes, company(), on=document.dated_on)
    else:
        postings = sale_postings(debtor, taxes, company(), on=document.dated_on, sign=-1 if side else 1)
    names = {row.number: row.name for row in session().scalars(select(Account))}
    names["debtor"] = party.name
    return [
        (posting.account, names.get(posting.account, ""), posting.amount)
        for posting in postings
        if posting.amount
    ]
