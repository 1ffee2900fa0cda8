"""My work today: what presses, what is due, what can be delivered and invoiced, and how the company stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, select, union_all

from suite.base import clock
from suite.base.command import Actor
from suite.base.db import session
from suite.base.event import Event
from suite.model import OpenItem, Opportunity, Record, Ticket
from suite.model.record import KINDS
from suite.shared.visible import first_of_states, visible

SHOWN = 5
SOON = timedelta(days=7)
NEXT_DAY = timedelta(days=1)
OPEN_ORDERS = ("confirmed", "part_delivered")


@dataclass(frozen=True)
class Overdue:
    """Overdue invoices together: how many, of how many customers, how much, since when."""

    count: int
    parties: int
    amount: Decimal
    since: date


@dataclass(frozen=True)
class Standing:
    """The company's figures today, in euros; None where the actor may not read them."""

    open: Decimal | None
    overdue: Decimal | None
    due_soon: Decimal | None
    backlog: Decimal | None
    weighted: Decimal | None


def overdue_invoices(by: Actor) -> Overdue | None:
    """The overdue invoices in one row, or None where there are none."""
    if not by.may("invoice.read"):
        return None
    late = (OpenItem.side == "debit") & (OpenItem.open > 0) & (OpenItem.due_on < clock.today())
    wanted = select(
        func.count(),
        func.count(OpenItem.party_id.distinct()),
        func.sum(OpenItem.open),
        func.min(OpenItem.due_on),
    )
    count, parties, amount, since = session().execute(wanted.where(late)).one()
    return Overdue(count, parties, amount, since) if count else None


def due_activities(by: Actor) -> Sequence[Record]:
    """Open activities of the actor, or of nobody, that are due until today; the oldest first."""
    mine = (Record.owner_id == by.user_id) | Record.owner_id.is_(None)
    due = Record.due_date <= clock.today()
    return _first(by, "activity", "open", where=(mine, due), order=(Record.due_date, Record.id))


def pressing_tickets(by: Actor) -> Sequence[Record]:
    """Open tickets of the actor, or of nobody, that are due until tomorrow: the next deadline first."""
    if not by.may("ticket.read"):
        return []
    mine = (Record.owner_id == by.user_id) | Record.owner_id.is_(None)
    soon = Ticket.deadline < clock.now() + NEXT_DAY
    wanted = visible(by, "ticket").join(Ticket, Ticket.id == Record.id).where(soon, mine)
    return session().scalars(wanted.order_by(Ticket.deadline, Record.id).limit(SHOWN + 1)).all()


def expiring_quotes(by: Actor) -> Sequence[Record]:
    """Sent quotes whose validity ends within a week."""
    soon = Record.due_date.between(clock.today(), clock.today() + SOON)
    return _first(by, "quote", "sent", where=(soon,), order=(Record.due_date, Record.id))


def new_leads(by: Actor) -> Sequence[Record]:
    """Leads nobody has judged yet, the oldest first."""
    return _first(by, "lead", "new")


def orders_to_deliver(by: Actor) -> Sequence[Record]:
    """Confirmed and partly delivered orders, the most urgent first."""
    urgent = (Record.due_date.is_(None), Record.due_date, Record.id)
    return _first(by, "order", "confirmed", "part_delivered", order=urgent)


def orders_to_invoice(by: Actor) -> Sequence[Record]:
    """Delivered orders that wait for their invoice, the oldest first."""
    return _first(by, "order", "delivered", "part_invoiced")


def drafts_to_post(by: Actor) -> Sequence[Record]:
    """Drafted invoices and corrections, the oldest first."""
    drafts = [*_first(by, "invoice", "draft"), *_first(by, "credit_note", "draft")]
    return sorted(drafts, key=lambda record: (record.sort_date or clock.today(), record.id))[: SHOWN + 1]


def standing(by: Actor) -> Standing:
    """Open items, order backlog and weighted pipeline."""
    today = clock.today()
    owed, overdue, due_soon = None, None, None
    if by.may("payment.read"):
        late = case((OpenItem.due_on < today, OpenItem.open), else_=None)
        soon = case((OpenItem.due_on.between(today, today + SOON), OpenItem.open), else_=None)
        wanted = select(func.sum(OpenItem.open), func.sum(late), func.sum(soon))
        row = session().execute(wanted.where(OpenItem.side == "debit", OpenItem.open > 0)).one()
        owed, overdue, due_soon = (value or Decimal(0) for value in row)
    return Standing(owed, overdue, due_soon, _backlog(by), _weighted(by))


def latest_events(by: Actor, *, limit: int = 6) -> list[tuple[Event, Record]]:
    """What people did last, as far as the actor may read it: looked for among the youngest events."""
    kinds = [kind for kind in KINDS if by.may(f"{kind}.read")]
    youngest = select(Event.id).where(Event.record_id.is_not(None)).order_by(Event.id.desc()).limit(500)
    wanted = (
        select(Event, Record)
        .join(Record, Record.id == Event.record_id)
        .where(
            Event.id.in_(youngest.scalar_subquery()), Record.kind.in_(kinds), Event.verb != "document.archive"
        )
        .order_by(Event.id.desc())
        .limit(limit)
    )
    return [(event, record) for event, record in session().execute(wanted)]


def _first(
    by: Actor,
    kind: str,
    *states: str,
    where: Sequence[Any] = (),
    order: Sequence[Any] = (Record.sort_date, Record.id),
) -> Sequence[Record]:
    return first_of_states(visible(by, kind).where(*where), states, order=order, limit=SHOWN + 1)


def _backlog(by: Actor) -> Decimal | None:
    if not by.may("order.read"):
        return None
    waiting = union_all(*(_of_state("order", Record.sort_amount, state) for state in OPEN_ORDERS)).subquery()
    return session().scalar(select(func.sum(waiting.c.sort_amount))) or Decimal(0)


def _weighted(by: Actor) -> Decimal | None:
    """Amounts are few: weighted in Python, because two scaled columns are never multiplied in SQL."""
    if not by.may("opportunity.read"):
        return None
    deals = select(Opportunity.probability, func.sum(Opportunity.amount)).where(
        Opportunity.id.in_(_of_state("opportunity", Record.id, "open").scalar_subquery())
    )
    rows = session().execute(deals.group_by(Opportunity.probability)).all()
    return sum((chance * amount / 100 for chance, amount in rows), Decimal(0))


def _of_state(kind: str, column: Any, state: str) -> Select[Any]:
    return select(column).where(Record.kind == kind, Record.state == state)
