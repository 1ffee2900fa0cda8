"""Document arithmetic: line amounts, discounts, taxes and totals as EN 16931 wants them.

Tax is computed per VAT category and rate of the document (BR-CO-17), never per line, and then
allocated to the tax cases that share the rate by largest remainder.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from suite.base.errors import Refusal
from suite.base.money import cents, fits, split_by_weight

HUNDRED = Decimal(100)
LARGEST_AMOUNT = Decimal("9999999999.99")  # ten digits before the comma: the width of DATEV's amount column


@dataclass(frozen=True)
class TaxedLine:
    """What totals need of a line: its amount after line discount, tax case, VAT category and rate in percent."""

    amount: Decimal
    tax_case: str
    category: str
    rate: Decimal


@dataclass(frozen=True)
class TaxGroup:
    """One tax case at one rate: EUR amounts with two places; `base` is after the document's allowance."""

    tax_case: str
    category: str
    rate: Decimal
    line_total: Decimal
    allowance: Decimal
    base: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """Base plus tax."""
        return self.base + self.tax


@dataclass(frozen=True)
class Totals:
    """BT-106 line total, BT-107 allowance, BT-109 net, BT-110 tax, BT-112 gross, and the groups."""

    line_total: Decimal
    allowance: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    groups: tuple[TaxGroup, ...]


def line_amount(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal) -> Decimal:
    """Quantity times price less discount, rounded half up to cents (BT-131).

    Raises `Refusal("amount-too-large")` beyond ten digits.
    """
    amount = cents(quantity * unit_price * (HUNDRED - discount_percent) / HUNDRED)
    if abs(amount) > LARGEST_AMOUNT:
        raise Refusal("amount-too-large", field="unit_price", largest=LARGEST_AMOUNT)
    return amount


def document_totals(lines: Iterable[TaxedLine], *, header_discount_percent: Decimal = Decimal(0)) -> Totals:
    """Totals of a net-priced document; the header discount is an allowance per tax group."""
    if not fits(header_discount_percent, most=HUNDRED, places=4):
        raise Refusal("percent-range", field="header_discount_percent")
    sums: dict[tuple[str, str, Decimal], Decimal] = {}
    for line in lines:
        key = (line.tax_case, line.category, line.rate)
        sums[key] = sums.get(key, Decimal(0)) + line.amount
    bases: dict[tuple[str, str, Decimal], Decimal] = {}
    for key, line_total in sums.items():
        bases[key] = line_total - cents(line_total * header_discount_percent / HUNDRED)
    taxes = _taxes(bases)
    groups = tuple(
        TaxGroup(
            *key, line_total=sums[key], allowance=sums[key] - bases[key], base=bases[key], tax=taxes[key]
        )
        for key in sums
    )
    return _summed(groups)


def _taxes(bases: dict[tuple[str, str, Decimal], Decimal]) -> dict[tuple[str, str, Decimal], Decimal]:
    by_rate: dict[tuple[str, Decimal], list[tuple[str, str, Decimal]]] = {}
    for key in bases:
        by_rate.setdefault((key[1], key[2]), []).append(key)
    taxes: dict[tuple[str, str, Decimal], Decimal] = {}
    for (_, rate), keys in by_rate.items():
        tax = cents(sum((bases[key] for key in keys), Decimal(0)) * rate / HUNDRED)
        taxes.update(zip(keys, split_by_weight(tax, [bases[key] for key in keys]), strict=True))
    return taxes


def _summed(groups: tuple[TaxGroup, ...]) -> Totals:
    zero = Decimal("0.00")
    line_total = sum((group.line_total for group in groups), zero)
    allowance = sum((group.allowance for group in groups), zero)
    tax = sum((group.tax for group in groups), zero)
    if line_total > LARGEST_AMOUNT:
        raise Refusal("amount-too-large", largest=LARGEST_AMOUNT)
    net = line_total - allowance
    return Totals(line_total, allowance, net, tax, net + tax, groups)
