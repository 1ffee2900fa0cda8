"""What was written on a ticket, and the files that came with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from suite.base import clock
from suite.base.db import insert_rows, insert_rows_returning_ids, session
from suite.base.errors import NotFound
from suite.base.text import clean
from suite.model import Record, RecordFile, TicketMessage, TicketMessageFile
from suite.shared.archive import CHUNK, store, store_apart
from suite.shared.mail import SUBJECT_LENGTH, write_mail


@dataclass(frozen=True)
class FileInput:
    """A file that comes or goes with a message."""

    name: str
    content: bytes = field(repr=False)  # a request key compares names; bytes are many
    media_type: str = "application/octet-stream"


def write_message(
    ticket_id: int,
    *,
    direction: str,
    channel: str,
    author: str,
    text: str,
    author_id: int | None = None,
    author_email: str | None = None,
    mail_message_id: str | None = None,
    files: Sequence[FileInput] = (),
) -> int:
    """Keep a message with its files; returns its id."""
    row = {
        "ticket_id": ticket_id,
        "direction": direction,
        "channel": channel,
        "author": author,
        "author_id": author_id,
        "author_email": author_email,
        "text": text,
        "at": clock.now(),
        "mail_message_id": mail_message_id,
    }
    [message_id] = insert_rows_returning_ids(TicketMessage, [row])
    rows = [
        {
            "record_id": ticket_id,
            "role": "attachment",
            "revision": 1,
            "profile": "",
            "name": clean(file.name, "file"),
            "sha256": store(file.content, file.media_type),
            "at": clock.now(),
        }
        for file in files
    ]
    file_ids = insert_rows_returning_ids(RecordFile, rows)
    insert_rows(TicketMessageFile, [{"message_id": message_id, "file_id": each} for each in file_ids])
    return message_id


def ready_files(sent: Iterable[tuple[str, bytes]]) -> list[FileInput]:
    """Files as they were sent, (name, bytes); large ones are stored before the transaction that names them opens."""
    files = [FileInput(name, content) for name, content in sent]
    for file in files:
        if len(file.content) > CHUNK:
            store_apart(file.content, file.media_type)
    return files


def mail_message(message_id: int, record: Record, *, to_address: str) -> None:
    """Send what was written as a mail; its id stays with the message, so that the answer finds the ticket."""
    message = session().get_one(TicketMessage, message_id)
    before = (TicketMessage.ticket_id == record.id) & (TicketMessage.direction == "in")
    last = select(TicketMessage.mail_message_id).where(before, TicketMessage.mail_message_id.is_not(None))
    files = select(RecordFile.name, RecordFile.sha256).join(
        TicketMessageFile, TicketMessageFile.file_id == RecordFile.id
    )
    rows = session().execute(files.where(TicketMessageFile.message_id == message_id).order_by(RecordFile.id))
    message.mail_message_id = write_mail(
        to_address,
        subject=f"[{record.number}] {record.title}"[:SUBJECT_LENGTH],
        body=message.text,
        record_id=record.id,
        in_reply_to=session().scalar(last.order_by(TicketMessage.id.desc()).limit(1)),
        files=[(name, sha256) for name, sha256 in rows],
    )
    session().flush()  # before another message is looked up by it


def message_of(ticket_id: int, message_id: int) -> TicketMessage:
    """A message of a ticket; raises `NotFound`."""
    found = session().get(TicketMessage, message_id, populate_existing=True)
    if found is None or found.ticket_id != ticket_id:
        raise NotFound("message", message_id)
    return found


def ticket_of_mail(mail_message_id: str | None) -> int | None:
    """The ticket a mail was kept on already."""
    if mail_message_id is None:
        return None
    wanted = select(TicketMessage.ticket_id).where(TicketMessage.mail_message_id == mail_message_id)
    return session().scalar(wanted)
