"""Contracts: maintenance and subscriptions with term, notice, coverage, and what was billed for which period."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from suite.base.db import Model
from suite.base.flow import Flow
from suite.base.types import Percent, Quantity, UnitPrice
from suite.model.record import Record


class Contract(Model):
    """What a customer (the record's party) is promised and what it pays for each period."""

    __tablename__ = "contract"
    flow = Flow(
        # Ending: its last day is known, because notice was given or because it is not renewed.
        "draft active ending ended discarded",
        ("contract.start", "draft", None),
        ("contract.edit", "draft", None),
        ("contract.discard", "draft", "discarded"),
        ("contract.bill", "active ending", None),
        ("contract.adjust", "active ending", None),
        ("contract.cancel", "active ending", "ending"),
        ("contract.end", "ending", "ended"),
    )
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(CheckConstraint("kind IN ('maintenance','subscription')", name="kind"))
    subject: Mapped[str]
    starts_on: Mapped[date]
    # Billing periods begin on this day and every interval from it; a start between makes a part period.
    first_period_on: Mapped[date]
    first_term_months: Mapped[int] = mapped_column(
        CheckConstraint("first_term_months >= 0", name="first_term"), default=12
    )
    renewal_months: Mapped[int] = mapped_column(
        CheckConstraint("renewal_months >= 0", name="renewal"), default=12
    )
    notice_months: Mapped[int] = mapped_column(
        CheckConstraint("notice_months >= 0", name="notice"), default=3
    )
    # The last day, once notice was given or the term ends without renewal.
    ends_on: Mapped[date | None]
    interval_months: Mapped[int] = mapped_column(
        CheckConstraint("interval_months BETWEEN 1 AND 60", name="interval"), default=12
    )
    billing: Mapped[str] = mapped_column(
        CheckConstraint("billing IN ('advance','arrears')", name="billing"), default="advance"
    )
    # The first day not yet billed: all before it is in invoices, drafts among them.
    billed_until: Mapped[date]
    service_level: Mapped[str | None] = mapped_column(ForeignKey("service_level.code"))
    labour: Mapped[str] = mapped_column(
        CheckConstraint("labour IN ('billable','contingent','included')", name="labour"), default="billable"
    )
    travel: Mapped[str] = mapped_column(
        CheckConstraint("travel IN ('billable','included')", name="travel"), default="billable"
    )
    parts: Mapped[str] = mapped_column(
        CheckConstraint("parts IN ('billable','included')", name="parts"), default="billable"
    )
    contingent_minutes: Mapped[int] = mapped_column(
        CheckConstraint("contingent_minutes >= 0", name="contingent"), default=0
    )
    order_reference: Mapped[str | None]
    record: Mapped[Record] = relationship(foreign_keys=[id])
    lines: Mapped[list["ContractLine"]] = relationship(
        back_populates="contract", order_by="ContractLine.position", cascade="all, delete-orphan"
    )


class ContractLine(Model):
    """What is billed each period; a price adjustment ends a line and begins its successor."""

    __tablename__ = "contract_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    position: Mapped[int]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    name: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Quantity, CheckConstraint("quantity > 0", name="quantity"))
    unit: Mapped[str] = mapped_column(default="H87")
    # For one unit and one billing interval.
    unit_price: Mapped[Decimal] = mapped_column(
        UnitPrice, CheckConstraint("unit_price >= 0", name="unit_price")
    )
    discount_percent: Mapped[Decimal] = mapped_column(
        Percent,
        CheckConstraint("discount_percent BETWEEN 0 AND 1000000", name="discount"),
        default=Decimal(0),
    )
    tax_case: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    contract: Mapped[Contract] = relationship(back_populates="lines")


class ContractDevice(Model):
    """A device a contract covers."""

    __tablename__ = "contract_device"
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), primary_key=True, index=True)


class ContractPeriod(Model):
    """A billed period and its invoice: the unique key makes a second run bill nothing twice.

    It is free again when the draft is discarded or the invoice cancelled; then the next run bills it anew.
    """

    __tablename__ = "contract_period"
    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    billed_at: Mapped[datetime]
    freed_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_contract_period_from",
            "contract_id",
            "from_on",
            unique=True,
            sqlite_where=text("freed_at IS NULL"),
            postgresql_where=text("freed_at IS NULL"),
        ),
        CheckConstraint("until_on >= from_on", name="span"),
        {"sqlite_strict": True},
    )


class ContingentUse(Model):
    """Minutes of a contract's contingent that a piece of work (a record, e.g. a visit) used."""

    __tablename__ = "contingent_use"
    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    period_from: Mapped[date]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    minutes: Mapped[int] = mapped_column(CheckConstraint("minutes > 0", name="minutes"))
    __table_args__ = (
        Index("ix_contingent_use_contract", "contract_id", "period_from"),
        {"sqlite_strict": True},
    )
