"""Pages of visits: the list, one visit, planning it, moving and calling it off."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from suite.base.db import session
from suite.base.errors import Conflict, Refusal
from suite.erp.visits.plan_form import edit_page, form_of, party_of_form, usual_times, visit_of
from suite.erp.visits.planning import (
    cancel_visit,
    create_visit,
    plan_visit,
    plan_visit_for_ticket,
)
from suite.erp.visits.queries import tasks_of, used_parts
from suite.erp.visits.screen import SCREEN
from suite.model import Contract, Device, Record, Ticket, User, Visit
from suite.shared.archive import files_of
from suite.shared.timeline import timeline
from suite.shared.visible import visible_record
from suite.web.actions import do_verb, done, form_verb, once, open_actions
from suite.web.conflicts import ask_again, show_both
from suite.web.document_page import chain_steps
from suite.web.editing import find_party, party_text
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
    form = Form(request.form if request.method == "POST" else usual_times())
    if request.method == "POST" and form.text("action") == "save":
        try:
            return done(
                "visit.create", once(create_visit, form)(visit_of(form, party_of_form(form)), by=by())
            )
        except Refusal as refusal:
            form.refuse(refusal)
    return edit_page(form, gettext("New visit"), "/visits", party_id=find_party(form.text("party")))


@blueprint.route("/tickets/<public_id>/visit", methods=["GET", "POST"])
def visit_for_ticket(public_id: str) -> Any:
    """Plan a visit about a ticket: customer, device and contract come from it."""
    record = visible_record(by(), "ticket", public_id)
    ticket = session().get_one(Ticket, record.id)
    start = usual_times() | {
        "subject": record.title,
        "party": party_text(record) if record.party_id is not None else "",
        "device_id": ticket.device_id,
        "contract_id": ticket.contract_id,
    }
    form = Form(request.form if request.method == "POST" else start)
    if request.method == "POST" and form.text("action") == "save":
        try:
            made = once(plan_visit_for_ticket, form)(
                record.id, visit_of(form, record.party_id or party_of_form(form)), by=by()
            )
            return done("ticket.visit", made)
        except Refusal as refusal:
            form.refuse(refusal)
    back = f"/tickets/{public_id}"
    return edit_page(form, gettext("Plan a visit"), back, party_id=record.party_id, ticket=record)


@blueprint.get("/visits/<public_id>")
def show(public_id: str) -> str:
    """One visit."""
    record = visible_record(by(), "visit", public_id)
    visit = session().get_one(Visit, record.id)
    actions = open_actions(Visit.flow, record, by())
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
        reason=_reason(record),
        actions=[action for action in actions if action.verb != "visit.report"],
        steps=chain_steps(record, by()),
        entries=timeline(record.id),
        files=files_of(record.id),
    )


@blueprint.route("/visits/<public_id>/plan", methods=["GET", "POST"])
def plan(public_id: str) -> Any:
    """Change what is planned."""
    record = visible_record(by(), "visit", public_id)
    form = Form(request.form) if request.method == "POST" else form_of(record)
    if request.method == "POST" and form.text("action") == "save":
        try:
            plan_visit(record.id, visit_of(form, record.party_id or 0), version=form.version(), by=by())
            return done("visit.plan", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    return edit_page(form, record.title, f"/visits/{public_id}", party_id=record.party_id)


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


@blueprint.post("/visits/<public_id>/<any(start,invoice,load):step>")
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
