"""Planning visits: from a ticket or without one, moving, calling off."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from suite.base.clock import company_zone
from suite.base.command import Actor, command, note_change
from suite.base.counter import draw_number
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound, Refusal, Refusals
from suite.base.text import clean, searchable
from suite.model import Record, Technician, Ticket, Visit, VisitTask
from suite.model.record import change_record, expect_version, get_record, new_record
from suite.shared.chain import link_records
from suite.shared.snapshot import active_party

MOST_TASKS = 50
LONGEST = timedelta(days=3)
# `Druck geprüft [bar]`: what stands in brackets at the end is the unit of a reading.
_READING = re.compile(r"(.*?)\s*\[([^\[\]]{1,12})\]")


@dataclass(frozen=True)
class VisitInput:
    """A visit as planned; tasks one per entry, a unit in brackets asks for a reading."""

    subject: str
    party_id: int
    starts_at: datetime
    ends_at: datetime
    technician_id: int | None = None
    device_id: int | None = None
    contract_id: int | None = None
    site: str = ""
    tasks: Sequence[str] = ()


@command("visit.create", creates="visit")
def create_visit(visit: VisitInput, *, number: str | None = None, by: Actor) -> int:
    """Plan a visit without a ticket."""
    return _insert(visit, ticket_id=None, number=number)


@command("ticket.visit", on="ticket")
def plan_visit_for_ticket(ticket_id: int, visit: VisitInput, *, number: str | None = None, by: Actor) -> int:
    """Plan a visit about a ticket, for its customer; returns the visit's id."""
    record = get_record(ticket_id, "ticket")
    Ticket.flow.after("ticket.visit", record.state)
    if record.party_id is None:
        raise Refusal("field-required", field="party")
    if visit.party_id != record.party_id:
        raise Refusal("of-other-party", field="party", name=record.title)
    visit_id = _insert(visit, ticket_id=ticket_id, number=number)
    link_records([ticket_id], visit_id)
    change_record(ticket_id)
    return visit_id


@command("visit.plan", on="visit")
def plan_visit(visit_id: int, visit: VisitInput, *, version: int | None = None, by: Actor) -> int:
    """Change what is planned; tasks that stay as they are keep what was ticked and read."""
    record = get_record(visit_id, "visit")
    expect_version(record, version)
    Visit.flow.after("visit.plan", record.state)
    values = _checked(visit)
    known = get_visit(visit_id)
    if visit.party_id != record.party_id:
        raise Refusal("of-other-party", field="party", name=record.title)

    for name, value in values.items():
        note_change(name, getattr(known, name), value)
        setattr(known, name, value)
    _rewrite_tasks(visit_id, _tasks(visit.tasks))
    session().flush()  # before the register row
    change_record(visit_id, **_register(values, record.number, record.party_id))
    return visit_id


@command("visit.move", on="visit")
def move_visit(
    visit_id: int, *, starts_at: datetime, technician_id: int | None, version: int | None = None, by: Actor
) -> int:
    """Move a visit to another time or technician; it stays as long as it was."""
    record = get_record(visit_id, "visit")
    expect_version(record, version)
    Visit.flow.after("visit.move", record.state)
    known = get_visit(visit_id)
    length = known.ends_at - known.starts_at
    _check_technician(technician_id)
    note_change("starts_at", known.starts_at, starts_at)
    note_change("technician", known.technician_id, technician_id)
    known.starts_at, known.ends_at, known.technician_id = starts_at, starts_at + length, technician_id
    session().flush()  # before the register row
    change_record(visit_id, sort_date=_day(starts_at), due_date=_day(starts_at), owner_id=technician_id)
    return visit_id


@command("visit.cancel", on="visit")
def cancel_visit(visit_id: int, *, reason: str = "", version: int | None = None, by: Actor) -> int:
    """Call a visit off, with the reason."""
    record = get_record(visit_id, "visit")
    expect_version(record, version)
    state = Visit.flow.after("visit.cancel", record.state)
    words = clean(reason, "reason", max_length=500)
    if not words:
        raise Refusal("field-required", field="reason")
    note_change("reason", None, words)
    change_record(visit_id, state=state)
    return visit_id


