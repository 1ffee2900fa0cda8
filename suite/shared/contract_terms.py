"""The calendar of contracts: terms and notice, billing periods, and shares of an amount by days. Pure functions.

Months are counted from the first day on, so that 31 January keeps the end of every month (§ 188 (3) BGB).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from suite.base.money import cents

DAY = timedelta(days=1)
# § 309 no. 9 BGB (since 2022-03-01): consumers are bound for two years at most, then with a month's notice.
LONGEST_CONSUMER_TERM_MONTHS = 24
LONGEST_CONSUMER_NOTICE_MONTHS = 1


@dataclass(frozen=True)
class Terms:
    """What was agreed: 0 months of first term run without end, 0 months of renewal end with the first term."""

    starts_on: date
    first_term_months: int
    renewal_months: int
    notice_months: int
    is_consumer: bool = False
    ends_on: date | None = None

    @property
    def notice(self) -> int:
        """Months of notice that hold."""
        return (
            min(self.notice_months, LONGEST_CONSUMER_NOTICE_MONTHS)
            if self.is_consumer
            else self.notice_months
        )


@dataclass(frozen=True)
class Period:
    """What is billed at once: the days billed, and the whole period they are of."""

    from_on: date
    until_on: date
    whole_from: date
    whole_until: date

    @property
    def is_whole(self) -> bool:
        """Whether nothing is cut off."""
        return (self.from_on, self.until_on) == (self.whole_from, self.whole_until)


def add_months(day: date, months: int) -> date:
    """The same day `months` later or earlier, the last of the month where there is none."""
    place = day.year * 12 + day.month - 1 + months
    first = date(place // 12, place % 12 + 1, 1)
    following = date((place + 1) // 12, (place + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def fixed_end(terms: Terms) -> date | None:
    """The last day of a contract that ends by itself: neither renewed nor without end."""
    if terms.first_term_months and not terms.renewal_months:
        return _first_end(terms)
    return None


def term_end(terms: Terms, on: date) -> date | None:
    """The last day of the term that runs `on`; None when it runs until notice is given."""
    if terms.ends_on is not None:
        return terms.ends_on
    if not terms.first_term_months:
        return None
    if on <= _first_end(terms) or not terms.renewal_months:
        return _first_end(terms)
    return None if terms.is_consumer else _renewed_end(terms, on)


def last_notice_day(end: date, notice_months: int) -> date:
    """The last day on which notice for `end` can come in: its months are over on `end` at the latest (§ 188 (2) BGB)."""
    day = add_months(end, -notice_months) + 4 * DAY
    while add_months(day, notice_months) > end:
        day -= DAY
    return day


def end_by_notice(terms: Terms, received_on: date) -> date:
    """The last day of a contract whose notice came in on `received_on`."""
    if terms.ends_on is not None:
        return terms.ends_on
    anytime = max(add_months(received_on, terms.notice), terms.starts_on)
    if not terms.first_term_months:
        return anytime
    end = _first_end(terms)
    if not terms.renewal_months or received_on <= last_notice_day(end, terms.notice):
        return end
    if terms.is_consumer:
        return max(end, anytime)
    end = _renewed_end(terms, max(received_on, end))
    while last_notice_day(end, terms.notice) < received_on:
        end = _renewed_end(terms, end + DAY)
    return end


def next_notice_day(terms: Terms, on: date) -> date | None:
    """Until when notice ends the contract at the next possible day; None when it ends anyway, or at any time."""
    if terms.ends_on is not None or not terms.first_term_months or not terms.renewal_months:
        return None
    end = end_by_notice(terms, on)
    if terms.is_consumer and on > last_notice_day(_first_end(terms), terms.notice):
        return None
    return last_notice_day(end, terms.notice)


def whole_period(first_on: date, interval_months: int, on: date) -> tuple[date, date]:
    """First and last day of the billing period that `on` lies in; periods begin on `first_on` and every interval from it."""
    place = (on.year * 12 + on.month - first_on.year * 12 - first_on.month) // interval_months + 1
    while add_months(first_on, place * interval_months) > on:
        place -= 1
    following = add_months(first_on, (place + 1) * interval_months)
    return add_months(first_on, place * interval_months), following - DAY


def period_from(
    day: date, *, first_on: date, interval_months: int, starts_on: date, ends_on: date | None
) -> Period:
    """The period that is billed from `day` on, cut off where the contract starts or ends."""
    whole_from, whole_until = whole_period(first_on, interval_months, day)
    until_on = whole_until if ends_on is None else min(whole_until, ends_on)
    return Period(max(whole_from, starts_on, day), until_on, whole_from, whole_until)


def periods(
    day: date, *, first_on: date, interval_months: int, starts_on: date, ends_on: date | None
) -> Iterator[Period]:
    """The periods from `day` on, without end where the contract has none."""
    while ends_on is None or day <= ends_on:
        period = period_from(
            day, first_on=first_on, interval_months=interval_months, starts_on=starts_on, ends_on=ends_on
        )
        yield period
        day = period.until_on + DAY


def share(amount: Decimal, *, part: tuple[date, date], whole: tuple[date, date]) -> Decimal:
    """The part of an amount for some of its days, in cents.

    Each part is what is rounded until its last day less what is rounded until the day before it: so parts
    add up to the whole however it is cut, also where one part knows nothing of the others.
    """
    days = (whole[1] - whole[0]).days + 1
    before = (part[0] - whole[0]).days
    through = (part[1] - whole[0]).days + 1
    return cents(amount * through / days) - cents(amount * before / days)


def share_of_minutes(minutes: int, period: Period) -> int:
    """The minutes of a contingent that belong to a period; of a part period by its days, parts adding up to the whole."""
    days = (period.whole_until - period.whole_from).days + 1
    before = (period.from_on - period.whole_from).days
    through = (period.until_on - period.whole_from).days + 1
    return minutes * through // days - minutes * before // days


def _first_end(terms: Terms) -> date:
    return add_months(terms.starts_on, terms.first_term_months) - DAY


def _renewed_end(terms: Terms, on: date) -> date:
    """The end of the first term, the first renewal, … that is not before `on`."""
    months = terms.first_term_months
    passed = (on.year - terms.starts_on.year) * 12 + on.month - terms.starts_on.month
    months += max(0, (passed - months) // terms.renewal_months) * terms.renewal_months
    while add_months(terms.starts_on, months) - DAY < on:
        months += terms.renewal_months
    return add_months(terms.starts_on, months) - DAY
