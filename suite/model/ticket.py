"""Tickets: what customers ask for or complain about, the conversation, and the clock of the promise."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from suite.base.db import Model
from suite.base.flow import Flow
from suite.base.frozen import never
from suite.model.record import Record

CHANNELS = ("mail", "portal", "phone", "internal")
# Somebody has to do something about it.
OPEN_STATES = ("new", "open", "in_progress", "waiting_customer", "waiting_parts")
# The clock of the solution stands still while the customer has the turn, and when it is solved.
STOPPED_STATES = ("waiting_customer", "resolved", "closed", "merged")
_OPEN = " ".join(OPEN_STATES)


class TicketQueue(Model):
    """Where tickets wait: a team or a topic."""

    __tablename__ = "ticket_queue"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class TicketCategory(Model):
    """What tickets are about."""

    __tablename__ = "ticket_category"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class CannedText(Model):
    """A text that is often written to customers."""

    __tablename__ = "canned_text"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class Ticket(Model):
    """A request or complaint; the party and the assignee are those of its record."""

    __tablename__ = "ticket"
    flow = Flow(
        f"{_OPEN} resolved closed merged",
        ("ticket.start", "new open", "in_progress"),
        ("ticket.visit", _OPEN, None),
        ("ticket.reserve", _OPEN, None),
        ("ticket.resume", "waiting_customer waiting_parts", "in_progress"),
        ("ticket.resolve", _OPEN, "resolved"),
        ("ticket.wait_customer", "new open in_progress waiting_parts", "waiting_customer"),
        ("ticket.wait_parts", "new open in_progress", "waiting_parts"),
        ("ticket.close", "resolved", "closed"),
        ("ticket.reopen", "resolved closed", "open"),
        ("ticket.edit", f"{_OPEN} resolved", None),
        ("ticket.assign", f"{_OPEN} resolved", None),
        ("ticket.reply", f"{_OPEN} resolved", None),
        ("ticket.remark", f"{_OPEN} resolved closed", None),
        ("ticket.receive", f"{_OPEN} resolved closed", None),
        ("ticket.link", f"{_OPEN} resolved closed", None),
        ("ticket.cite", f"{_OPEN} resolved", None),
        ("ticket.escalate", _OPEN, None),
        ("ticket.merge", f"{_OPEN} resolved", "merged"),
        ("ticket.split", f"{_OPEN} resolved", None),
        ("ticket.rate", "resolved closed", None),
    )
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    subject: Mapped[str]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), index=True)
    channel: Mapped[str] = mapped_column(
        CheckConstraint("channel IN ('mail','portal','phone','internal')", name="channel")
    )
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_queue.id"), index=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_category.id"), index=True)
    priority: Mapped[str] = mapped_column(
        CheckConstraint("priority IN ('low','normal','high','urgent')", name="priority"), default="normal"
    )
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    is_complaint: Mapped[bool] = mapped_column(default=False)
    reporter_name: Mapped[str] = mapped_column(default="")
    reporter_email: Mapped[str | None]
    solution: Mapped[str] = mapped_column(default="")
    # The promise as it stands; None where nothing is promised.
    service_level: Mapped[str | None] = mapped_column(ForeignKey("service_level.code"))
    respond_minutes: Mapped[int | None]
    resolve_minutes: Mapped[int | None]
    respond_by: Mapped[datetime | None]
    resolve_by: Mapped[datetime | None]
    # The next of both while its clock runs.
    deadline: Mapped[datetime | None] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    responded_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    rating: Mapped[int | None] = mapped_column(CheckConstraint("rating BETWEEN 1 AND 5", name="rating"))
    rating_comment: Mapped[str] = mapped_column(default="")
    record: Mapped[Record] = relationship(foreign_keys=[id])
    __table_args__ = (
        CheckConstraint("length(subject) BETWEEN 1 AND 200", name="subject"),
        Index("ix_ticket_opened", "opened_at"),
        {"sqlite_strict": True},
    )


class TicketPause(Model):
    """A stretch in which the clock of the solution stood still; open while `until_at` is empty."""

    __tablename__ = "ticket_pause"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("until_at IS NULL OR until_at >= from_at", name="span"),
        {"sqlite_strict": True},
    )


class TicketMessage(Model):
    """What was written: to us, by us, or among ourselves."""

    __tablename__ = "ticket_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    direction: Mapped[str] = mapped_column(
        CheckConstraint("direction IN ('in','out','internal')", name="direction")
    )
    channel: Mapped[str] = mapped_column(
        CheckConstraint("channel IN ('mail','portal','phone','internal')", name="channel")
    )
    author: Mapped[str]
    author_id: Mapped[int | None]
    author_email: Mapped[str | None]
    text: Mapped[str]
    at: Mapped[datetime]
    # The Message-ID of the mail it came or went as (RFC 5322 section 3.6.4).
    mail_message_id: Mapped[str | None] = mapped_column(unique=True)
    __table_args__ = (
        Index("ix_ticket_message_ticket", "ticket_id", "at"),
        {"sqlite_strict": True},
    )


class TicketMessageFile(Model):
    """A file that came or went with a message."""

    __tablename__ = "ticket_message_file"
    message_id: Mapped[int] = mapped_column(ForeignKey("ticket_message.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("record_file.id"), primary_key=True, index=True)


# What was written stays as it was written; a message may only move to another ticket.
never(
    "ticket_message",
    update=(
        "NEW.text <> OLD.text",
        "NEW.direction <> OLD.direction",
        "NEW.at <> OLD.at",
        "NEW.author <> OLD.author",
    ),
    delete=("1=1",),
)
