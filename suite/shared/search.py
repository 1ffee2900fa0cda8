"""Search over the register: a document number jumps, words find whatever the actor may see."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select, union_all

from suite.base.command import Actor
from suite.base.db import session
from suite.base.text import searchable
from suite.model import Record
from suite.model.record import KINDS
from suite.shared.visible import readable_kinds, visible

MOST_WORDS = 6
MASTER_DATA = ("party", "contact", "product")


def record_by_number(text: str, by: Actor) -> Record | None:
    """The one visible record with this number, however it is capitalised; None if there is none or several."""
    wanted = text.strip().upper()
    if not wanted or len(wanted) > 60:
        return None
    # The kinds are named so that the index over (kind, number) serves the search.
    found = visible(by).where(Record.number == wanted, Record.kind.in_(readable_kinds(by))).limit(2)
    rows = session().scalars(found).all()
    return rows[0] if len(rows) == 1 else None


def found_records(text: str, by: Actor, *, kinds: Sequence[str] = (), limit: int = 20) -> Sequence[Record]:
    """Visible records with all words of `text`: master data first, then the youngest documents.

    Two reads in the order of an index, so that many matches end the search early.
    """
    words = searchable(text[:200]).split()[:MOST_WORDS]
    if not words:
        return []
    masters = [kind for kind in MASTER_DATA if not kinds or kind in kinds]
    others = [kind for kind in (kinds or KINDS) if kind not in MASTER_DATA]
    found = _youngest(by, masters, words, limit) if masters else []
    if others and len(found) < limit:
        found += _youngest(by, others, words, limit - len(found))
    return found


def _youngest(by: Actor, kinds: Sequence[str], words: Sequence[str], limit: int) -> list[Record]:
    wanted = visible(by, *kinds).where(Record.forwarded_to.is_(None), Record.state != "discarded")
    for word in words:
        wanted = wanted.where(Record.search_text.contains(word, autoescape=True))
    return list(session().scalars(wanted.order_by(Record.id.desc()).limit(limit)))


def recent_parties(by: Actor, *, limit: int = 8) -> Sequence[Record]:
    """The parties something was done for last: what a picker offers before anything is typed."""
    if not by.may("party.read"):
        return []
    youngest = union_all(*(_youngest_parties(kind) for kind in ("quote", "order"))).subquery()
    documents = (
        select(youngest.c.party_id, func.max(youngest.c.id).label("last"))
        .group_by(youngest.c.party_id)
        .order_by(func.max(youngest.c.id).desc())
        .limit(limit)
        .subquery()
    )
    wanted = select(Record).join(documents, documents.c.party_id == Record.id)
    return session().scalars(wanted.order_by(documents.c.last.desc())).all()


def _youngest_parties(kind: str) -> Select[Any]:
    wanted = select(Record.party_id, Record.id).where(Record.kind == kind, Record.party_id.is_not(None))
    some = wanted.order_by(Record.sort_date.desc(), Record.id.desc()).limit(100).subquery()
    return select(some.c.party_id, some.c.id)
