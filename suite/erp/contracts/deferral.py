"""Deferral at the end of a year: revenue of later days goes to deferred income on 31 December and back on 1 January."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, insert, or_, select
from sqlalchemy.orm import aliased

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.counter import draw
from suite.base.db import insert_rows, session
from suite.base.errors import NotPermitted, Refusal
from suite.base.money import split_by_weight
from suite.base.types import Amount
from suite.erp.contracts.period_lines import lines_of, parts_of
from suite.erp.journal.posting import Entry, Posting, post_entry
from suite.model import (
    Contract,
    ContractLine,
    ContractPeriod,
    CreditNoteSide,
    Deferral,
    DeferralLine,
    Document,
    DocumentProgress,
    DocumentTax,
    Record,
)
from suite.model.record import new_record
from suite.reference import tax_case
from suite.shared.contract_periods import LIVE
from suite.shared.contract_terms import DAY, Period, share, whole_period
from suite.shared.snapshot import company
from suite.shared.totals import line_amount

ZERO = Decimal(0)
# Deferred income (passive Rechnungsabgrenzung).
DEFERRED_INCOME = {"SKR03": "0990", "SKR04": "3900"}
FIRST_YEAR = 2000


@dataclass(frozen=True)
class Deferred:
    """What of one invoice and contract is deferred, on one revenue account."""

    contract: Record
    document: Record
    account: str
    from_on: date
    until_on: date
    amount: Decimal


@command("deferral.post", creates="deferral")
def post_deferral(*, year: int, by: Actor) -> int:
    """Post the deferral of a year and its release; returns the id. Once per year.

    Raises `Refusal`: `deferral-exists`, `year-not-over`, `nothing-to-defer`.
    """
    last = last_day(year)
    if last >= clock.today():  # the last day is over: nothing of the year is posted any more
        raise Refusal("year-not-over", field="year", day=last)
    draw("deferral")  # the lock: who comes second sees what the first one posted
    if session().scalar(select(Deferral.id).where(Deferral.year == year)) is not None:
        raise Refusal("deferral-exists", field="year", year=year)
    found = _deferred(year)
    amount = sum((each.amount for each in found), ZERO)
    if not amount:
        raise Refusal("nothing-to-defer", field="year", year=year)

    number, title = f"RA-{year}", f"Passive Rechnungsabgrenzung {year}"
    deferral_id = new_record(
        "deferral", title=title, state="posted", number=number, sort_date=last, sort_amount=amount
    )
    postings = _postings(found, amount)
    entry_id = post_entry(
        Entry("manual", deferral_id, last, last, number, title, postings),
        by=by,
    )
    back = [Posting(each.account, -each.amount) for each in postings]
    release_id = post_entry(
        Entry("manual", deferral_id, last + DAY, last + DAY, number, f"Auflösung {title}", back),
        by=by,
    )
    values = {"id": deferral_id, "year": year, "entry_id": entry_id, "release_id": release_id}
    session().execute(insert(Deferral).values(**values, amount=amount))
    rows = [
        {
            "deferral_id": deferral_id,
            "contract_id": each.contract.id,
            "document_id": each.document.id,
            "account": each.account,
            "from_on": each.from_on,
            "until_on": each.until_on,
            "amount": each.amount,
        }
        for each in found
    ]
    insert_rows(DeferralLine, rows)
    return deferral_id


def deferred_income(year: int, *, by: Actor) -> list[Deferred]:
    """What a deferral of the year would post, as the books stand."""
    if not by.may("deferral.read"):
        raise NotPermitted("deferral.read")
    return _deferred(year)


def drafts_of_year(year: int, *, by: Actor) -> int:
    """How many drafts bill periods that begin in the year or before: they are not in the deferral."""
    if not by.may("deferral.read"):
        raise NotPermitted("deferral.read")
    wanted = (
        select(func.count(ContractPeriod.document_id.distinct()))
        .join(Document, Document.id == ContractPeriod.document_id)
        .where(LIVE, Document.frozen_at.is_(None), Document.dated_on <= last_day(year))
        .where(ContractPeriod.until_on > last_day(year))
    )
    return session().execute(wanted).scalar_one()


def last_day(year: int) -> date:
    """31 December; raises `Refusal("whole-range")` for a year nobody keeps books of."""
    most = clock.today().year
    if not FIRST_YEAR <= year <= most:
        raise Refusal("whole-range", field="year", least=FIRST_YEAR, most=most)
    return date(year, 12, 31)


def _postings(found: Iterable[Deferred], amount: Decimal) -> list[Posting]:
    """Debit each revenue account, credit deferred income."""
    by_account: dict[str, Decimal] = {}
    for each in found:
        by_account[each.account] = by_account.get(each.account, ZERO) + each.amount
    debits = [Posting(account, sum_) for account, sum_ in sorted(by_account.items())]
    return [*debits, Posting(DEFERRED_INCOME[company().chart], -amount)]


def _deferred(year: int) -> list[Deferred]:
    """Posted invoices that reach beyond the year: net revenue less corrections, by the days after the year."""
    last = last_day(year)
    rows = _billed_beyond(last)
    if not rows:
        return []
    lines = lines_of(sorted({contract.id for _, contract, _, _ in rows}))
    bases = _bases(sorted({document.id for _, _, _, document in rows}), last)
    by_document: dict[int, list[tuple[ContractPeriod, Record, Decimal, Decimal]]] = {}
    documents: dict[int, Record] = {}
    for period, contract, record, document in rows:
        kept, later = _weights(lines.get(contract.id, []), contract, period, last)
        by_document.setdefault(document.id, []).append((period, record, kept, later))
        documents[document.id] = document
    found: list[Deferred] = []
    for document_id, parts in by_document.items():
        weights = [weight for _, _, kept, later in parts for weight in (kept, later)]
        for account, base in bases.get(document_id, {}).items():
            shares = split_by_weight(base, weights)
            for (period, record, _, _), amount in zip(parts, shares[1::2], strict=True):
                if amount > 0:
                    first = max(period.from_on, last + DAY)
                    found.append(
                        Deferred(record, documents[document_id], account, first, period.until_on, amount)
                    )
    return sorted(found, key=lambda each: (each.contract.number or "", each.document.id, each.account))


def _billed_beyond(last: date) -> list[tuple[ContractPeriod, Contract, Record, Record]]:
    """(period, contract, its record, invoice) where the invoice was posted by that day and not yet cancelled then."""
    invoice, cancellation = aliased(Record), aliased(Document)
    wanted = (
        select(ContractPeriod, Contract, Record, invoice)
        .join(Contract, Contract.id == ContractPeriod.contract_id)
        .join(Record, Record.id == Contract.id)
        .join(invoice, invoice.id == ContractPeriod.document_id)
        .join(Document, Document.id == invoice.id)
        .join(DocumentProgress, DocumentProgress.document_id == Document.id)
        .outerjoin(cancellation, cancellation.id == DocumentProgress.cancelled_by_id)
        .where(ContractPeriod.until_on > last, Document.dated_on <= last, Document.frozen_at.is_not(None))
        .where(or_(cancellation.id.is_(None), cancellation.dated_on > last))
        .order_by(ContractPeriod.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session().execute(wanted)]


def _weights(
    lines: Sequence[ContractLine], contract: Contract, period: ContractPeriod, last: date
) -> tuple[Decimal, Decimal]:
    """What the period's lines cost until that day and after it, to the cent."""
    whole = whole_period(contract.first_period_on, contract.interval_months, period.from_on)
    kept = later = ZERO
    for part in parts_of(lines, Period(period.from_on, period.until_on, *whole)):
        after = ZERO
        if part.until_on > last:
            amount = line_amount(part.line.quantity, part.line.unit_price, part.line.discount_percent)
            after = share(amount, part=(max(part.from_on, last + DAY), part.until_on), whole=whole)
        kept, later = kept + part.amount - after, later + after
    return kept, later


