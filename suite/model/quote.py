"""Quotes: an offer with a date until which it holds."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.flow import Flow
from suite.model.document import Document, side_of


class Quote(Document):
    """An offer to a customer; each sent version is archived."""

    __mapper_args__ = {"polymorphic_identity": "quote"}
    flow = Flow(
        "draft sent accepted ordered rejected discarded",
        ("quote.edit", "draft sent", None),
        ("quote.send", "draft sent", "sent"),
        ("quote.order", "draft sent accepted", "ordered"),
        ("quote.accept", "sent", "accepted"),
        ("quote.reject", "draft sent accepted", "rejected"),
        ("quote.copy", "draft sent accepted ordered rejected discarded", None),
        ("quote.discard", "draft", "discarded"),
    )


class QuoteSide(Model):
    """What only a quote has."""

    __tablename__ = "quote_side"
    document_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="quote")
    valid_until: Mapped[date | None]
    reject_reason: Mapped[str | None]
    # The name a customer typed when accepting in the portal, and when.
    accepted_by: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    __table_args__ = side_of("quote")
