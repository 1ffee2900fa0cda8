"""Pages of visits: the list, one visit, planning it, moving and calling it off."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from suite.base import clock
from suite.base.db import session
from suite.base.errors import Conflict, NotFound, Refusal
from suite.erp.visits.calendar_views import chosen_day
from suite.erp.visits.planning import (
    VisitInput,
    cancel_visit,
    create_visit,
    plan_visit,
    plan_visit_for_ticket,
)
from suite.erp.visits.queries import tasks_of, technicians, used_parts
from suite.erp.visits.screen import SCREEN
from suite.model import Contract, Device, Record, Ticket, User, Visit, VisitCharge
from suite.shared.archive import files_of
from suite.shared.timeline import timeline
from suite.shared.visible import visible, visible_record
from suite.web.actions import do_verb, done, form_verb, once, open_actions
from suite.web.conflicts import ask_again, show_both
from suite.web.document_page import chain_steps
from suite.web.editing import find_party, party_text
from suite.web.format import day as shown_day
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.shell import by
from suite.web.words import record_url

blueprint = Blueprint("visits", __name__)
for _verb in ("visit.plan", "visit.work", "visit.report", "visit.release", "visit.cancel", "ticket.visit"):
    form_verb(_verb)
USUAL = timedelta(hours=1)


@blueprint.route("/visits", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/visits/new", methods=["GET", "POST"])
def new() -> Any:
    """Plan a visit without a ticket."""
    form = Form(request.form if request.method == "POST" else _usual_times())
    if request.method == "POST" and form.text("action") == "save":
        try:
            return done("visit.create", once(create_visit, form)(_visit(form, _party(form)), by=by()))
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, gettext("New visit"), "/visits", party_id=find_party(form.text("party")))


@blueprint.route("/tickets/<public_id>/visit", methods=["GET", "POST"])
def visit_for_ticket(public_id: str) -> Any:
    """Plan a visit about a ticket: customer, device and contract come from it."""
    record = visible_record(by(), "ticket", public_id)
    ticket = session().get_one(Ticket, record.id)
    start = _usual_times() | {
        "subject": record.title,
        "party": party_text(record) if record.party_id is not None else "",
        "device_id": ticket.device_id,
        "contract_id": ticket.contract_id,
    }
    form = Form(request.form if request.method == "POST" else start)
    if request.method == "POST" and form.text("action") == "save":
        try:
            made = once(plan_visit_for_ticket, form)(
                record.id, _visit(form, record.party_id or _party(form)), by=by()
            )
            return done("ticket.visit", made)
        except Refusal as refusal:
            form.refuse(refusal)
    back = f"/tickets/{public_id}"
    return _page(form, gettext("Plan a visit"), back, party_id=record.party_id, ticket=record)


@blueprint.get("/visits/<public_id>")
def show(public_id: str) -> str:
    """One visit."""
    record = visible_record(by(), "visit", public_id)
    visit = session().get_one(Visit, record.id)
    actions = open_actions(Visit.flow, record, by())
    charges = session().query(VisitCharge).where(VisitCharge.visit_id == record.id).all()
    get = session().get
    return render_template(
        "erp/visits/show.html",
        record=record,
        visit=visit,
        party=session().get_one(Record, record.party_id),
        technician=get(User, visit.technician_id) if visit.technician_id else None,
        ticket=get(Record, visit.ticket_id) if visit.ticket_id else None,
        device=get(Record, visit.device_id) if visit.device_id else None,
        device_row=get(Device, visit.device_id) if visit.device_id else None,
        contract=get(Record, visit.contract_id) if visit.contract_id else None,
        contract_row=get(Contract, visit.contract_id) if visit.contract_id else None,
        tasks=tasks_of(record.id),
        parts=used_parts(record.id),
        charges=charges,
        reason=_reason(record),
        actions=[action for action in actions if action.verb not in ("visit.move", "visit.report")],
        steps=chain_steps(record, by()),
        entries=timeline(record.id),
        files=files_of(record.id),
    )


@blueprint.route("/visits/<public_id>/plan", methods=["GET", "POST"])
def plan(public_id: str) -> Any:
    """Change what is planned."""
    record = visible_record(by(), "visit", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST" and form.text("action") == "save":
        try:
            plan_visit(record.id, _visit(form, record.party_id or 0), version=form.version(), by=by())
            return done("visit.plan", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, record.title, f"/visits/{public_id}", party_id=record.party_id)


@blueprint.route("/visits/<public_id>/cancel", methods=["GET", "POST"])
def cancel(public_id: str) -> Any:
    """Call it off, with the reason."""
    record = visible_record(by(), "visit", public_id)
    form = Form(request.form)
    if request.method == "POST":
        try:
            cancel_visit(record.id, reason=form.text("reason"), version=form.version(), by=by())
            return done("visit.cancel", record.id)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            form.refuse(refusal)
    title, back = gettext("Why is the visit called off?"), f"/visits/{public_id}"
    page = render_template("reason.html", form=form, record=record, title=title, back=back)
    return page, 422 if form.errors else 200


@blueprint.post("/visits/<public_id>/<any(start,invoice):step>")
def act(public_id: str, step: str) -> Response:
    """Verbs without a form."""
    record = visible_record(by(), "visit", public_id)
    answer = do_verb(f"visit.{step}", record, by())
    if step == "start" and request.form.get("next") == "work":
        return redirect(f"{record_url(record)}/work?done=visit-start", 303)
    return answer


def _reason(record: Record) -> str:
    return {
        "planned": gettext("The visit is planned. On site, start the clock on the phone."),
        "under_way": gettext("The technician is on site."),
        "reported": gettext("The report is signed. Decide what is charged."),
        "released": gettext("Everything is decided. Make the invoice."),
    }.get(record.state, "")


def _usual_times() -> dict[str, Any]:
    """Tomorrow morning, or the day and person the calendar was asked for."""
    chosen = request.args.get("day")
    return {
        "starts_on": shown_day(chosen_day(chosen) if chosen else clock.today() + timedelta(days=1)),
        "starts_at": request.args.get("at", "8:00")[:5],
        "ends_at": request.args.get("until", "9:00")[:5],
        "technician_id": request.args.get("technician", "")[:10],
    }


def _party(form: Form) -> int:
    found = find_party(form.text("party"))
    if found is None:
        raise Refusal("party-unknown" if form.text("party").strip() else "field-required", field="party")
    return found


def _visit(form: Form, party_id: int) -> VisitInput:
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


def _form_of(record: Record) -> Form:
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


def _page(form: Form, title: str, back: str, *, party_id: int | None, ticket: Record | None = None) -> Any:
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
