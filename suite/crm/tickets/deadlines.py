"""The clocks of a ticket: its promise, its pauses, and by when it is to be answered and solved."""

from datetime import date, datetime

from sqlalchemy import update

from suite.base import clock
from suite.base.command import note_change
from suite.base.db import insert_rows, session
from suite.base.job import enqueue_at
from suite.model import Ticket, TicketPause
from suite.model.ticket import OPEN_STATES, STOPPED_STATES
from suite.shared.sla import deadline, hours_of_level, pauses_of, promise_of


def promise(ticket: Ticket, *, state: str) -> date | None:
    """Give a ticket the promise of its contract and priority as of today; returns the day of its next deadline."""
    found = promise_of(ticket.contract_id, ticket.priority, on=clock.today())
    note_change("service_level", ticket.service_level, found.level if found else None)
    ticket.service_level = found.level if found else None
    # A clock that stopped was judged: another promise does not judge it anew.
    if ticket.responded_at is None:
        ticket.respond_minutes = found.respond_minutes if found else None
    if ticket.resolved_at is None:
        ticket.resolve_minutes = found.resolve_minutes if found else None
    return set_deadlines(ticket, state=state)


def set_deadlines(ticket: Ticket, *, state: str) -> date | None:
    """Count the deadlines anew from the promise and the pauses; returns the day of the next one."""
    session().flush()  # pauses and promise before they are read
    hours = hours_of_level(ticket.service_level)
    pauses = pauses_of(ticket.id)
    ticket.respond_by = deadline(hours, ticket.opened_at, ticket.respond_minutes) if hours else None
    ticket.resolve_by = deadline(hours, ticket.opened_at, ticket.resolve_minutes, pauses) if hours else None
    before, ticket.deadline = ticket.deadline, _next(ticket, state)
    session().flush()  # before the register row
    if ticket.deadline is not None and ticket.deadline != before:
        enqueue_at(ticket.deadline, "ticket.escalate", record_id=ticket.id, due=ticket.deadline.isoformat())
    return day_of(ticket.deadline)


def move_clock(ticket: Ticket, *, before: str, after: str) -> date | None:
    """Stop or start the clock of the solution as the state changes; returns the day of the next deadline."""
    now = clock.now()
    stood, stands = before in STOPPED_STATES, after in STOPPED_STATES
    # Solved while the customer had the turn: that pause ends, another begins.
    is_new_pause = after == "resolved" and stood
    if stood and (not stands or is_new_pause):
        still = (TicketPause.ticket_id == ticket.id) & TicketPause.until_at.is_(None)
        session().execute(update(TicketPause).where(still).values(until_at=now))
    due_on = set_deadlines(ticket, state=after)
    if stands and (not stood or is_new_pause):
        insert_rows(TicketPause, [{"ticket_id": ticket.id, "from_at": now, "until_at": None}])
    return due_on


def day_of(instant: datetime | None) -> date | None:
    """The business day an instant falls on."""
    return None if instant is None else instant.astimezone(clock.company_zone()).date()


def _next(ticket: Ticket, state: str) -> datetime | None:
    """The next deadline of a clock that runs."""
    running = []
    if state in OPEN_STATES and ticket.responded_at is None:
        running.append(ticket.respond_by)
    if state not in STOPPED_STATES:
        running.append(ticket.resolve_by)
    return min((each for each in running if each is not None), default=None)
