"""What a company chooses for its tickets: queues, categories and texts that are often written."""

from typing import Any

from sqlalchemy import insert, select

from suite.base.command import Actor, command, note_change
from suite.base.db import Model, session
from suite.base.errors import Conflict, NotFound, Refusal
from suite.base.text import clean
from suite.model import CannedText, TicketCategory, TicketQueue

TABLES: dict[str, Any] = {
    "ticket_queue": TicketQueue,
    "ticket_category": TicketCategory,
    "canned_text": CannedText,
}


@command("ticket_queue.create")
def create_queue(*, name: str, by: Actor) -> None:
    """Add a queue."""
    _create(TicketQueue, name=name)


@command("ticket_queue.edit")
def edit_queue(queue_id: int, *, name: str, active: bool, version: int | None = None, by: Actor) -> None:
    """Rename a queue, or offer it no longer."""
    _edit(TicketQueue, queue_id, version=version, name=name, active=active)


@command("ticket_category.create")
def create_category(*, name: str, by: Actor) -> None:
    """Add a category."""
    _create(TicketCategory, name=name)


@command("ticket_category.edit")
def edit_category(
    category_id: int, *, name: str, active: bool, version: int | None = None, by: Actor
) -> None:
    """Rename a category, or offer it no longer."""
    _edit(TicketCategory, category_id, version=version, name=name, active=active)


@command("canned_text.create")
def create_canned_text(*, name: str, text: str, by: Actor) -> None:
    """Add a text that is often written."""
    _create(CannedText, name=name, text=text)


@command("canned_text.edit")
def edit_canned_text(
    text_id: int, *, name: str, text: str, active: bool, version: int | None = None, by: Actor
) -> None:
    """Change such a text, or offer it no longer."""
    _edit(CannedText, text_id, version=version, name=name, text=text, active=active)


def choices(table: str, *, only_active: bool = False) -> list[Any]:
    """All rows of one of the tables, by name."""
    rows: list[Any] = list(session().scalars(select(TABLES[table]).order_by(TABLES[table].name)))
    return [row for row in rows if row.active or not only_active]


def choice_of(table: str, row_id: int) -> Any:
    """One row; raises `NotFound`."""
    found = session().get(TABLES[table], row_id)
    if found is None:
        raise NotFound(table, row_id)
    return found


def _create(table: type[Model], **values: str) -> None:
    checked = _checked(table, None, values)
    session().execute(insert(table).values(active=True, version=1, **checked))


def _edit(table: Any, row_id: int, *, version: int | None, active: bool, **values: str) -> None:
    row = session().get(table, row_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise NotFound(table.__tablename__, row_id)
    if version is not None and row.version != version:
        raise Conflict(version=row.version, expected=version)
    for name, value in (_checked(table, row_id, values) | {"active": active}).items():
        note_change(name, getattr(row, name), value)
        setattr(row, name, value)
    row.version += 1


def _checked(table: Any, row_id: int | None, values: dict[str, str]) -> dict[str, str]:
    found = {
        name: clean(value, name, max_length=4000 if name == "text" else 100, multiline=name == "text")
        for name, value in values.items()
    }
    for name, value in found.items():
        if not value:
            raise Refusal("field-required", field=name)
    taken = select(table.id).where(table.name == found["name"], table.id != (row_id or 0))
    if session().scalar(taken.limit(1)) is not None:
        raise Refusal("name-taken", field="name", name=found["name"])
    return found
