"""The timeline of a record: events with their changed values, and notes, newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from suite.base.db import session
from suite.base.event import Event, EventValue
from suite.model import Activity, Note, Record, User


@dataclass(frozen=True)
class Entry:
    """One entry: an event with its verb, or a note with its text."""

    at: datetime
    author: str
    verb: str = ""
    note: str = ""
    changes: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    other: Record | None = None


def timeline(record_id: int, *, limit: int = 30) -> list[Entry]:
    """The newest entries of a record, at most `limit`."""
    about = (Event.record_id == record_id) | (Event.result_id == record_id)
    events = session().scalars(select(Event).where(about).order_by(Event.id.desc()).limit(limit)).all()
    changes = _changes([event.id for event in events])
    others = _others(record_id, events)
    notes = select(Note).where(Note.record_id == record_id).order_by(Note.id.desc()).limit(limit)
    written = session().scalars(notes).all()
    names = people([*(event.actor_id for event in events), *(note.author_id for note in written)])
    entries = [
        Entry(
            event.at,
            names.get(event.actor_id, "Kontor" if event.door == "system" else event.actor),
            event.verb,
            changes=changes.get(event.id, []),
            other=others.get(event.id),
        )
        for event in events
        if event.verb != "note.add"
    ]
    entries += [Entry(note.at, names.get(note.author_id, note.author), note=note.text) for note in written]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def people(user_ids: Iterable[int | None]) -> dict[int | None, str]:
    """What users are called, by their id."""
    known = {user_id for user_id in user_ids if user_id is not None}
    rows = session().execute(select(User.id, User.name).where(User.id.in_(known))) if known else ()
    return {user_id: name for user_id, name in rows}  # noqa: C416 - a Result is no mapping


def _changes(event_ids: list[int]) -> dict[int, list[tuple[str, str | None, str | None]]]:
    found: dict[int, list[tuple[str, str | None, str | None]]] = {}
    if event_ids:
        wanted = select(EventValue).where(EventValue.event_id.in_(event_ids)).order_by(EventValue.id)
        for value in session().scalars(wanted):
            found.setdefault(value.event_id, []).append((value.field, value.before, value.after))
    return found


def _others(record_id: int, events: Iterable[Event]) -> dict[int, Record]:
    """The other record of an event that concerned two."""
    pairs = {e.id: e.result_id if e.record_id == record_id else e.record_id for e in events if e.result_id}
    if not pairs:
        return {}
    records = {r.id: r for r in session().scalars(select(Record).where(Record.id.in_(set(pairs.values()))))}
    return {event_id: records[other] for event_id, other in pairs.items() if other in records}


def open_activities(record_id: int) -> Sequence[Record]:
    """What is still to do about a record, the most urgent first."""
    about = select(Activity.id).where(Activity.about_id == record_id)
    wanted = select(Record).where(Record.id.in_(about), Record.state == "open")
    return session().scalars(wanted.order_by(Record.due_date.is_(None), Record.due_date).limit(10)).all()
