"""The form a visit is planned with: what it starts from, reading it, showing it."""

from datetime import timedelta
from typing import Any

from flask import render_template, request

from suite.base import clock
from suite.base.db import session
from suite.base.errors import NotFound, Refusal
from suite.erp.visits.calendar_views import chosen_day
from suite.erp.visits.planning import VisitInput
from suite.erp.visits.queries import tasks_of, technicians
from suite.model import Record, Visit
from suite.shared.visible import visible
from suite.web.editing import find_party, party_text
from suite.web.format import day as shown_day
from suite.web.forms import Form
from suite.web.shell import by


def usual_times() -> dict[str, Any]:
    """Tomorrow morning, or the day and person the calendar was asked for."""
    chosen = request.args.get("day")
    return {
        "starts_on": shown_day(chosen_day(chosen) if chosen else clock.today() + timedelta(days=1)),
        "starts_at": request.args.get("at", "8:00")[:5],
        "ends_at": request.args.get("until", "9:00")[:5],
        "technician_id": request.args.get("technician", "")[:10],
    }


def party_of_form(form: Form) -> int:
    """The party named in the form; raises `Refusal` at the field."""
    found = find_party(form.text("party"))
    if found is None:
        raise Refusal("party-unknown" if form.text("party").strip() else "field-required", field="party")
    return found


def visit_of(form: Form, party_id: int) -> VisitInput:
    """The visit as entered; a time before its beginning means the next day."""
    starts_at, ends_at = form.instant("starts_on", "starts_at"), form.instant("starts_on", "ends_at")
    keys = {name: form.whole(name) for name in ("technician_id", "device_id", "contract_id")}
    form.raise_problems()
    if starts_at is None or ends_at is None:
        raise NotFound("visit", "")
    return VisitInput(
        form.text("subject"),
        party_id=party_id,
        starts_at=starts_at,
        ends_at=ends_at if ends_at > starts_at else ends_at + timedelta(days=1),
        **keys,
        site=form.text("site"),
        tasks=form.text("tasks").splitlines(),
    )


def form_of(record: Record) -> Form:
    """The form of a visit as it is."""
    visit = session().get_one(Visit, record.id)
    zone = clock.company_zone()
    starts, ends = visit.starts_at.astimezone(zone), visit.ends_at.astimezone(zone)
    tasks = [f"{task.text} [{task.unit}]" if task.unit else task.text for task in tasks_of(record.id)]
    return Form(
        {
            "subject": visit.subject,
            "starts_on": shown_day(starts.date()),
            "starts_at": f"{starts:%H:%M}",
            "ends_at": f"{ends:%H:%M}",
            "technician_id": visit.technician_id,
            "device_id": visit.device_id,
            "contract_id": visit.contract_id,
            "site": visit.site,
            "tasks": "\n".join(tasks),
            "party": party_text(record),
            "version": record.version,
        }
    )


def edit_page(
    form: Form, title: str, back: str, *, party_id: int | None, ticket: Record | None = None
) -> Any:
    """The page of the form; 422 while something is wrong."""

    def of_party(kind: str) -> list[tuple[int, str]]:
        rows = visible(by(), kind).where(Record.party_id == party_id, Record.state == "active")
        return [
            (row.id, f"{row.title} ({row.number})" if row.number else row.title)
            for row in session().scalars(rows.order_by(Record.title).limit(200))
        ]

    page = render_template(
        "erp/visits/edit.html",
        form=form,
        title=title,
        back=back,
        ticket=ticket,
        is_fixed=request.path != "/visits/new",
        devices=of_party("device") if party_id is not None else [],
        contracts=of_party("contract") if party_id is not None else [],
        people=[
            (user.id, f"{user.name}{f', {who.skills}' if who.skills else ''}") for user, who in technicians()
        ],
    )
    return page, 422 if form.errors else 200
