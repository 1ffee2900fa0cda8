"""What goes to DATEV: the entries of a range, what stands in the way, and the batches made."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, select

from suite.base.command import Actor
from suite.base.db import session
from suite.base.errors import NotFound, NotPermitted
from suite.erp.datev.bookings import bookings
from suite.exchange.datev.booking import Row, is_cent_row, with_cent_rows
from suite.exchange.datev.characters import Replacements, document_field, readable_text
from suite.model import (
    DatevBatch,
    DatevBatchEntry,
    DatevBatchFile,
    Document,
    JournalEntry,
    Record,
    VatEntry,
)
from suite.reference import tax_cases_by_code
from suite.shared.archive import read_archived
from suite.shared.snapshot import company
from suite.shared.visible import visible

SHOWN = 20


@dataclass
class Preflight:
    """What an export of a range would hold, and what to look at before it."""

    from_date: date
    until_date: date
    entries: int = 0
    rows: int = 0
    total: Decimal = Decimal("0.00")
    before: int = 0
    numbers_missing: bool = False
    drafts: list[Record] = field(default_factory=list)
    vat_ids_missing: list[tuple[JournalEntry, Record]] = field(default_factory=list)
    replaced: Replacements = field(default_factory=Replacements)
    cents: list[tuple[str, Decimal]] = field(default_factory=list)
    cent_rows: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing asks for a look."""
        found = (self.drafts, self.vat_ids_missing, self.replaced.found, self.cents)
        return not self.numbers_missing and not any(found)


def preflight(
    *, from_date: date, until_date: date, encoding: str, is_full: bool = False, by: Actor
) -> Preflight:
    """Read the range as an export would, without making one."""
    if not by.may("datev.export"):
        raise NotPermitted("datev.export")
    found = Preflight(from_date, until_date)
    own = company()
    found.numbers_missing = own.datev_consultant is None or own.datev_client is None
    found.before = _count(in_range(from_date, until_date) & went_out())
    found.drafts = _drafts(until_date, by)
    found.vat_ids_missing = _without_vat_id(from_date, until_date)
    chosen = in_range(from_date, until_date) if is_full else to_send(from_date, until_date)
    found.entries = _count(chosen)
    for row in with_cent_rows(bookings(entry_ids(chosen))):
        _look_at(row, encoding, found)
    return found


def in_range(from_date: date, until_date: date) -> ColumnElement[bool]:
    """Sealed entries of the range."""
    return and_(
        JournalEntry.entry_date >= from_date,
        JournalEntry.entry_date <= until_date,
        JournalEntry.hash.is_not(None),
    )


def went_out() -> ColumnElement[bool]:
    """Whether an entry is in a batch; the literal lets the partial index serve the search."""
    return exists().where(
        DatevBatchEntry.entry_id == JournalEntry.id, DatevBatchEntry.is_repeat == literal_column("0")
    )


def to_send(from_date: date, until_date: date) -> ColumnElement[bool]:
    """Sealed entries of the range that are in no batch yet."""
    return and_(in_range(from_date, until_date), ~went_out())


def entry_ids(chosen: ColumnElement[bool]) -> list[int]:
    """The chosen entries in the order of the journal."""
    return list(session().scalars(select(JournalEntry.id).where(chosen).order_by(JournalEntry.seq)))


def batch_by_number(number: int) -> DatevBatch:
    """The batch with this number; raises `NotFound`."""
    found = session().scalars(select(DatevBatch).where(DatevBatch.number == number)).one_or_none()
    if found is None:
        raise NotFound("datev_batch", number)
    return found


def files_of_batch(batch_id: int) -> list[DatevBatchFile]:
    """The files of a batch in order."""
    wanted = select(DatevBatchFile).where(DatevBatchFile.batch_id == batch_id)
    return list(session().scalars(wanted.order_by(DatevBatchFile.position)))


def batch_files(batch_id: int, *, by: Actor) -> list[tuple[str, Iterator[bytes]]]:
    """Name and archived bytes of each file of a batch."""
    if not by.may("datev_batch.read"):
        raise NotPermitted("datev_batch.read")
    return [(file.name, read_archived(file.sha256)) for file in files_of_batch(batch_id)]


def _count(chosen: ColumnElement[bool]) -> int:
    return session().execute(select(func.count()).select_from(JournalEntry).where(chosen)).scalar_one()


def _drafts(until_date: date, by: Actor) -> list[Record]:
    """Drafts dated in or before the range would be missing in it."""
    wanted = (
        visible(by, "invoice", "credit_note")
        .join(Document, Document.id == Record.id)
        .where(Record.state == "draft", Document.dated_on <= until_date)
        .order_by(Record.id)
    )
    return list(session().scalars(wanted.limit(SHOWN)))


def _without_vat_id(from_date: date, until_date: date) -> list[tuple[JournalEntry, Record]]:
    cases = [code for code, case in tax_cases_by_code().items() if case.zm_code]
    wanted = (
        select(JournalEntry, Record)
        .join(VatEntry, VatEntry.entry_id == JournalEntry.id)
        .join(Record, Record.id == JournalEntry.record_id)
        .where(in_range(from_date, until_date), VatEntry.tax_case.in_(cases))
        .where(func.coalesce(VatEntry.party_vat_id, "") == "")
        .order_by(JournalEntry.seq)
        .limit(SHOWN)
    )
    return [(row[0], row[1]) for row in session().execute(wanted)]


def _look_at(row: Row, encoding: str, found: Preflight) -> None:
    found.rows += 1
    found.total += row.amount
    readable_text(row.text, encoding, found.replaced, row.document_no)
    document_field(row.document_no, found.replaced)
    if is_cent_row(row):
        found.cent_rows += 1
        if len(found.cents) < SHOWN:
            found.cents.append((row.document_no, row.amount))
