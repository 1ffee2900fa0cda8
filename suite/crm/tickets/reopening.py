"""How long after its solution a ticket may be opened again from outside."""

from datetime import timedelta

from suite.base import clock
from suite.base.errors import Refusal
from suite.base.setting import company_choice
from suite.model import Ticket

DAYS = "14"


def expect_recent(ticket: Ticket) -> None:
    """Refuse to open again what was solved too long ago; raises `Refusal("ticket-reopen-late")`."""
    days = int(company_choice("ticket_reopen_days", DAYS))
    if ticket.resolved_at is None or clock.now() - ticket.resolved_at > timedelta(days=days):
        raise Refusal("ticket-reopen-late", days=days)
