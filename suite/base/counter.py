"""Counters inside the transaction: number ranges and the change sequence, gapless under load.

One row per counter, moved by `UPDATE … RETURNING`: a rollback gives the number back, a second
writer waits. Sequences leave gaps and read-then-write gives doubles (both measured).
"""

import re
from datetime import date

from sqlalchemy import CheckConstraint, bindparam, text
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model, session
from suite.base.errors import Refusal
from suite.base.frozen import never
from suite.base.types import BusinessDate


class Counter(Model):
    """The last number drawn under a key, e.g. `invoice:RE-2026-#`; for gapless ranges also its document's date."""

    __tablename__ = "counter"
    key: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(CheckConstraint("last >= 0", name="last"))
    last_on: Mapped[date | None]


class NumberRange(Model):
    """How numbers of one kind look: `RE-{year}-{n:04}`; a range with the year in it restarts each year."""

    __tablename__ = "number_range"
    kind: Mapped[str] = mapped_column(primary_key=True)
    pattern: Mapped[str] = mapped_column(CheckConstraint("pattern LIKE '%{n%'", name="pattern"))
    gapless: Mapped[bool]


# A counter never falls and never disappears: a number drawn stays drawn.
never("counter", update=("NEW.last < OLD.last", "NEW.key <> OLD.key"), delete=("1=1",), upserts=True)

_DRAW = text(
    "INSERT INTO counter (key, last) VALUES (:key, 1) "
    "ON CONFLICT (key) DO UPDATE SET last = counter.last + 1 RETURNING last"
)
# Dates rise with the numbers, also of two who post at once: the row that counts is the row that compares.
_DRAW_IN_ORDER = text(
    "INSERT INTO counter (key, last, last_on) VALUES (:key, 1, :on) ON CONFLICT (key) DO UPDATE "
    "SET last = counter.last + 1, last_on = excluded.last_on WHERE counter.last_on <= excluded.last_on RETURNING last"
).bindparams(bindparam("on", type_=BusinessDate()))
_PLACE = re.compile(r"\{n(?::0(\d))?\}")


def draw(key: str) -> int:
    """The next number under `key`, 1 first; its row stays locked until the transaction ends."""
    return int(session().execute(_DRAW, {"key": key}).scalar_one())


def draw_in_order(key: str, on: date) -> int:
    """The next number under `key` for a document dated `on`.

    Raises `Refusal("before-last-number")` when the number before has a later date.
    """
    drawn = session().execute(_DRAW_IN_ORDER, {"key": key, "on": on}).scalar()
    if drawn is None:
        last = session().get_one(Counter, key, populate_existing=True).last_on
        raise Refusal("before-last-number", field="dated_on", last=last)
    return int(drawn)


def number_of(pattern: str, *, on: date, n: int) -> str:
    """The text of number `n` in a range: `RE-{year}-{n:04}` gives RE-2026-0007."""
    filled = pattern.replace("{year}", f"{on.year:04}").replace("{yy}", f"{on.year % 100:02}")
    return _PLACE.sub(lambda place: f"{n:0{place.group(1) or 1}}", filled)


def range_key(kind: str, pattern: str, on: date) -> str:
    """The counter a pattern uses on a day: all that is fixed in it, so a new year starts at 1."""
    fixed = pattern.replace("{year}", f"{on.year:04}").replace("{yy}", f"{on.year % 100:02}")
    return f"{kind}:{_PLACE.sub('#', fixed)}"


def draw_number(kind: str, on: date) -> str:
    """The next number of `kind` for a document dated `on`; in a gapless range dates rise with the numbers."""
    numbers = session().get_one(NumberRange, kind)
    key = range_key(kind, numbers.pattern, on)
    drawn = draw_in_order(key, on) if numbers.gapless else draw(key)
    return number_of(numbers.pattern, on=on, n=drawn)
