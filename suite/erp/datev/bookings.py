"""From journal entries to DATEV bookings: one row per document, account and rate, gross.

DATEV computes the tax itself from the automatic account, so tax lines join the line they belong to.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select, type_coerce

from suite.base.db import session
from suite.base.types import Count
from suite.exchange.datev.booking import NO_AUTOMATIC, Row
from suite.model import Account, Allocation, JournalEntry, JournalLine, OpenItem, VatEntry
from suite.reference import tax_case
from suite.shared.snapshot import company

ZERO = Decimal(0)


def bookings(entry_ids: Sequence[int]) -> Iterator[Row]:
    """The rows of entries, in their order; reads in slices so that memory stays flat."""
    for start in range(0, len(entry_ids), 500):
        yield from _slice(entry_ids[start : start + 500])


class _Line(NamedTuple):
    """A journal line as the rows need it: debit less credit in cents."""

    entry_id: int
    account: str
    cents: int
    tax_case: str
    account_kind: str
    automatic: str


def _slice(entry_ids: Sequence[int]) -> Iterator[Row]:
    entry = JournalEntry
    heads = (
        select(
            entry.id,
            entry.kind,
            entry.document_date,
            entry.service_date,
            entry.doc_no,
            entry.text,
            entry.reverses_id,
        )
        .where(entry.id.in_(entry_ids))
        .order_by(entry.seq)
    )
    lines = _lines(entry_ids)
    vat_ids = _vat_ids(entry_ids)
    settled = _settled(entry_ids)
    chart = company().chart
    for head in session().execute(heads):
        own = lines[head.id]
        if head.kind in ("invoice", "credit_note"):
            yield from _sale(head, own, vat_ids.get(head.id, ""), chart)
        elif head.kind == "manual":
            yield from _manual(head, own)
        else:
            yield from _money(head, own, settled.get(head.id, []))


def _lines(entry_ids: Sequence[int]) -> dict[int, list[_Line]]:
    """Lines by entry; cents are read as they are stored, one number a line."""
    moved = type_coerce(JournalLine.debit, Count()) - type_coerce(JournalLine.credit, Count())
    wanted = (
        select(
            JournalLine.entry_id,
            JournalLine.account,
            moved,
            JournalLine.tax_case,
            Account.kind,
            Account.automatic,
        )
        .join(Account, Account.number == JournalLine.account)
        .where(JournalLine.entry_id.in_(entry_ids))
        .order_by(JournalLine.entry_id, JournalLine.position)
    )
    found: dict[int, list[_Line]] = {}
    for row in session().execute(wanted):
        found.setdefault(row[0], []).append(_Line(*row))
    return found


def _sale(head: Any, lines: Sequence[_Line], vat_id: str, chart: str) -> Iterator[Row]:
    """One row per tax case, gross: the revenue line of a case comes first, its tax after it."""
    debtor = next(line for line in lines if line.account_kind == "debtor")
    others: dict[str, list[_Line]] = {}
    for line in lines:
        if line is not debtor:
            others.setdefault(line.tax_case, []).append(line)
    for code, group in others.items():
        gross = -sum(line.cents for line in group)
        if not gross:
            continue
        tax = group[0].cents + gross  # what is not revenue is tax
        case = tax_case(code, head.document_date) if code else None
        yield _row(
            head,
            debtor.account,
            group[0].account,
            _euros(gross),
            head.doc_no,
            eu_vat_id=vat_id if code else "",
            rate=(case.rate if case else None) or ZERO,
            tax=_euros(tax if gross > 0 else -tax),
            tax_account=case.tax_out(chart) if case else "",
        )


def _money(head: Any, lines: Sequence[_Line], settled: Sequence[tuple[str, Decimal]]) -> Iterator[Row]:
    money = next(line for line in lines if line.account_kind != "debtor")
    debtor = next(line for line in lines if line.account_kind == "debtor")
    rest = _euros(abs(money.cents))
    sign = 1 if money.cents > 0 else -1
    for number, amount in settled:
        yield _row(head, money.account, debtor.account, sign * amount, number)
        rest -= amount
    if rest:
        yield _row(head, money.account, debtor.account, sign * rest, head.doc_no)


def _manual(head: Any, lines: Sequence[_Line]) -> Iterator[Row]:
    """Each line against the one that stands alone on its side; DATEV computes no tax of its own (key 40)."""
    debits = [line for line in lines if line.cents > 0]
    alone = debits[0] if len(debits) == 1 else next(line for line in lines if line.cents < 0)
    for line in lines:
        if line is not alone:
            key = NO_AUTOMATIC if line.automatic or alone.automatic else ""
            yield _row(head, alone.account, line.account, _euros(-line.cents), head.doc_no, tax_key=key)


def _euros(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _row(
    head: Any,
    account: str,
    contra: str,
    amount: Decimal,
    document_no: str,
    *,
    eu_vat_id: str = "",
    rate: Decimal = ZERO,
    tax: Decimal = ZERO,
    tax_account: str = "",
    tax_key: str = "",
) -> Row:
    return Row(
        amount=abs(amount),
        side="S" if amount > 0 else "H",
        account=account,
        contra_account=contra,
        document_date=head.document_date,
        document_no=document_no,
        text=head.text,
        service_date=head.service_date,
        eu_vat_id=eu_vat_id,
        is_reversal=head.reverses_id is not None,
        rate=rate,
        tax=tax,
        tax_account=tax_account,
        tax_key=tax_key,
    )


def _vat_ids(entry_ids: Sequence[int]) -> dict[int, str]:
    wanted = select(VatEntry.entry_id, VatEntry.party_vat_id).where(
        VatEntry.entry_id.in_(entry_ids), VatEntry.party_vat_id.is_not(None)
    )
    return {entry_id: vat_id or "" for entry_id, vat_id in session().execute(wanted)}


def _settled(entry_ids: Sequence[int]) -> dict[int, list[tuple[str, Decimal]]]:
    """What payments settled: by entry, the numbers of the other items and the amounts."""
    found: dict[int, list[tuple[str, Decimal]]] = {}
    own, other = OpenItem.__table__.alias("own"), OpenItem.__table__.alias("other")
    for mine, theirs in (("credit_item_id", "debit_item_id"), ("debit_item_id", "credit_item_id")):
        wanted = (
            select(own.c.entry_id, other.c.number, Allocation.amount)
            .join(own, own.c.id == getattr(Allocation, mine))
            .join(other, other.c.id == getattr(Allocation, theirs))
            .join(JournalEntry, JournalEntry.id == own.c.entry_id)
            .where(own.c.entry_id.in_(entry_ids), JournalEntry.kind == "payment")
            .order_by(Allocation.id)
        )
        for entry_id, number, amount in session().execute(wanted):
            _add(found.setdefault(entry_id, []), number, amount)
    return {entry_id: [(n, a) for n, a in settled if a > 0] for entry_id, settled in found.items()}


def _add(settled: list[tuple[str, Decimal]], number: str, amount: Decimal) -> None:
    for place, (known, before) in enumerate(settled):
        if known == number:
            settled[place] = (known, before + amount)
            return
    settled.append((number, amount))


def gross_amounts(rows: Iterable[Row]) -> Decimal:
    """The sum of all amounts, as DATEV's import protocol shows it."""
    return sum((row.amount for row in rows), Decimal(0))
