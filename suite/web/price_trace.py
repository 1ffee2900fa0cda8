"""How a price came about, in words: which row of which level, and what the discount leaves."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from suite.base.money import round_half_up
from suite.web.format import percent, price, quantity
from suite.web.i18n import gettext

_HUNDRED = Decimal(100)
LEVELS = {"customer": "Special price of the customer", "list": "Price list of the customer"}


def trace_words(line: Mapping[str, Any], *, manual: Decimal | None = None) -> list[tuple[str, str]]:
    """(label, value) from the base price to the price each, for one line."""
    if line["kind"] != "item":
        return []
    words = _given(line) if manual is not None or not line["price_trace"] else _found(line)
    discount = line["discount_percent"]
    if discount:
        each = round_half_up(line["unit_price"] * (_HUNDRED - discount) / _HUNDRED, 6).normalize()
        words.append((gettext("Discount of the line"), "−" + percent(discount)))
        words.append((gettext("Price each after discount"), price(each)))
    return words


def price_source(line: Mapping[str, Any]) -> str:
    """A word for lists of lines: where the price comes from, where that is worth saying."""
    if not line["price_trace"]:
        return ""
    level = json.loads(line["price_trace"])["level"]
    return gettext(LEVELS[level]) if level in LEVELS else ""


def _given(line: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(gettext("Price entered by hand"), price(line["unit_price"]))]


def _found(line: Mapping[str, Any]) -> list[tuple[str, str]]:
    trace = json.loads(line["price_trace"])
    words = []
    if trace["base_price"] is not None:
        words.append((gettext("Base price"), price(Decimal(trace["base_price"]))))
    if trace["level"] in LEVELS:
        label = gettext(LEVELS[trace["level"]])
        least = Decimal(trace["from_quantity"])
        if least:
            label += " · " + gettext("from %(n)s", n=quantity(least))
        off = trace["percent_off"]
        shown = "−" + percent(Decimal(off)) if off is not None else price(Decimal(trace["unit_price"]))
        words.append((label, shown))
        if off is not None:
            words.append((gettext("Price each"), price(Decimal(trace["unit_price"]))))
    return words
