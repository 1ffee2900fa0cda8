"""Events: one row per command, the source of audit trail, timeline and outbox.

Values before and after stand in `event_value` and can be erased when the law says so (Art. 17
GDPR); the digest in `event_value_digest` is salted, so the trail stays provable without them.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.frozen import append_only, never


class Event(Model):
    """Who did which verb to which record, when, through which door."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor: Mapped[str]
    door: Mapped[str]
    request_id: Mapped[str]
    verb: Mapped[str]
    record_id: Mapped[int | None]
    result_id: Mapped[int | None]
    # Filled by the worker when events are sealed in blocks.
    values_digest: Mapped[bytes | None]
    __table_args__ = (
        Index("ix_event_record", "record_id", "id"),
        Index("ix_event_result", "result_id", "id"),
        Index("ix_event_request", "request_id"),
        {"sqlite_strict": True},
    )


class EventValue(Model):
    """A field before and after; the two texts are all that erasure empties."""

    __tablename__ = "event_value"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    field: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    erased_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("erased_at IS NULL OR (before IS NULL AND after IS NULL)", name="erased"),
        {"sqlite_strict": True},
    )


append_only("event")
never(
    "event_value",
    update=(
        "NEW.erased_at IS NULL",
        "OLD.erased_at IS NOT NULL",
        "NEW.event_id <> OLD.event_id",
        "NEW.field <> OLD.field",
    ),
    delete=("1=1",),
)
