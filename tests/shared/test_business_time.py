"""Business time against a slow calculator that walks minute by minute and asks the clock on the wall."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from suite.shared.business_time import OpenHours, business_minutes, business_time, used_up_at

MINUTE = timedelta(minutes=1)
ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata")
# Around the changes of 2026 and on plain days.
STARTS = [
    datetime(2026, *day, tzinfo=UTC) for day in ((3, 7), (3, 28), (10, 24), (10, 31), (6, 10), (12, 23))
]
WORKDAYS = dict.fromkeys(range(5), ((480, 1020),))


def is_open(hours: OpenHours, at: datetime) -> bool:
    """Whether the wall clock shows an open minute."""
    wall = at.astimezone(hours.zone)
    minute = wall.hour * 60 + wall.minute
    spans = hours.spans.get(wall.weekday(), ())
    return not hours.is_closed(wall.date()) and any(opens <= minute < closes for opens, closes in spans)


def slow_minutes(hours: OpenHours, start: datetime, end: datetime) -> int:
    """The open minutes, one after another."""
    return sum(is_open(hours, start + n * MINUTE) for n in range(max(0, (end - start) // MINUTE)))


def slow_used_up(hours: OpenHours, start: datetime, minutes: int, limit: int) -> datetime | None:
    """The end of the last of `minutes` open minutes, if it comes within `limit`."""
    for n in range(limit):
        if minutes == 0:
            return start + n * MINUTE
        minutes -= is_open(hours, start + n * MINUTE)
    return None


@st.composite
def calendars(draw: st.DrawFn) -> OpenHours:
    """Any hours in one of the zones, some days closed, spans that may touch or overlap."""
    span = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda each: each[0] < each[1])
    spans = draw(
        st.dictionaries(st.integers(0, 6), st.lists(span, min_size=1, max_size=3).map(tuple), min_size=1)
    )
    around = st.builds(
        lambda start, n: (start + timedelta(days=n)).date(), st.sampled_from(STARTS), st.integers(0, 4)
    )
    closed = draw(st.frozensets(around, max_size=3))
    return OpenHours(ZoneInfo(draw(st.sampled_from(ZONES))), spans, closed.__contains__)


instants = st.builds(
    lambda start, minute: start + minute * MINUTE, st.sampled_from(STARTS), st.integers(0, 1440 * 2)
)


@settings(max_examples=120, deadline=None)
@given(calendars(), instants, st.integers(0, 1440 * 3))
@example(
    OpenHours(ZoneInfo("Europe/Berlin"), {6: ((60, 240),)}, lambda day: False),
    datetime(2026, 3, 28, 22, tzinfo=UTC),
    1000,
)
@example(
    OpenHours(ZoneInfo("Europe/Berlin"), {6: ((135, 150),)}, lambda day: False),
    datetime(2026, 10, 24, 22, tzinfo=UTC),
    1000,
)
def test_open_minutes_are_those_of_the_wall_clock(hours: OpenHours, start: datetime, length: int) -> None:
    end = start + length * MINUTE

    assert business_minutes(hours, start, end) == slow_minutes(hours, start, end)


@settings(max_examples=80, deadline=None)
@given(calendars(), instants, st.integers(0, 900))
def test_an_amount_is_used_up_with_its_last_open_minute(
    hours: OpenHours, start: datetime, minutes: int
) -> None:
    limit = 1440 * 15
    slow = slow_used_up(hours, start, minutes, limit)

    found = used_up_at(hours, start, minutes * MINUTE)

    if slow is None:
        assert found is None or found > start + (limit - 2) * MINUTE
    else:
        assert found == slow


@settings(max_examples=60, deadline=None)
@given(calendars(), instants, st.integers(0, 200_000), st.integers(0, 200_000))
def test_time_adds_up(hours: OpenHours, start: datetime, first: int, second: int) -> None:
    middle, end = start + timedelta(seconds=first), start + timedelta(seconds=first + second)

    whole = business_time(hours, start, end)

    assert business_time(hours, start, middle) + business_time(hours, middle, end) == whole
    reached = used_up_at(hours, start, whole)
    assert reached is not None
    assert reached <= end
    assert business_time(hours, start, reached) == whole


def test_a_night_and_a_weekend_do_not_count() -> None:
    hours = OpenHours(ZoneInfo("Europe/Berlin"), WORKDAYS, lambda day: day == date(2026, 11, 23))
    friday = datetime(2026, 11, 20, 14, 10, tzinfo=UTC)  # 15:10 in Berlin

    due = used_up_at(hours, friday, timedelta(hours=8))

    assert due == datetime(2026, 11, 24, 13, 10, tzinfo=UTC)
    assert business_minutes(hours, friday, due) == 480
    assert business_time(hours, due, friday) == timedelta()


@pytest.mark.parametrize("spans", [{}, {0: ()}])
def test_a_calendar_that_never_opens_has_no_end(spans: dict[int, tuple[tuple[int, int], ...]]) -> None:
    hours = OpenHours(ZoneInfo("Europe/Berlin"), spans, lambda day: False)

    assert used_up_at(hours, datetime(2026, 1, 1, tzinfo=UTC), MINUTE) is None
    assert used_up_at(hours, datetime(2026, 1, 1, tzinfo=UTC), timedelta()) == datetime(
        2026, 1, 1, tzinfo=UTC
    )
