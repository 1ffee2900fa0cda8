"""What an actor may see: the one place every page, search, export and interface starts from."""

from typing import Any

from sqlalchemy import Select, select

from suite.base.command import Actor
from suite.base.db import session
from suite.base.errors import NotFound
from suite.model import Record
from suite.model.record import KINDS


def readable_kinds(by: Actor) -> list[str]:
    """The kinds of record the actor may read."""
    return [kind for kind in KINDS if by.may(f"{kind}.read")]


def visible(by: Actor, *kinds: str) -> Select[Any]:
    """A SELECT of register rows the actor may see, of all kinds or of those named."""
    allowed = [kind for kind in (kinds or KINDS) if by.may(f"{kind}.read")]
    return select(Record).where(Record.kind.in_(allowed))


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
