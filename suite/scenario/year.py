"""Composes the everyday business of the demo company: about 300 orders in all states, the same for the same day."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

ORDERS = 280
OTHER_QUOTES = 45
EARLIEST = date(2025, 1, 2)  # tax cases are valid from 2025 on
Event = dict[str, Any]
Row = Mapping[str, str]


@dataclass
class Year:
    """What the composer draws from and writes to."""

    as_of: date
    customers: Sequence[Row]
    products: Sequence[Row]
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - the same every time
    events: list[Event] = field(default_factory=list)

    @property
    def first(self) -> date:
        """The first business day: the demo covers the calendar year before its day, as far as tax cases reach back."""
        return max(date(self.as_of.year - 1, 1, 2), EARLIEST)

    def add(self, on: date, kind: str, **values: Any) -> bool:
        """Add an event unless it lies in the future; whether it was added."""
        if on > self.as_of:
            return False
        self.events.append({"date": on.isoformat(), "type": kind, **values})
        return True

    def after(self, on: date, least: int, most: int) -> date:
        """A weekday between `least` and `most` days after `on`."""
        day = on + timedelta(days=self.chance.randint(least, most))
        return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)


def year_of_business(as_of: date, customers: Sequence[Row], products: Sequence[Row]) -> list[Event]:
    """Events from the first of January of the year before `as_of` until then, without `seq`."""
    year = Year(as_of, customers, products)
    _stock(year)
    span = (as_of - year.first).days
    for n in range(ORDERS):
        on = year.after(year.first + timedelta(days=5 + (span - 8) * n // ORDERS), 0, 2)
        _deal(year, f"v{n:03}", on)
    for n in range(OTHER_QUOTES):
        on = year.after(year.first + timedelta(days=5 + (span - 12) * n // OTHER_QUOTES), 0, 3)
        _lost_quote(year, f"w{n:03}", on)
    return year.events


def _stock(year: Year) -> None:
    """Opening stock, and what suppliers bring each quarter."""
    quarter, day = 0, year.first
    while day <= year.as_of:
        for product in year.products:
            if product["stock_kept"]:
                price = Decimal(product["base_price"])
                quantity = 6 if price > 900 else 24 if price > 100 else 90
                if quarter == 0:
                    quantity *= 8
                reason = "Anfangsbestand" if quarter == 0 else "Quartalsbestellung"
                values: Event = {"article": product["number"], "qty": str(quantity), "reason": reason}
                if product["tracking"]:
                    first = (quarter + 1) * 1000
                    values["lots"] = [f"{product['number']}-{first + n}" for n in range(quantity)]
                year.add(day, "stock_receipt", number=f"z{quarter}-{product['number']}", **values)
        quarter += 1
        day = year.first + timedelta(days=91 * quarter)


def _deal(year: Year, ref: str, on: date) -> None:
    """One order with what leads to it and what becomes of it."""
    chance = year.chance
    customer = chance.choice(year.customers)
    partner, lines = customer["key"], _lines(year, abroad=customer["country"] != "DE")
    promised = year.after(on, 5, 21).isoformat()
    quoted = year.after(on, -30, -8)
    if chance.random() < 0.45 and quoted > year.first:
        source = _opportunity(year, ref, quoted, partner) if chance.random() < 0.25 else {}
        year.add(quoted, "quote", number=f"{ref}q", partner=partner, lines=lines, **source)
        accepted = {"refers_to": f"{ref}q", "partner": partner, "order": ref, "promised_on": promised}
        if not year.add(on, "quote_accepted", number=f"{ref}a", **accepted):
            return
    elif not year.add(
        on, "sales_order", number=ref, partner=partner, order_lines=lines, promised_on=promised
    ):
        return
    if chance.random() < 0.03:
        year.add(year.after(on, 1, 2), "order_cancelled", number=f"{ref}x", refers_to=ref)
        return
    if chance.random() < 0.22 and len(lines) > 2:
        _in_two_parts(year, ref, on, partner, lines)
    else:
        _at_once(year, ref, on, partner, lines)


def _opportunity(year: Year, ref: str, quoted: date, partner: str) -> dict[str, str]:
    on = year.after(quoted, -25, -6)
    if on <= year.first:
        return {}
    year.add(on, "lead", number=f"{ref}l", subject="Anfrage Heizung und Sanitär", source="Telefon")
    year.add(
        year.after(on, 1, 3),
        "opportunity",
        number=f"{ref}o",
        refers_to=f"{ref}l",
        partner=partner,
        stage="need",
    )
    return {"refers_to": f"{ref}o"}


def _in_two_parts(year: Year, ref: str, on: date, partner: str, lines: Sequence[Row]) -> None:
    delivered = [n for n, line in enumerate(lines, start=1) if not line["article"].startswith(("FA-", "FR-"))]
    half = delivered[: len(delivered) // 2]
    parts = [{"order_pos": place, "qty": lines[place - 1]["qty"]} for place in half]
    first = year.after(on, 3, 14)
    if not parts or not year.add(
        first, "delivery", number=f"{ref}d", partner=partner, refers_to=ref, delivered=parts
    ):
        return
    if year.chance.random() < 0.5:
        billed = year.after(first, 1, 4)
        if year.add(billed, "sales_invoice", number=f"{ref}r", partner=partner, refers_to=f"{ref}d"):
            _paid(year, f"{ref}r", billed, partner)
    second = year.after(first, 9, 40)
    if year.add(second, "delivery", number=f"{ref}e", partner=partner, refers_to=ref):
        billed = year.after(second, 1, 5)
        if year.add(billed, "sales_invoice", number=f"{ref}s", partner=partner, refers_to=ref):
            _paid(year, f"{ref}s", billed, partner)


def _at_once(year: Year, ref: str, on: date, partner: str, lines: Sequence[Row]) -> None:
    shipped = year.after(on, 2, 22)
    if not year.add(shipped, "delivery", number=f"{ref}d", partner=partner, refers_to=ref):
        return
    billed = year.after(shipped, 0, 6)
    if not year.add(billed, "sales_invoice", number=f"{ref}r", partner=partner, refers_to=ref):
        return
    fate = year.chance.random()
    if fate < 0.04 and _returned(year, ref, billed, partner, lines):
        return
    if fate < 0.07:
        _cancelled(year, ref, billed, partner)
    elif fate < 0.11:
        _corrected(year, ref, billed, partner, lines)
    else:
        _paid(year, f"{ref}r", billed, partner)


def _paid(year: Year, invoice: str, billed: date, partner: str) -> None:
    """Most pay around the due day, some in two parts, a few not at all."""
    fate = year.chance.random()
    days = next(row["payment_days"] for row in year.customers if row["key"] == partner) or "14"
    on = year.after(billed + timedelta(days=int(days)), -9, 22)
    if fate < 0.02:
        return
    if fate < 0.1:
        half = [{"document": invoice, "amount": "50 %"}]
        year.add(on, "payment_in", number=f"{invoice}p", partner=partner, applied=half)
        on = year.after(on, 10, 35)
    rest = [{"document": invoice, "amount": "100 %"}]
    year.add(on, "payment_in", number=f"{invoice}q", partner=partner, applied=rest)


def _returned(year: Year, ref: str, billed: date, partner: str, lines: Sequence[Row]) -> bool:
    tracked = {row["number"] for row in year.products if row["tracking"]}
    goods = [n for n, line in enumerate(lines, 1) if line["kind"] == "goods" and int(line["qty"]) > 1]
    goods = [n for n in goods if lines[n - 1]["article"] not in tracked]
    if not goods:
        return False
    back, reasons = year.after(billed, 2, 9), ("defective", "wrong_item", "not_needed")
    returned = {"refers_to": f"{ref}d", "returned": [{"pos": goods[0], "qty": "1"}]}
    reason = year.chance.choice(reasons)
    if year.add(back, "goods_return", number=f"{ref}b", partner=partner, reason_code=reason, **returned):
        year.add(
            year.after(back, 0, 3),
            "sales_correction",
            number=f"{ref}g",
            partner=partner,
            refers_to=f"{ref}r",
            correction="return",
            **{"return": f"{ref}b"},
        )
    _paid(year, f"{ref}r", year.after(back, 4, 4), partner)
    return True


def _cancelled(year: Year, ref: str, billed: date, partner: str) -> None:
    on = year.after(billed, 1, 5)
    storno = {"refers_to": f"{ref}r", "reason": "Falscher Rechnungsempfänger"}
    if year.add(on, "sales_cancellation", number=f"{ref}c", partner=partner, **storno):
        again = year.after(on, 1, 2)
        if year.add(again, "sales_invoice", number=f"{ref}n", partner=partner, refers_to=ref):
            _paid(year, f"{ref}n", again, partner)


def _corrected(year: Year, ref: str, billed: date, partner: str, lines: Sequence[Row]) -> None:
    product = next(row for row in year.products if row["number"] == lines[0]["article"])
    less = max(Decimal(product["base_price"]) / 10, Decimal("0.01"))
    line = {"item": product["name"], "qty": lines[0]["qty"], "unit_price_net": f"{less:.2f}"}
    values = {"refers_to": f"{ref}r", "lines": [line], "correction": "price", "reason": "Nachlass vereinbart"}
    year.add(year.after(billed, 2, 9), "sales_correction", number=f"{ref}k", partner=partner, **values)
    _paid(year, f"{ref}r", year.after(billed, 10, 10), partner)


def _lost_quote(year: Year, ref: str, on: date) -> None:
    """A quote that was declined, or that nobody answered."""
    customer = year.chance.choice(year.customers)
    lines = _lines(year, abroad=customer["country"] != "DE")
    year.add(on, "quote", number=ref, partner=customer["key"], lines=lines)
    if year.chance.random() < 0.6:
        reason = year.chance.choice(
            ("Zu teuer", "Zu spät", "Das Projekt ist verschoben", "Der Wettbewerber war billiger")
        )
        year.add(year.after(on, 5, 28), "quote_rejected", number=f"{ref}n", refers_to=ref, reason=reason)


def _lines(year: Year, *, abroad: bool) -> list[dict[str, str]]:
    """One to five lines; abroad only goods of the usual rates, for the intra-community supply."""
    offered = [
        row
        for row in year.products
        if row["tax_class"] != "zero"
        and (row["kind"] == "goods" or not abroad)
        and row["billing_basis"] == "delivered"
    ]
    chosen = year.chance.sample(offered, year.chance.randint(1, 5))
    lines = [_line(year, row) for row in chosen]
    if year.chance.random() < 0.2 and not abroad:
        lines.append({"article": "FR-01", "qty": "1", "kind": "service"})
    return lines


def _line(year: Year, product: Row) -> dict[str, str]:
    price = Decimal(product["base_price"])
    most = 2 if price > 900 else 8 if price > 100 else 40
    line = {"article": product["number"], "qty": str(year.chance.randint(1, most)), "kind": product["kind"]}
    if year.chance.random() < 0.12:
        line["discount_pct"] = year.chance.choice(("2", "3", "5", "10"))
    return line
