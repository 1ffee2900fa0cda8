"""The list of tickets: views by who and what, sorted by deadline."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor
from suite.crm.tickets.choices import choices
from suite.crm.tickets.queries import list_rows
from suite.model import Record, Ticket
from suite.model.sla import PRIORITIES
from suite.model.ticket import OPEN_STATES
from suite.web.format import moment
from suite.web.i18n import gettext
from suite.web.lists import STATE, Column, Filter, ListScreen, View, beside_the_register

PRIORITY_WORDS = {"low": "low", "normal": "normal", "high": "high", "urgent": "urgent"}
CHANNEL_WORDS = {"mail": "by mail", "portal": "in the portal", "phone": "by phone", "internal": "among us"}


def _beside(rows: Sequence[Record]) -> dict[int, dict[str, str]]:
    found = list_rows(rows)
    return {
        key: {
            "Customer": row.party,
            "Assignee": row.assignee,
            "Priority": gettext(PRIORITY_WORDS[row.ticket.priority]) if row.ticket else "",
            "Deadline": _deadline(row.ticket),
        }
        for key, row in found.items()
    }


def _deadline(ticket: Ticket | None) -> str:
    if ticket is None or ticket.deadline is None:
        return ""
    at = moment(ticket.deadline)
    return gettext("overdue since %(at)s", at=at) if ticket.deadline < clock.now() else at


def _ticket_where(condition: Any) -> Any:
    # Asked row by row, so that the register's index gives the order.
    return select(Ticket.id).where(Ticket.id == Record.id, condition).exists()


def _queues() -> list[tuple[str, str]]:
    return [(str(row.id), row.name) for row in choices("ticket_queue")]


def _of_queue(chosen: str) -> Any:
    is_key = chosen.isascii() and chosen.isdigit() and len(chosen) < 19
    return _ticket_where(Ticket.queue_id == (int(chosen) if is_key else 0))


def _mine(by: Actor) -> Any:
    return Record.owner_id == by.user_id


def _breached(_by: Actor) -> Any:
    return _ticket_where(Ticket.deadline < clock.now())


SCREEN = ListScreen(
    kind="ticket",
    title="Tickets",
    endpoint="tickets.index",
    columns=(
        Column("Subject", lambda record: record.title, "title", css="wide-2"),
        Column("Number", lambda record: record.number, "number", css="p2 id"),
        beside_the_register("Customer"),
        Column("Priority", lambda record: "", css="p2"),
        Column("Deadline", lambda record: "", "due_date", "date", "num text-start wrap"),
        beside_the_register("Assignee", "p3"),
        STATE,
    ),
    views=(
        View("open", "All open", OPEN_STATES),
        View("mine", "Mine", OPEN_STATES, where=_mine),
        View("unassigned", "Unassigned", OPEN_STATES, where=lambda by: Record.owner_id.is_(None)),
        View("waiting", "Waiting", ("waiting_customer", "waiting_parts")),
        View("breached", "Overdue", OPEN_STATES, where=_breached),
        View("resolved", "Resolved", ("resolved", "closed")),
        View("all", "All"),
    ),
    sort="due_date",
    new_url="/tickets/new",
    new_label="Ticket",
    new_verb="ticket.create",
    filters=(
        Filter("queue", "Queue", _queues, _of_queue),
        Filter(
            "priority",
            "Priority",
            lambda: [(each, gettext(PRIORITY_WORDS[each])) for each in PRIORITIES],
            lambda chosen: _ticket_where(Ticket.priority == chosen),
        ),
    ),
    beside=_beside,
    empty_title="No open tickets",
    empty_text="Requests and complaints stand here until they are solved, the most urgent first.",
)
