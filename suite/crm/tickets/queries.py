"""What pages show of tickets: list cells, the conversation with its files, what belongs to a customer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import aliased

from suite.base import clock
from suite.base.command import Actor
from suite.base.db import session
from suite.model import (
    ArchivedFile,
    Record,
    RecordFile,
    Ticket,
    TicketMessage,
    TicketMessageFile,
    User,
)
from suite.shared.sla import Clock, clock_of, hours_of_level, pauses_of
from suite.shared.visible import visible


@dataclass(frozen=True)
class FileRow:
    """A file of a message and the record it is kept on."""

    name: str
    size: int
    sha256: str
    record: Record


@dataclass(frozen=True)
class MessageRow:
    """A message, the ticket it was written on, and its files."""

    message: TicketMessage
    ticket: Record
    files: list[FileRow] = field(default_factory=list)


@dataclass(frozen=True)
class ListRow:
    """What stands beside a ticket's row of the register."""

    ticket: Ticket | None
    party: str
    assignee: str


def list_rows(rows: Sequence[Record]) -> dict[int, ListRow]:
    """Ticket, customer and assignee of some rows in one read."""
    party = aliased(Record)
    wanted = (
        select(Record.id, Ticket, party.title, User.name)
        .outerjoin(Ticket, Ticket.id == Record.id)
        .outerjoin(party, party.id == Record.party_id)
        .outerjoin(User, User.id == Record.owner_id)
        .where(Record.id.in_([row.id for row in rows]))
    )
    return {
        key: ListRow(ticket, title or "", name or "")
        for key, ticket, title, name in session().execute(wanted)
    }


def conversation(record: Record, merged: Sequence[Record]) -> list[MessageRow]:
    """The messages of a ticket and of those merged into it, the newest first."""
    tickets = {each.id: each for each in (record, *merged)}
    wanted = select(TicketMessage).where(TicketMessage.ticket_id.in_(tickets))
    found = session().scalars(wanted.order_by(TicketMessage.at.desc(), TicketMessage.id.desc())).all()
    files = _files([message.id for message in found])
    return [MessageRow(message, tickets[message.ticket_id], files.get(message.id, [])) for message in found]


def merged_into(ticket_id: int) -> Sequence[Record]:
    """The tickets that are shown in this one."""
    wanted = select(Record).where(Record.kind == "ticket", Record.state == "merged")
    return session().scalars(wanted.where(Record.forwarded_to == ticket_id).order_by(Record.id)).all()


def belonging(party_id: int, by: Actor) -> dict[str, list[Record]]:
    """Contacts, devices and contracts of a customer that a ticket can name, by kind."""
    found: dict[str, list[Record]] = {"contact": [], "device": [], "contract": []}
    wanted = visible(by, *found).where(Record.party_id == party_id, Record.state == "active")
    for record in session().scalars(wanted.order_by(Record.title, Record.id).limit(300)):
        found[record.kind].append(record)
    return found


def earlier_at_device(ticket: Ticket, by: Actor) -> Sequence[Record]:
    """Other tickets about the same device, the youngest first."""
    if ticket.device_id is None:
        return []
    same = select(Ticket.id).where(Ticket.device_id == ticket.device_id, Ticket.id != ticket.id)
    wanted = visible(by, "ticket").where(Record.id.in_(same), Record.state != "merged")
    return session().scalars(wanted.order_by(Record.id.desc()).limit(5)).all()


def linked_records(ticket_id: int, related: Sequence[Record], by: Actor) -> list[Record]:
    """Of the records of a chain those the actor may read, without the ticket itself."""
    return [each for each in related if each.id != ticket_id and by.may(f"{each.kind}.read")]


def clocks(ticket: Ticket) -> tuple[Clock | None, Clock | None]:
    """The clocks of answer and solution as they stand."""
    hours = hours_of_level(ticket.service_level)
    if hours is None:
        return None, None
    now = clock.now()
    respond = clock_of(
        hours,
        ticket.opened_at,
        ticket.respond_minutes,
        due_at=ticket.respond_by,
        stopped_at=ticket.responded_at,
        now=now,
    )
    resolve = clock_of(
        hours,
        ticket.opened_at,
        ticket.resolve_minutes,
        due_at=ticket.resolve_by,
        stopped_at=ticket.resolved_at,
        now=now,
        pauses=pauses_of(ticket.id),
    )
    return respond, resolve


def assignees() -> Sequence[User]:
    """Who can be put in charge."""
    active = User.active == True  # noqa: E712 - a flag is compared, PostgreSQL knows no IS 1
    return session().scalars(select(User).where(active).order_by(User.name, User.id)).all()


def _files(message_ids: Sequence[int]) -> dict[int, list[FileRow]]:
    if not message_ids:
        return {}
    wanted = (
        select(TicketMessageFile.message_id, RecordFile, ArchivedFile.size, Record)
        .join(RecordFile, RecordFile.id == TicketMessageFile.file_id)
        .join(ArchivedFile, ArchivedFile.sha256 == RecordFile.sha256)
        .join(Record, Record.id == RecordFile.record_id)
        .where(TicketMessageFile.message_id.in_(message_ids))
        .order_by(RecordFile.id)
    )
    found: dict[int, list[FileRow]] = {}
    for message_id, file, size, record in session().execute(wanted):
        found.setdefault(message_id, []).append(FileRow(file.name, size, file.sha256, record))
    return found