def _bases(document_ids: Sequence[int], last: date) -> dict[int, dict[str, Decimal]]:
    """Net revenue of invoices by account, less what corrections dated until then took back."""
    taxes = select(DocumentTax.document_id, DocumentTax.tax_case, Document.dated_on, DocumentTax.base).join(
        Document, Document.id == DocumentTax.document_id
    )
    found: dict[int, dict[str, Decimal]] = {}
    for document_id, code, on, base in session().execute(taxes.where(Document.id.in_(document_ids))):
        account = tax_case(code, on).account(company().chart)
        accounts = found.setdefault(document_id, {})
        accounts[account] = accounts.get(account, ZERO) + base
    corrected = (
        select(CreditNoteSide.corrects_id, DocumentTax.tax_case, func.sum(DocumentTax.base, type_=Amount()))
        .join(Document, Document.id == CreditNoteSide.document_id)
        .join(DocumentTax, DocumentTax.document_id == Document.id)
        .where(CreditNoteSide.corrects_id.in_(document_ids), CreditNoteSide.correction != "cancellation")
        .where(Document.frozen_at.is_not(None), Document.dated_on <= last)
        .group_by(CreditNoteSide.corrects_id, DocumentTax.tax_case)
    )
    for document_id, code, less in session().execute(corrected):
        account = tax_case(code, last).account(company().chart)
        accounts = found[document_id]
        accounts[account] = max(ZERO, accounts.get(account, ZERO) - less)
    return found
