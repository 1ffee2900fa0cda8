"""Prices: customer, then the customer's price list, then base price; the trace says which row won.

The first level that has a valid row wins, within it the largest scale quantity that is reached.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import or_, select

from suite.base.db import session
from suite.base.money import round_half_up
from suite.model import Party, Price, Product

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Found:
    """A unit price and how it came about: `level`, the price row's id, scale quantity, percentage, base price."""

    unit_price: Decimal
    level: str
    price_id: int | None = None
    from_quantity: Decimal = Decimal(0)
    percent_off: Decimal | None = None
    base_price: Decimal | None = None

    @property
    def trace(self) -> str:
        """The trace as JSON text, kept on the line and shown by the price popover."""
        values = {"level": self.level, "price_id": self.price_id, "from_quantity": str(self.from_quantity)}
        values |= {"percent_off": _text(self.percent_off), "base_price": _text(self.base_price)}
        return json.dumps(values | {"unit_price": str(self.unit_price)}, sort_keys=True)


def find_prices(party: Party, wanted: Sequence[tuple[Product, Decimal]], on: date) -> list[Found]:
    """The price of each (product, quantity) for a party on a day, in one read."""
    rows = _rows(party, {product.id for product, _ in wanted}, on)
    return [_best(party, product, quantity, rows) for product, quantity in wanted]


def _rows(party: Party, product_ids: set[int], on: date) -> list[Price]:
    if not product_ids:
        return []
    level = [Price.party_id == party.id]
    if party.price_list_id is not None:
        level.append(Price.price_list_id == party.price_list_id)
    valid = (Price.valid_from <= on) & or_(Price.valid_until.is_(None), Price.valid_until >= on)
    wanted = select(Price).where(Price.product_id.in_(sorted(product_ids)), or_(*level), valid)
    # The latest validity first, so that a newer row beats an older one of the same scale.
    return list(
        session().scalars(
            wanted.order_by(Price.from_quantity.desc(), Price.valid_from.desc(), Price.id.desc())
        )
    )


def _best(party: Party, product: Product, quantity: Decimal, rows: Sequence[Price]) -> Found:
    for level in ("customer", "list"):
        for row in rows:
            of_level = (row.party_id is not None) == (level == "customer")
            if of_level and row.product_id == product.id and row.from_quantity <= quantity:
                return _found(level, row, product)
    return Found(product.base_price or Decimal(0), "base", base_price=product.base_price)


def _found(level: str, row: Price, product: Product) -> Found:
    if row.unit_price is not None:
        return Found(row.unit_price, level, row.id, row.from_quantity, base_price=product.base_price)
    base = product.base_price or Decimal(0)
    percent = row.percent_off or Decimal(0)
    price = round_half_up(base * (HUNDRED - percent) / HUNDRED, 4)
    return Found(price, level, row.id, row.from_quantity, percent, base)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
