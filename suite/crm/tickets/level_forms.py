"""Reading calendars and service levels from forms, and showing saved ones in them."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base.db import session
from suite.base.errors import Refusal
from suite.crm.tickets.levels import CalendarInput, LevelInput
from suite.model import BusinessCalendar, BusinessHours, ClosedDay, ServiceLevel, ServiceTarget
from suite.model.sla import PRIORITIES
from suite.reference.holidays import LOCAL
from suite.web.format import day, quantity
from suite.web.forms import Form
from suite.web.parsing import parse_date

_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:.](\d{2}))?", re.ASCII)
_MOST_HOURS = Decimal(100_000)


def calendar_of(form: Form) -> CalendarInput:
    """The calendar typed in a form; raises `Refusals`."""
    spans = [(weekday, *span) for weekday in range(7) for span in _spans(form, f"hours-{weekday}")]
    days = _closed_days(form)
    form.raise_problems()
    return CalendarInput(
        form.text("name"),
        spans,
        timezone=form.text("timezone").strip(),
        land=form.text("land"),
        local_holidays=[code for code in LOCAL if form.flag(f"local-{code}")],
        closed_days=days,
    )


def saved_calendar(calendar_id: int) -> Form:
    """A calendar as it is saved."""
    known = session().get_one(BusinessCalendar, calendar_id)
    rows = select(BusinessHours).where(BusinessHours.calendar_id == calendar_id)
    values: dict[str, Any] = {"name": known.name, "timezone": known.timezone, "land": known.land}
    values |= {f"local-{code}": code in known.local_holidays.split() for code in LOCAL}
    spans: dict[int, list[str]] = {}
    for row in session().scalars(rows.order_by(BusinessHours.weekday, BusinessHours.opens_minute)):
        spans.setdefault(row.weekday, []).append(f"{_time(row.opens_minute)}–{_time(row.closes_minute)}")
    values |= {f"hours-{weekday}": ", ".join(each) for weekday, each in spans.items()}
    days = select(ClosedDay).where(ClosedDay.calendar_id == calendar_id).order_by(ClosedDay.day)
    values["closed_days"] = "\n".join(f"{day(row.day)} {row.name}".strip() for row in session().scalars(days))
    return Form(values | {"version": known.version})


def level_of(form: Form) -> LevelInput:
    """The service level typed in a form, hours as minutes; raises `Refusals`."""
    targets = {
        each: (_minutes(form, f"respond-{each}"), _minutes(form, f"resolve-{each}")) for each in PRIORITIES
    }
    calendar_id = form.whole("calendar_id")
    form.raise_problems()
    return LevelInput(form.text("name"), calendar_id or 0, targets, is_default=form.flag("is_default"))


def saved_level(code: str) -> Form:
    """A service level as it is saved."""
    known = session().get_one(ServiceLevel, code)
    values: dict[str, Any] = {"name": known.name, "calendar_id": known.calendar_id}
    values |= {"is_default": known.is_default, "version": known.version}
    for row in session().scalars(select(ServiceTarget).where(ServiceTarget.service_level == code)):
        values[f"respond-{row.priority}"] = hours_text(row.respond_minutes)
        values[f"resolve-{row.priority}"] = hours_text(row.resolve_minutes)
    return Form(values)


def hours_text(minutes: int | None) -> str:
    """Minutes as hours, as they are typed: 90 is `1,5`."""
    return "" if minutes is None else quantity(Decimal(minutes) / 60)


def _spans(form: Form, name: str) -> list[tuple[int, int]]:
    """`8:00–12:00, 13–17` as minutes after midnight; what is wrong is noted."""
    found = []
    for part in filter(None, (each.strip() for each in re.split(r"[,;]", form.text(name)))):
        match = _SPAN.fullmatch(part)
        if match is None:
            form.problems.append(Refusal("hours-wrong", field=name))
            continue
        opens, opens_minute, closes, closes_minute = (int(each or 0) for each in match.groups())
        if opens_minute > 59 or closes_minute > 59:
            form.problems.append(Refusal("hours-wrong", field=name))
        found.append((opens * 60 + opens_minute, closes * 60 + closes_minute))
    return found


def _closed_days(form: Form) -> dict[date, str]:
    """One day a line, with what it is: `24.12.2026 Heiligabend`."""
    days: dict[date, str] = {}
    for line in form.text("closed_days").splitlines():
        # English days have blanks in them: 24 Dec 2026.
        match = re.match(r"\s*(\d{1,2} \w+ \d{4}|\S+)\s*(.*)", line)
        if match is None:
            continue
        try:
            found = parse_date(match[1], "closed_days")
        except Refusal as problem:
            form.problems.append(problem)
            continue
        if found is not None:
            days[found] = match[2].strip()
    return days


def _minutes(form: Form, name: str) -> int | None:
    """Hours as minutes: `1,5` is 90."""
    hours = form.decimal(name)
    if hours is None:
        return None
    minutes = hours * 60
    if not 0 < hours <= _MOST_HOURS or minutes != int(minutes):
        form.problems.append(Refusal("target-range", field=name, most=8760))
        return None
    return int(minutes)


def _time(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"
