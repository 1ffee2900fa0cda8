"""Business calendars and service levels: when we work, and what we promise."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import delete, insert, select, update

from suite.base.command import Actor, command, note_change
from suite.base.db import insert_rows, session
from suite.base.errors import Conflict, NotFound, Refusal, Refusals
from suite.base.job import enqueue
from suite.base.text import clean
from suite.model import BusinessCalendar, BusinessHours, ClosedDay, ServiceLevel, ServiceTarget
from suite.model.sla import PRIORITIES
from suite.reference.holidays import LAENDER, LOCAL

CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")
MOST_CLOSED_DAYS = 200
# A promise of more than a year of round-the-clock work is none.
MOST_MINUTES = 525_600


@dataclass(frozen=True)
class CalendarInput:
    """A calendar as entered: spans as (weekday, opens, closes) in minutes after midnight, own closed days by day."""

    name: str
    spans: Sequence[tuple[int, int, int]]
    timezone: str = "Europe/Berlin"
    land: str = ""
    local_holidays: Sequence[str] = ()
    closed_days: Mapping[date, str] | None = None


@dataclass(frozen=True)
class LevelInput:
    """A service level as entered: minutes until answer and solution by priority; None promises nothing."""

    name: str
    calendar_id: int
    targets: Mapping[str, tuple[int | None, int | None]]
    is_default: bool = False


@command("business_calendar.create")
def create_calendar(calendar: CalendarInput, *, by: Actor) -> None:
    """Add a calendar."""
    values = _checked_calendar(calendar, None)
    statement = insert(BusinessCalendar).values(version=1, **values).returning(BusinessCalendar.id)
    _write_days(session().execute(statement).scalar_one(), calendar)


@command("business_calendar.edit")
def edit_calendar(
    calendar_id: int, calendar: CalendarInput, *, version: int | None = None, by: Actor
) -> None:
    """Change when we work; deadlines of open tickets are counted anew."""
    known = session().get(BusinessCalendar, calendar_id, populate_existing=True, with_for_update=True)
    if known is None:
        raise NotFound("business_calendar", calendar_id)
    if version is not None and known.version != version:
        raise Conflict(version=known.version, expected=version)
    for name, value in _checked_calendar(calendar, calendar_id).items():
        note_change(name, getattr(known, name), value)
        setattr(known, name, value)
    known.version += 1
    session().flush()  # before its days
    _write_days(calendar_id, calendar)
    _count_anew(select(ServiceLevel.code).where(ServiceLevel.calendar_id == calendar_id))


@command("service_level.create")
def create_level(code: str, level: LevelInput, *, by: Actor) -> None:
    """Add a service level."""
    code = clean(code, "code", max_length=20).upper()
    problems = []
    if not CODE.fullmatch(code):
        problems.append(Refusal("code-wrong", field="code", value=code))
    elif session().get(ServiceLevel, code) is not None:
        problems.append(Refusal("name-taken", field="code", name=code))
    values = _checked_level(level, problems)
    _only_default(level.is_default)
    session().execute(insert(ServiceLevel).values(code=code, version=1, **values))
    _write_targets(code, level)


@command("service_level.edit")
def edit_level(code: str, level: LevelInput, *, version: int | None = None, by: Actor) -> None:
    """Change a service level; open tickets get what it promises now."""
    known = session().get(ServiceLevel, code, populate_existing=True, with_for_update=True)
    if known is None:
        raise NotFound("service_level", code)
    if version is not None and known.version != version:
        raise Conflict(version=known.version, expected=version)
    values = _checked_level(level)
    if known.is_default and not level.is_default:
        raise Refusal("default-level-needed", field="is_default")
    if not known.is_default:
        _only_default(level.is_default)
    for name, value in values.items():
        note_change(name, getattr(known, name), value)
        setattr(known, name, value)
    known.version += 1
    session().flush()  # before its targets
    before = session().scalars(select(ServiceTarget).where(ServiceTarget.service_level == code))
    told = {row.priority: (row.respond_minutes, row.resolve_minutes) for row in before}
    for priority in PRIORITIES:
        note_change(priority, _shown(told.get(priority)), _shown(level.targets.get(priority, (None, None))))
    _write_targets(code, level)
    _count_anew(select(ServiceLevel.code).where(ServiceLevel.code == code))


def calendars() -> list[BusinessCalendar]:
    """All calendars by name."""
    return list(session().scalars(select(BusinessCalendar).order_by(BusinessCalendar.name)))


def levels() -> list[ServiceLevel]:
    """All service levels, the default first."""
    return list(
        session().scalars(select(ServiceLevel).order_by(ServiceLevel.is_default.desc(), ServiceLevel.name))
    )


def _checked_calendar(calendar: CalendarInput, calendar_id: int | None) -> dict[str, Any]:
    problems: list[Refusal] = []
    name = clean(calendar.name, "name", max_length=100)
    if not name:
        problems.append(Refusal("field-required", field="name"))
    taken = select(BusinessCalendar.id).where(
        BusinessCalendar.name == name, BusinessCalendar.id != (calendar_id or 0)
    )
    if session().scalar(taken.limit(1)) is not None:
        problems.append(Refusal("name-taken", field="name", name=name))
    if calendar.timezone not in available_timezones():
        problems.append(Refusal("choice-unknown", field="timezone"))
    if calendar.land and calendar.land not in LAENDER:
        problems.append(Refusal("choice-unknown", field="land"))
    if any(code not in LOCAL for code in calendar.local_holidays):
        problems.append(Refusal("choice-unknown", field="local_holidays"))
    if len(calendar.closed_days or {}) > MOST_CLOSED_DAYS:
        problems.append(Refusal("closed-days-too-many", field="closed_days", most=MOST_CLOSED_DAYS))
    problems += _span_problems(calendar.spans)
    if problems:
        raise Refusals(problems)
    return {
        "name": name,
        "timezone": calendar.timezone,
        "land": calendar.land or None,
        "local_holidays": " ".join(sorted(set(calendar.local_holidays))),
    }


def _span_problems(spans: Sequence[tuple[int, int, int]]) -> list[Refusal]:
    if not spans:
        return [Refusal("hours-missing", field="hours-0")]
    problems = []
    last: dict[int, int] = {}
    for weekday, opens, closes in sorted(spans):
        is_span = 0 <= weekday <= 6 and 0 <= opens < closes <= 1440
        if not is_span or opens < last.get(weekday, 0):
            problems.append(Refusal("hours-wrong", field=f"hours-{weekday}"))
        last[weekday] = closes
    return problems


def _write_days(calendar_id: int, calendar: CalendarInput) -> None:
    session().execute(delete(BusinessHours).where(BusinessHours.calendar_id == calendar_id))
    session().execute(delete(ClosedDay).where(ClosedDay.calendar_id == calendar_id))
    hours = [
        {"calendar_id": calendar_id, "weekday": weekday, "opens_minute": opens, "closes_minute": closes}
        for weekday, opens, closes in calendar.spans
    ]
    insert_rows(BusinessHours, hours)
    days = [
        {"calendar_id": calendar_id, "day": day, "name": clean(name, "closed_days")}
        for day, name in (calendar.closed_days or {}).items()
    ]
    insert_rows(ClosedDay, days)


def _checked_level(level: LevelInput, found: Sequence[Refusal] = ()) -> dict[str, Any]:
    problems = list(found)
    name = ""
    try:
        name = clean(level.name, "name", max_length=100)
        if not name:
            raise Refusal("field-required", field="name")
    except Refusal as problem:
        problems.append(problem)
    if session().get(BusinessCalendar, level.calendar_id) is None:
        problems.append(Refusal("choice-unknown", field="calendar_id"))
    for priority, both in level.targets.items():
        for field, minutes in zip(("respond", "resolve"), both, strict=True):
            if priority not in PRIORITIES or (minutes is not None and not 0 < minutes <= MOST_MINUTES):
                problems.append(Refusal("target-range", field=f"{field}-{priority}", most=MOST_MINUTES // 60))
    if problems:
        raise Refusals(problems)
    return {"name": name, "calendar_id": level.calendar_id, "is_default": level.is_default}


def _only_default(is_default: bool) -> None:
    if is_default:
        session().execute(update(ServiceLevel).values(is_default=False))


def _write_targets(code: str, level: LevelInput) -> None:
    session().execute(delete(ServiceTarget).where(ServiceTarget.service_level == code))
    rows = [
        {"service_level": code, "priority": priority, "respond_minutes": respond, "resolve_minutes": resolve}
        for priority, (respond, resolve) in level.targets.items()
    ]
    insert_rows(ServiceTarget, rows)


def _count_anew(codes: Any) -> None:
    for code in session().scalars(codes).all():
        enqueue("tickets.promise", level=code)


def _shown(both: tuple[int | None, int | None] | None) -> str:
    respond, resolve = both or (None, None)
    return f"{respond or '–'} / {resolve or '–'} min"
