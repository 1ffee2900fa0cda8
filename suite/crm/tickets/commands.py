"""What can be done with a ticket itself: entering, changing, assigning it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.counter import draw_number
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound, Refusal, Refusals
from suite.base.text import clean, searchable
from suite.crm.tickets.deadlines import promise
from suite.crm.tickets.messages import FileInput, write_message
from suite.model import Record, Ticket, TicketCategory, TicketQueue, User
from suite.model.record import change_record, expect_version, get_record, new_record
from suite.model.sla import PRIORITIES
from suite.model.ticket import CHANNELS
from suite.shared.identifiers import checked_identifiers
from suite.shared.snapshot import active_party

TEXTS = ("subject", "reporter_name")
LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class TicketInput:
    """A ticket as entered; a subject is enough."""

    subject: str
    party_id: int | None = None
    contact_id: int | None = None
    channel: str = "phone"
    queue_id: int | None = None
    category_id: int | None = None
    priority: str = "normal"
    device_id: int | None = None
    contract_id: int | None = None
    is_complaint: bool = False
    reporter_name: str = ""
    reporter_email: str = ""


@command("ticket.create", creates="ticket")
def create_ticket(
    ticket: TicketInput,
    *,
    text: str = "",
    assignee_id: int | None = None,
    mail_message_id: str | None = None,
    files: Sequence[FileInput] = (),
    number: str | None = None,
    by: Actor,
) -> int:
    """Enter a ticket with what was said; its clocks start now."""
    values, party_id = _checked(ticket)
    words = clean(text, "text", max_length=LONGEST_TEXT, multiline=True)
    _check_assignee(assignee_id)
    ticket_id = open_ticket(values, party_id=party_id, assignee_id=assignee_id, number=number)
    if words:
        direction = "internal" if values["channel"] == "internal" else "in"
        author = values["reporter_name"] or (_title(values["contact_id"]) or _title(party_id) or by.name)
        write_message(
            ticket_id,
            direction=direction,
            channel=values["channel"],
            author=by.name if direction == "internal" else author,
            author_id=by.user_id if direction == "internal" else None,
            author_email=values["reporter_email"],
            text=words,
            mail_message_id=mail_message_id,
            files=files,
        )
    return ticket_id


@command("ticket.edit", on="ticket")
def edit_ticket(ticket_id: int, ticket: TicketInput, *, version: int | None = None, by: Actor) -> int:
    """Change a ticket; another priority or contract counts its deadlines anew."""
    record = get_record(ticket_id, "ticket")
    expect_version(record, version)
    Ticket.flow.after("ticket.edit", record.state)
    values, party_id = _checked(ticket)
    known = get_ticket(ticket_id)

    is_other_promise = (known.priority, known.contract_id) != (values["priority"], values["contract_id"])
    note_change("party_id", _title(record.party_id), _title(party_id))
    for name, value in values.items():
        _note(name, getattr(known, name), value)
        setattr(known, name, value)
    due_on = promise(known, state=record.state) if is_other_promise else record.due_date
    session().flush()  # before the register row
    text = searchable(record.number, *_words(values, party_id))
    change_record(ticket_id, title=values["subject"], party_id=party_id, due_date=due_on, search_text=text)
    return ticket_id


@command("ticket.assign", on="ticket")
def assign_ticket(ticket_id: int, *, assignee_id: int | None, version: int | None = None, by: Actor) -> int:
    """Say who takes care of it; nobody with None."""
    record = get_record(ticket_id, "ticket")
    expect_version(record, version)
    state = Ticket.flow.after("ticket.assign", record.state)
    _check_assignee(assignee_id)
    note_change("assignee", _user_name(record.owner_id), _user_name(assignee_id))
    is_taken = state == "new" and assignee_id is not None
    change_record(ticket_id, owner_id=assignee_id, state="open" if is_taken else state)
    return ticket_id


def open_ticket(
    values: dict[str, Any],
    *,
    party_id: int | None,
    assignee_id: int | None = None,
    opened_at: datetime | None = None,
    number: str | None = None,
) -> int:
    """Enter checked values with the promise that follows from them."""
    on = clock.today()
    state = "new" if assignee_id is None else "open"
    ticket_id = new_record(
        "ticket",
        title=values["subject"],
        state=state,
        number=number or draw_number("ticket", on),
        party_id=party_id,
        owner_id=assignee_id,
        sort_date=on,
        words=_words(values, party_id),
    )
    insert_rows(Ticket, [{"id": ticket_id, "opened_at": opened_at or clock.now(), **values}])
    due_on = promise(get_ticket(ticket_id), state=state)
    session().execute(update(Record).where(Record.id == ticket_id).values(due_date=due_on))
    return ticket_id


def get_ticket(ticket_id: int) -> Ticket:
    """The ticket with this id, fresh; raises `NotFound`."""
    found = session().get(Ticket, ticket_id, populate_existing=True)
    if found is None:
        raise NotFound("ticket", ticket_id)
    return found


def _checked(ticket: TicketInput) -> tuple[dict[str, Any], int | None]:
    """The columns and the party; raises `Refusals` naming each wrong field."""
    values: dict[str, Any] = asdict(ticket)
    problems: list[Refusal] = []
    for name in (*TEXTS, "reporter_email"):
        try:
            values[name] = clean(values[name], name)
        except Refusal as problem:
            problems.append(problem)
    if not values["subject"]:
        problems.append(Refusal("field-required", field="subject"))
    email = {"email": values.pop("reporter_email") or None}
    problems += [
        Refusal(problem.code, field="reporter_email", **problem.params)
        for problem in checked_identifiers(email)
    ]
    values["reporter_email"] = email["email"]
    for name, offered in (("channel", CHANNELS), ("priority", PRIORITIES)):
        if values[name] not in offered:
            problems.append(Refusal("choice-unknown", field=name))
    for name, table in (("queue_id", TicketQueue), ("category_id", TicketCategory)):
        if values[name] is not None and session().get(table, values[name]) is None:
            problems.append(Refusal("choice-unknown", field=name))
    party_id = values.pop("party_id")
    try:
        party_id = _party(values, party_id)
    except Refusal as problem:
        problems.append(problem)
    if problems:
        raise Refusals(problems)
    return values, party_id


def _party(values: dict[str, Any], party_id: int | None) -> int | None:
    """The party; contact, device and contract name theirs and must agree."""
    for name in ("contact_id", "device_id", "contract_id"):
        if values[name] is None:
            continue
        other = get_record(values[name], name.removesuffix("_id"))
        if party_id is None:
            party_id = other.party_id
        elif other.party_id != party_id:
            raise Refusal("of-other-party", field=name, name=other.title)
    return None if party_id is None else active_party(party_id).id


def _check_assignee(assignee_id: int | None) -> None:
    user = session().get(User, assignee_id) if assignee_id is not None else None
    if assignee_id is not None and (user is None or not user.active):
        raise Refusal("choice-unknown", field="assignee_id")


def _words(values: dict[str, Any], party_id: int | None) -> tuple[str | None, ...]:
    device = session().get(Record, values["device_id"]) if values["device_id"] is not None else None
    return (
        values["subject"],
        values["reporter_name"],
        values["reporter_email"],
        _title(party_id),
        device.title if device else None,
        device.number if device else None,
    )


def _note(name: str, before: Any, after: Any) -> None:
    """Changes tell names, not keys."""
    if name in ("contact_id", "device_id", "contract_id"):
        before, after = _title(before), _title(after)
    elif name == "queue_id":
        before, after = (_name(session().get(TicketQueue, key or 0)) for key in (before, after))
    elif name == "category_id":
        before, after = (_name(session().get(TicketCategory, key or 0)) for key in (before, after))
    note_change(name, before, after)


def _name(choice: TicketQueue | TicketCategory | None) -> str | None:
    return None if choice is None else choice.name


def _title(record_id: int | None) -> str | None:
    found = session().get(Record, record_id) if record_id is not None else None
    return found.title if found else None


def _user_name(user_id: int | None) -> str | None:
    found = session().get(User, user_id) if user_id is not None else None
    return found.name if found else None
