"""Line input: what a person or file says about a line, completed from product, price and tax rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base.db import session
from suite.base.errors import Refusal, Refusals
from suite.base.money import fits
from suite.base.text import clean
from suite.model import Party, Product, Record
from suite.reference import tax_case, unit_exists
from suite.shared.pricing import Found, find_prices
from suite.shared.snapshot import company, delivery_country
from suite.shared.taxes import SALES_CASES, propose_tax_case
from suite.shared.totals import HUNDRED, line_amount

MAX_LINES = 2000
LARGEST_QUANTITY = Decimal(10_000_000)
LARGEST_PRICE = Decimal(100_000_000)


@dataclass(frozen=True)
class LineInput:
    """A line as entered; None means: take it from the product, the price lists, the tax rules."""

    kind: str = "item"
    product_id: int | None = None
    name: str = ""
    description: str = ""
    quantity: Decimal = Decimal(1)
    unit: str | None = None
    unit_price: Decimal | None = None
    discount_percent: Decimal = Decimal(0)
    tax_case: str | None = None
    billing_basis: str | None = None
    promised_on: date | None = None
    service_on: date | None = None
    source_line_id: int | None = None


def completed_lines(lines: Sequence[LineInput], *, party: Party, on: date) -> list[dict[str, Any]]:
    """Rows for `document_line`; raises `Refusals` with fields like `lines-0-quantity`."""
    if not lines:
        raise Refusal("lines-missing", field="lines")
    if len(lines) > MAX_LINES:
        raise Refusal("lines-too-many", field="lines", most=MAX_LINES)
    products = _products(lines)
    prices = _prices(lines, products, party, on)
    own, country = company(), delivery_country(party)
    rows: list[dict[str, Any]] = []
    problems: list[Refusal] = []
    for place, line in enumerate(lines):
        try:
            product = products.get(line.product_id) if line.product_id is not None else None
            case = (
                line.tax_case
                or propose_tax_case(own, party, product[0] if product else None, country=country).tax_case
            )
            rows.append(_row(place, line, product, prices.get(place), case, on))
        except Refusals as several:
            problems.extend(several.problems)
        except Refusal as problem:
            problems.append(problem)
    if problems:
        raise Refusals(problems)
    return rows


def _products(lines: Sequence[LineInput]) -> dict[int, tuple[Product, str]]:
    ids = {line.product_id for line in lines if line.product_id is not None}
    if not ids:
        return {}
    wanted = (
        select(Product, Record.number)
        .join(Record, Record.id == Product.id)
        .where(Product.id.in_(sorted(ids)))
    )
    return {product.id: (product, number or "") for product, number in session().execute(wanted)}


def _prices(
    lines: Sequence[LineInput], products: dict[int, tuple[Product, str]], party: Party, on: date
) -> dict[int, Found]:
    open_places = [
        place
        for place, line in enumerate(lines)
        if line.unit_price is None and line.product_id in products and line.kind == "item"
    ]
    wanted = [(products[lines[place].product_id or 0][0], lines[place].quantity) for place in open_places]
    return dict(zip(open_places, find_prices(party, wanted, on), strict=True))


def _row(
    place: int, line: LineInput, found: tuple[Product, str] | None, price: Found | None, case: str, on: date
) -> dict[str, Any]:
    at = f"lines-{place}-"
    if line.kind == "text":
        return _text_row(line, at)
    product, article = found or (None, "")
    if line.product_id is not None and product is None:
        raise Refusal("product-unknown", field=f"{at}product")
    name = clean(line.name or (product.name if product else ""), f"{at}name", max_length=200)
    if not name:
        raise Refusal("field-required", field=f"{at}name")
    unit = line.unit or (product.unit if product else "H87")
    unit_price = line.unit_price if line.unit_price is not None else (price.unit_price if price else None)
    if unit_price is None:
        raise Refusal("field-required", field=f"{at}unit_price")
    _check_numbers(line, unit_price, unit, case, at)
    return {
        "kind": "item",
        "product_id": line.product_id,
        "article": article,
        "name": name,
        "description": clean(line.description, f"{at}description", max_length=2000, multiline=True),
        "quantity": line.quantity,
        "unit": unit,
        "unit_price": unit_price,
        "discount_percent": line.discount_percent,
        "amount": line_amount(line.quantity, unit_price, line.discount_percent),
        "tax_case": case,
        "tax_rate": tax_case(case, on).rate or Decimal(0),
        "billing_basis": line.billing_basis or (product.billing_basis if product else "delivered"),
        "stock_kept": product.stock_kept if product else False,
        "promised_on": line.promised_on,
        "service_on": line.service_on,
        "price_trace": price.trace if price and line.unit_price is None else "",
    }


def _text_row(line: LineInput, at: str) -> dict[str, Any]:
    zero = Decimal(0)
    words = clean(line.name, f"{at}name", max_length=2000, multiline=True)
    if not words:
        raise Refusal("field-required", field=f"{at}name")
    row: dict[str, Any] = dict.fromkeys(("product_id", "tax_case", "promised_on", "service_on"))
    row |= {"kind": "text", "article": "", "name": words, "description": "", "quantity": zero, "unit": "H87"}
    row |= {"unit_price": zero, "discount_percent": zero, "amount": zero, "tax_rate": zero, "price_trace": ""}
    return row | {"billing_basis": "ordered", "stock_kept": False}


def _check_numbers(line: LineInput, unit_price: Decimal, unit: str, case: str, at: str) -> None:
    problems = []
    if not line.quantity or not fits(line.quantity, most=LARGEST_QUANTITY, places=6):
        problems.append(Refusal("quantity-range", field=f"{at}quantity", most=LARGEST_QUANTITY))
    if not fits(unit_price, most=LARGEST_PRICE, places=6):
        problems.append(Refusal("price-range", field=f"{at}unit_price", most=LARGEST_PRICE))
    if not fits(line.discount_percent, most=HUNDRED, places=4):
        problems.append(Refusal("percent-range", field=f"{at}discount_percent"))
    if not unit_exists(unit):
        problems.append(Refusal("unit-unknown", field=f"{at}unit", unit=unit))
    if case not in SALES_CASES:
        problems.append(Refusal("tax-case-not-offered", field=f"{at}tax_case", tax_case=case))
    if line.billing_basis not in (None, "delivered", "ordered"):
        problems.append(Refusal("choice-unknown", field=f"{at}billing_basis"))
    if problems:
        raise Refusals(problems)
