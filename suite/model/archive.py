"""The archive: bytes by their SHA-256, compressed, in chunks, never changed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.frozen import append_only


class ArchivedFile(Model):
    """A file as it was sent or received; `sha256` is of the plain bytes."""

    __tablename__ = "archived_file"
    sha256: Mapped[str] = mapped_column(
        CheckConstraint("length(sha256) = 64", name="sha256"), primary_key=True
    )
    size: Mapped[int]
    media_type: Mapped[str]
    archived_at: Mapped[datetime]


class ArchivedChunk(Model):
    """At most 1 MB of plain bytes, zlib-compressed."""

    __tablename__ = "archived_chunk"
    sha256: Mapped[str] = mapped_column(ForeignKey("archived_file.sha256"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    packed: Mapped[bytes]


class RecordFile(Model):
    """A file that belongs to a record: its XML, its PDF, an attachment."""

    __tablename__ = "record_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    role: Mapped[str] = mapped_column(
        CheckConstraint("role IN ('xml','pdf','attachment','export')", name="role")
    )
    revision: Mapped[int] = mapped_column(default=1)
    profile: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("archived_file.sha256"))
    at: Mapped[datetime]
    __table_args__ = (
        Index("ix_record_file_record", "record_id", "role"),
        {"sqlite_strict": True},
    )


append_only("archived_file")
append_only("archived_chunk")
append_only("record_file")
