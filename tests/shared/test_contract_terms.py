"""The calendar of contracts against what the law and plain counting say."""

from datetime import date, timedelta
from decimal import Decimal as D
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.shared.contract_terms import (
    Period,
    Terms,
    add_months,
    end_by_notice,
    fixed_end,
    last_notice_day,
    next_notice_day,
    periods,
    share,
    share_of_minutes,
    term_end,
    whole_period,
)

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
MONTHS = st.integers(1, 60)
DAY = timedelta(days=1)
YEARLY = Terms(date(2026, 1, 1), 12, 12, 3)
CONSUMER = Terms(date(2026, 1, 1), 24, 12, 3, is_consumer=True)


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
    ],
)
def test_months_keep_the_end_of_the_month(day: date, months: int, wanted: date) -> None:
    assert add_months(day, months) == wanted


def test_a_term_ends_the_day_before_its_anniversary_and_is_renewed() -> None:
    assert term_end(YEARLY, date(2026, 5, 1)) == date(2026, 12, 31)
    assert term_end(YEARLY, date(2026, 12, 31)) == date(2026, 12, 31)
    assert term_end(YEARLY, date(2027, 1, 1)) == date(2027, 12, 31)
    assert term_end(Terms(date(2026, 1, 1), 24, 6, 3), date(2029, 1, 1)) == date(2029, 6, 30)


def test_notice_comes_in_three_months_before_the_end_or_a_term_later() -> None:
    assert next_notice_day(YEARLY, date(2026, 5, 1)) == date(2026, 9, 30)
    assert end_by_notice(YEARLY, date(2026, 9, 30)) == date(2026, 12, 31)
    assert end_by_notice(YEARLY, date(2026, 10, 1)) == date(2027, 12, 31)
    assert next_notice_day(YEARLY, date(2026, 10, 1)) == date(2027, 9, 30)


def test_a_contract_without_renewal_ends_by_itself() -> None:
    terms = Terms(date(2026, 1, 31), 13, 0, 3)

    assert fixed_end(terms) == date(2027, 2, 27)
    assert end_by_notice(terms, date(2026, 2, 1)) == date(2027, 2, 27)
    assert next_notice_day(terms, date(2026, 2, 1)) is None
    assert fixed_end(YEARLY) is None


def test_a_contract_without_term_ends_a_notice_period_after_any_day() -> None:
    terms = Terms(date(2026, 1, 1), 0, 0, 1)

    assert term_end(terms, date(2026, 6, 1)) is None
    assert end_by_notice(terms, date(2026, 1, 31)) == date(2026, 2, 28)
    assert next_notice_day(terms, date(2026, 6, 1)) is None
    assert fixed_end(terms) is None


def test_a_consumer_gives_a_months_notice_at_any_time_after_the_first_term() -> None:
    assert next_notice_day(CONSUMER, date(2026, 5, 1)) == date(2027, 11, 30)
    assert end_by_notice(CONSUMER, date(2027, 11, 30)) == date(2027, 12, 31)
    assert end_by_notice(CONSUMER, date(2027, 12, 15)) == date(2028, 1, 15)
    assert end_by_notice(CONSUMER, date(2028, 3, 10)) == date(2028, 4, 10)
    assert term_end(CONSUMER, date(2028, 3, 10)) is None
    assert next_notice_day(CONSUMER, date(2028, 3, 10)) is None


def test_periods_from_the_end_of_january_follow_each_other_without_gap() -> None:
    found = list(
        islice(
            periods(
                date(2026, 1, 31),
                first_on=date(2026, 1, 31),
                interval_months=1,
                starts_on=date(2026, 1, 31),
                ends_on=None,
            ),
            3,
        )
    )

    assert [(each.from_on, each.until_on) for each in found] == [
        (date(2026, 1, 31), date(2026, 2, 27)),
        (date(2026, 2, 28), date(2026, 3, 30)),
        (date(2026, 3, 31), date(2026, 4, 29)),
    ]


