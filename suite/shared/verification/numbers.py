"""Whether numbers are gapless, unique and rise with their dates, and counters never lag behind."""

import itertools
import re
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from suite.base.counter import Counter, NumberRange, number_of, range_key
from suite.base.db import session
from suite.model import Document, Payment
from suite.shared.verification.finding import check, none_found


@check("invoice-numbers")
def invoice_numbers_are_gapless() -> Iterator[tuple[str, str]]:
    """Numbers drawn for invoices and credit notes are 1 to n in each range (§ 14 (4) no. 4 UStG)."""
    pattern = (
        session().get_one(NumberRange, "invoice").pattern if session().get(NumberRange, "invoice") else None
    )
    if pattern is None:
        return
    drawn: dict[str, list[tuple[str | None, date]]] = {}
    rows = select(Document.number, Document.dated_on).where(
        Document.kind.in_(("invoice", "credit_note")),
        Document.number.is_not(None),
        Document.number_given == False,  # noqa: E712
    )
    for number, dated_on in session().execute(rows):
        drawn.setdefault(range_key("invoice", pattern, dated_on), []).append((number, dated_on))
    counters = {
        row.key: row.last
        for row in session().scalars(select(Counter).where(Counter.key.startswith("invoice:")))
    }
    for key in sorted(drawn.keys() | counters.keys()):
        yield from _gaps(key, pattern, drawn.get(key, []), counters.get(key, 0))


def _gaps(
    key: str, pattern: str, drawn: list[tuple[str | None, date]], last: int
) -> Iterator[tuple[str, str]]:
    if last != len(drawn):
        yield key, f"the counter says {last} numbers, {len(drawn)} documents have one"
    if not drawn:
        return
    on = drawn[0][1]
    expected = {number_of(pattern, on=on, n=n) for n in range(1, last + 1)}
    for number in sorted(expected - {number for number, _ in drawn})[:20]:
        yield number, "is missing"
    for number in sorted({number or "" for number, _ in drawn} - expected)[:20]:
        yield number, "was never drawn from its range"


@check("number-dates")
def invoice_dates_rise() -> Iterator[tuple[str, str]]:
    """The date of number n is not after that of number n + 1."""
    rows = select(Document.number, Document.dated_on).where(
        Document.kind.in_(("invoice", "credit_note")),
        Document.number.is_not(None),
        Document.number_given == False,  # noqa: E712
    )
    ordered = sorted(
        session().execute(rows), key=lambda row: [int(n) for n in re.findall(r"\d+", row.number)]
    )
    for before, after in itertools.pairwise(ordered):
        if after.dated_on < before.dated_on:
            yield after.number, f"is dated before {before.number}"


@check("payment-numbers")
def payment_counters_hold() -> Iterator[tuple[str, str]]:
    """As many payments were numbered as their counters drew."""
    counters = session().scalars(select(Counter).where(Counter.key.startswith("payment:"))).all()
    drawn = len(session().scalars(select(Payment.id).where(Payment.number_given == False)).all())  # noqa: E712
    if sum(counter.last for counter in counters) != drawn:
        yield "payment", f"{drawn} payments are there, {sum(c.last for c in counters)} numbers were drawn"


none_found(
    "change-sequence",
    "SELECT public_id FROM record WHERE change_seq > (SELECT COALESCE(MAX(last), 0) FROM counter WHERE key = 'change') OR change_seq = 0",
    "stands beyond the change sequence",
)
