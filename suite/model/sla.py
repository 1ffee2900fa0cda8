"""Promises of service: business calendars, and how soon a ticket is answered and solved under a service level."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model

PRIORITIES = ("low", "normal", "high", "urgent")


class BusinessCalendar(Model):
    """When we work: weekly hours in a time zone, less the public holidays of a Land and days of our own."""

    __tablename__ = "business_calendar"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    timezone: Mapped[str] = mapped_column(default="Europe/Berlin")
    # ISO 3166-2:DE without "DE-", e.g. SH; None keeps only the days below.
    land: Mapped[str | None]
    # Days that only parts of a Land keep (Mariä Himmelfahrt, Fronleichnam in Saxony and Thuringia, Augsburg).
    local_holidays: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


class BusinessHours(Model):
    """Open from `opens_minute` to `closes_minute` after midnight on a weekday, 0 is Monday; several per day."""

    __tablename__ = "business_hours"
    calendar_id: Mapped[int] = mapped_column(ForeignKey("business_calendar.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"), primary_key=True
    )
    opens_minute: Mapped[int] = mapped_column(primary_key=True)
    closes_minute: Mapped[int]
    __table_args__ = (
        CheckConstraint(
            "opens_minute >= 0 AND closes_minute > opens_minute AND closes_minute <= 1440", name="span"
        ),
        {"sqlite_strict": True},
    )


class ClosedDay(Model):
    """A day we are closed beside the public holidays, e.g. 24 December."""

    __tablename__ = "closed_day"
    calendar_id: Mapped[int] = mapped_column(ForeignKey("business_calendar.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")


class ServiceLevel(Model):
    """A named set of targets in one calendar; contracts name one, tickets without contract use the default."""

    __tablename__ = "service_level"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    calendar_id: Mapped[int] = mapped_column(ForeignKey("business_calendar.id"))
    is_default: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class ServiceTarget(Model):
    """Business minutes until the first answer and until the solution, by priority; None promises nothing."""

    __tablename__ = "service_target"
    service_level: Mapped[str] = mapped_column(ForeignKey("service_level.code"), primary_key=True)
    priority: Mapped[str] = mapped_column(
        CheckConstraint("priority IN ('low','normal','high','urgent')", name="priority"), primary_key=True
    )
    respond_minutes: Mapped[int | None] = mapped_column(
        CheckConstraint("respond_minutes > 0", name="respond_minutes")
    )
    resolve_minutes: Mapped[int | None] = mapped_column(
        CheckConstraint("resolve_minutes > 0", name="resolve_minutes")
    )
