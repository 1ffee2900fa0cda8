"""Tickets that are one, and one that is two."""

from sqlalchemy import or_, select, update

from suite.base.command import Actor, command
from suite.base.db import session
from suite.base.errors import Refusal
from suite.base.text import clean
from suite.crm.tickets.commands import get_ticket, open_ticket
from suite.crm.tickets.deadlines import move_clock, set_deadlines
from suite.crm.tickets.messages import message_of
from suite.model import Record, Ticket, TicketMessage
from suite.model.record import change_record, expect_version, get_record
from suite.shared.chain import link_records
from suite.shared.parts import give_back_parts

TAKEN_OVER = (
    "contact_id channel queue_id category_id priority device_id contract_id is_complaint "
    "reporter_name reporter_email"
).split()


@command("ticket.merge", on="ticket")
def merge_ticket(ticket_id: int, *, target_id: int, version: int | None = None, by: Actor) -> int:
    """The same as another ticket: it is shown there from now on. Returns the other one's id."""
    record = get_record(ticket_id, "ticket")
    expect_version(record, version)
    state = Ticket.flow.after("ticket.merge", record.state)
    target = get_record(target_id, "ticket")
    if target_id == ticket_id or target.state == "merged":
        raise Refusal("ticket-merge-itself", field="target")
    if None not in (record.party_id, target.party_id) and record.party_id != target.party_id:
        raise Refusal("ticket-merge-party", field="target", number=target.number)

    give_back_parts(ticket_id)
    move_clock(get_ticket(ticket_id), before=record.state, after=state)
    change_record(ticket_id, state=state, due_date=None, forwarded_to=target_id)
    # What was merged into this one is shown in the other one too.
    earlier = select(Record.id).where(Record.forwarded_to == ticket_id)
    for each in session().scalars(earlier).all():
        change_record(each, forwarded_to=target_id)
    change_record(target_id)
    return target_id


@command("ticket.split", on="ticket")
def split_ticket(
    ticket_id: int, *, message_id: int, subject: str, version: int | None = None, by: Actor
) -> int:
    """A message and all that follows become a ticket of its own, open since that message; returns its id."""
    record = get_record(ticket_id, "ticket")
    expect_version(record, version)
    Ticket.flow.after("ticket.split", record.state)
    title = clean(subject, "subject")
    if not title:
        raise Refusal("field-required", field="subject")
    ticket, first = get_ticket(ticket_id), message_of(ticket_id, message_id)
    follows = or_(
        TicketMessage.at > first.at, (TicketMessage.at == first.at) & (TicketMessage.id >= first.id)
    )
    own = TicketMessage.ticket_id == ticket_id
    if session().scalar(select(TicketMessage.id).where(own, ~follows).limit(1)) is None:
        raise Refusal("ticket-split-all")

    values = {name: getattr(ticket, name) for name in TAKEN_OVER}
    new_id = open_ticket(
        values | {"subject": title},
        party_id=record.party_id,
        assignee_id=record.owner_id,
        opened_at=first.at,
    )
    session().execute(
        update(TicketMessage)
        .where(own, follows)
        .values(ticket_id=new_id)
        .execution_options(synchronize_session=False)
    )
    _keep_answer(new_id)
    link_records([ticket_id], new_id)
    change_record(ticket_id)
    return new_id


def _keep_answer(ticket_id: int) -> None:
    """An answer among the messages that moved is the first answer of the new ticket."""
    answers = TicketMessage.ticket_id == ticket_id, TicketMessage.direction == "out"
    answered_at = session().scalar(
        select(TicketMessage.at).where(*answers).order_by(TicketMessage.at).limit(1)
    )
    if answered_at is not None:
        ticket = get_ticket(ticket_id)
        ticket.responded_at = answered_at
        record = get_record(ticket_id, "ticket")
        change_record(ticket_id, due_date=set_deadlines(ticket, state=record.state))
