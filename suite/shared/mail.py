"""Mail to customers: written with the change it tells of, sent by the worker after the commit."""

import re
import secrets
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy import select, update

from suite.base import clock
from suite.base.db import database, insert_rows, insert_rows_returning_ids, session, write_transaction
from suite.base.errors import Refusal, Refusals
from suite.base.job import JobFailed, enqueue, job
from suite.base.mail_out import MailNotSent, has_mail_server, send_mail
from suite.base.setting import environment
from suite.base.text import clean
from suite.model import ArchivedFile, OutgoingFile, OutgoingMail
from suite.shared.archive import read_archived
from suite.shared.identifiers import checked_identifiers
from suite.shared.snapshot import company

SUBJECT_LENGTH = 200
BODY_LENGTH = 50_000
# Line and paragraph separators: no text of ours minds them, a mail's header does.
_PARTED = re.compile("[\u2028\u2029]")


def write_mail(
    to_address: str,
    *,
    subject: str,
    body: str,
    record_id: int | None = None,
    in_reply_to: str | None = None,
    is_secret: bool = False,
    is_automatic: bool = False,
    files: Sequence[tuple[str, str]] = (),
) -> str:
    """Write a mail in the current transaction; it leaves after the commit. Returns its Message-ID.

    `files` are names and SHA-256 of archived files. A demo, and a company without a mail server, keeps it instead.
    Raises `Refusal` for an address, subject or body no mail may carry.
    """
    address = clean(to_address, "email", max_length=200)
    if not address:
        raise Refusal("field-required", field="email")
    problems = checked_identifiers({"email": address})
    if problems:
        raise Refusals(problems)
    leaves = mail_leaves()
    message_id = f"{secrets.token_hex(16)}@{_sender_domain()}"
    row = {
        "record_id": record_id,
        "to_address": address,
        "subject": clean(_PARTED.sub(" ", subject), "subject", max_length=SUBJECT_LENGTH),
        "body": clean(body, "text", max_length=BODY_LENGTH, multiline=True),
        "message_id": message_id,
        "in_reply_to": in_reply_to,
        "is_secret": is_secret,
        "is_automatic": is_automatic,
        "state": "waiting" if leaves else "kept",
        "created_at": clock.now(),
        "sent_at": None,
    }
    mail_id = insert_rows_returning_ids(OutgoingMail, [row])[0]
    rows = [
        {"mail_id": mail_id, "position": place, "name": name, "sha256": sha256}
        for place, (name, sha256) in enumerate(files)
    ]
    insert_rows(OutgoingFile, rows)
    if leaves:
        enqueue("mail.send", mail_id=mail_id)
    return message_id


def mail_leaves() -> bool:
    """Whether mail goes out at all: never from a demo, and not without a server."""
    return company().mark == "productive" and has_mail_server()


@job("mail.send")
def send_written_mail(mail_id: int) -> None:
    """Send a mail that waits; a second run finds it sent.

    Between the server's yes and the note of it lies a moment: a crash there sends the mail twice, never not at all.
    """
    with database().reading():
        mail = session().get(OutgoingMail, mail_id)
        if mail is None or mail.state != "waiting":
            return
        message = _message(mail)
    try:
        send_mail(message)
    except MailNotSent as error:
        raise JobFailed(str(error)) from error
    with write_transaction() as current:
        sent = update(OutgoingMail).where(OutgoingMail.id == mail_id, OutgoingMail.state == "waiting")
        current.execute(sent.values(state="sent", sent_at=clock.now()))
        # A code that was sent is nobody's to read any more.
        secret = (OutgoingMail.id == mail_id) & (OutgoingMail.is_secret == True)  # noqa: E712 - a column, not a bool
        current.execute(update(OutgoingMail).where(secret).values(body=""))


def sender_address() -> str:
    """The address mail comes from; empty when nobody said."""
    return environment("SUITE_MAIL_FROM") or company().email or ""


def _sender_domain() -> str:
    return sender_address().partition("@")[2] or "kontor.invalid"


def _message(mail: OutgoingMail) -> EmailMessage:
    sender = sender_address()
    if not sender or checked_identifiers({"email": sender}):
        raise JobFailed("neither SUITE_MAIL_FROM nor the company's e-mail is an address")
    # Ids of other servers are long; folded they would be encoded, and no client threads by that.
    message = EmailMessage(policy=SMTP.clone(max_line_length=990))
    message["From"] = Address(display_name=company().name, addr_spec=sender)
    message["To"] = Address(addr_spec=mail.to_address)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.message_id}>"
    if mail.in_reply_to:
        message["In-Reply-To"] = f"<{mail.in_reply_to}>"
        message["References"] = f"<{mail.in_reply_to}>"
    if mail.is_automatic:
        message["Auto-Submitted"] = "auto-replied"
    message.set_content(mail.body)
    files = select(OutgoingFile).where(OutgoingFile.mail_id == mail.id).order_by(OutgoingFile.position)
    for file in session().scalars(files):
        media_type = session().get_one(ArchivedFile, file.sha256).media_type
        kind, _, detail = media_type.partition("/")
        if kind in ("message", "multipart") or not detail:
            kind, detail = "application", "octet-stream"
        content = b"".join(read_archived(file.sha256))
        message.add_attachment(content, maintype=kind, subtype=detail, filename=file.name)
    return message
