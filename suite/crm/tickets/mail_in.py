"""Mail becomes tickets: a new one, a message on the ticket it answers, or nothing, with the reason kept."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from suite.base import clock
from suite.base.command import Actor, command, concerns
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal
from suite.crm.tickets.commands import TicketInput, create_ticket, get_ticket
from suite.crm.tickets.conversation import receive_message, remark_ticket
from suite.crm.tickets.messages import FileInput, ticket_of_mail
from suite.exchange.mail.read import Mail, read_mail
from suite.model import Contact, IncomingMail, Party, Record
from suite.shared.archive import store_apart
from suite.shared.identifiers import checked_identifiers
from suite.shared.mail import sender_address
from suite.shared.roles import system_actor

# From one address within an hour, answers included: two responders that talk to each other stop here.
MOST_PER_HOUR = 30
WITHOUT_WORDS = "–"
_IN_SUBJECT = re.compile(r"\[([A-Za-z0-9/_.-]{3,40})\]")


def take_in(raw: bytes) -> str:
    """Read a mail and act on it; returns what became of it (`IncomingMail.outcome`). The same mail again does nothing.

    Large bytes are stored before the transaction opens that makes the ticket.
    """
    mail = read_mail(raw)
    sha256 = store_apart(raw, "message/rfc822")
    # Files are stored before the transaction too.
    for file in mail.files:
        store_apart(file.content, file.media_type)
    return take_mail(mail, sha256=sha256, by=system_actor("mail"))


@command("ticket.take_mail")
def take_mail(mail: Mail, *, sha256: str, by: Actor) -> str:
    """Act on a mail that was read; its bytes lie in the archive under `sha256`."""
    known = select(IncomingMail.outcome).where(IncomingMail.message_id == mail.message_id)
    before = session().scalar(known)
    if before is not None:
        return before
    outcome, ticket_id = _deal_with(mail, by)
    row: dict[str, Any] = {"message_id": mail.message_id, "sender": mail.sender, "subject": mail.subject}
    row |= {"sha256": sha256, "received_at": clock.now(), "outcome": outcome, "record_id": ticket_id}
    insert_rows(IncomingMail, [row])
    if ticket_id is not None:
        concerns(ticket_id)
    return outcome


def _deal_with(mail: Mail, by: Actor) -> tuple[str, int | None]:
    # What we sent ourselves came round, or somebody uses the id of a mail that is on a ticket already.
    if (mail.sender and mail.sender == sender_address().lower()) or ticket_of_mail(
        mail.message_id
    ) is not None:
        return "own", None
    ticket_id = _answered(mail)
    if mail.is_automatic:
        # An out-of-office note belongs to the conversation, but is nobody's answer and opens nothing.
        if ticket_id is None or not _note(ticket_id, mail, by):
            return "automatic", None
        return "note", ticket_id
    if _is_flood(mail.sender):
        return "flood", None
    if ticket_id is not None and _receive(ticket_id, mail, by):
        return "message", ticket_id
    return "ticket", _open(mail, by)


def _answered(mail: Mail) -> int | None:
    """The ticket a mail belongs to: by the mail it answers, or by the number in its subject if the sender is of it."""
    for reference in mail.references:
        found = ticket_of_mail(reference)
        if found is not None:
            return _survivor(found)
    for number in _IN_SUBJECT.findall(mail.subject)[:3]:
        wanted = select(Record).where(Record.kind == "ticket", Record.number == number)
        record = session().scalars(wanted).first()
        if record is not None and mail.sender and mail.sender in _addresses(record):
            return _survivor(record.id)
    return None


def _survivor(ticket_id: int) -> int:
    """After a merge the ticket it went into."""
    record = session().get_one(Record, ticket_id)
    return record.id if record.forwarded_to is None else _survivor(record.forwarded_to)


def _addresses(record: Record) -> set[str]:
    """Who may write on a ticket by its number: whoever reported it, and the people of its party."""
    known = {get_ticket(record.id).reporter_email}
    if record.party_id is not None:
        known |= set(session().scalars(select(Contact.email).where(Contact.party_id == record.party_id)))
        known.add(session().get_one(Party, record.party_id).email)
    return {address.lower() for address in known if address}


def _receive(ticket_id: int, mail: Mail, by: Actor) -> bool:
    """Add the mail to the ticket; False when that was solved too long ago to be opened again."""
    try:
        receive_message(
            ticket_id,
            text=mail.text or WITHOUT_WORDS,
            channel="mail",
            author=mail.sender_name or mail.sender,
            author_email=mail.sender or None,
            mail_message_id=mail.message_id,
            files=_files(mail),
            by=by,
        )
    except Refusal as refusal:
        if refusal.code in ("ticket-reopen-late", "step-not-open"):
            return False
        raise
    return True


def _note(ticket_id: int, mail: Mail, by: Actor) -> bool:
    try:
        remark_ticket(ticket_id, text=f"{mail.subject}\n\n{mail.text}".strip() or WITHOUT_WORDS, by=by)
    except Refusal as refusal:
        if refusal.code == "step-not-open":
            return False
        raise
    return True


def _open(mail: Mail, by: Actor) -> int:
    party_id, contact_id = _who(mail.sender)
    fits = bool(mail.sender) and not checked_identifiers({"email": mail.sender})
    ticket = TicketInput(
        subject=mail.subject or mail.sender or WITHOUT_WORDS,
        party_id=party_id,
        contact_id=contact_id,
        channel="mail",
        reporter_name=mail.sender_name or mail.sender,
        reporter_email=mail.sender if fits else "",
    )
    return create_ticket(
        ticket,
        text=mail.text or WITHOUT_WORDS,
        mail_message_id=mail.message_id,
        files=_files(mail),
        by=by,
    )


def _who(address: str) -> tuple[int | None, int | None]:
    """Party and contact with this address, if it names one party alone."""
    if not address:
        return None, None
    active = Record.state == "active"
    people = select(Contact).join(Record, Record.id == Contact.party_id)
    contacts = list(session().scalars(people.where(func.lower(Contact.email) == address, active).limit(2)))
    if len(contacts) == 1:
        return contacts[0].party_id, contacts[0].id
    if contacts:
        return (
            (contacts[0].party_id, None) if len({each.party_id for each in contacts}) == 1 else (None, None)
        )
    houses = select(Party.id).join(Record, Record.id == Party.id)
    parties = session().scalars(houses.where(func.lower(Party.email) == address, active).limit(2)).all()
    return (parties[0], None) if len(parties) == 1 else (None, None)


def _is_flood(sender: str) -> bool:
    since = clock.now() - timedelta(hours=1)
    recent = select(func.count()).select_from(IncomingMail)
    recent = recent.where(IncomingMail.sender == sender, IncomingMail.received_at > since)
    return (session().scalar(recent) or 0) >= MOST_PER_HOUR


def _files(mail: Mail) -> Sequence[FileInput]:
    return [FileInput(file.name, file.content, file.media_type) for file in mail.files]
