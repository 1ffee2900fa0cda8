"""Talking on a ticket: answers to the customer, internal notes, and what the customer says."""

from collections.abc import Sequence

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.db import session
from suite.base.errors import Refusal
from suite.base.text import clean
from suite.crm.knowledge.commands import cite_article
from suite.crm.tickets.commands import LONGEST_TEXT, get_ticket
from suite.crm.tickets.deadlines import move_clock, set_deadlines
from suite.crm.tickets.messages import FileInput, mail_message, ticket_of_mail, write_message
from suite.crm.tickets.reopening import expect_recent
from suite.crm.tickets.states import resolve_ticket, wait_for_customer
from suite.model import Contact, Party, Record, Ticket, User
from suite.model.record import change_record, get_record
from suite.model.ticket import CHANNELS


@command("ticket.reply", on="ticket")
def reply_ticket(
    ticket_id: int,
    *,
    text: str,
    channel: str = "",
    then: str = "",
    files: Sequence[FileInput] = (),
    article_ids: Sequence[int] = (),
    by: Actor,
) -> int:
    """Answer the customer; the first answer stops the clock of the response.

    `then` is what follows at once: "wait_customer", "resolve" or nothing; `article_ids` helped with the answer.
    """
    record = get_record(ticket_id, "ticket")
    state = Ticket.flow.after("ticket.reply", record.state)
    ticket = get_ticket(ticket_id)
    words = _words(text)
    channel = channel or ("mail" if ticket.channel == "internal" else ticket.channel)
    if channel not in CHANNELS:
        raise Refusal("choice-unknown", field="channel")
    if then not in ("", "wait_customer", "resolve"):
        raise Refusal("choice-unknown", field="then")

    message_id = write_message(
        ticket_id,
        direction="out",
        channel=channel,
        author=_author(by),
        author_id=by.user_id,
        text=words,
        files=files,
    )
    if channel == "mail":
        mail_message(message_id, record, to_address=_mail_address(ticket, record))
    state = "open" if state == "new" else state
    due_on = record.due_date
    if ticket.responded_at is None:
        ticket.responded_at = clock.now()
        due_on = set_deadlines(ticket, state=state)
    change_record(ticket_id, state=state, due_date=due_on)
    for article_id in article_ids:
        cite_article(ticket_id, article_id=article_id, by=by)
    if then == "wait_customer" and state != "waiting_customer":
        wait_for_customer(ticket_id, by=by)
    if then == "resolve" and state != "resolved":
        resolve_ticket(ticket_id, solution=words[:2000], by=by)
    return ticket_id


@command("ticket.remark", on="ticket")
def remark_ticket(ticket_id: int, *, text: str, files: Sequence[FileInput] = (), by: Actor) -> int:
    """Write something among ourselves; the customer never sees it."""
    record = get_record(ticket_id, "ticket")
    Ticket.flow.after("ticket.remark", record.state)
    write_message(
        ticket_id,
        direction="internal",
        channel="internal",
        author=_author(by),
        author_id=by.user_id,
        text=_words(text),
        files=files,
    )
    change_record(ticket_id)
    return ticket_id


@command("ticket.receive", on="ticket")
def receive_message(
    ticket_id: int,
    *,
    text: str,
    channel: str = "phone",
    author: str = "",
    author_email: str | None = None,
    mail_message_id: str | None = None,
    files: Sequence[FileInput] = (),
    by: Actor,
) -> int:
    """Keep what the customer said: it is our turn again, and what was solved a short while ago is open again.

    A mail that is kept already changes nothing. Raises `Refusal("ticket-reopen-late")`.
    """
    record = get_record(ticket_id, "ticket")
    before = Ticket.flow.after("ticket.receive", record.state)
    ticket = get_ticket(ticket_id)
    if channel not in CHANNELS:
        raise Refusal("choice-unknown", field="channel")
    known = ticket_of_mail(mail_message_id)
    if known is not None:
        return known
    if before in ("resolved", "closed"):
        expect_recent(ticket)
    write_message(
        ticket_id,
        direction="in",
        channel=channel,
        author=clean(author, "author") or ticket.reporter_name or _party_name(record),
        author_email=author_email,
        text=_words(text),
        mail_message_id=mail_message_id,
        files=files,
    )
    after, due_on = before, record.due_date
    if before in ("waiting_customer", "resolved", "closed"):
        after = "open"
        ticket.resolved_at = None
        due_on = move_clock(ticket, before=before, after=after)
    change_record(ticket_id, state=after, due_date=due_on)
    return ticket_id


def _mail_address(ticket: Ticket, record: Record) -> str:
    """Where an answer by mail goes; raises `Refusal("ticket-address-missing")`."""
    contact = session().get(Contact, ticket.contact_id) if ticket.contact_id is not None else None
    party = session().get(Party, record.party_id) if record.party_id is not None else None
    found = ticket.reporter_email or (contact.email if contact else None) or (party.email if party else None)
    if not found:
        raise Refusal("ticket-address-missing", field="channel")
    return found


def _words(text: str) -> str:
    words = clean(text, "text", max_length=LONGEST_TEXT, multiline=True)
    if not words:
        raise Refusal("field-required", field="text")
    return words


def _author(by: Actor) -> str:
    user = session().get(User, by.user_id) if by.user_id is not None else None
    return user.name if user else by.name


def _party_name(record: Record) -> str:
    party = session().get(Record, record.party_id) if record.party_id is not None else None
    return party.title if party else "–"
