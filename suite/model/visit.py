"""Visits: a technician's appointment, what was done there, and the report the customer signed."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from suite.base.db import Model
from suite.base.flow import Flow
from suite.base.frozen import frozen_when, frozen_with
from suite.base.types import Quantity
from suite.model.record import Record

# How a piece of a report is charged: the contract covers it, its contingent does, the customer pays, or nobody.
CHARGES = ("included", "contingent", "billable", "goodwill")


class Technician(Model):
    """A user who visits customers: what they know, and the van whose stock they carry."""

    __tablename__ = "technician"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    van_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    # Words parted by commas, e.g. "Kälteschein, Aurora".
    skills: Mapped[str] = mapped_column(default="")
    minutes_per_day: Mapped[int] = mapped_column(
        CheckConstraint("minutes_per_day BETWEEN 0 AND 1440", name="minutes_per_day"), default=480
    )
    active: Mapped[bool] = mapped_column(default=True)


class Visit(Model):
    """An appointment at a customer (the record's party); the record's owner is the technician."""

    __tablename__ = "visit"
    flow = Flow(
        "planned under_way reported released done cancelled",
        ("visit.start", "planned", "under_way"),
        ("visit.work", "planned under_way", None),
        ("visit.load", "planned under_way", None),
        ("visit.report", "planned under_way", "reported"),
        ("visit.release", "reported", "released"),
        ("visit.invoice", "released", "done"),
        ("visit.plan", "planned under_way", None),
        ("visit.move", "planned", None),
        ("visit.cancel", "planned", "cancelled"),
    )
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(CheckConstraint("length(subject) BETWEEN 1 AND 200", name="subject"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), index=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), index=True)
    technician_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    site: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime | None]
    travel_minutes: Mapped[int] = mapped_column(
        CheckConstraint("travel_minutes BETWEEN 0 AND 1440", name="travel"), default=0
    )
    work_minutes: Mapped[int] = mapped_column(
        CheckConstraint("work_minutes BETWEEN 0 AND 1440", name="work"), default=0
    )
    report: Mapped[str] = mapped_column(default="")
    signer_name: Mapped[str] = mapped_column(default="")
    # Strokes as JSON: lists of [x, y] in thousandths of the width; drawn by us, so no picture of others is kept.
    signature: Mapped[str] = mapped_column(default="")
    frozen_at: Mapped[datetime | None]
    record: Mapped[Record] = relationship(foreign_keys=[id])
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="span"),
        Index("ix_visit_technician", "technician_id", "starts_at"),
        Index("ix_visit_starts", "starts_at"),
        {"sqlite_strict": True},
    )


class VisitTask(Model):
    """A thing to do or to measure there."""

    __tablename__ = "visit_task"
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    position: Mapped[int]
    text: Mapped[str]
    is_done: Mapped[bool] = mapped_column(default=False)
    # A measured value as it was read, with the unit it is read in; no unit: nothing is measured.
    reading: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    __table_args__ = (UniqueConstraint("visit_id", "position"), {"sqlite_strict": True})


class VisitPart(Model):
    """A part that was used, out of the technician's van."""

    __tablename__ = "visit_part"
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    position: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    quantity: Mapped[Decimal] = mapped_column(Quantity, CheckConstraint("quantity > 0", name="quantity"))
    __table_args__ = (UniqueConstraint("visit_id", "position"), {"sqlite_strict": True})


class VisitCharge(Model):
    """How a piece of a report is charged, decided at its release; goodwill names its reason."""

    __tablename__ = "visit_charge"
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    piece: Mapped[str] = mapped_column(CheckConstraint("piece IN ('work','travel','part')", name="piece"))
    part_id: Mapped[int | None] = mapped_column(ForeignKey("visit_part.id"))
    charge: Mapped[str] = mapped_column(
        CheckConstraint("charge IN ('included','contingent','billable','goodwill')", name="charge")
    )
    minutes: Mapped[int] = mapped_column(default=0)
    quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("charge <> 'goodwill' OR reason <> ''", name="reason"),
        CheckConstraint("(piece = 'part') = (part_id IS NOT NULL)", name="part"),
        CheckConstraint("minutes >= 0 AND quantity >= 0", name="amounts"),
        {"sqlite_strict": True},
    )


frozen_when("visit", "frozen_at")
for _table in ("visit_task", "visit_part"):
    frozen_with(_table, "visit", "frozen_at", foreign_key="visit_id")
