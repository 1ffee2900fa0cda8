"""Deferrals at the end of a year: what contracts were billed for days of later years, taken out and back in."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.frozen import append_only
from suite.base.types import Amount


class Deferral(Model):
    """The deferred income (passive Rechnungsabgrenzung, § 250 (2) HGB) of a year: its entry and the one that releases it."""

    __tablename__ = "deferral"
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), unique=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), unique=True)
    amount: Mapped[Decimal] = mapped_column(Amount, CheckConstraint("amount > 0", name="amount"))


class DeferralLine(Model):
    """What of an invoice of a contract belongs to days after the year, on the account it was billed to."""

    __tablename__ = "deferral_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    deferral_id: Mapped[int] = mapped_column(ForeignKey("deferral.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.number"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Amount, CheckConstraint("amount > 0", name="amount"))


append_only("deferral")
append_only("deferral_line")
