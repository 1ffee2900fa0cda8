"""How values are shown: amounts, quantities, dates and due words in the reader's language."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from suite.base import clock
from suite.reference import unit_name
from suite.web.i18n import gettext, locale, ngettext

ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
AMOUNT = re.compile(r"(?<![\w.-])-?\d{1,15}\.\d{1,10}(?![\w.])")
MINUS = "−"
NO_BREAK = "\u00a0"


def number(value: Decimal | int | None, places: int = 2) -> str:
    """`1.234,56` or `1,234.56`; a real minus sign."""
    if value is None:
        return ""
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(value, format=pattern, locale=locale()).replace("-", MINUS)


def money(value: Decimal | None, currency: str = "EUR") -> str:
    """`1.234,56 €` or `€1,234.56`."""
    if value is None:
        return ""
    sign = {"EUR": "€"}.get(currency, currency)
    if locale() == "en":
        return f"{MINUS if value < 0 else ''}{sign}{number(abs(value))}"
    return f"{number(value)}{NO_BREAK}{sign}"


def whole_money(value: Decimal | None) -> str:
    """Estimates and pipeline: whole euros."""
    if value is None:
        return ""
    shown = number(value, 0)
    return f"€{shown}" if locale() == "en" else f"{shown}{NO_BREAK}€"


def quantity(value: Decimal | None) -> str:
    """A quantity without needless zeros."""
    if value is None:
        return ""
    return format_decimal(value.normalize(), format="#,##0.######", locale=locale()).replace("-", MINUS)


def price(value: Decimal | None) -> str:
    """A unit price: two places, more where it has more."""
    if value is None:
        return ""
    return format_decimal(value, format="#,##0.00####", locale=locale()).replace("-", MINUS)


def percent(value: Decimal | None) -> str:
    """`19 %` or `19%`."""
    if value is None:
        return ""
    return quantity(value) + ("%" if locale() == "en" else f"{NO_BREAK}%")


def unit(code: str) -> str:
    """The short name of a UN/ECE unit."""
    return unit_name(code, locale())


def day(value: date | None) -> str:
    """`23.11.2026` or `23 Nov 2026`."""
    if value is None:
        return ""
    return format_date(value, format="dd.MM.yyyy" if locale() == "de" else "d MMM yyyy", locale=locale())


def moment(value: datetime | None) -> str:
    """`heute 13:10`, `Fr 20.11. 15:10` in the company's zone."""
    if value is None:
        return ""
    local = value.astimezone(clock.company_zone())
    time = local.strftime("%H:%M")
    if local.date() == clock.today():
        return gettext("today %(time)s", time=time)
    shown = format_datetime(local, format="EE dd.MM." if locale() == "de" else "EE d MMM", locale=locale())
    if local.year != clock.today().year:
        shown += str(local.year) if locale() == "de" else f" {local.year}"
    return f"{shown.replace('.,', '')} {time}"


def long_day(value: date) -> str:
    """`Montag, 23. November 2026` or `Monday, 23 November 2026`."""
    pattern = "EEEE, d. MMMM yyyy" if locale() == "de" else "EEEE, d MMMM yyyy"
    return format_date(value, format=pattern, locale=locale())


def greeting() -> str:
    """Good morning, day or evening by the company's clock."""
    hour = clock.now().astimezone(clock.company_zone()).hour
    if hour < 11:
        return gettext("Good morning")
    return gettext("Good day") if hour < 18 else gettext("Good evening")


def hours(value: timedelta) -> str:
    """`1:28 h`: a stretch of time in hours and minutes."""
    minutes = abs(value) // timedelta(minutes=1)
    return f"{MINUS if value < timedelta() else ''}{minutes // 60}:{minutes % 60:02}{NO_BREAK}h"


def duration(minutes: int) -> str:
    """`1:28`: minutes as hours and minutes; a real minus sign."""
    return f"{MINUS if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


def clock_time(value: datetime) -> str:
    """`13:10` in the company's zone."""
    return value.astimezone(clock.company_zone()).strftime("%H:%M")


def weekday(value: date) -> str:
    """`Mo`, `Mon`."""
    return format_date(value, format="EE", locale=locale()).removesuffix(".")


def due_words(due: date | None) -> tuple[str, str]:
    """(kind of state, words) of a due date: how long, not just that."""
    if due is None:
        return "open", gettext("open")
    days = (due - clock.today()).days
    if days < 0:
        return "bad", ngettext("%(n)s day overdue", "%(n)s days overdue", -days, n=-days)
    if days == 0:
        return "warn", gettext("due today")
    if days == 1:
        return "warn", gettext("due tomorrow")
    return "open", gettext("due %(day)s", day=day(due))


def changed(value: str | None) -> str:
    """A value of the history as people read it: dates and numbers in their language."""
    if not value:
        return "–"
    if ISO_DAY.search(value):
        return ISO_DAY.sub(_day_shown, AMOUNT.sub(_amount_shown, value))
    if AMOUNT.fullmatch(value):
        return AMOUNT.sub(_amount_shown, value)
    return {"True": gettext("yes"), "False": gettext("no")}.get(value, value)


def _day_shown(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]


def _amount_shown(found: re.Match[str]) -> str:
    return price(Decimal(found[0]))


def file_size(size: int) -> str:
    """`12 kB`, `1,1 MB`."""
    if size < 1_000_000:
        return f"{number(max(1, size // 1000), 0)}{NO_BREAK}kB"
    return f"{number(Decimal(size) / 1_000_000, 1)}{NO_BREAK}MB"


FILTERS = {
    "number": number,
    "money": money,
    "whole_money": whole_money,
    "quantity": quantity,
    "price": price,
    "percent": percent,
    "unit": unit,
    "day": day,
    "long_day": long_day,
    "moment": moment,
    "hours": hours,
    "duration": duration,
    "clock_time": clock_time,
    "weekday": weekday,
    "file_size": file_size,
    "changed": changed,
}
