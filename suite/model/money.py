"""Money owed and money paid: open items, payments and which settled what."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from suite.base.db import Model
from suite.base.flow import Flow
from suite.base.frozen import append_only, frozen_when, write_once
from suite.base.types import Amount
from suite.model.record import Record


class OpenItem(Model):
    """A line on a personal account that waits for its counterpart; `open` only falls by allocations."""

    __tablename__ = "open_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    account: Mapped[str] = mapped_column(ForeignKey("account.number"))
    side: Mapped[str] = mapped_column(CheckConstraint("side IN ('debit','credit')", name="side"))
    number: Mapped[str]
    dated_on: Mapped[date]
    due_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Amount, CheckConstraint("amount >= 0", name="amount"))
    open: Mapped[Decimal] = mapped_column(Amount)
    __table_args__ = (
        CheckConstraint("open >= 0 AND open <= amount", name="open"),
        Index("ix_open_item_account", "account", "open"),
        Index("ix_open_item_open", "side", "open", "due_on", "party_id"),
        Index("ix_open_item_party", "party_id", "open", "due_on"),
        Index(
            "ix_open_item_due",
            "due_on",
            "id",
            sqlite_where=text("open > 0"),
            postgresql_where=text("open > 0"),
        ),
        {"sqlite_strict": True},
    )


class Allocation(Model):
    """`amount` of a credit item settled a debit item."""

    __tablename__ = "allocation"
    id: Mapped[int] = mapped_column(primary_key=True)
    debit_item_id: Mapped[int] = mapped_column(ForeignKey("open_item.id"), index=True)
    credit_item_id: Mapped[int] = mapped_column(ForeignKey("open_item.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Amount, CheckConstraint("amount <> 0", name="amount"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("allocation.id"), unique=True)
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("(amount < 0) = (undoes_id IS NOT NULL)", name="undoes"),
        {"sqlite_strict": True},
    )


class Payment(Model):
    """Money that came in or went out; posted when it is recorded."""

    __tablename__ = "payment"
    flow = Flow(
        "posted allocated reversed",
        ("payment.allocate", "posted", None),
        ("payment.reverse", "posted allocated", "reversed"),
    )
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    direction: Mapped[str] = mapped_column(CheckConstraint("direction IN ('in','out')", name="direction"))
    money_account: Mapped[str] = mapped_column(ForeignKey("account.number"))
    paid_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Amount, CheckConstraint("amount > 0", name="amount"))
    number: Mapped[str] = mapped_column(unique=True)
    number_given: Mapped[bool] = mapped_column(default=False)
    reference: Mapped[str] = mapped_column(default="")
    frozen_at: Mapped[datetime | None]
    record: Mapped[Record] = relationship(foreign_keys=[id])


append_only("allocation")
frozen_when("payment", "frozen_at")
for _column in ("record_id", "entry_id", "party_id", "account", "side", "number", "dated_on", "amount"):
    write_once("open_item", _column)
