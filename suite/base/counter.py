"""Counters inside the transaction: number ranges and the change sequence, gapless under load.

One row per counter, moved by `UPDATE … RETURNING`: a rollback gives the number back, a second
writer waits. Sequences leave gaps and read-then-write gives doubles (both measured).
"""

import re
from datetime import date

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model, session
from suite.base.frozen import never


class Counter(Model):
    """The last number drawn under a key, e.g. `invoice:RE-2026-`."""

    __tablename__ = "counter"
    key: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(CheckConstraint("last >= 0", name="last"))


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
_PLACE = re.compile(r"\{n(?::0(\d))?\}")


def draw(key: str) -> int:
    """The next number under `key`, 1 first; its row stays locked until the transaction ends."""
    return int(session().execute(_DRAW, {"key": key}).scalar_one())


def number_of(pattern: str, *, on: date, n: int) -> str:
    """The text of number `n` in a range: `RE-{year}-{n:04}` gives RE-2026-0007."""
    filled = pattern.replace("{year}", f"{on.year:04}").replace("{yy}", f"{on.year % 100:02}")
    return _PLACE.sub(lambda place: f"{n:0{place.group(1) or 1}}", filled)


def range_key(kind: str, pattern: str, on: date) -> str:
    """The counter a pattern uses on a day: all that is fixed in it, so a new year starts at 1."""
    fixed = pattern.replace("{year}", f"{on.year:04}").replace("{yy}", f"{on.year % 100:02}")
    return f"{kind}:{_PLACE.sub('', fixed)}"


def draw_number(kind: str, on: date) -> str:
    """The next number of `kind` for a document dated `on`."""
    pattern = session().get_one(NumberRange, kind).pattern
    return number_of(pattern, on=on, n=draw(range_key(kind, pattern, on)))
