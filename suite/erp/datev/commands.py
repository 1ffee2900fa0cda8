"""Exporting to DATEV: a batch of entries, its files archived, each entry in one batch only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice

from sqlalchemy import ColumnElement, and_, insert, literal, select, true

from suite.base import clock
from suite.base.command import Actor, command, concerns
from suite.base.counter import draw
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal
from suite.base.setting import company_choice
from suite.erp.datev.bookings import bookings
from suite.erp.datev.queries import batch_by_number, entry_ids, in_range, to_send, went_out
from suite.exchange.datev.booking import Row, with_cent_rows
from suite.exchange.datev.characters import ENCODINGS, Replacements
from suite.exchange.datev.write import MOST_ROWS, VERSIONS, Header, batch_lines
from suite.model import DatevBatch, DatevBatchEntry, DatevBatchFile, JournalEntry
from suite.model.record import new_record
from suite.shared.archive import store_stream
from suite.shared.snapshot import company

MEDIA_TYPE = "text/csv"


@dataclass
class _Sums:
    """Counts the rows that pass and adds up both sides."""

    rows: int = 0
    debit: Decimal = Decimal("0.00")
    credit: Decimal = Decimal("0.00")

    def counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self.rows += 1
            if row.side == "S":
                self.debit += row.amount
            else:
                self.credit += row.amount
            yield row


@dataclass(frozen=True)
class _Plan:
    """What all files of a batch share."""

    number: int
    from_date: date
    until_date: date
    version: int
    encoding: str
    made_at: datetime
    by: Actor


@command("datev.export", creates="datev_batch")
def export_datev(
    *,
    from_date: date,
    until_date: date,
    version: int | None = None,
    encoding: str | None = None,
    is_full: bool = False,
    by: Actor,
) -> int:
    """Make the batch of what is new in a range and return its id; with nothing new, the last batch of the range.

    `is_full` takes every entry of the range, also those that went out before.
    """
    version = version or int(company_choice("datev_version", "13"))
    encoding = encoding or company_choice("datev_encoding", "cp1252")
    _check(from_date, until_date, version, encoding)
    draw("datev")  # the lock: a second export waits here and then sees what the first one sent
    chosen = in_range(from_date, until_date) if is_full else to_send(from_date, until_date)
    taken = entry_ids(chosen)
    if not taken:
        return _last_batch(from_date, until_date, version, encoding)

    number = draw("datev_batch")
    plan = _Plan(number, from_date, until_date, version, encoding, clock.now(), by)
    sums = _Sums()
    files = [file for year, ids in _by_year(taken) for file in _files(plan, year, ids, sums)]
    return _keep(plan, taken, chosen, files, sums, is_full=is_full)


@command("datev.repeat", creates="datev_batch")
def repeat_datev(*, number: int, by: Actor) -> int:
    """Give a batch out again, byte for byte; returns its id."""
    batch = batch_by_number(number)
    concerns(batch.id)
    return batch.id


def _check(from_date: date, until_date: date, version: int, encoding: str) -> None:
    if until_date < from_date:
        raise Refusal("range-backwards", field="until_date")
    if version not in VERSIONS:
        raise Refusal("choice-unknown", field="version")
    if encoding not in ENCODINGS:
        raise Refusal("choice-unknown", field="encoding")
    if company().datev_consultant is None or company().datev_client is None:
        raise Refusal("datev-numbers-missing")


def _last_batch(from_date: date, until_date: date, version: int, encoding: str) -> int:
    wanted = (
        select(DatevBatch)
        .where(DatevBatch.from_date == from_date, DatevBatch.until_date == until_date)
        .order_by(DatevBatch.number.desc())
        .limit(1)
    )
    batch = session().scalars(wanted).first()
    if batch is None:
        raise Refusal("datev-nothing-new")
    if (batch.format_version, batch.encoding) != (version, encoding):
        raise Refusal("datev-other-format", number=batch.number)
    return batch.id


def _by_year(taken: list[int]) -> Iterator[tuple[int, list[int]]]:
    """Entries by fiscal year: a file lies within one."""
    years: dict[int, list[int]] = {}
    for start in range(0, len(taken), 500):
        part = taken[start : start + 500]
        wanted = select(JournalEntry.id, JournalEntry.fiscal_year).where(JournalEntry.id.in_(part))
        for entry_id, year in session().execute(wanted.order_by(JournalEntry.seq)):
            years.setdefault(year, []).append(entry_id)
    yield from sorted(years.items())


def _files(plan: _Plan, year: int, ids: list[int], sums: _Sums) -> Iterator[tuple[str, str, int]]:
    """(name, SHA-256, rows) of each file of a year; a file has at most 99,999 rows."""
    rows = sums.counted(with_cent_rows(bookings(ids)))
    for part, first in enumerate(rows, start=1):
        before = sums.rows - 1
        header = _header(plan, year)
        taken = chain([first], islice(rows, MOST_ROWS - 1))
        lines = batch_lines(
            header, taken, version=plan.version, encoding=plan.encoding, replaced=Replacements()
        )
        sha256 = store_stream(lines, MEDIA_TYPE)
        suffix = f"_{part}" if part > 1 else ""
        yield f"EXTF_Buchungsstapel_{plan.number:04}_{year}{suffix}.csv", sha256, sums.rows - before


def _header(plan: _Plan, year: int) -> Header:
    own = company()
    return Header(
        consultant=own.datev_consultant or 0,
        client=own.datev_client or 0,
        year_start=date(year, 1, 1),
        from_date=max(plan.from_date, date(year, 1, 1)),
        until_date=min(plan.until_date, date(year, 12, 31)),
        label=f"Kontor Stapel {plan.number}",
        made_at=plan.made_at.astimezone(clock.company_zone()),
        made_by=plan.by.name,
        chart=own.chart,
    )


def _keep(
    plan: _Plan,
    taken: list[int],
    chosen: ColumnElement[bool],
    files: list[tuple[str, str, int]],
    sums: _Sums,
    *,
    is_full: bool,
) -> int:
    batch_id = new_record(
        "datev_batch",
        title=f"{plan.from_date.isoformat()} – {plan.until_date.isoformat()}",
        state="exported",
        number=str(plan.number),
        sort_date=plan.until_date,
        sort_amount=sums.debit + sums.credit,
    )
    row = {
        "id": batch_id,
        "number": plan.number,
        "from_date": plan.from_date,
        "until_date": plan.until_date,
        "format_version": plan.version,
        "encoding": plan.encoding,
        "is_full": is_full,
        "entries": len(taken),
        "rows": sums.rows,
        "debit_total": sums.debit,
        "credit_total": sums.credit,
        "made_at": plan.made_at,
        "made_by": plan.by.name,
    }
    insert_rows(DatevBatch, [row])
    parts = [
        {"batch_id": batch_id, "position": n, "name": name, "sha256": sha256, "rows": rows}
        for n, (name, sha256, rows) in enumerate(files, start=1)
    ]
    insert_rows(DatevBatchFile, parts)
    _mark(batch_id, taken, chosen, is_full=is_full)
    return batch_id


def _mark(batch_id: int, taken: list[int], chosen: ColumnElement[bool], *, is_full: bool) -> None:
    """Enter what went out, up to the last entry taken: one posted meanwhile waits for the next batch."""
    until = select(JournalEntry.seq).where(JournalEntry.id == taken[-1]).scalar_subquery()
    within = and_(chosen, JournalEntry.seq <= until)
    # What went out before is entered first, so that it is not taken for new.
    repeats = ((True, went_out()), (False, ~went_out())) if is_full else ((False, true()),)
    for is_repeat, condition in repeats:
        rows = select(literal(batch_id), JournalEntry.id, literal(int(is_repeat))).where(within, condition)
        columns = [DatevBatchEntry.batch_id, DatevBatchEntry.entry_id, DatevBatchEntry.is_repeat]
        session().execute(insert(DatevBatchEntry).from_select(columns, rows))
