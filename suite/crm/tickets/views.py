"""Pages of tickets: the list, and one ticket with its conversation."""

from typing import Any

from flask import Blueprint, g, render_template, request
from werkzeug.wrappers import Response

from suite.base.db import see_changes, session
from suite.base.errors import Refusal
from suite.crm.knowledge.queries import suggested_articles
from suite.crm.tickets.band import band_of
from suite.crm.tickets.choices import choice_of, choices
from suite.crm.tickets.conversation import remark_ticket, reply_ticket
from suite.crm.tickets.messages import FileInput, ready_files
from suite.crm.tickets.queries import (
    conversation,
    earlier_at_device,
    linked_records,
    merged_into,
)
from suite.crm.tickets.screen import CHANNEL_WORDS, PRIORITY_WORDS, SCREEN
from suite.model import (
    Article,
    Contact,
    Contract,
    Device,
    Party,
    Record,
    Ticket,
    TicketCategory,
    TicketQueue,
    User,
)
from suite.shared.chain import related_records
from suite.shared.parts import parts_for
from suite.shared.timeline import timeline
from suite.shared.visible import visible, visible_record
from suite.web.actions import do_verb, done, form_verb, once, open_actions
from suite.web.document_page import chain_steps
from suite.web.forms import Form
from suite.web.security import take_files
from suite.web.shell import by
from suite.web.uploads import sent_files

blueprint = Blueprint("tickets", __name__)
for _verb in ("edit", "resolve", "merge", "link", "escalate", "rate", "assign", "receive", "split"):
    form_verb(f"ticket.{_verb}")
take_files("tickets.reply", "tickets.remark")
MOST_CITED = 10
# What shows the chain: more than the ticket alone.
CHAINED = (
    "lead",
    "opportunity",
    "quote",
    "order",
    "delivery",
    "return",
    "invoice",
    "credit_note",
    "visit",
    "payment",
)
BAND = (
    "ticket.start ticket.resume ticket.resolve ticket.wait_customer ticket.wait_parts "
    "ticket.close ticket.reopen"
).split()
WRITTEN_HERE = ("ticket.reply", "ticket.remark", "ticket.split", "ticket.promise", "ticket.cite")


@blueprint.route("/tickets", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.get("/tickets/<public_id>")
def show(public_id: str) -> str:
    """One ticket."""
    record = visible_record(by(), "ticket", public_id)
    return _show(record, Form({"text": "", "note": ""}))


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
        if action.startswith("article:"):
            insert_article(form, action.removeprefix("article:"))
            return _show(record, form)
        then = action if action in ("wait_customer", "resolve") else ""
        once(reply_ticket, form)(
            record.id,
            text=form.text("text"),
            then=then,
            files=attached(),
            article_ids=cited_articles(form),
            by=by(),
        )
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
    return ready_files(sent_files(field))


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
        suggestions=suggested_articles(
            f"{record.title} {form.text('text')}", by(), language=g.locale, without=related
        ),
        steps=chain_steps(record, by()) if any(row.kind in CHAINED for row in related) else [],
        linked=linked_records(record.id, related, by()),
        earlier=earlier_at_device(ticket, by()),
        channel=CHANNEL_WORDS[ticket.channel],
        priority=PRIORITY_WORDS[ticket.priority],
        entries=timeline(record.id),
        parts=parts_for(record.id),
        visits=[row for row in related if row.kind == "visit"],
    )


def insert_article(form: Form, public_id: str) -> None:
    """Put a public article's text into the answer, and note that it is cited once the answer is sent."""
    record = visible_record(by(), "article", public_id)
    article = session().get_one(Article, record.id)
    if not article.is_public or record.state != "published":
        raise Refusal("article-not-offered", title=record.title)
    form.values["text"] = "\n\n".join(filter(None, (form.text("text").strip(), article.text)))
    form.values["cited"] = f"{form.text('cited')} {public_id}".strip()


def cited_articles(form: Form) -> list[int]:
    """The articles whose text was put into the answer and that are still offered."""
    wanted = visible(by(), "article").where(
        Record.public_id.in_(form.text("cited").split()[:MOST_CITED]), Record.state == "published"
    )
    return sorted(row.id for row in session().scalars(wanted))


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
