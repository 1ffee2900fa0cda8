"""Mail that leaves: written with the change it tells of, sent by a job after the commit."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model


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
    state: Mapped[str] = mapped_column(CheckConstraint("state IN ('waiting','sent','kept')", name="state"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_outgoing_mail_state", "state", "id"), {"sqlite_strict": True})
