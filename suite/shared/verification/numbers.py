"""Whether numbers are gapless, unique and rise with their dates, and counters never lag behind."""

import itertools
from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select

from suite.base.counter import Counter
from suite.base.db import session
from suite.model import Document, Payment
from suite.shared.verification.finding import check, none_found


@check("invoice-numbers")
def invoice_numbers_are_gapless() -> Iterator[tuple[str, str]]:
    """Numbers drawn for invoices and credit notes are 1 to n in each range (§ 14 (4) no. 4 UStG)."""
    counters = _invoice_counters()
    drawn = _drawn_by_range(counters)
    for number, _ in drawn.pop("", []):
        yield number, "was never drawn from a range"
    for key, last in sorted(counters.items()):
        found = [int(_place(key, number) or 0) for number, _ in drawn.get(key, [])]
        if last != len(found):
            yield key, f"the counter says {last} numbers, {len(found)} documents have one"
        for n in sorted(set(range(1, last + 1)) - set(found))[:20]:
            yield key.split(":", 1)[1].replace("#", str(n)), "is missing"
        for n in sorted(set(found) - set(range(1, last + 1)))[:20]:
            yield key.split(":", 1)[1].replace("#", str(n)), "lies beyond its counter"


@check("number-dates")
def invoice_dates_rise() -> Iterator[tuple[str, str]]:
    """The date of number n of a range is not after that of number n + 1."""
    drawn = _drawn_by_range(_invoice_counters())
    drawn.pop("", None)
    for key, numbers in drawn.items():
        ordered = sorted(numbers, key=lambda row: int(_place(key, row[0]) or 0))
        for (before, before_on), (after, after_on) in itertools.pairwise(ordered):
            if after_on < before_on:
                yield after, f"is dated before {before}"


def _invoice_counters() -> dict[str, int]:
    wanted = select(Counter.key, Counter.last).where(Counter.key.startswith("invoice:"))
    return {key: last for key, last in session().execute(wanted)}  # noqa: C416 - a Result is no mapping


def _drawn_by_range(counters: dict[str, int]) -> dict[str, list[tuple[str, date]]]:
    """(number, date) of drawn numbers by the counter they came from; under "" those of no counter."""
    keys = sorted(counters, key=len, reverse=True)
    found: dict[str, list[tuple[str, date]]] = {}
    rows = select(Document.number, Document.dated_on).where(
        Document.kind.in_(("invoice", "credit_note")),
        Document.number.is_not(None),
        Document.number_given == False,  # noqa: E712 - PostgreSQL takes no parameter after IS
    )
    for number, dated_on in session().execute(rows):
        key = next((key for key in keys if _place(key, number or "")), "")
        found.setdefault(key, []).append((number or "", dated_on))
    return found


def _place(key: str, number: str) -> str | None:
    """The digits of a number at the place its range leaves open, or None when it is not of that range."""
    before, after = key.split(":", 1)[1].split("#")
    if not (number.startswith(before) and number.endswith(after)):
        return None
    digits = number[len(before) : len(number) - len(after)]
    return digits if digits.isdigit() else None


@check("payment-numbers")
def payment_counters_hold() -> Iterator[tuple[str, str]]:
    """As many payments were numbered as their counters drew."""
    counters = session().scalars(select(Counter).where(Counter.key.startswith("payment:"))).all()
    own = Payment.number_given == False  # noqa: E712 - as above
    numbered = select(func.count()).select_from(Payment).where(own)
    drawn = session().scalar(numbered) or 0
    if sum(counter.last for counter in counters) != drawn:
        yield "payment", f"{drawn} payments are there, {sum(c.last for c in counters)} numbers were drawn"


none_found(
    "change-sequence",
    "SELECT public_id FROM record WHERE change_seq > (SELECT COALESCE(MAX(last), 0) FROM counter WHERE key = 'change') OR change_seq = 0",
    "stands beyond the change sequence",
)
