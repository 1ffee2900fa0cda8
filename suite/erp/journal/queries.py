"""Reading the journal: entries by date, one entry with all that belongs to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, or_, select

from suite.base.command import Actor
from suite.base.db import session
from suite.base.errors import NotFound, NotPermitted
from suite.model import (
    Account,
    DatevBatch,
    DatevBatchEntry,
    JournalEntry,
    JournalLine,
    Record,
    User,
    VatEntry,
)
from suite.shared.journal_chain import entry_content, seal

ZERO = Decimal("0.00")
SLICE = 500


@dataclass(frozen=True)
class Chosen:
    """Which entries are wanted: days and the beginning of a document or entry number."""

    from_date: date | None = None
    until_date: date | None = None
    number: str = ""


@dataclass
class ListedEntry:
    """An entry with the record it came from and what it moved."""

    entry: JournalEntry
    record: Record
    debit: list[str] = field(default_factory=list)
    credit: list[str] = field(default_factory=list)
    amount: Decimal = ZERO


@dataclass(frozen=True)
class WholeEntry:
    """One entry with lines, VAT effects, what it reverses or is reversed by, and where it went."""

    entry: JournalEntry
    record: Record
    lines: Sequence[tuple[JournalLine, Account]]
    vat: Sequence[VatEntry]
    reverses: JournalEntry | None
    reversed_by: JournalEntry | None
    batches: Sequence[tuple[DatevBatch, Record]]
    captured_by: str
    hash_is_right: bool

    @property
    def total(self) -> Decimal:
        """The sum of either side."""
        return sum((line.debit for line, _ in self.lines), ZERO)


def require_books(by: Actor) -> None:
    """Refuse whoever may not read the books."""
    if not by.may("journal.read"):
        raise NotPermitted("journal.read")


def journal_page(
    chosen: Chosen, *, after: tuple[date, int] | None, limit: int, by: Actor
) -> list[ListedEntry]:
    """The youngest entries first, beyond the key (day, sequence) of the last one shown."""
    require_books(by)
    wanted = _entries(chosen)
    if after is not None:
        day, seq = after
        entry = JournalEntry
        wanted = wanted.where(
            entry.entry_date <= day,
            or_(entry.entry_date < day, and_(entry.entry_date == day, entry.seq < seq)),
        )
    wanted = wanted.order_by(JournalEntry.entry_date.desc(), JournalEntry.seq.desc()).limit(limit)
    return _with_lines([(row[0], row[1]) for row in session().execute(wanted)])


def journal_lines(chosen: Chosen, *, by: Actor) -> Iterator[tuple[JournalEntry, JournalLine]]:
    """Every line of the chosen entries in the order of the journal, as a stream."""
    require_books(by)
    wanted = (
        select(JournalEntry, JournalLine)
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
        .where(*_conditions(chosen))
        .order_by(JournalEntry.seq, JournalLine.position)
        .execution_options(yield_per=SLICE)
    )
    for row in session().execute(wanted):
        yield row[0], row[1]


def whole_entry(entry_no: str, *, by: Actor) -> WholeEntry:
    """An entry by its number; raises `NotFound`."""
    require_books(by)
    wanted = select(JournalEntry, Record).join(Record, Record.id == JournalEntry.record_id)
    found = session().execute(wanted.where(JournalEntry.entry_no == entry_no)).first()
    if found is None:
        raise NotFound("journal_entry", entry_no)
    entry, record = found[0], found[1]
    lines = _lines(entry.id)
    reverses = session().get(JournalEntry, entry.reverses_id) if entry.reverses_id else None
    reversed_by = session().scalars(select(JournalEntry).where(JournalEntry.reverses_id == entry.id)).first()
    return WholeEntry(
        entry=entry,
        record=record,
        lines=lines,
        vat=session().scalars(select(VatEntry).where(VatEntry.entry_id == entry.id)).all(),
        reverses=reverses,
        reversed_by=reversed_by,
        batches=_batches(entry.id),
        captured_by=_name_of(entry.user),
        hash_is_right=_hash_is_right(entry, [line for line, _ in lines], reverses),
    )


def entries_of(record_id: int, *, by: Actor) -> list[JournalEntry]:
    """The entries a document or payment made; none for whoever may not read the books."""
    if not by.may("journal.read"):
        return []
    wanted = select(JournalEntry).where(JournalEntry.record_id == record_id)
    return list(session().scalars(wanted.order_by(JournalEntry.seq)))


def _entries(chosen: Chosen) -> Select[JournalEntry, Record]:
    wanted = select(JournalEntry, Record).join(Record, Record.id == JournalEntry.record_id)
    return wanted.where(*_conditions(chosen))


def _conditions(chosen: Chosen) -> list[Any]:
    conditions: list[Any] = []
    if chosen.from_date is not None:
        conditions.append(JournalEntry.entry_date >= chosen.from_date)
    if chosen.until_date is not None:
        conditions.append(JournalEntry.entry_date <= chosen.until_date)
    if chosen.number:
        begins = JournalEntry.doc_no.startswith(chosen.number, autoescape=True)
        conditions.append(or_(begins, JournalEntry.entry_no.startswith(chosen.number, autoescape=True)))
    return conditions


def _with_lines(found: Sequence[tuple[JournalEntry, Record]]) -> list[ListedEntry]:
    listed = {entry.id: ListedEntry(entry, record) for entry, record in found}
    wanted = select(JournalLine).where(JournalLine.entry_id.in_(list(listed))).order_by(JournalLine.id)
    for line in session().scalars(wanted) if listed else ():
        row = listed[line.entry_id]
        (row.debit if line.debit else row.credit).append(line.account)
        row.amount += line.debit
    return list(listed.values())


def _lines(entry_id: int) -> list[tuple[JournalLine, Account]]:
    wanted = (
        select(JournalLine, Account)
        .join(Account, Account.number == JournalLine.account)
        .where(JournalLine.entry_id == entry_id)
        .order_by(JournalLine.position)
    )
    return [(row[0], row[1]) for row in session().execute(wanted)]


def _batches(entry_id: int) -> list[tuple[DatevBatch, Record]]:
    wanted = (
        select(DatevBatch, Record)
        .join(Record, Record.id == DatevBatch.id)
        .join(DatevBatchEntry, DatevBatchEntry.batch_id == DatevBatch.id)
        .where(DatevBatchEntry.entry_id == entry_id)
        .order_by(DatevBatch.number)
    )
    return [(row[0], row[1]) for row in session().execute(wanted)]


def _name_of(user: str) -> str:
    """The journal keeps the id of a user, so that names can be erased; jobs stand by name."""
    known = session().get(User, int(user)) if user.isdigit() else None
    return known.name if known is not None else user


def _hash_is_right(entry: JournalEntry, lines: Sequence[JournalLine], reverses: JournalEntry | None) -> bool:
    if entry.hash is None or entry.prev_hash is None:
        return False
    head = _row(entry) | {"reverses": reverses.entry_no if reverses else ""}
    rows = [_row(line) for line in lines]
    return seal(entry.prev_hash, entry_content(head, rows)) == entry.hash


def _row(thing: JournalEntry | JournalLine) -> dict[str, Any]:
    return {column.key: getattr(thing, column.key) for column in thing.__table__.columns}
