"""Open items: what customers owe today, how old it is, and what stands to their credit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from suite.base import clock
from suite.base.command import Actor
from suite.base.db import session
from suite.base.types import Amount
from suite.erp.journal.queries import SLICE, ZERO, require_books
from suite.model import OpenItem, Record

# Days past due at which a bucket begins: not due, 1 to 30, 31 to 60, 61 to 90, over 90.
BUCKETS = (None, 1, 31, 61, 91)
MOST_CUSTOMERS = 200


@dataclass(frozen=True)
class Ageing:
    """Open debit items by age, credits apart: they are never set off across customers."""

    buckets: tuple[Decimal, ...]
    credits: Decimal
    count: int
    oldest: date | None

    @property
    def owed(self) -> Decimal:
        """All that is open in debit."""
        return sum(self.buckets, ZERO)

    @property
    def overdue(self) -> Decimal:
        """All but what is not due yet."""
        return self.owed - self.buckets[0]


def ageing(*, party_id: int | None = None, by: Actor) -> Ageing:
    """The open items of everybody, or of one customer, as they stand today."""
    require_books(by)
    row = session().execute(select(*_columns()).where(*_open(party_id))).one()
    return _ageing(row)


def ageing_by_customer(*, by: Actor) -> list[tuple[Record, Ageing]]:
    """The customers with the largest open sums, at most 200."""
    require_books(by)
    grouped = (
        select(OpenItem.party_id.label("party"), *_columns())
        .where(*_open(None))
        .group_by(OpenItem.party_id)
        .order_by(func.sum(case((OpenItem.side == "debit", OpenItem.open), else_=0)).desc())
        .limit(MOST_CUSTOMERS)
    )
    rows = session().execute(grouped).all()
    wanted = select(Record).where(Record.id.in_([row[0] for row in rows]))
    parties = {record.id: record for record in session().scalars(wanted)}
    return [(parties[row[0]], _ageing(row[1:])) for row in rows]


def open_items_page(
    *, party_id: int | None, is_overdue: bool, after: tuple[date, int] | None, limit: int, by: Actor
) -> list[tuple[OpenItem, Record, Record]]:
    """(item, its document, its customer), the longest due first, beyond the key (due day, id)."""
    require_books(by)
    wanted = _items(party_id, is_overdue)
    if after is not None:
        day, key = after
        wanted = wanted.where(
            OpenItem.due_on >= day,
            or_(OpenItem.due_on > day, and_(OpenItem.due_on == day, OpenItem.id > key)),
        )
    return [(row[0], row[1], row[2]) for row in session().execute(wanted.limit(limit))]


def all_open_items(
    *, party_id: int | None, is_overdue: bool, by: Actor
) -> Iterator[tuple[OpenItem, Record, Record]]:
    """All of them as a stream."""
    require_books(by)
    wanted = _items(party_id, is_overdue).execution_options(yield_per=SLICE)
    for row in session().execute(wanted):
        yield row[0], row[1], row[2]


def bucket_of(due_on: date) -> int:
    """The bucket of a due day as of today."""
    days = (clock.today() - due_on).days
    return max(place for place, least in enumerate(BUCKETS) if least is None or days >= least)


def _items(party_id: int | None, is_overdue: bool) -> Select[OpenItem, Record, Record]:
    document, party = aliased(Record), aliased(Record)
    wanted = (
        select(OpenItem, document, party)
        .join(document, document.id == OpenItem.record_id)
        .join(party, party.id == OpenItem.party_id)
        .where(*_open(party_id))
        .order_by(OpenItem.due_on, OpenItem.id)
    )
    if is_overdue:
        wanted = wanted.where(OpenItem.due_on < clock.today(), OpenItem.side == "debit")
    return wanted


def _open(party_id: int | None) -> list[ColumnElement[bool]]:
    # The literal lets the index over open items alone serve the search.
    conditions: list[ColumnElement[bool]] = [OpenItem.open > literal_column("0")]
    if party_id is not None:
        conditions.append(OpenItem.party_id == party_id)
    return conditions


def _columns() -> list[Any]:
    today = clock.today()
    is_debit = OpenItem.side == "debit"
    firsts = [today if least is None else today - timedelta(days=least) for least in BUCKETS]
    columns = [_sum(and_(is_debit, OpenItem.due_on >= today))]
    for place in range(1, len(BUCKETS)):
        within = and_(is_debit, OpenItem.due_on <= firsts[place])
        if place + 1 < len(BUCKETS):
            within = and_(within, OpenItem.due_on > firsts[place + 1])
        columns.append(_sum(within))
    oldest = func.min(case((is_debit, OpenItem.due_on), else_=None), type_=OpenItem.due_on.type)
    return [*columns, _sum(OpenItem.side == "credit"), func.count(), oldest]


def _sum(condition: Any) -> Any:
    total = func.sum(case((condition, OpenItem.open), else_=0), type_=Amount())
    return func.coalesce(total, 0, type_=Amount())


def _ageing(row: Any) -> Ageing:
    *buckets, credits, count, oldest = row
    return Ageing(tuple(buckets), credits, count, oldest)
