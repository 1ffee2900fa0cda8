"""How a ticket proceeds: taken up, waiting, solved, closed, opened again, escalated, rated."""

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.db import session
from suite.base.errors import Refusal
from suite.base.text import clean
from suite.crm.tickets.commands import get_ticket
from suite.crm.tickets.deadlines import move_clock
from suite.crm.tickets.messages import write_message
from suite.crm.tickets.reopening import expect_recent
from suite.model import Ticket
from suite.model.record import change_record, expect_version, get_record
from suite.shared.parts import give_back_parts


@command("ticket.start", on="ticket")
def start_ticket(ticket_id: int, *, version: int | None = None, by: Actor) -> int:
    """Take it up; who does so without anybody being in charge is in charge."""
    record = get_record(ticket_id, "ticket")
    owner_id = record.owner_id if record.owner_id is not None else by.user_id
    return _move(ticket_id, "ticket.start", version=version, owner_id=owner_id)


@command("ticket.wait_customer", on="ticket")
def wait_for_customer(ticket_id: int, *, version: int | None = None, by: Actor) -> int:
    """The customer has the turn: the clock of the solution stands still."""
    return _move(ticket_id, "ticket.wait_customer", version=version)


@command("ticket.wait_parts", on="ticket")
def wait_for_parts(ticket_id: int, *, version: int | None = None, by: Actor) -> int:
    """Parts are to come; the clock runs on."""
    return _move(ticket_id, "ticket.wait_parts", version=version)


@command("ticket.resume", on="ticket")
def resume_ticket(ticket_id: int, *, version: int | None = None, by: Actor) -> int:
    """Work goes on, and so does the clock."""
    return _move(ticket_id, "ticket.resume", version=version)


@command("ticket.resolve", on="ticket")
def resolve_ticket(ticket_id: int, *, solution: str = "", version: int | None = None, by: Actor) -> int:
    """Solved, with what solved it; a solution without an answer before is the answer."""
    record = get_record(ticket_id, "ticket")
    expect_version(record, version)
    Ticket.flow.after("ticket.resolve", record.state)
    ticket = get_ticket(ticket_id)
    words = clean(solution, "solution", max_length=4000, multiline=True)
    if not words:
        raise Refusal("field-required", field="solution")
    note_change("solution", ticket.solution, words)
    ticket.solution = words
    ticket.resolved_at = clock.now()
    ticket.responded_at = ticket.responded_at or ticket.resolved_at
    return _move(ticket_id, "ticket.resolve", version=version)


@command("ticket.close", on="ticket")
def close_ticket(ticket_id: int, *, version: int | None = None, by: Actor) -> int:
    """The customer is content, or said nothing more; parts still promised to it are free again."""
    give_back_parts(ticket_id)
    return _move(ticket_id, "ticket.close", version=version)


@command("ticket.reopen", on="ticket")
def reopen_ticket(ticket_id: int, *, version: int | None = None, by: Actor) -> int:
    """Not solved after all; a customer may say so for some days only."""
    record = get_record(ticket_id, "ticket")
    Ticket.flow.after("ticket.reopen", record.state)
    ticket = get_ticket(ticket_id)
    if by.door == "portal":
        expect_recent(ticket)
    ticket.resolved_at = None
    return _move(ticket_id, "ticket.reopen", version=version)


@command("ticket.escalate", on="ticket")
def escalate_ticket(ticket_id: int, *, reason: str = "", by: Actor) -> int:
    """Call for help, or say that a deadline passed."""
    record = get_record(ticket_id, "ticket")
    state = Ticket.flow.after("ticket.escalate", record.state)
    words = clean(reason, "reason", max_length=2000, multiline=True)
    if by.door != "system" and not words:
        raise Refusal("field-required", field="reason")
    if words:
        write_message(
            ticket_id,
            direction="internal",
            channel="internal",
            author=by.name,
            author_id=by.user_id,
            text=words,
        )
    get_ticket(ticket_id).escalated_at = clock.now()
    session().flush()  # before the register row
    change_record(ticket_id, state=state)
    return ticket_id


@command("ticket.rate", on="ticket")
def rate_ticket(ticket_id: int, *, rating: int, comment: str = "", by: Actor) -> int:
    """How content the customer is, from 1 to 5; said once."""
    record = get_record(ticket_id, "ticket")
    state = Ticket.flow.after("ticket.rate", record.state)
    ticket = get_ticket(ticket_id)
    if ticket.rating is not None:
        raise Refusal("ticket-rated")
    if not 1 <= rating <= 5:
        raise Refusal("choice-unknown", field="rating")
    note_change("rating", None, rating)
    ticket.rating = rating
    ticket.rating_comment = clean(comment, "comment", max_length=2000, multiline=True)
    session().flush()  # before the register row
    change_record(ticket_id, state=state)
    return ticket_id


def _move(ticket_id: int, verb: str, *, version: int | None = None, owner_id: int | None = None) -> int:
    """Do a step of the flow, and with it stop or start the clock."""
    record = get_record(ticket_id, "ticket")
    expect_version(record, version)
    before = record.state
    after = Ticket.flow.after(verb, before)
    due_on = move_clock(session().get_one(Ticket, ticket_id), before=before, after=after)
    change_record(ticket_id, state=after, due_date=due_on, owner_id=owner_id or record.owner_id)
    return ticket_id
