"""What an actor may see: the one place every page, search, export and interface starts from."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select, union_all

from suite.base.command import Actor
from suite.base.db import session
from suite.base.errors import NotFound
from suite.model import Article, OrderSide, Record, Ticket
from suite.model.record import KINDS

# The states in which a customer may see its own records.
HANDED_OUT: dict[str, tuple[str, ...]] = {
    "quote": ("sent", "accepted", "ordered", "rejected"),
    "order": (
        "confirmed",
        "part_delivered",
        "delivered",
        "part_invoiced",
        "invoiced",
        "closed",
        "cancelled",
    ),
    "delivery": ("shipped",),
    "invoice": ("posted", "part_paid", "paid", "cancelled"),
    "credit_note": ("posted", "settled"),
    "ticket": (
        "new",
        "open",
        "in_progress",
        "waiting_customer",
        "waiting_parts",
        "resolved",
        "closed",
    ),
    "visit": ("reported", "released", "done"),
    "device": ("active",),
    "contract": ("active", "ending", "ended"),
}


def readable_kinds(by: Actor) -> list[str]:
    """The kinds of record the actor may read."""
    return [kind for kind in KINDS if by.may(f"{kind}.read")]


def visible(by: Actor, *kinds: str) -> Select[Any]:
    """A SELECT of register rows the actor may see, of all kinds or of those named."""
    allowed = [kind for kind in (kinds or KINDS) if by.may(f"{kind}.read")]
    # One kind as an equation: then an index gives the order of a list.
    query = select(Record).where(Record.kind == allowed[0] if len(allowed) == 1 else Record.kind.in_(allowed))
    return query if by.party_id is None else query.where(*_of_customer(by.party_id))


def _of_customer(party_id: int) -> tuple[ColumnElement[bool], ...]:
    """What a customer sees: its own that was handed out to it, its own orders also before we confirm, and public articles."""
    placed = (Record.kind == "order") & (Record.state == "draft")
    placed &= exists().where(OrderSide.document_id == Record.id, OrderSide.placed_by.is_not(None))
    handed_out = [(Record.kind == kind) & Record.state.in_(states) for kind, states in HANDED_OUT.items()]
    # What we talk about among ourselves is never the customer's.
    among_us = exists().where(Ticket.id == Record.id, Ticket.channel == "internal")
    own = (Record.party_id == party_id) & or_(*handed_out, placed) & ~among_us
    # What everybody may read.
    public = (Record.kind == "article") & (Record.state == "published")
    public &= exists().where(Article.id == Record.id, Article.is_public == True)  # noqa: E712 - a column, not a bool
    return Record.forwarded_to.is_(None), own | public


def first_of_states(
    query: Select[Any], states: Sequence[str], *, order: Sequence[Any], limit: int
) -> list[Record]:
    """The first rows of some states: each state is looked up by its index, then they are merged.

    An `IN` over the few open states would make a database walk through all that is done.
    """
    of_state = [
        query.where(Record.state == state).with_only_columns(Record.id).order_by(*order).limit(limit)
        for state in states
    ]
    ids = union_all(*(select(part.subquery().c.id) for part in of_state))
    return list(session().scalars(select(Record).where(Record.id.in_(ids)).order_by(*order).limit(limit)))


def visible_record(by: Actor, kind: str, public_id: str) -> Record:
    """The record behind a public id; raises `NotFound` also when it may not be seen."""
    found: Record | None = (
        session().scalars(visible(by, kind).where(Record.public_id == public_id)).one_or_none()
    )
    if found is None:
        raise NotFound(kind, public_id)
    if found.forwarded_to is not None:
        return session().get_one(Record, found.forwarded_to)
    return found
