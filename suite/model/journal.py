"""The journal: double entry, sealed into a hash chain, append-only; and what of it concerns VAT."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from suite.base.db import Model
from suite.base.frozen import frozen_when, frozen_with, sealed_by
from suite.base.types import Amount, Percent


class JournalEntry(Model):
    """One posting; `seq` is gapless over the whole journal, `hash` seals it and all before it."""

    __tablename__ = "journal_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(unique=True)
    entry_no: Mapped[str] = mapped_column(unique=True)
    fiscal_year: Mapped[int]
    entry_date: Mapped[date]
    document_date: Mapped[date]
    service_date: Mapped[date | None]
    posted_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(
        CheckConstraint("kind IN ('invoice','credit_note','payment','reversal','manual')", name="kind")
    )
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    doc_no: Mapped[str]
    doc_sha256: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    currency: Mapped[str] = mapped_column(default="EUR")
    user: Mapped[str]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    prev_hash: Mapped[str | None]
    hash: Mapped[str | None]
    lines: Mapped[list["JournalLine"]] = relationship(back_populates="entry", order_by="JournalLine.position")
    __table_args__ = (
        CheckConstraint("(hash IS NULL) = (prev_hash IS NULL)", name="hash"),
        Index("ix_journal_entry_doc_no", "doc_no"),
        Index("ix_journal_entry_date", "entry_date", "seq"),
        {"sqlite_strict": True},
    )


class JournalLine(Model):
    """Exactly one of debit and credit is positive, on one account."""

    __tablename__ = "journal_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"))
    position: Mapped[int]
    account: Mapped[str] = mapped_column(ForeignKey("account.number"))
    debit: Mapped[Decimal] = mapped_column(Amount)
    credit: Mapped[Decimal] = mapped_column(Amount)
    tax_case: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    entry: Mapped[JournalEntry] = relationship(back_populates="lines")
    __table_args__ = (
        UniqueConstraint("entry_id", "position"),
        CheckConstraint("debit >= 0 AND credit >= 0 AND (debit > 0) <> (credit > 0)", name="one_side"),
        Index("ix_journal_line_account", "account", "entry_id"),
        {"sqlite_strict": True},
    )


class VatEntry(Model):
    """The effect of an entry on the VAT return: field (Kennzahl), base, tax and month."""

    __tablename__ = "vat_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), index=True)
    tax_case: Mapped[str]
    rate: Mapped[Decimal] = mapped_column(Percent)
    kz: Mapped[str]
    base: Mapped[Decimal] = mapped_column(Amount)
    tax: Mapped[Decimal] = mapped_column(Amount)
    period: Mapped[str] = mapped_column(CheckConstraint("length(period) = 7", name="period"), index=True)
    is_input: Mapped[bool] = mapped_column(default=False)
    party_vat_id: Mapped[str | None]


frozen_when("journal_entry", "hash")
frozen_with("journal_line", "journal_entry", "hash", foreign_key="entry_id")
frozen_with("vat_entry", "journal_entry", "hash", foreign_key="entry_id")
sealed_by(
    "journal_entry",
    "hash",
    unbalanced=(
        "(SELECT COUNT(*) FROM journal_line l WHERE l.entry_id = NEW.id) < 2 OR "
        "(SELECT COALESCE(SUM(l.debit), 0) - COALESCE(SUM(l.credit), 0) FROM journal_line l WHERE l.entry_id = NEW.id) <> 0"
    ),
)