def get_visit(visit_id: int) -> Visit:
    """The visit with this id, fresh; raises `NotFound`."""
    found = session().get(Visit, visit_id, populate_existing=True)
    if found is None:
        raise NotFound("visit", visit_id)
    return found


def _insert(visit: VisitInput, *, ticket_id: int | None, number: str | None) -> int:
    values = _checked(visit)
    party = active_party(visit.party_id)
    number = number or draw_number("visit", _day(visit.starts_at))
    register = _register(values, number, party.id)
    register.pop("search_text")
    visit_id = new_record(
        "visit",
        state="planned",
        number=number,
        party_id=party.id,
        words=(values["subject"], party.name, values["site"]),
        **register,
    )
    insert_rows(Visit, [{"id": visit_id, "ticket_id": ticket_id, **values}])
    _insert_tasks(visit_id, _tasks(visit.tasks))
    return visit_id


def _register(values: dict[str, Any], number: str | None, party_id: int | None) -> dict[str, Any]:
    day = _day(values["starts_at"])
    party = session().get(Record, party_id) if party_id is not None else None
    words = searchable(number, values["subject"], party.title if party else None, values["site"])
    return {
        "title": values["subject"],
        "owner_id": values["technician_id"],
        "sort_date": day,
        "due_date": day,
        "search_text": words,
    }


def _checked(visit: VisitInput) -> dict[str, Any]:
    problems: list[Refusal] = []
    values: dict[str, Any] = {}
    for name, longest in (("subject", 200), ("site", 500)):
        try:
            values[name] = clean(getattr(visit, name), name, max_length=longest, multiline=name == "site")
        except Refusal as problem:
            problems.append(problem)
    if not values.get("subject") and not problems:
        problems.append(Refusal("field-required", field="subject"))
    if visit.ends_at <= visit.starts_at or visit.ends_at - visit.starts_at > LONGEST:
        problems.append(Refusal("visit-span", field="ends_at"))
    if problems:
        raise Refusals(problems)
    _check_technician(visit.technician_id)
    for name in ("device_id", "contract_id"):
        other_id = getattr(visit, name)
        other = get_record(other_id, name.removesuffix("_id")) if other_id is not None else None
        if other is not None and other.party_id != visit.party_id:
            raise Refusal("of-other-party", field=name, name=other.title)
        values[name] = other_id
    return values | {
        "technician_id": visit.technician_id,
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
    }


def _check_technician(user_id: int | None) -> None:
    known = session().get(Technician, user_id) if user_id is not None else None
    if user_id is not None and (known is None or not known.active):
        raise Refusal("choice-unknown", field="technician_id")


def _tasks(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Text and unit of each task."""
    if len(texts) > MOST_TASKS:
        raise Refusal("tasks-too-many", field="tasks", most=MOST_TASKS)
    found = []
    for text in texts:
        words = clean(text, "tasks")
        reading = _READING.fullmatch(words)
        if words:
            found.append((reading.group(1) or words, reading.group(2)) if reading else (words, ""))
    return found


def _rewrite_tasks(visit_id: int, tasks: Sequence[tuple[str, str]]) -> None:
    wanted = select(VisitTask).where(VisitTask.visit_id == visit_id)
    before = {(task.text, task.unit): (task.is_done, task.reading) for task in session().scalars(wanted)}
    session().execute(delete(VisitTask).where(VisitTask.visit_id == visit_id))
    _insert_tasks(visit_id, tasks, before)


def _insert_tasks(
    visit_id: int,
    tasks: Sequence[tuple[str, str]],
    before: dict[tuple[str, str], tuple[bool, str]] | None = None,
) -> None:
    rows = []
    for position, (text, unit) in enumerate(tasks, 1):
        done, reading = (before or {}).get((text, unit), (False, ""))
        row = {"visit_id": visit_id, "position": position, "text": text, "unit": unit}
        rows.append(row | {"is_done": done, "reading": reading})
    insert_rows(VisitTask, rows)


def _day(instant: datetime) -> Any:
    return instant.astimezone(company_zone()).date()
