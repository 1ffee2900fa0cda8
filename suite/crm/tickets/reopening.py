"""How long after its solution a ticket may be opened again from outside."""

from datetime import timedelta

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal
from suite.base.setting import Setting, company_choice
from suite.model import Ticket

KEY = "ticket_reopen_days"
DAYS = "14"
MOST_DAYS = 365


@command("setting.set_reopen_days")
def set_reopen_days(*, days: int, by: Actor) -> None:
    """Say for how many days after its solution a customer may open a ticket again."""
    if not 0 <= days <= MOST_DAYS:
        raise Refusal("days-range", field="days", most=MOST_DAYS)
    note_change("days", reopen_days(), days)
    known = session().get(Setting, KEY, with_for_update=True)
    if known is None:
        insert_rows(Setting, [{"key": KEY, "value": str(days)}])
    else:
        known.value = str(days)


def reopen_days() -> int:
    """For how many days after its solution a ticket may be opened again."""
    return int(company_choice(KEY, DAYS))


def expect_recent(ticket: Ticket) -> None:
    """Refuse to open again what was solved too long ago; raises `Refusal("ticket-reopen-late")`."""
    days = reopen_days()
    if ticket.resolved_at is None or clock.now() - ticket.resolved_at > timedelta(days=days):
        raise Refusal("ticket-reopen-late", days=days)
