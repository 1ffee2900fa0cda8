"""Accounts: the trial balance of a period (Summen- und Saldenliste) and the sheet of one account (Kontoblatt)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from suite.base.command import Actor
from suite.base.db import session
from suite.base.errors import NotFound
from suite.base.types import Amount
from suite.erp.journal.queries import SLICE, ZERO, require_books
from suite.model import Account, JournalEntry, JournalLine, Record
from suite.shared.snapshot import company

# Accounts of profit and loss begin each fiscal year at nothing; (first, last) of each chart's classes.
RESULT_ACCOUNTS = {
    "SKR03": (("2000", "2999"), ("3000", "3959"), ("4000", "4999"), ("8000", "8999")),
    "SKR04": (("4000", "4999"), ("5000", "5999"), ("6000", "6999"), ("7000", "7999")),
}


@dataclass(frozen=True)
class Balance:
    """One row: opening, both sides of the period, closing; debit is positive."""

    number: str
    name: str
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        """What stands on the account at the end."""
        return self.opening + self.debit - self.credit


@dataclass(frozen=True)
class TrialBalance:
    """All rows of a period: ledger accounts, personal accounts, and what earlier years earned."""

    ledger: list[Balance]
    debtors: list[Balance]
    carried: Balance

    @property
    def debtors_sum(self) -> Balance:
        """The personal accounts in one row."""
        return _added("", self.debtors)

    @property
    def total(self) -> Balance:
        """The proof: opening and closing come to nothing, debit equals credit."""
        return _added("", [*self.ledger, *self.debtors, self.carried])


@dataclass(frozen=True)
class SheetRow:
    """A line on an account with the balance after it."""

    line: JournalLine
    entry: JournalEntry
    record: Record
    contra: str
    balance: Decimal


def trial_balance(*, from_date: date, until_date: date, by: Actor) -> TrialBalance:
    """Opening, debit, credit and closing of every account that moved, in one read of the journal."""
    require_books(by)
    year_start = date(from_date.year, 1, 1)
    signed = JournalLine.debit - JournalLine.credit
    day = JournalEntry.entry_date
    sums = (
        select(
            JournalLine.account,
            _sum(signed, day < year_start).label("before"),
            _sum(signed, and_(day >= year_start, day < from_date)).label("earlier"),
            _sum(JournalLine.debit, day >= from_date).label("debit"),
            _sum(JournalLine.credit, day >= from_date).label("credit"),
        )
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(day <= until_date)
        .group_by(JournalLine.account)
        .subquery()
    )
    amounts = (sums.c.before, sums.c.earlier, sums.c.debit, sums.c.credit)
    wanted = (
        select(Account.number, Account.name, Account.party_id, *amounts)
        .join(sums, sums.c.account == Account.number)
        .order_by(Account.number)
    )
    ledger: list[Balance] = []
    debtors: list[Balance] = []
    earned = ZERO
    for number, name, party_id, before, earlier, debit, credit in session().execute(wanted):
        if is_result_account(number):
            earned, before = earned + before, ZERO
        row = Balance(number, name, before + earlier, debit, credit)
        if row.opening or debit or credit:
            (ledger if party_id is None else debtors).append(row)
    return TrialBalance(ledger, debtors, Balance("", "", earned, ZERO, ZERO))


def is_result_account(number: str) -> bool:
    """Whether an account of the company's chart is one of profit and loss."""
    if len(number) > 4:
        return False
    return any(first <= number <= last for first, last in RESULT_ACCOUNTS[company().chart])


def account_by_number(number: str, *, by: Actor) -> Account:
    """The account; raises `NotFound`."""
    require_books(by)
    found = session().get(Account, number)
    if found is None:
        raise NotFound("account", number)
    return found


def account_balance(account: str, *, from_date: date, until_date: date) -> Balance:
    """Opening and sums of one account in a period."""
    start = date(from_date.year, 1, 1) if is_result_account(account) else date.min
    day = JournalEntry.entry_date
    wanted = (
        select(
            _sum(JournalLine.debit - JournalLine.credit, and_(day >= start, day < from_date)),
            _sum(JournalLine.debit, day >= from_date),
            _sum(JournalLine.credit, day >= from_date),
        )
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(JournalLine.account == account, day <= until_date)
    )
    opening, debit, credit = session().execute(wanted).one()
    return Balance(account, "", opening or ZERO, debit or ZERO, credit or ZERO)


def account_sheet(
    account: str,
    *,
    from_date: date,
    until_date: date,
    opening: Decimal,
    after: tuple[int, int] | None,
    limit: int,
) -> list[SheetRow]:
    """Lines in the order they were posted, beyond the key (entry, line), each with the balance after it."""
    wanted = _sheet(account, from_date, until_date)
    balance = opening
    if after is not None:
        beyond = _is_beyond(*after)
        balance += _moved_until(account, from_date, until_date, after)
        wanted = wanted.where(JournalLine.entry_id >= after[0], beyond)
    rows = [(row[0], row[1], row[2]) for row in session().execute(wanted.limit(limit))]
    contra = _contra_accounts(account, [entry.id for _, entry, _ in rows])
    sheet = []
    for line, entry, record in rows:
        balance += line.debit - line.credit
        sheet.append(SheetRow(line, entry, record, contra.get(entry.id, ""), balance))
    return sheet


def sheet_lines(
    account: str, *, from_date: date, until_date: date
) -> Iterator[tuple[JournalLine, JournalEntry]]:
    """All lines of a sheet as a stream."""
    wanted = _sheet(account, from_date, until_date).execution_options(yield_per=SLICE)
    for row in session().execute(wanted):
        yield row[0], row[1]


def _sheet(account: str, from_date: date, until_date: date) -> Select[JournalLine, JournalEntry, Record]:
    wanted = (
        select(JournalLine, JournalEntry, Record)
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .join(Record, Record.id == JournalEntry.record_id)
        .where(JournalLine.account == account)
        .where(JournalEntry.entry_date >= from_date, JournalEntry.entry_date <= until_date)
    )
    return wanted.order_by(JournalLine.entry_id, JournalLine.id)


def _is_beyond(entry_id: int, line_id: int) -> Any:
    return or_(JournalLine.entry_id > entry_id, JournalLine.id > line_id)


def _moved_until(account: str, from_date: date, until_date: date, key: tuple[int, int]) -> Decimal:
    """What the pages before moved."""
    wanted = (
        select(func.sum(JournalLine.debit - JournalLine.credit, type_=Amount()))
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(JournalLine.account == account, JournalLine.entry_id <= key[0], ~_is_beyond(*key))
        .where(JournalEntry.entry_date >= from_date, JournalEntry.entry_date <= until_date)
    )
    return session().execute(wanted).scalar_one() or ZERO


def _contra_accounts(account: str, entry_ids: Sequence[int]) -> dict[int, str]:
    """The other account of each entry; several are said to be several by an empty name."""
    wanted = (
        select(JournalLine.entry_id, func.min(JournalLine.account), func.max(JournalLine.account))
        .where(JournalLine.entry_id.in_(entry_ids), JournalLine.account != account)
        .group_by(JournalLine.entry_id)
    )
    return {entry: first if first == last else "" for entry, first, last in session().execute(wanted)}


def _sum(value: Any, condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, value), else_=0), type_=Amount()), 0, type_=Amount())


def _added(number: str, rows: Sequence[Balance]) -> Balance:
    return Balance(
        number,
        "",
        sum((row.opening for row in rows), ZERO),
        sum((row.debit for row in rows), ZERO),
        sum((row.credit for row in rows), ZERO),
    )
