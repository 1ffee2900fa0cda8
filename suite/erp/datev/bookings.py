"""From journal entries to DATEV bookings: one row per document, account and rate, gross.

DATEV computes the tax itself from the automatic account, so tax lines join the line they belong to.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import select

from suite.base.db import session
from suite.exchange.datev.booking import Row
from suite.model import Account, Allocation, JournalEntry, JournalLine, OpenItem, VatEntry
from suite.reference import tax_case
from suite.shared.snapshot import company


def bookings(entry_ids: Sequence[int]) -> Iterator[Row]:
    """The rows of entries, in their order; reads in slices so that memory stays flat."""
    for start in range(0, len(entry_ids), 500):
        yield from _slice(entry_ids[start : start + 500])


def _slice(entry_ids: Sequence[int]) -> Iterator[Row]:
    columns = (
        JournalEntry.id,
        JournalEntry.kind,
        JournalEntry.document_date,
        JournalEntry.service_date,
        JournalEntry.doc_no,
        JournalEntry.text,
        JournalEntry.reverses_id,
        JournalLine.account,
        JournalLine.debit,
        JournalLine.credit,
        JournalLine.tax_case,
        Account.kind.label("account_kind"),
    )
    wanted = (
        select(*columns)
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
        .join(Account, Account.number == JournalLine.account)
        .where(JournalEntry.id.in_(entry_ids))
        .order_by(JournalEntry.seq, JournalLine.position)
    )
    vat_ids = _vat_ids(entry_ids)
    settled = _settled(entry_ids)
    for entry_id, group in groupby(session().execute(wanted), key=lambda row: row.id):
        lines = list(group)
        if lines[0].kind in ("invoice", "credit_note"):
            yield from _sale(lines, vat_ids.get(entry_id, ""))
        else:
            yield from _money(lines, settled.get(entry_id, []))


def _sale(lines: Sequence[Any], vat_id: str) -> Iterator[Row]:
    debtor = next(line for line in lines if line.account_kind == "debtor")
    others: dict[str, list[Any]] = {}
    for line in lines:
        if line is not debtor:
            others.setdefault(line.tax_case, []).append(line)
    for group in others.values():
        amount = sum((line.credit - line.debit for line in group), Decimal(0))
        if amount:
            row = _row(debtor, group[0].account, amount, debtor.doc_no, vat_id if group[0].tax_case else "")
            yield _taxed(row, group)


def _taxed(row: Row, group: Sequence[Any]) -> Row:
    """The row with what our journal says of its tax: the revenue line comes first, its tax after it."""
    case = tax_case(group[0].tax_case, row.document_date) if group[0].tax_case else None
    tax = sum((line.credit - line.debit for line in group[1:]), Decimal(0))
    signed = tax if row.side == "S" else -tax
    return replace(
        row,
        rate=(case.rate if case else None) or Decimal(0),
        tax=signed,
        tax_account=case.tax_out(company().chart) if case else "",
    )


def _money(lines: Sequence[Any], settled: Sequence[tuple[str, Decimal]]) -> Iterator[Row]:
    money = next(line for line in lines if line.account_kind != "debtor")
    debtor = next(line for line in lines if line.account_kind == "debtor")
    total = money.debit - money.credit
    rest = abs(total)
    sign = 1 if total > 0 else -1
    for number, amount in settled:
        yield _row(money, debtor.account, sign * amount, number, "")
        rest -= amount
    if rest:
        yield _row(money, debtor.account, sign * rest, money.doc_no, "")


def _row(line: Any, contra: str, amount: Decimal, document_no: str, vat_id: str) -> Row:
    return Row(
        amount=abs(amount),
        side="S" if amount > 0 else "H",
        account=line.account,
        contra_account=contra,
        document_date=line.document_date,
        document_no=document_no,
        text=line.text,
        service_date=line.service_date,
        eu_vat_id=vat_id,
        is_reversal=line.reverses_id is not None,
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
