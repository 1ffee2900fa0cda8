"""Reading what people type: amounts, quantities, percentages and dates in German and English habits."""

import re
from datetime import date, time, timedelta
from decimal import Decimal

from suite.base import clock
from suite.base.errors import Refusal
from suite.base.money import round_half_up

# Plain ASCII digits only: no exponents, no other scripts, no underscores; Python's Decimal takes all of these.
_NUMBER = re.compile(r"[+-]?(\d{1,3}([.,' ]\d{3})+|\d+)?([.,]\d+)?", re.ASCII)
_MOST_DIGITS = 20
# Nothing in a company's books lies outside, and terms added to a day of these years are still days.
FIRST_YEAR, LAST_YEAR = 1900, 2199
_MONTHS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_MONTHS |= {"mär": 3, "mai": 5, "okt": 10, "dez": 12}


def parse_decimal(text: str, field: str, *, locale: str = "de") -> Decimal | None:
    """`1.234,50`, `1234,5`, `1,234.50`, `−6,10`; empty is None. Raises `Refusal("number-wrong")` at `field`."""
    plain = text.strip().replace("\u2212", "-").replace("\u00a0", " ").replace("\u202f", " ")
    if not plain:
        return None
    plain = plain.removesuffix("€").removesuffix("%").strip()
    if not _NUMBER.fullmatch(plain) or not re.search(r"\d", plain) or len(plain) > _MOST_DIGITS + 8:
        raise Refusal("number-wrong", field=field, value=text[:40])
    return Decimal(_normalised(plain, locale))


def _normalised(plain: str, locale: str) -> str:
    compact = plain.replace(" ", "").replace("'", "")
    last = max(compact.rfind(","), compact.rfind("."))
    if last < 0:
        return compact
    mark = compact[last]
    other = "." if mark == "," else ","
    groups = compact.count(mark) > 1 or (
        other not in compact and len(compact) - last - 1 == 3 and mark == ("." if locale == "de" else ",")
    )
    if groups:
        return compact.replace(mark, "").replace(other, ".")
    return compact[:last].replace(other, "").replace(mark, "") + "." + compact[last + 1 :]


def parse_date(text: str, field: str) -> date | None:
    """`23.11.2026`, `2311`, `23.11.`, `23 Nov 2026`, `2026-11-23`, `+14`, `heute`; raises `Refusal("date-wrong")`."""
    plain = text.strip().lower()
    if not plain:
        return None
    today = clock.today()
    if plain in ("heute", "today"):
        return today
    if re.fullmatch(r"[+-]\d{1,4}", plain, re.ASCII):
        return today + timedelta(days=int(plain))
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
        r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4}|\d{2})?",
        r"(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4}|\d{2})?",
        r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})",
    ):
        found = re.fullmatch(pattern, plain, re.ASCII)
        if found:
            return _date(found.group("y"), found.group("m"), found.group("d"), text, field)
    named = re.fullmatch(r"([0-9]{1,2})\.? ([a-zä]{3,9})\.?(?: ([0-9]{4}))?", plain)
    if named and named.group(2)[:3] in _MONTHS:
        return _date(named.group(3), str(_MONTHS[named.group(2)[:3]]), named.group(1), text, field)
    raise Refusal("date-wrong", field=field, value=text[:40])


def parse_time(text: str, field: str) -> time | None:
    """`8:30`, `08.30`, `830`, `8`; raises `Refusal("time-wrong")` at `field`."""
    plain = text.strip()
    if not plain:
        return None
    found = re.fullmatch(r"([01]?\d|2[0-3])(?:[:.]?([0-5]\d))?", plain, re.ASCII)
    if found is None:
        raise Refusal("time-wrong", field=field, value=text[:40])
    return time(int(found.group(1)), int(found.group(2) or 0))


def parse_minutes(text: str, field: str) -> int:
    """`1:30`, `90`, `1,5 h`; empty is 0. Raises `Refusal("minutes-wrong")` at `field`."""
    plain = text.strip().lower()
    if not plain:
        return 0
    clock_like = re.fullmatch(r"(\d{1,2}):([0-5]\d)", plain, re.ASCII)
    hours = re.fullmatch(r"(\d{1,2}(?:[.,]\d{1,2})?) ?(?:h|std)\.?", plain, re.ASCII)
    if clock_like:
        return int(clock_like.group(1)) * 60 + int(clock_like.group(2))
    if hours:
        return int(round_half_up(Decimal(hours.group(1).replace(",", ".")) * 60, 0))
    if re.fullmatch(r"\d{1,4}(?: ?min\.?)?", plain, re.ASCII):
        return int(re.sub(r"\D", "", plain))
    raise Refusal("minutes-wrong", field=field, value=text[:40])


def _date(year: str | None, month: str, day: str, text: str, field: str) -> date:
    number = clock.today().year if year is None else int(year) + (2000 if len(year) == 2 else 0)
    try:
        found = date(number, int(month), int(day))
    except ValueError:
        raise Refusal("date-wrong", field=field, value=text[:40]) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Refusal("date-wrong", field=field, value=text[:40])
    return found


def parse_whole(text: str, field: str) -> int | None:
    """A whole number; empty is None. Raises `Refusal("number-wrong")`."""
    plain = text.strip()
    if not plain:
        return None
    if not re.fullmatch(r"-?\d{1,9}", plain, re.ASCII):
        raise Refusal("number-wrong", field=field, value=text[:40])
    return int(plain)
