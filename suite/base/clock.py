"""The one clock: instants in UTC, business dates in the company's time zone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from suite.base.errors import Refusal

_fixed: ContextVar[datetime | None] = ContextVar("fixed_time", default=None)


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refusal("timezone-unknown", value=name) from error


def company_zone() -> ZoneInfo:
    """The zone business dates are read in (`SUITE_TIMEZONE`, default Europe/Berlin)."""
    return _zone(os.environ.get("SUITE_TIMEZONE", "Europe/Berlin"))


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """The business date: 2026-12-31T23:30Z is 2027-01-01 in Berlin."""
    return now().astimezone(company_zone()).date()


def instant(day: date, at: time) -> datetime:
    """A wall-clock time of the company as an instant; an hour that occurs twice means its first."""
    return datetime.combine(day, at, tzinfo=company_zone()).astimezone(UTC)


@contextmanager
def fixed_at(instant: datetime) -> Iterator[None]:
    """Let the clock stand still; scenario players capture events at their own dates."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    token = _fixed.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
