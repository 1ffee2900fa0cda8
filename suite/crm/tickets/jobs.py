"""What happens to tickets by itself: a deadline passes, a promise is changed for all open ones."""

from datetime import datetime

from sqlalchemy import ColumnElement, select

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.db import database, session
from suite.base.job import job
from suite.crm.tickets.commands import get_ticket
from suite.crm.tickets.deadlines import promise
from suite.crm.tickets.states import escalate_ticket
from suite.model import Record, Ticket
from suite.model.record import change_record, get_record
from suite.model.ticket import OPEN_STATES
from suite.shared.roles import system_actor

BATCH = 200


@job("ticket.escalate")
def escalate_when_due(record_id: int, due: str) -> None:
    """Escalate a ticket whose deadline is still this one and has passed."""
    with database().reading() as reading:
        ticket = reading.get(Ticket, record_id)
        if ticket is None or ticket.deadline is None or ticket.deadline.isoformat() != due:
            return
        if ticket.deadline > clock.now() or _is_escalated_since(ticket.escalated_at, ticket.deadline):
            return
    escalate_ticket(record_id, by=system_actor("deadlines"))


@job("tickets.promise")
def count_deadlines_anew(level: str) -> None:
    """All open tickets of a service level get what it promises now, some at a time."""
    _promise_each(Ticket.service_level == level)


@job("tickets.promise_contract")
def count_deadlines_of_contract(contract_id: int) -> None:
    """All open tickets of a contract get what it promises now, some at a time."""
    _promise_each(Ticket.contract_id == contract_id)


@command("ticket.promise", on="ticket")
def promise_ticket(ticket_id: int, *, by: Actor) -> int:
    """Count the deadlines of an open ticket anew from what its service level promises now."""
    record = get_record(ticket_id, "ticket")
    if record.state in OPEN_STATES:
        due_on = promise(get_ticket(ticket_id), state=record.state)
        session().flush()  # before the register row
        change_record(ticket_id, due_date=due_on)
    return ticket_id


def _promise_each(chosen: ColumnElement[bool]) -> None:
    last = 0
    while True:
        with database().reading() as reading:
            wanted = (
                select(Ticket.id)
                .join(Record, Record.id == Ticket.id)
                .where(Ticket.id > last, chosen, Record.state.in_(OPEN_STATES))
            )
            ids = list(reading.scalars(wanted.order_by(Ticket.id).limit(BATCH)))
        if not ids:
            return
        for ticket_id in ids:
            promise_ticket(ticket_id, by=system_actor("deadlines"))
        last = ids[-1]


def _is_escalated_since(escalated_at: datetime | None, due: datetime) -> bool:
    return escalated_at is not None and escalated_at >= due
