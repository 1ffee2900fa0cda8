"""Two people at one record: what was typed and what was saved meanwhile, side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from suite.base.db import see_changes, session
from suite.base.errors import Conflict, Refusal
from suite.base.event import Event
from suite.model import Record
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.words import field_word


@dataclass(frozen=True)
class BothVersions:
    """Who saved when, and for each field that differs: label, typed here, saved there."""

    author: str
    at: datetime | None
    fields: list[tuple[str, str, str]]


def show_both(form: Form, conflict: Conflict, record: Record, *, saved: Callable[[Record], Form]) -> None:
    """Keep what was typed, show what was saved meanwhile; saving again then knowingly keeps what is typed."""
    see_changes()
    compare(form, conflict, saved(record), changed=Event.record_id == record.id)


def compare(form: Form, conflict: Conflict, saved: Form, *, changed: ColumnElement[bool]) -> None:
    """The same for what is no record of the register; `changed` says which events changed it."""
    form.refuse(conflict)
    form.values["version"] = str(conflict.params["version"])
    theirs = saved.values
    names = sorted({*theirs, *form.values} - {"version", "csrf", "request_key", "action"})
    fields = [
        (_label(name), form.text(name), theirs.get(name, ""))
        for name in names
        if form.text(name).strip() != theirs.get(name, "").strip() and not name.endswith("-auto_price")
    ]
    event = session().scalars(select(Event).where(changed).order_by(Event.id.desc()).limit(1)).first()
    form.both = BothVersions(event.actor if event else "", event.at if event else None, fields)


def ask_again(form: Form, conflict: Conflict) -> None:
    """A form that shows the record beside it: the page shows it as it is now, and what was typed stays."""
    see_changes()
    form.refuse(Refusal("changed-look-again"))
    form.values["version"] = str(conflict.params["version"])


def _label(name: str) -> str:
    parts = name.split("-")
    if parts[0] == "lines" and len(parts) == 3 and parts[1].isdigit():
        return gettext("Line %(n)s", n=int(parts[1]) + 1) + ", " + field_word(parts[2])
    return ", ".join(field_word(part) for part in parts)
