"""The front half before a document exists: leads, opportunities, activities and notes."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from suite.base.db import Model
from suite.base.flow import Flow
from suite.base.types import Amount, Percent
from suite.model.record import Record


class Lead(Model):
    """Somebody may want something; not yet known whether it is worth following."""

    __tablename__ = "lead"
    flow = Flow(
        "new qualified converted rejected",
        ("lead.edit", "new qualified", None),
        ("lead.quote", "new qualified", "converted"),
        ("lead.qualify", "new", "qualified"),
        ("lead.convert", "new qualified", "converted"),
        ("lead.reject", "new qualified", "rejected"),
        ("lead.reopen", "rejected", "new"),
    )
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    subject: Mapped[str]
    company_name: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    phone: Mapped[str | None]
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="DE")
    source: Mapped[str] = mapped_column(default="")
    need: Mapped[str] = mapped_column(default="")
    expected_amount: Mapped[Decimal | None] = mapped_column(Amount)
    reject_reason: Mapped[str | None]
    record: Mapped[Record] = relationship(foreign_keys=[id])


class Stage(Model):
    """A stage of the pipeline with its usual chance."""

    __tablename__ = "stage"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_de: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]
    probability: Mapped[Decimal] = mapped_column(Percent)


class Opportunity(Model):
    """A deal we try to win, with an amount, a chance and a stage."""

    __tablename__ = "opportunity"
    flow = Flow(
        "open won lost",
        ("opportunity.edit", "open", None),
        ("opportunity.move", "open", None),
        ("opportunity.quote", "open", None),
        ("opportunity.win", "open", "won"),
        ("opportunity.lose", "open", "lost"),
        ("opportunity.reopen", "lost", "open"),
    )
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    subject: Mapped[str]
    stage: Mapped[str] = mapped_column(ForeignKey("stage.code"))
    amount: Mapped[Decimal] = mapped_column(
        Amount, CheckConstraint("amount >= 0", name="amount"), default=Decimal(0)
    )
    probability: Mapped[Decimal] = mapped_column(
        Percent, CheckConstraint("probability BETWEEN 0 AND 1000000", name="probability")
    )
    close_on: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0)
    lost_reason: Mapped[str | None]
    record: Mapped[Record] = relationship(foreign_keys=[id])
    __table_args__ = (Index("ix_opportunity_stage", "stage"), {"sqlite_strict": True})


class Activity(Model):
    """Something to do about a record until a day: call, meeting, task."""

    __tablename__ = "activity"
    flow = Flow(
        "open done",
        ("activity.edit", "open", None),
        ("activity.finish", "open", "done"),
        ("activity.reopen", "done", "open"),
    )
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), index=True)
    kind: Mapped[str] = mapped_column(
        CheckConstraint("kind IN ('call','meeting','mail','task')", name="kind")
    )
    subject: Mapped[str]
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]


class Note(Model):
    """A text somebody wrote about a record."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    at: Mapped[datetime]
    author: Mapped[str]
    author_id: Mapped[int | None]
    text: Mapped[str]
    __table_args__ = (Index("ix_note_record", "record_id", "id"), {"sqlite_strict": True})
