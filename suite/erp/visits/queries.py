"""Reading visits: the calendar of a day or week, who is free, and everything a visit's page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor
from suite.base.db import session
from suite.model import (
    Address,
    Product,
    Record,
    StockLevel,
    Technician,
    User,
    Visit,
    VisitPart,
    VisitTask,
)
from suite.shared.visible import visible

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Slot:
    """A visit in the calendar: its register row, the customer's name, and where it stands on the day's scale."""

    record: Record
    visit: Visit
    customer: str
    top: int
    height: int


@dataclass(frozen=True)
class Lane:
    """One technician's day: visits, minutes planned and free; `user` None holds what nobody has yet."""

    user: User | None
    technician: Technician | None
    day: date
    slots: list[Slot]
    free_minutes: int

    @property
    def is_over(self) -> bool:
        """More is planned than the day holds."""
        return self.technician is not None and self.free_minutes < 0


def technicians(*, only_active: bool = True) -> list[tuple[User, Technician]]:
    """Who visits customers, by name."""
    wanted = select(User, Technician).join(Technician, Technician.user_id == User.id)
    if only_active:
        wanted = wanted.where(Technician.active == True, User.active == True)  # noqa: E712 - columns, not bools
    return [(row[0], row[1]) for row in session().execute(wanted.order_by(User.name, User.id))]


def lanes(days: Sequence[date], by: Actor) -> dict[date, list[Lane]]:
    """The calendar: for each day one lane per technician, and one for visits without."""
    start, end = _midnight(days[0]), _midnight(days[-1] + ONE_DAY)
    wanted = visible(by, "visit").with_only_columns(Record.id).where(Record.state != "cancelled")
    rows = select(Visit, Record).join(Record, Record.id == Visit.id).where(Record.id.in_(wanted))
    rows = rows.where(Visit.starts_at < end, Visit.ends_at > start).order_by(Visit.starts_at, Visit.id)
    found = [(row[0], row[1]) for row in session().execute(rows)]
    parties = {row.party_id for _, row in found}
    names = dict(session().execute(select(Record.id, Record.title).where(Record.id.in_(parties))).all())
    people = technicians()
    known = {user.id for user, _ in people}
    calendar = {}
    for day in days:
        of_day = [pair for pair in found if _on(pair[0], day)]
        calendar[day] = [
            _lane(user, technician, day, [pair for pair in of_day if pair[0].technician_id == user.id], names)
            for user, technician in people
        ]
        rest = [pair for pair in of_day if pair[0].technician_id not in known]
        if rest:
            calendar[day].append(_lane(None, None, day, rest, names))
    return calendar


def tasks_of(visit_id: int) -> list[VisitTask]:
    """The tasks of a visit in order."""
    wanted = select(VisitTask).where(VisitTask.visit_id == visit_id)
    return list(session().scalars(wanted.order_by(VisitTask.position)))


def used_parts(visit_id: int) -> list[tuple[VisitPart, Product, str]]:
    """The parts of a visit with product and article number, in order."""
    wanted = select(VisitPart, Product, Record.number).join(Product, Product.id == VisitPart.product_id)
    wanted = wanted.join(Record, Record.id == Product.id).where(VisitPart.visit_id == visit_id)
    rows = session().execute(wanted.order_by(VisitPart.position))
    return [(row[0], row[1], row[2] or "") for row in rows]


def van_stock(van_id: int | None, product_ids: Sequence[int]) -> dict[int, object]:
    """How much of some products lies in a van."""
    if van_id is None or not product_ids:
        return {}
    mine = (StockLevel.location_id == van_id) & StockLevel.product_id.in_(sorted(set(product_ids)))
    return dict(session().execute(select(StockLevel.product_id, StockLevel.on_hand).where(mine)).all())


def site_address(party_id: int) -> Address | None:
    """Where a customer is visited: its delivery address, else its main one."""
    mine = select(Address).where(Address.party_id == party_id)
    rows = {row.use: row for row in session().scalars(mine)}
    return rows.get("delivery") or rows.get("main")


def _lane(
    user: User | None,
    technician: Technician | None,
    day: date,
    pairs: Sequence[tuple[Visit, Record]],
    names: dict[int, str],
) -> Lane:
    start, end = _midnight(day), _midnight(day + ONE_DAY)
    planned = sum(_minutes(min(visit.ends_at, end) - max(visit.starts_at, start)) for visit, _ in pairs)
    whole = technician.minutes_per_day if technician is not None else 0
    slots = [_slot(visit, record, names, start, end) for visit, record in pairs]
    return Lane(user, technician, day, slots, whole - planned)


def _slot(visit: Visit, record: Record, names: dict[int, str], start: datetime, end: datetime) -> Slot:
    top = _minutes(max(visit.starts_at, start) - start)
    height = _minutes(min(visit.ends_at, end) - max(visit.starts_at, start))
    return Slot(record, visit, names.get(record.party_id or 0, ""), top, height)


def _on(visit: Visit, day: date) -> bool:
    return visit.starts_at < _midnight(day + ONE_DAY) and visit.ends_at > _midnight(day)


def _midnight(day: date) -> datetime:
    return clock.instant(day, time(0))


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
