"""DATEV batches: which journal entries went out, when, and the exact bytes."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.frozen import append_only
from suite.base.types import Amount


class DatevBatch(Model):
    """One export: its number, range, version, sums and the hash of its file."""

    __tablename__ = "datev_batch"
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    from_date: Mapped[date]
    until_date: Mapped[date]
    format_version: Mapped[int] = mapped_column(
        CheckConstraint("format_version IN (12, 13)", name="format_version")
    )
    encoding: Mapped[str] = mapped_column(CheckConstraint("encoding IN ('cp1252','utf-8')", name="encoding"))
    is_full: Mapped[bool] = mapped_column(default=False)
    entries: Mapped[int]
    rows: Mapped[int]
    debit_total: Mapped[Decimal] = mapped_column(Amount)
    credit_total: Mapped[Decimal] = mapped_column(Amount)
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class DatevBatchFile(Model):
    """A file of a batch: one per fiscal year and 99,999 rows."""

    __tablename__ = "datev_batch_file"
    batch_id: Mapped[int] = mapped_column(ForeignKey("datev_batch.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("archived_file.sha256"))
    rows: Mapped[int]


class DatevBatchEntry(Model):
    """A journal entry that went out in a batch; only a full batch may repeat one that went out before."""

    __tablename__ = "datev_batch_entry"
    batch_id: Mapped[int] = mapped_column(ForeignKey("datev_batch.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), primary_key=True)
    is_repeat: Mapped[bool]
    __table_args__ = (
        Index(
            "uq_datev_batch_entry_first",
            "entry_id",
            unique=True,
            sqlite_where=text("is_repeat = 0"),
            postgresql_where=text("is_repeat = 0"),
        ),
        {"sqlite_strict": True},
    )


append_only("datev_batch")
append_only("datev_batch_file")
append_only("datev_batch_entry")
