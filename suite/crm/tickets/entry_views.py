"""Pages of tickets: entering and changing one; what may help already is shown beside."""

from typing import Any

from flask import Blueprint, g, render_template, request

from suite.base.db import session
from suite.base.errors import Conflict, Refusal
from suite.crm.knowledge.queries import suggested_articles
from suite.crm.tickets.choices import choices
from suite.crm.tickets.commands import TicketInput, create_ticket, edit_ticket
from suite.crm.tickets.queries import assignees, belonging
from suite.crm.tickets.screen import CHANNEL_WORDS, PRIORITY_WORDS
from suite.crm.tickets.views import attached
from suite.model import Record, Ticket
from suite.shared.visible import visible_record
from suite.web.actions import done, once
from suite.web.conflicts import show_both
from suite.web.editing import find_party, party_text
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.security import take_files
from suite.web.shell import by

blueprint = Blueprint("ticket_entry", __name__)
take_files("ticket_entry.new")
KEYS = ("contact_id", "queue_id", "category_id", "device_id", "contract_id")


@blueprint.route("/tickets/new", methods=["GET", "POST"])
def new() -> Any:
    """Enter a ticket: the customer first, then what it is about."""
    form = Form(request.form)
    if request.method == "GET":
        form.values |= {"channel": "phone", "priority": "normal", "queue_id": _first_queue()}
        if request.args.get("party"):
            form.values["party"] = party_text(visible_record(by(), "party", request.args["party"]))
        if request.args.get("device"):
            device = visible_record(by(), "device", request.args["device"])
            form.values |= {"party": party_text(device), "device_id": str(device.id)}
    if request.method == "POST" and form.text("action") == "save":
        try:
            ticket, assignee = _ticket(form), form.whole("assignee_id")
            form.raise_problems()
            files = attached()
            made = once(create_ticket, form)(
                ticket, text=form.text("text"), assignee_id=assignee, files=files, by=by()
            )
            return done("ticket.create", made)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, gettext("New ticket"), "/tickets", is_new=True)


@blueprint.route("/tickets/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change a ticket."""
    record = visible_record(by(), "ticket", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST" and form.text("action") == "save":
        try:
            edit_ticket(record.id, _ticket(form), version=form.version(), by=by())
            return done("ticket.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, record.title, f"/tickets/{record.public_id}", is_new=False)


def _first_queue() -> str:
    queues = choices("ticket_queue", only_active=True)
    return str(queues[0].id) if queues else ""


def _ticket(form: Form) -> TicketInput:
    typed = form.text("party").strip()
    party_id = find_party(typed)
    if typed and party_id is None:
        form.problems.append(Refusal("party-unknown", field="party"))
    keys = {name: form.whole(name) for name in KEYS}
    form.raise_problems()
    return TicketInput(
        form.text("subject"),
        party_id=party_id,
        **keys,
        channel=form.text("channel"),
        priority=form.text("priority"),
        is_complaint=form.flag("is_complaint"),
        reporter_name=form.text("reporter_name"),
        reporter_email=form.text("reporter_email"),
    )


def _form_of(record: Record) -> Form:
    ticket = session().get_one(Ticket, record.id)
    names = ("subject", *KEYS, "channel", "priority", "is_complaint", "reporter_name", "reporter_email")
    values: dict[str, Any] = {name: getattr(ticket, name) for name in names}
    values["party"] = party_text(record) if record.party_id is not None else ""
    return Form(values | {"version": record.version})


def _page(form: Form, title: str, back: str, *, is_new: bool) -> Any:
    party_id = find_party(form.text("party"))
    rows = belonging(party_id, by()) if party_id is not None else {}
    page = render_template(
        "crm/tickets/edit.html",
        form=form,
        title=title,
        back=back,
        is_new=is_new,
        belonging={kind: [(row.id, _named(row)) for row in rows.get(kind, [])] for kind in rows},
        queues=[(row.id, row.name) for row in choices("ticket_queue", only_active=True)],
        categories=[(row.id, row.name) for row in choices("ticket_category", only_active=True)],
        channels=[(key, gettext(word)) for key, word in CHANNEL_WORDS.items()],
        priorities=[(key, gettext(word)) for key, word in PRIORITY_WORDS.items()],
        assignees=[(user.id, user.name) for user in assignees()],
        suggestions=suggested_articles(form.text("subject"), by(), language=g.locale) if is_new else [],
    )
    return page, 422 if form.errors else 200


def _named(row: Record) -> str:
    return f"{row.title} ({row.number})" if row.number else row.title
