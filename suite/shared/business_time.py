"""Business time: how long we were open between two instants, and when an amount of it is used up.

A moment counts when the clock on the wall shows open hours of a day that is not closed. So an hour the
wall clock skips in spring never counts, and one it shows twice in autumn counts twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

# A calendar that hardly ever opens has no end in sight.
FARTHEST = timedelta(days=3653)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
# Zones lie between UTC-12 and UTC+14.
_EAST, _WEST = timedelta(hours=15), timedelta(hours=13)


@dataclass(frozen=True)
class OpenHours:
    """Open spans by weekday (0 is Monday) as (opens, closes) in minutes after midnight, and which days are closed."""

    zone: tzinfo
    spans: dict[int, tuple[tuple[int, int], ...]]
    is_closed: Callable[[date], bool]


def business_time(hours: OpenHours, start: datetime, end: datetime) -> timedelta:
    """How long we were open from `start` until `end`; nothing when `end` is not later."""
    total = timedelta()
    for opens, closes in _open_from(hours, start, end):
        total += closes - opens
    return total


def business_minutes(hours: OpenHours, start: datetime, end: datetime) -> int:
    """The whole minutes of `business_time`."""
    return business_time(hours, start, end) // _MINUTE


def used_up_at(hours: OpenHours, start: datetime, amount: timedelta) -> datetime | None:
    """The instant at which `amount` of business time since `start` is used up; None when it lies ten years away."""
    start = start.astimezone(UTC)
    left = amount
    if left <= timedelta():
        return start
    for opens, closes in _open_from(hours, start, start + FARTHEST):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return None


def _open_from(hours: OpenHours, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open stretches between two instants in UTC, in order."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    day = start.astimezone(hours.zone).date() - _DAY
    # The day before as well: where a zone skips across midnight, a wall day begins earlier than it looks.
    while datetime(day.year, day.month, day.day, tzinfo=UTC) - _EAST < end:
        for opens, closes in _stretches(hours, day):
            if opens < end and closes > start:
                yield max(opens, start), min(closes, end)
        day += _DAY


def _stretches(hours: OpenHours, day: date) -> list[tuple[datetime, datetime]]:
    """When we are open on a day of the wall calendar, in UTC; spans that touch or overlap count once."""
    spans = hours.spans.get(day.weekday(), ())
    if not spans or hours.is_closed(day):
        return []
    found = []
    for offset, begins, ends in _offsets(hours.zone, day):
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - offset
        for opens, closes in _merged(spans):
            first, last = max(midnight + opens * _MINUTE, begins), min(midnight + closes * _MINUTE, ends)
            if first < last:
                found.append((first, last))
    return sorted(found)


def _merged(spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for opens, closes in sorted(spans):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return merged


def _offsets(zone: tzinfo, day: date) -> list[tuple[timedelta, datetime, datetime]]:
    """The offsets from UTC in force around a wall day, each with the stretch of UTC it is in force."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    begins, ends = midnight - _EAST, midnight + _DAY + _WEST
    first, last = _offset(zone, begins), _offset(zone, ends)
    if first == last:
        return [(first, begins, ends)]
    before, after = begins, ends
    while after - before > _MINUTE:
        middle = before + (after - before) // 2 // _MINUTE * _MINUTE
        before, after = (middle, after) if _offset(zone, middle) == first else (before, middle)
    return [(first, begins, after), (last, after, ends)]


def _offset(zone: tzinfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
