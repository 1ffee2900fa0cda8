"""Settings of what is promised: business calendars and service levels."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select

from suite.base import clock
from suite.base.db import see_changes, session
from suite.base.errors import Conflict, NotFound, Refusal
from suite.base.event import Event
from suite.crm.tickets.level_forms import calendar_of, hours_text, level_of, saved_calendar, saved_level
from suite.crm.tickets.levels import (
    calendars,
    create_calendar,
    create_level,
    edit_calendar,
    edit_level,
    levels,
)
from suite.crm.tickets.screen import PRIORITY_WORDS
from suite.model import BusinessCalendar, ServiceLevel, ServiceTarget
from suite.model.sla import PRIORITIES
from suite.reference.holidays import LAENDER, LOCAL, NAMES, public_holidays
from suite.web.actions import once
from suite.web.conflicts import compare
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.shell import by

blueprint = Blueprint("service_levels", __name__)
WEEKDAY_WORDS = {
    "0": "Monday",
    "1": "Tuesday",
    "2": "Wednesday",
    "3": "Thursday",
    "4": "Friday",
    "5": "Saturday",
    "6": "Sunday",
}


@blueprint.get("/settings/service-levels")
def index() -> str:
    """All service levels with their targets, and the calendars they count in."""
    targets = session().scalars(select(ServiceTarget)).all()
    return render_template(
        "crm/tickets/levels.html",
        levels=levels(),
        calendars=calendars(),
        names={each.id: each.name for each in calendars()},
        targets={
            (each.service_level, each.priority): " / ".join(
                hours_text(minutes) or "–" for minutes in (each.respond_minutes, each.resolve_minutes)
            )
            for each in targets
        },
        priorities=[(each, PRIORITY_WORDS[each]) for each in PRIORITIES],
        laender=LAENDER,
    )


@blueprint.route("/settings/calendars/new", methods=["GET", "POST"])
def new_calendar() -> Any:
    """Add a calendar."""
    workdays = {f"hours-{day}": "8:00–17:00" for day in range(5)}
    form = Form(request.form if request.method == "POST" else {"timezone": "Europe/Berlin", **workdays})
    if request.method == "POST":
        done = _saving(
            form, "business_calendar-create", lambda: once(create_calendar, form)(calendar_of(form), by=by())
        )
        if done is not None:
            return done
    return _calendar_page(form, gettext("New calendar"))


@blueprint.route("/settings/calendars/<int:calendar_id>", methods=["GET", "POST"])
def calendar(calendar_id: int) -> Any:
    """Change when we work."""
    known = session().get(BusinessCalendar, calendar_id)
    if known is None:
        raise NotFound("business_calendar", calendar_id)
    form = Form(request.form) if request.method == "POST" else saved_calendar(calendar_id)
    if request.method == "POST":
        try:
            values = calendar_of(form)
            edit_calendar(calendar_id, values, version=form.version(), by=by())
            return redirect("/settings/service-levels?done=business_calendar-edit", 303)
        except Conflict as conflict:
            see_changes()
            changed = Event.verb == "business_calendar.edit"
            compare(form, conflict, saved_calendar(calendar_id), changed=changed)
        except Refusal as refusal:
            form.refuse(refusal)
    return _calendar_page(form, known.name)


@blueprint.route("/settings/service-levels/new", methods=["GET", "POST"])
def new_level() -> Any:
    """Add a service level."""
    form = Form(request.form)
    if request.method == "POST":
        done = _saving(
            form,
            "service_level-create",
            lambda: once(create_level, form)(form.text("code"), level_of(form), by=by()),
        )
        if done is not None:
            return done
    return _level_page(form, gettext("New service level"), is_new=True)


@blueprint.route("/settings/service-levels/<code>", methods=["GET", "POST"])
def level(code: str) -> Any:
    """Change what is promised."""
    known = session().get(ServiceLevel, code)
    if known is None:
        raise NotFound("service_level", code)
    form = Form(request.form) if request.method == "POST" else saved_level(code)
    if request.method == "POST":
        try:
            edit_level(code, level_of(form), version=form.version(), by=by())
            return redirect("/settings/service-levels?done=service_level-edit", 303)
        except Conflict as conflict:
            see_changes()
            compare(form, conflict, saved_level(code), changed=Event.verb == "service_level.edit")
        except Refusal as refusal:
            form.refuse(refusal)
    return _level_page(form, known.name, is_new=False)


def _saving(form: Form, verb: str, save: Callable[[], None]) -> Any:
    try:
        save()
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    return redirect(f"/settings/service-levels?done={verb}", 303)


def _calendar_page(form: Form, title: str) -> Any:
    land, local = form.text("land"), frozenset(code for code in LOCAL if form.flag(f"local-{code}"))
    year = clock.today().year
    kept = (
        [(day, NAMES[code]) for day, code in public_holidays(year, land, local).items()]
        if land in LAENDER
        else []
    )
    page = render_template(
        "crm/tickets/calendar.html",
        form=form,
        title=title,
        back="/settings/service-levels",
        weekdays=list(WEEKDAY_WORDS.items()),
        laender=[("", gettext("none")), *sorted(LAENDER.items(), key=lambda each: each[1])],
        local=[
            (code, NAMES[code], ", ".join(LAENDER[each] for each in where)) for code, where in LOCAL.items()
        ],
        kept=kept,
        year=year,
    )
    return page, 422 if form.errors else 200


def _level_page(form: Form, title: str, *, is_new: bool) -> Any:
    page = render_template(
        "crm/tickets/level.html",
        form=form,
        title=title,
        back="/settings/service-levels",
        is_new=is_new,
        calendars=[(each.id, each.name) for each in calendars()],
        priorities=[(each, PRIORITY_WORDS[each]) for each in PRIORITIES],
    )
    return page, 422 if form.errors else 200
