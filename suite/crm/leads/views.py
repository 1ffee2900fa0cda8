"""Pages of leads."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from suite.base.db import session
from suite.base.errors import Conflict, Refusal
from suite.crm.leads.commands import TEXTS, LeadInput, convert_lead, create_lead, edit_lead, reject_lead
from suite.crm.leads.queries import company_names
from suite.model import Lead, Record
from suite.shared.timeline import timeline
from suite.shared.visible import visible_record
from suite.web.actions import do_verb, done, form_verb, once, open_actions
from suite.web.conflicts import ask_again, show_both
from suite.web.document_page import chain_steps
from suite.web.editing import find_party
from suite.web.format import whole_money
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.lists import DATE, STATE, Column, ListScreen, View, beside_the_register
from suite.web.shell import by

blueprint = Blueprint("leads", __name__)
for _verb in ("lead.edit", "lead.quote", "lead.convert", "lead.reject"):
    form_verb(_verb)


def _companies(rows: Sequence[Record]) -> dict[int, dict[str, str]]:
    return {lead: {"Company": name} for lead, name in company_names(rows).items()}


SCREEN = ListScreen(
    kind="lead",
    title="Leads",
    endpoint="leads.index",
    columns=(
        Column("Subject", lambda record: record.title, "title", css="wide-2"),
        beside_the_register("Company"),
        Column("Number", lambda record: record.number, "number", css="p2 id"),
        DATE,
        Column("Expected", lambda record: whole_money(record.sort_amount), "sort_amount", "num", "num"),
        STATE,
    ),
    views=(
        View("open", "Open", ("new", "qualified")),
        View("rejected", "Rejected", ("rejected",)),
        View("all", "All"),
    ),
    new_url="/leads/new",
    new_label="Lead",
    new_verb="lead.create",
    beside=_companies,
    empty_title="No open leads",
    empty_text="A lead is somebody who may want something. Write down who and what.",
)


@blueprint.route("/leads", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/leads/new", methods=["GET", "POST"])
def new() -> Any:
    """Enter a lead."""
    form = Form(request.form)
    if request.method == "POST":
        try:
            return done("lead.create", once(create_lead, form)(_lead(form), by=by()))
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, gettext("New lead"), "/leads")


@blueprint.get("/leads/<public_id>")
def show(public_id: str) -> str:
    """One lead."""
    record = visible_record(by(), "lead", public_id)
    actions = open_actions(Lead.flow, record, by())
    return render_template(
        "crm/leads/show.html",
        record=record,
        lead=session().get_one(Lead, record.id),
        steps=chain_steps(record, by(), actions),
        actions=actions,
        entries=timeline(record.id),
    )


@blueprint.route("/leads/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change a lead."""
    record = visible_record(by(), "lead", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST":
        try:
            edit_lead(record.id, _lead(form), version=form.version(), by=by())
            return done("lead.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, record.title, f"/leads/{public_id}")


@blueprint.route("/leads/<public_id>/convert", methods=["GET", "POST"])
def convert(public_id: str) -> Any:
    """Make an opportunity; with a known customer or a new one from the lead."""
    record = visible_record(by(), "lead", public_id)
    lead = session().get_one(Lead, record.id)
    known = find_party(lead.company_name or lead.contact_name)
    start = {"party": session().get_one(Record, known).title if known else ""}
    form = Form(request.form if request.method == "POST" else start)
    if request.method == "POST":
        try:
            typed = form.text("party").strip()
            party_id = find_party(typed)
            if typed and party_id is None:
                raise Refusal("party-unknown", field="party")
            opportunity = once(convert_lead, form)(
                record.id, party_id=party_id, version=form.version(), by=by()
            )
            return done("lead.convert", opportunity)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("crm/leads/convert.html", form=form, record=record, lead=lead)
    return page, 422 if form.errors else 200


@blueprint.route("/leads/<public_id>/reject", methods=["GET", "POST"])
def reject(public_id: str) -> Any:
    """Say why it is not followed."""
    record = visible_record(by(), "lead", public_id)
    form = Form(request.form)
    if request.method == "POST":
        try:
            reject_lead(record.id, reason=form.text("reason"), version=form.version(), by=by())
            return done("lead.reject", record.id)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            form.refuse(refusal)
    back = f"/leads/{public_id}"
    page = render_template(
        "reason.html", form=form, record=record, title=gettext("Why is it rejected?"), back=back
    )
    return page, 422 if form.errors else 200


@blueprint.post("/leads/<public_id>/<any(qualify,reopen):step>")
def act(public_id: str, step: str) -> Response:
    """Verbs without a form."""
    return do_verb(f"lead.{step}", visible_record(by(), "lead", public_id), by())


def _lead(form: Form) -> LeadInput:
    amount = form.decimal("expected_amount")
    form.raise_problems()
    return LeadInput(**{name: form.text(name) for name in TEXTS}, expected_amount=amount)


def _form_of(record: Record) -> Form:
    lead = session().get_one(Lead, record.id)
    return Form(
        {name: getattr(lead, name) for name in (*TEXTS, "expected_amount")} | {"version": record.version}
    )


def _page(form: Form, title: str, back: str) -> Any:
    return render_template(
        "crm/leads/edit.html", form=form, title=title, back=back
    ), 422 if form.errors else 200
