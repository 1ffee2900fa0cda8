"""The calendar of technicians: the board of a day or week, and moving visits in it."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request

from suite.base import clock
from suite.base.errors import Conflict, Refusal
from suite.erp.visits.planning import move_visit
from suite.erp.visits.queries import lanes, technicians
from suite.shared.visible import visible_record
from suite.web.actions import done
from suite.web.conflicts import ask_again
from suite.web.forms import Form
from suite.web.parsing import FIRST_YEAR, LAST_YEAR
from suite.web.shell import by

blueprint = Blueprint("calendar", __name__)


@blueprint.get("/calendar")
def board() -> str:
    """The board of a day or a week: one lane per technician, with what is still free."""
    chosen = chosen_day(request.args.get("day", ""))
    is_week = request.args.get("view") == "week"
    first = chosen - timedelta(days=chosen.weekday()) if is_week else chosen
    days = [first + timedelta(days=n) for n in range(7 if is_week else 1)]
    step = timedelta(days=7 if is_week else 1)
    return render_template(
        "erp/visits/calendar.html",
        days=days,
        lanes=lanes(days, by()),
        is_week=is_week,
        chosen=chosen,
        before=chosen - step,
        after=chosen + step,
        today=clock.today(),
        people=[(user.id, user.name) for user, _ in technicians()],
    )


@blueprint.post("/visits/<public_id>/move")
def move(public_id: str) -> Any:
    """Move it in the calendar, dragged or by the form under each visit."""
    record = visible_record(by(), "visit", public_id)
    form = Form(request.form)
    try:
        starts_at = form.instant("starts_on", "starts_at")
        technician = form.whole("technician_id")
        form.raise_problems()
        move_visit(
            record.id,
            starts_at=starts_at or clock.now(),
            technician_id=technician,
            version=form.version(),
            by=by(),
        )
        return done("visit.move", record.id)
    except Conflict as conflict:
        ask_again(form, conflict)
    except Refusal as refusal:
        form.refuse(refusal)
    people = [(user.id, user.name) for user, _ in technicians()]
    page = render_template(
        "erp/visits/move.html", form=form, title=record.title, back="/calendar", people=people
    )
    return page, 422


def chosen_day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return clock.today()
    return found if FIRST_YEAR < found.year < LAST_YEAR else clock.today()
