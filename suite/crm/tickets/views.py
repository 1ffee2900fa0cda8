"""Pages of tickets: the list, one ticket with its conversation, entering and changing it."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from suite.base.db import see_changes, session
from suite.base.errors import Conflict, Refusal
from suite.crm.tickets.band import band_of
from suite.crm.tickets.choices import choice_of, choices
from suite.crm.tickets.commands import TicketInput, create_ticket, edit_ticket
from suite.crm.tickets.conversation import remark_ticket, reply_ticket
from suite.crm.tickets.messages import FileInput
from suite.crm.tickets.queries import (
    assignees,
    belonging,
    conversation,
    earlier_at_device,
    linked_records,
    merged_into,
)
from suite.crm.tickets.screen import CHANNEL_WORDS, PRIORITY_WORDS, SCREEN
from suite.model import Contact, Contract, Device, Party, Record, Ticket, TicketCategory, TicketQueue, User
from suite.shared.chain import related_records
from suite.shared.parts import parts_for
from suite.shared.timeline import timeline
from suite.shared.visible import visible_record
from suite.web.actions import do_verb, done, form_verb, once, open_actions
from suite.web.conflicts import show_both
from suite.web.document_page import chain_steps
from suite.web.editing import find_party, party_text
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.security import take_files
from suite.web.shell import by
from suite.web.uploads import sent_files

blueprint = Blueprint("tickets", __name__)
for _verb in ("edit", "resolve", "merge", "link", "escalate", "rate", "assign", "receive", "split"):
    form_verb(f"ticket.{_verb}")
take_files("tickets.new", "tickets.reply", "tickets.remark")
BAND = (
    "ticket.start ticket.resume ticket.resolve ticket.wait_customer ticket.wait_parts "
    "ticket.close ticket.reopen"
).split()
WRITTEN_HERE = ("ticket.reply", "ticket.remark", "ticket.split", "ticket.promise")
KEYS = ("contact_id", "queue_id", "category_id", "device_id", "contract_id")


@blueprint.route("/tickets", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


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


@blueprint.get("/tickets/<public_id>")
def show(public_id: str) -> str:
    """One ticket."""
    record = visible_record(by(), "ticket", public_id)
    return _show(record, Form({"text": "", "note": ""}))


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


@blueprint.post("/tickets/<public_id>/reply")
def reply(public_id: str) -> Any:
    """Answer the customer; choosing a canned text only puts it into the field."""
    record = visible_record(by(), "ticket", public_id)
    form = Form(request.form)
    action = form.text("action")
    try:
        if action == "canned":
            chosen = form.whole("canned")
            form.raise_problems()
            text = choice_of("canned_text", chosen).text if chosen is not None else ""
            form.values["text"] = "\n\n".join(filter(None, (form.text("text").strip(), text)))
            return _show(record, form)
        then = action if action in ("wait_customer", "resolve") else ""
        once(reply_ticket, form)(record.id, text=form.text("text"), then=then, files=attached(), by=by())
        return done("ticket.reply", record.id)
    except Refusal as refusal:
        see_changes()
        form.refuse(refusal)
        return _show(_again(record), form), 422


@blueprint.post("/tickets/<public_id>/remark")
def remark(public_id: str) -> Any:
    """Write among ourselves."""
    record = visible_record(by(), "ticket", public_id)
    form = Form(request.form)
    try:
        once(remark_ticket, form)(record.id, text=form.text("note"), files=attached("note_files"), by=by())
        return done("ticket.remark", record.id)
    except Refusal as refusal:
        see_changes()
        form.refuse(refusal)
        if "text" in form.errors:
            form.errors["note"] = form.errors.pop("text")
        return _show(_again(record), form), 422


@blueprint.post('/tickets/<public_id>/<any(start,resume,close,reopen,"wait-customer","wait-parts"):step>')
def act(public_id: str, step: str) -> Response:
    """Verbs without a form."""
    verb = f"ticket.{step.replace('-', '_')}"
    return do_verb(verb, visible_record(by(), "ticket", public_id), by())


def attached(field: str = "files") -> list[FileInput]:
    """The files sent with a message."""
    return [FileInput(name, content) for name, content in sent_files(field)]


def _again(record: Record) -> Record:
    return session().get_one(Record, record.id, populate_existing=True)


def _show(record: Record, form: Form) -> str:
    ticket = session().get_one(Ticket, record.id)
    merged = merged_into(record.id)
    actions = open_actions(Ticket.flow, record, by())
    related = [each for rows in related_records(record.id).values() for each in rows]
    owner = session().get(User, record.owner_id) if record.owner_id is not None else None
    return render_template(
        "crm/tickets/show.html",
        record=record,
        ticket=ticket,
        form=form,
        **_beside(record, ticket),
        owner=owner,
        band=band_of(ticket, record),
        next_actions=[action for action in actions if action.verb in BAND],
        more=[action for action in actions if action.verb not in (*BAND, *WRITTEN_HERE)],
        can={action.verb.split(".")[1] for action in actions},
        rows=conversation(record, merged),
        merged=merged,
        canned=choices("canned_text", only_active=True),
        steps=chain_steps(record, by()) if len(related) > 1 else [],
        linked=linked_records(record.id, related, by()),
        earlier=earlier_at_device(ticket, by()),
        channel=CHANNEL_WORDS[ticket.channel],
        priority=PRIORITY_WORDS[ticket.priority],
        entries=timeline(record.id),
        parts=parts_for(record.id),
        visits=[row for row in related if row.kind == "visit"],
    )


def _beside(record: Record, ticket: Ticket) -> dict[str, Any]:
    """The things a ticket names, each with its register row; None where it names none."""
    get = session().get
    rows = {
        "party": record.party_id,
        "contact": ticket.contact_id,
        "device": ticket.device_id,
        "contract": ticket.contract_id,
    }
    found: dict[str, Any] = {name: get(Record, key) if key else None for name, key in rows.items()}
    found["device_row"] = get(Device, ticket.device_id) if ticket.device_id else None
    found["contract_row"] = get(Contract, ticket.contract_id) if ticket.contract_id else None
    person = get(Contact, ticket.contact_id) if ticket.contact_id else None
    party = get(Party, record.party_id) if record.party_id else None
    found["phone"] = (person.phone if person else None) or (party.phone if party else None)
    found["queue"] = get(TicketQueue, ticket.queue_id) if ticket.queue_id else None
    found["category"] = get(TicketCategory, ticket.category_id) if ticket.category_id else None
    return found


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
    )
    return page, 422 if form.errors else 200


def _named(row: Record) -> str:
    return f"{row.title} ({row.number})" if row.number else row.title
