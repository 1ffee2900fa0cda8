"""The verbs of a ticket that ask for something first, one page with a few fields for each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select

from suite.base.db import session
from suite.base.errors import Conflict, Refusal
from suite.base.text import clean
from suite.crm.tickets.commands import assign_ticket
from suite.crm.tickets.conversation import receive_message
from suite.crm.tickets.joining import merge_ticket, split_ticket
from suite.crm.tickets.queries import assignees
from suite.crm.tickets.screen import CHANNEL_WORDS
from suite.crm.tickets.states import escalate_ticket, rate_ticket, resolve_ticket
from suite.model import Record, TicketMessage
from suite.shared.complaints import link_ticket
from suite.shared.search import record_by_number
from suite.shared.visible import visible_record
from suite.web.actions import done, once
from suite.web.conflicts import ask_again
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.shell import by

blueprint = Blueprint("ticket_steps", __name__)
Choices = Callable[[Record], list[tuple[Any, str]]]


@dataclass(frozen=True)
class Field:
    """A field of a step: its label, and what it offers where it is a choice."""

    name: str
    label: str
    kind: str = "text"
    offers: Choices | None = None
    hint: str = ""


@dataclass(frozen=True)
class Step:
    """A verb with its question, its fields, and how it is done with what was typed."""

    title: str
    fields: tuple[Field, ...]
    do: Callable[[Record, Form], int]


def _resolve(record: Record, form: Form) -> int:
    return once(resolve_ticket, form)(
        record.id, solution=form.text("solution"), version=form.version(), by=by()
    )


def _merge(record: Record, form: Form) -> int:
    target = _numbered(form.text("target"), "target")
    if target.kind != "ticket":
        raise Refusal("record-unknown", field="target", number=form.text("target"))
    return once(merge_ticket, form)(record.id, target_id=target.id, version=form.version(), by=by())


def _link(record: Record, form: Form) -> int:
    other = _numbered(form.text("number"), "number")
    return once(link_ticket, form)(record.id, other_id=other.id, by=by())


def _escalate(record: Record, form: Form) -> int:
    return once(escalate_ticket, form)(record.id, reason=form.text("reason"), by=by())


def _rate(record: Record, form: Form) -> int:
    rating = form.whole("rating")
    form.raise_problems()
    return once(rate_ticket, form)(record.id, rating=rating or 0, comment=form.text("comment"), by=by())


def _assign(record: Record, form: Form) -> int:
    assignee_id = form.whole("assignee_id")
    form.raise_problems()
    return once(assign_ticket, form)(record.id, assignee_id=assignee_id, version=form.version(), by=by())


def _receive(record: Record, form: Form) -> int:
    return once(receive_message, form)(
        record.id,
        text=form.text("text"),
        channel=form.text("channel"),
        author=form.text("author"),
        by=by(),
    )


def _split(record: Record, form: Form) -> int:
    message_id = form.whole("message")
    if message_id is None and not form.problems:
        form.problems.append(Refusal("field-required", field="message"))
    try:
        clean(form.text("subject"), "subject")
    except Refusal as problem:
        form.problems.append(problem)
    form.raise_problems()
    return once(split_ticket, form)(
        record.id, message_id=message_id or 0, subject=form.text("subject"), version=form.version(), by=by()
    )


def _everybody(_record: Record) -> list[tuple[Any, str]]:
    return [("", gettext("nobody")), *((user.id, user.name) for user in assignees())]


def _channels(_record: Record) -> list[tuple[Any, str]]:
    return [(key, gettext(CHANNEL_WORDS[key])) for key in ("phone", "mail", "portal")]


def _ratings(_record: Record) -> list[tuple[Any, str]]:
    return [(n, str(n)) for n in (5, 4, 3, 2, 1)]


def _messages(record: Record) -> list[tuple[Any, str]]:
    wanted = select(TicketMessage).where(TicketMessage.ticket_id == record.id)
    found = session().scalars(wanted.order_by(TicketMessage.at, TicketMessage.id)).all()
    return [(each.id, f"{each.author}: {each.text[:80]}") for each in found[1:]]


STEPS = {
    "resolve": Step(
        "What solved it?",
        (Field("solution", "Solution", "area", hint="for who meets the same again"),),
        _resolve,
    ),
    "merge": Step("Which ticket is the same?", (Field("target", "Number of the other ticket"),), _merge),
    "link": Step(
        "What is it about, or what follows from it?",
        (Field("number", "Number", hint="of a delivery, invoice, order or another ticket"),),
        _link,
    ),
    "escalate": Step("Why is help needed?", (Field("reason", "Reason", "area"),), _escalate),
    "rate": Step(
        "How content is the customer?",
        (Field("rating", "Rating", offers=_ratings), Field("comment", "Comment", "area", hint="optional")),
        _rate,
    ),
    "assign": Step("Who takes care of it?", (Field("assignee_id", "Assignee", offers=_everybody),), _assign),
    "receive": Step(
        "What did the customer say?",
        (
            Field("text", "Text", "area"),
            Field("channel", "Channel", offers=_channels),
            Field("author", "Who", hint="optional"),
        ),
        _receive,
    ),
    "split": Step(
        "Which message begins something else?",
        (
            Field("message", "From this message on", offers=_messages),
            Field("subject", "Subject of the new ticket"),
        ),
        _split,
    ),
}


@blueprint.route(
    "/tickets/<public_id>/<any(resolve,merge,link,escalate,rate,assign,receive,split):step>",
    methods=["GET", "POST"],
)
def ask(public_id: str, step: str) -> Any:
    """Ask what a verb needs, then do it."""
    record = visible_record(by(), "ticket", public_id)
    chosen = STEPS[step]
    form = Form(request.form)
    if request.method == "GET":
        form.values |= {"assignee_id": str(record.owner_id or ""), "message": request.args.get("message", "")}
    if request.method == "POST":
        try:
            return done(f"ticket.{step}", chosen.do(record, form))
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            form.refuse(refusal)
    offers = {each.name: each.offers(record) for each in chosen.fields if each.offers is not None}
    page = render_template("crm/tickets/step.html", form=form, record=record, step=chosen, offers=offers)
    return page, 422 if form.errors else 200


def _numbered(number: str, field: str) -> Record:
    found = record_by_number(number, by())
    if found is None:
        raise Refusal(
            "record-unknown" if number.strip() else "field-required", field=field, number=number[:40]
        )
    return found
