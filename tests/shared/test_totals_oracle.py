"""Totals against an independent oracle: EN 16931's rules in exact fractions, written from the norm."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal as D
from fractions import Fraction as F

from hypothesis import given, settings
from hypothesis import strategies as st

from suite.base.money import split_by_weight
from suite.reference import tax_case
from suite.shared.documents import copied_line, totals_of
from suite.shared.totals import Totals, line_amount

ON = date(2026, 5, 4)
CASES = {"DE_S19": ("S", F(19)), "DE_S7": ("S", F(7)), "DE_S0_PV": ("Z", F(0)), "EU_IC_SUPPLY": ("K", F(0))}


@dataclass(frozen=True)
class Line:
    """An invoice line as typed."""

    quantity: D
    price: D
    discount: D
    case: str


@dataclass(frozen=True)
class Breakdown:
    """BG-23: one VAT category and rate. Amounts in whole cents."""

    base: int
    tax: int


@dataclass(frozen=True)
class Invoice:
    """BG-22 and BG-23 as the norm computes them, in whole cents."""

    line_total: int
    allowance: int
    net: int
    tax: int
    gross: int
    breakdown: dict[tuple[str, F], Breakdown]


def half_away(value: F) -> int:
    """Whole cents of an amount in euros: to the nearest, halves away from zero."""
    doubled = abs(value) * 200 + 1
    return (1 if value >= 0 else -1) * (doubled.numerator // (2 * doubled.denominator))


def oracle(lines: list[Line], discount: D) -> Invoice:
    """EN 16931-1 6.4: from the lines to the amount due."""
    amounts = [
        (line.case, half_away(F(line.quantity) * F(line.price) * (1 - F(line.discount) / 100)))  # BT-131
        for line in lines
    ]
    per_case = {case: sum(amount for each, amount in amounts if each == case) for case, _ in amounts}
    # BG-20: one allowance per tax treatment, so that each carries its VAT category (BT-95, BT-96).
    allowances = {case: half_away(F(amount, 100) * F(discount) / 100) for case, amount in per_case.items()}
    bases: dict[tuple[str, F], int] = {}
    for case, amount in per_case.items():
        key = CASES[case]
        bases[key] = bases.get(key, 0) + amount - allowances[case]  # BR-S-08, BR-Z-08, BR-IC-08
    breakdown = {
        key: Breakdown(base, half_away(F(base, 100) * key[1] / 100))  # BR-CO-17
        for key, base in bases.items()
    }
    line_total = sum(amount for _, amount in amounts)  # BR-CO-10
    allowance = sum(allowances.values())  # BR-CO-11
    net = line_total - allowance  # BR-CO-13
    tax = sum(each.tax for each in breakdown.values())  # BR-CO-14
    return Invoice(line_total, allowance, net, tax, net + tax, breakdown)  # BR-CO-15


def computed(lines: list[Line], discount: D) -> Totals:
    """What the application makes of the same."""
    rows = [
        {
            "kind": "item",
            "amount": line_amount(line.quantity, line.price, line.discount),
            "tax_case": line.case,
            "tax_rate": tax_case(line.case, ON).rate or D(0),
        }
        for line in lines
    ]
    return totals_of(rows, discount, ON)


def in_cents(value: D) -> int:
    """A stored amount as whole cents; more places would be an error of its own."""
    assert value == value.quantize(D("0.01"))
    return int(value * 100)


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[D]:
    """Decimals with up to `places` places, awkward halves among them."""
    awkward = [D("0.005"), D("0.015"), D("0.025"), D("1.115"), D("2.675"), D("33.333333"), D("0.000001")]
    fitting = [
        value for value in awkward if D(low) <= value <= D(high) and -value.as_tuple().exponent <= places
    ]
    return st.one_of(
        st.decimals(D(low), D(high), places=places, allow_nan=False),
        st.decimals(D(low), D(high), places=2, allow_nan=False),
        st.sampled_from([*fitting, D(low), D(1)]),
    )


def lines_of(cases: list[str]) -> st.SearchStrategy[list[Line]]:
    """One to twelve lines of some tax cases."""
    one = st.builds(
        Line,
        quantity=decimals("0.000001", "9999", 6),
        price=decimals("0", "9999", 6),
        discount=decimals("0", "100", 4),
        case=st.sampled_from(cases),
    )
    return st.lists(one, min_size=1, max_size=12)


DOCUMENTS = st.one_of(
    lines_of(["DE_S19", "DE_S7", "DE_S0_PV"]), lines_of(["EU_IC_SUPPLY"]), lines_of(["DE_S19"])
)
DISCOUNTS = st.one_of(st.just(D(0)), decimals("0", "100", 4))


@settings(max_examples=600, deadline=None)
@given(lines=DOCUMENTS, discount=DISCOUNTS)
def test_totals_and_taxes_are_those_of_the_norm(lines: list[Line], discount: D) -> None:
    assert_norm(lines, discount)


def assert_norm(lines: list[Line], discount: D) -> None:
    """The application's totals are the oracle's, to the cent, group by group."""
    expected, found = oracle(lines, discount), computed(lines, discount)

    assert in_cents(found.line_total) == expected.line_total
    assert in_cents(found.allowance) == expected.allowance
    assert in_cents(found.net) == expected.net
    assert in_cents(found.tax) == expected.tax
    assert in_cents(found.gross) == expected.gross
    per_rate: dict[tuple[str, F], list[int]] = {}
    for group in found.groups:
        sums = per_rate.setdefault((group.category, F(group.rate)), [0, 0])
        sums[0] += in_cents(group.base)
        sums[1] += in_cents(group.tax)
        assert group.base == group.line_total - group.allowance
        assert group.gross == group.base + group.tax
    assert {key: Breakdown(*sums) for key, sums in per_rate.items()} == expected.breakdown


@settings(max_examples=300, deadline=None)
@given(
    amount=st.integers(-(10**10), 10**10),
    weights=st.lists(st.integers(0, 10**8), min_size=1, max_size=9),
)
def test_splitting_conserves_every_cent(amount: int, weights: list[int]) -> None:
    parts = split_by_weight(D(amount) / 100, [D(weight) / 100 for weight in weights])

    assert sum(parts) == D(amount) / 100
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        if total:
            assert abs(F(part) - F(amount, 100) * F(weight, total)) < F(1, 100)


@settings(max_examples=300, deadline=None)
@given(
    price=decimals("0", "9999", 6),
    discount=decimals("0", "100", 4),
    quantities=st.lists(decimals("0.000001", "999", 6), min_size=2, max_size=6),
)
def test_parts_of_a_line_differ_from_the_whole_by_less_than_half_a_cent_each(
    price: D, discount: D, quantities: list[D]
) -> None:
    # Each part invoice rounds its own line amount (BT-131), so whole and parts may part by half a cent a part.
    whole = line_amount(sum(quantities, D(0)), price, discount)
    parts = [line_amount(quantity, price, discount) for quantity in quantities]

    assert abs(F(whole) - sum(F(part) for part in parts)) <= F(len(quantities) + 1, 200)


@settings(max_examples=200, deadline=None)
@given(lines=DOCUMENTS, discount=DISCOUNTS)
def test_a_cancellation_takes_back_exactly_what_was_billed(lines: list[Line], discount: D) -> None:
    names = (
        "product_id article name description unit billing_basis stock_kept promised_on service_on price_trace"
    )
    rows = [
        dict.fromkeys(names.split())
        | {
            "kind": "item",
            "quantity": line.quantity,
            "unit_price": line.price,
            "discount_percent": line.discount,
        }
        | {"amount": line_amount(line.quantity, line.price, line.discount), "tax_case": line.case}
        | {"tax_rate": tax_case(line.case, ON).rate or D(0)}
        for line in lines
    ]
    back = [copied_line(row, row["quantity"]) for row in rows]

    assert totals_of(back, discount, ON) == totals_of(rows, discount, ON)