@given(end=DAYS, months=st.integers(0, 24))
def test_the_last_day_of_notice_is_the_last_one_that_is_in_time(end: date, months: int) -> None:
    day = last_notice_day(end, months)

    assert add_months(day, months) <= end < add_months(day + DAY, months)


@given(
    starts_on=DAYS,
    first=st.integers(0, 36),
    renewal=st.integers(0, 24),
    notice=st.integers(0, 12),
    consumer=st.booleans(),
    received=st.integers(0, 4000),
)
def test_notice_ends_a_contract_at_the_first_end_it_is_in_time_for(
    starts_on: date, first: int, renewal: int, notice: int, consumer: bool, received: int
) -> None:
    terms = Terms(starts_on, first, renewal, notice, is_consumer=consumer)
    on = starts_on + received * DAY

    end = end_by_notice(terms, on)

    if fixed_end(terms) is not None:
        assert end == fixed_end(terms)
        return
    assert end >= add_months(on, terms.notice) or end >= add_months(starts_on, first) - DAY
    assert end >= add_months(starts_on, first) - DAY
    if first and not consumer:
        assert term_end(terms, end) == end
        assert last_notice_day(end, terms.notice) >= on
        ends = [add_months(starts_on, first + n * renewal) - DAY for n in range(200)]
        assert end == next(each for each in ends if last_notice_day(each, terms.notice) >= on)
    if consumer and on > add_months(starts_on, first):
        assert end == add_months(on, min(notice, 1))


@given(first_on=DAYS, interval=MONTHS, on=DAYS)
def test_every_day_lies_in_exactly_one_period(first_on: date, interval: int, on: date) -> None:
    first, last = whole_period(first_on, interval, on)

    assert first <= on <= last
    assert whole_period(first_on, interval, last + DAY)[0] == last + DAY
    assert whole_period(first_on, interval, first - DAY)[1] == first - DAY


@given(starts_on=DAYS, shift=st.integers(0, 400), interval=MONTHS, length=st.integers(0, 2000))
def test_periods_cover_a_contract_from_its_first_to_its_last_day(
    starts_on: date, shift: int, interval: int, length: int
) -> None:
    ends_on = starts_on + length * DAY

    found = list(
        periods(
            starts_on,
            first_on=starts_on + shift * DAY,
            interval_months=interval,
            starts_on=starts_on,
            ends_on=ends_on,
        )
    )

    assert found[0].from_on == starts_on
    assert found[-1].until_on == ends_on
    assert all(a.until_on + DAY == b.from_on for a, b in pairwise(found))
    assert all(each.is_whole for each in found[1:-1])


@given(
    cents=st.integers(0, 10_000_000),
    first=DAYS,
    days=st.integers(1, 400),
    cuts=st.lists(st.integers(1, 399), max_size=8),
)
def test_the_parts_of_an_amount_add_up_to_it_however_it_is_cut(
    cents: int, first: date, days: int, cuts: list[int]
) -> None:
    amount = D(cents) / 100
    whole = (first, first + (days - 1) * DAY)
    edges = sorted({0, days, *(cut for cut in cuts if cut < days)})
    parts = [(first + a * DAY, first + (b - 1) * DAY) for a, b in pairwise(edges)]

    shares = [share(amount, part=part, whole=whole) for part in parts]

    assert sum(shares) == amount
    for part, each in zip(parts, shares, strict=True):
        assert abs(each - amount * ((part[1] - part[0]).days + 1) / days) < D("0.0101")


@given(minutes=st.integers(0, 100_000), first=DAYS, days=st.integers(2, 400), cut=st.integers(1, 399))
def test_the_minutes_of_two_parts_of_a_period_are_those_of_the_whole(
    minutes: int, first: date, days: int, cut: int
) -> None:
    cut = min(cut, days - 1)
    last = first + (days - 1) * DAY

    before = Period(first, first + (cut - 1) * DAY, first, last)
    after = Period(first + cut * DAY, last, first, last)

    assert share_of_minutes(minutes, before) + share_of_minutes(minutes, after) == minutes
