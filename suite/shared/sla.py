"""Service levels: which promise a ticket gets, and how its clocks stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import select

from suite.base import clock
from suite.base.db import session
from suite.base.job import enqueue, enqueue_at
from suite.model import (
    BusinessCalendar,
    BusinessHours,
    ClosedDay,
    Contract,
    Record,
    ServiceLevel,
    ServiceTarget,
    TicketPause,
)
from suite.reference.holidays import is_public_holiday
from suite.shared.business_time import OpenHours, business_time, used_up_at

# From this share on a deadline is near.
NEAR_PERCENT = 75
# A contract promises until its last day, also when that is known already.
RUNNING = ("active", "ending")


@dataclass(frozen=True)
class Promise:
    """What is promised: in which hours, and how many minutes of them until answer and solution."""

    level: str
    hours: OpenHours
    respond_minutes: int | None
    resolve_minutes: int | None


@dataclass(frozen=True)
class Stretch:
    """From when until when the clock of the solution stood still; it still does without an end."""

    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True)
class Clock:
    """One clock: business time used and promised, when it is up, and whether it runs."""

    used: timedelta
    target: timedelta
    due_at: datetime | None
    is_running: bool
    is_met: bool | None

    @property
    def left(self) -> timedelta:
        """What is left of the promise; negative once it is broken."""
        return self.target - self.used

    @property
    def percent(self) -> int:
        """The share used."""
        return self.used * 100 // self.target

    @property
    def is_near(self) -> bool:
        """Whether a breach is to be expected."""
        return self.is_running and self.percent >= NEAR_PERCENT


def promise_of(contract_id: int | None, priority: str, *, on: date) -> Promise | None:
    """The promise of a ticket: that of its contract when active on the day, else the default; None without one."""
    level = _level_of_contract(contract_id, on) or default_level()
    if level is None:
        return None
    target = session().get(ServiceTarget, (level.code, priority))
    return Promise(
        level.code,
        open_hours(level.calendar_id),
        target.respond_minutes if target else None,
        target.resolve_minutes if target else None,
    )


def promise_anew(contract_id: int, *, on: date | None = None) -> None:
    """Have the deadlines of a contract's open tickets counted anew: what it promises changed now, or does on a day."""
    if on is not None and on > clock.today():
        enqueue_at(clock.instant(on, time(0, 1)), "tickets.promise_contract", contract_id=contract_id)
    else:
        enqueue("tickets.promise_contract", contract_id=contract_id)


def default_level() -> ServiceLevel | None:
    """The service level of tickets without a contract."""
    wanted = select(ServiceLevel).where(
        ServiceLevel.is_default == True  # noqa: E712 - a flag is compared, PostgreSQL knows no IS 1
    )
    return session().scalars(wanted.limit(1)).first()


def hours_of_level(code: str | None) -> OpenHours | None:
    """The hours a service level counts in."""
    level = session().get(ServiceLevel, code) if code is not None else None
    return None if level is None else open_hours(level.calendar_id)


def open_hours(calendar_id: int) -> OpenHours:
    """The hours of a calendar, ready to count with."""
    calendar = session().get_one(BusinessCalendar, calendar_id)
    wanted = select(BusinessHours).where(BusinessHours.calendar_id == calendar_id)
    spans: dict[int, tuple[tuple[int, int], ...]] = {}
    for row in session().scalars(wanted.order_by(BusinessHours.weekday, BusinessHours.opens_minute)):
        spans[row.weekday] = (*spans.get(row.weekday, ()), (row.opens_minute, row.closes_minute))
    own = frozenset(session().scalars(select(ClosedDay.day).where(ClosedDay.calendar_id == calendar_id)))
    local = frozenset(calendar.local_holidays.split())
    return OpenHours(ZoneInfo(calendar.timezone), spans, partial(_is_closed, own, calendar.land, local))


def pauses_of(ticket_id: int) -> list[Stretch]:
    """When the clock of a ticket's solution stood still, in order."""
    wanted = select(TicketPause).where(TicketPause.ticket_id == ticket_id).order_by(TicketPause.id)
    return [Stretch(row.from_at, row.until_at) for row in session().scalars(wanted)]


def paused_time(hours: OpenHours, pauses: Iterable[Stretch], until: datetime) -> timedelta:
    """The business time of all pauses until an instant."""
    total = timedelta()
    for pause in pauses:
        total += business_time(hours, pause.from_at, min(pause.until_at or until, until))
    return total


def deadline(
    hours: OpenHours, opened_at: datetime, minutes: int | None, pauses: Iterable[Stretch] = ()
) -> datetime | None:
    """When the promised minutes and the finished pauses are used up; an open pause moves it when it ends."""
    if minutes is None:
        return None
    finished = [pause for pause in pauses if pause.until_at is not None]
    paused = timedelta()
    for pause in finished:
        paused += business_time(hours, pause.from_at, pause.until_at or pause.from_at)
    return used_up_at(hours, opened_at, timedelta(minutes=minutes) + paused)


def clock_of(
    hours: OpenHours,
    opened_at: datetime,
    minutes: int | None,
    *,
    due_at: datetime | None,
    stopped_at: datetime | None,
    now: datetime,
    pauses: Iterable[Stretch] = (),
) -> Clock | None:
    """A clock as it stands; `stopped_at` is when it was answered or solved."""
    if minutes is None:
        return None
    kept = list(pauses)
    end = stopped_at or now
    used = business_time(hours, opened_at, end) - paused_time(hours, kept, end)
    target = timedelta(minutes=minutes)
    is_running = stopped_at is None and all(pause.until_at is not None for pause in kept)
    is_met = None if stopped_at is None or due_at is None else stopped_at <= due_at
    return Clock(used, target, due_at, is_running, is_met)


def _level_of_contract(contract_id: int | None, on: date) -> ServiceLevel | None:
    if contract_id is None:
        return None
    active = (
        (Contract.id == contract_id)
        & Record.state.in_(RUNNING)
        & (Contract.starts_on <= on)
        & (Contract.ends_on.is_(None) | (Contract.ends_on >= on))
    )
    wanted = select(ServiceLevel).join(Contract, Contract.service_level == ServiceLevel.code)
    return session().scalars(wanted.join(Record, Record.id == Contract.id).where(active)).one_or_none()


def _is_closed(own: frozenset[date], land: str | None, local: frozenset[str], day: date) -> bool:
    return day in own or is_public_holiday(day, land, local)
