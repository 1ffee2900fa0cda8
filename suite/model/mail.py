"""Mail: what leaves, written with the change it tells of and sent by a job; and what came in, kept as it came."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.frozen import append_only


class OutgoingMail(Model):
    """One mail to one address; `kept` never leaves: a demo writes to nobody, nor does who has no mail server."""

    __tablename__ = "outgoing_mail"
    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), index=True)
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    # RFC 5322, without angle brackets: by it an answer finds its conversation.
    message_id: Mapped[str] = mapped_column(unique=True)
    in_reply_to: Mapped[str | None]
    # Codes for signing in: shown to nobody but the addressee.
    is_secret: Mapped[bool] = mapped_column(default=False)
    # Written by no person: answers to it must not be answered (RFC 3834).
    is_automatic: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(CheckConstraint("state IN ('waiting','sent','kept')", name="state"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_outgoing_mail_state", "state", "id"), {"sqlite_strict": True})


class OutgoingFile(Model):
    """A file that goes with a mail, from the archive."""

    __tablename__ = "outgoing_file"
    mail_id: Mapped[int] = mapped_column(ForeignKey("outgoing_mail.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("archived_file.sha256"))


class IncomingMail(Model):
    """A mail we fetched, its bytes in the archive: what became of it, and why nothing did."""

    __tablename__ = "incoming_mail"
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    sender: Mapped[str]
    subject: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(index=True)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("archived_file.sha256"))
    outcome: Mapped[str] = mapped_column(
        CheckConstraint("outcome IN ('ticket','message','note','automatic','own','flood')", name="outcome")
    )
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), index=True)
    __table_args__ = (Index("ix_incoming_mail_sender", "sender", "received_at"), {"sqlite_strict": True})


append_only("incoming_mail")
