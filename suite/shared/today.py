"""My work today: what presses, what is due, what can be delivered and invoiced, and how the company stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, select

from suite.base import clock
from suite.base.command import Actor
from suite.base.db import session
from suite.base.event import Event
from suite.model import OpenItem, Opportunity, Record
from suite.model.record import KINDS
from suite.shared.visible import visible

SHOWN = 5
SOON = timedelta(days=7)


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
    wanted = _of(by, "activity", "open").where(Record.due_date <= clock.today(), mine)
    return _first(wanted.order_by(Record.due_date, Record.id))


def expiring_quotes(by: Actor) -> Sequence[Record]:
    """Sent quotes whose validity ends within a week."""
    wanted = _of(by, "quote", "sent").where(Record.due_date.between(clock.today(), clock.today() + SOON))
    return _first(wanted.order_by(Record.due_date, Record.id))


def new_leads(by: Actor) -> Sequence[Record]:
    """Leads nobody has judged yet, the oldest first."""
    return _first(_of(by, "lead", "new").order_by(Record.sort_date, Record.id))


def orders_to_deliver(by: Actor) -> Sequence[Record]:
    """Confirmed and partly delivered orders, the most urgent first."""
    wanted = _of(by, "order", "confirmed", "part_delivered")
    return _first(wanted.order_by(Record.due_date.is_(None), Record.due_date, Record.id))


def orders_to_invoice(by: Actor) -> Sequence[Record]:
    """Delivered orders that wait for their invoice, the oldest first."""
    wanted = _of(by, "order", "delivered", "part_invoiced")
    return _first(wanted.order_by(Record.sort_date, Record.id))


def drafts_to_post(by: Actor) -> Sequence[Record]:
    """Drafted invoices and corrections, the oldest first."""
    wanted = visible(by, "invoice", "credit_note").where(Record.state == "draft")
    return _first(wanted.order_by(Record.sort_date, Record.id))


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
    """What happened last in the house, as far as the actor may read it."""
    kinds = [kind for kind in KINDS if by.may(f"{kind}.read")]
    wanted = (
        select(Event, Record)
        .join(Record, Record.id == Event.record_id)
        .where(Record.kind.in_(kinds))
        .order_by(Event.id.desc())
        .limit(limit)
    )
    return [(event, record) for event, record in session().execute(wanted)]


def _of(by: Actor, kind: str, *states: str) -> Select[Any]:
    return visible(by, kind).where(Record.kind == kind, Record.state.in_(states))


def _first(wanted: Select[Any]) -> Sequence[Record]:
    return session().scalars(wanted.limit(SHOWN + 1)).all()


def _backlog(by: Actor) -> Decimal | None:
    if not by.may("order.read"):
        return None
    waiting = (Record.kind == "order") & Record.state.in_(("confirmed", "part_delivered"))
    return session().scalar(select(func.sum(Record.sort_amount)).where(waiting)) or Decimal(0)


def _weighted(by: Actor) -> Decimal | None:
    """Amounts are few: weighted in Python, because two scaled columns are never multiplied in SQL."""
    if not by.may("opportunity.read"):
        return None
    deals = select(Opportunity.probability, func.sum(Opportunity.amount)).join(
        Record, Record.id == Opportunity.id
    )
    rows = session().execute(deals.where(Record.state == "open").group_by(Opportunity.probability)).all()
    return sum((chance * amount / 100 for chance, amount in rows), Decimal(0))
