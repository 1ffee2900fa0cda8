"""How far promises were kept: answers and solutions of tickets opened in a period, by level and priority."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from suite.base import clock
from suite.base.db import session
from suite.model import Record, ServiceLevel, Ticket
from suite.model.sla import PRIORITIES


@dataclass(frozen=True)
class Kept:
    """Promises of one kind: how many there were, kept, and broken; the rest is open and may still be kept."""

    promised: int
    kept: int
    broken: int

    @property
    def percent(self) -> int | None:
        """The share kept of those decided; None while none is."""
        decided = self.kept + self.broken
        return self.kept * 100 // decided if decided else None


@dataclass(frozen=True)
class AttainmentRow:
    """A service level and priority with its answers and solutions."""

    level: str
    priority: str
    answers: Kept
    solutions: Kept


def attainment(from_date: date, until_date: date) -> Sequence[AttainmentRow]:
    """Only tickets with a target count; what is open and late counts as broken; merged ones do not count."""
    now = clock.now()
    kept_answer = Ticket.responded_at <= Ticket.respond_by
    late_answer = or_(
        Ticket.responded_at > Ticket.respond_by,
        and_(Ticket.responded_at.is_(None), Ticket.respond_by < now),
    )
    kept_solution = Ticket.resolved_at <= Ticket.resolve_by
    # While the customer has the turn the deadline stands still: what was late before stays late.
    late_solution = or_(
        Ticket.resolved_at > Ticket.resolve_by,
        and_(Ticket.resolved_at.is_(None), Ticket.resolve_by < now, Record.state != "waiting_customer"),
    )
    wanted = (
        select(
            ServiceLevel.name,
            Ticket.priority,
            func.count(Ticket.respond_by),
            _count(kept_answer),
            _count(late_answer),
            func.count(Ticket.resolve_by),
            _count(kept_solution),
            _count(late_solution),
        )
        .join(Record, Record.id == Ticket.id)
        .join(ServiceLevel, ServiceLevel.code == Ticket.service_level)
        .where(
            Ticket.opened_at >= _start(from_date),
            Ticket.opened_at < _start(until_date + timedelta(days=1)),
            Record.state != "merged",
        )
        .group_by(ServiceLevel.name, Ticket.priority)
    )
    rows = [
        AttainmentRow(name, priority, Kept(*counts[:3]), Kept(*counts[3:]))
        for name, priority, *counts in session().execute(wanted)
    ]
    return sorted(rows, key=lambda row: (row.level, -PRIORITIES.index(row.priority)))


def _count(condition: ColumnElement[bool]) -> Any:
    return func.count(case((condition, 1)))


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), clock.company_zone())
