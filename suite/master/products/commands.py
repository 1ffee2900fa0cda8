"""What can be done with products; a name is enough to begin."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from stdnum import ean

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.counter import draw_number
from suite.base.db import session
from suite.base.errors import NotFound, Refusal, Refusals
from suite.base.money import fits
from suite.base.text import clean, searchable
from suite.model import Product, StockLevel, StockMove
from suite.model.record import change_record, expect_version, get_record, new_record
from suite.reference import unit_exists
from suite.shared.lines import LARGEST_PRICE

LONGEST_WARRANTY = 600


@dataclass(frozen=True)
class ProductInput:
    """A product as entered."""

    name: str
    description: str = ""
    kind: str = "goods"
    unit: str = "H87"
    gtin: str = ""
    tax_class: str = "standard"
    stock_kept: bool = False
    billing_basis: str = "delivered"
    tracking: str = "none"
    warranty_months: int | None = None
    base_price: Decimal | None = None


@command("product.create", creates="product")
def create_product(product: ProductInput, *, number: str | None = None, by: Actor) -> int:
    """Enter a product; its number is the article number."""
    values = _checked(product)
    number = clean(number or "", "number", max_length=40) or draw_number("product", clock.today())
    product_id = new_record(
        "product", title=values["name"], state="active", number=number, words=(values["gtin"],)
    )
    session().execute(insert(Product).values(id=product_id, **values))
    return product_id


@command("product.edit", on="product")
def edit_product(product_id: int, product: ProductInput, *, version: int | None = None, by: Actor) -> int:
    """Change a product; documents already made keep what they were made with."""
    # Its row before the register's, as whoever receives goods locks them.
    known = session().get(Product, product_id, populate_existing=True, with_for_update=True)
    if known is None:
        raise NotFound("product", product_id)
    record = get_record(product_id, "product")
    expect_version(record, version)
    values = _checked(product, product_id)
    if known.tracking != values["tracking"] and _lies_somewhere(product_id):
        raise Refusal("product-tracked-with-stock", field="tracking")
    if known.stock_kept != values["stock_kept"] and _has_moves(product_id):
        raise Refusal("product-has-stock", field="stock_kept")

    for name, value in values.items():
        note_change(name, getattr(known, name), value)
        setattr(known, name, value)
    session().flush()  # before the register row
    words = searchable(record.number, values["name"], values["gtin"])
    change_record(product_id, title=values["name"], search_text=words)
    return product_id


@command("product.retire", on="product")
def retire_product(product_id: int, *, by: Actor) -> int:
    """Offer the product no more."""
    change_record(
        product_id, state=Product.flow.after("product.retire", get_record(product_id, "product").state)
    )
    return product_id


@command("product.revive", on="product")
def revive_product(product_id: int, *, by: Actor) -> int:
    """Offer the product again."""
    change_record(
        product_id, state=Product.flow.after("product.revive", get_record(product_id, "product").state)
    )
    return product_id


def _checked(product: ProductInput, product_id: int | None = None) -> dict[str, Any]:
    values = asdict(product)
    problems: list[Refusal] = []
    for name, length, multiline in (("name", 200, False), ("description", 2000, True), ("gtin", 40, False)):
        try:
            values[name] = clean(values[name], name, max_length=length, multiline=multiline)
        except Refusal as problem:
            problems.append(problem)
    if not values["name"].strip():
        problems.append(Refusal("field-required", field="name"))
    values["gtin"] = ean.compact(values["gtin"]) or None
    if values["gtin"] and not ean.is_valid(values["gtin"]):
        problems.append(Refusal("gtin-wrong", field="gtin", value=values["gtin"]))
    elif values["gtin"] and _gtin_taken(values["gtin"], product_id):
        problems.append(Refusal("gtin-taken", field="gtin", value=values["gtin"]))
    if not unit_exists(values["unit"]):
        problems.append(Refusal("unit-unknown", field="unit", unit=values["unit"]))
    choices: dict[str, tuple[str, ...]] = {
        "kind": ("goods", "service"),
        "tax_class": ("standard", "reduced", "zero"),
    }
    choices |= {"billing_basis": ("delivered", "ordered"), "tracking": ("none", "lot", "serial")}
    for name, allowed in choices.items():
        if values[name] not in allowed:
            problems.append(Refusal("choice-unknown", field=name))
    price = values["base_price"]
    if price is not None and not fits(price, most=LARGEST_PRICE, places=6):
        problems.append(Refusal("price-range", field="base_price", most=LARGEST_PRICE))
    if values["stock_kept"] and values["kind"] == "service":
        problems.append(Refusal("service-not-stocked", field="stock_kept"))
    if values["tracking"] in ("lot", "serial") and not values["stock_kept"]:
        problems.append(Refusal("tracking-needs-stock", field="tracking"))
    if values["warranty_months"] is not None and not 0 <= values["warranty_months"] <= LONGEST_WARRANTY:
        problems.append(Refusal("warranty-range", field="warranty_months", most=LONGEST_WARRANTY))
    if problems:
        raise Refusals(problems)
    return values


def _gtin_taken(gtin: str, product_id: int | None) -> bool:
    other = session().scalar(select(Product.id).where(Product.gtin == gtin))
    return other is not None and other != product_id


def _has_moves(product_id: int) -> bool:
    return (
        session().scalar(select(StockMove.id).where(StockMove.product_id == product_id).limit(1)) is not None
    )


def _lies_somewhere(product_id: int) -> bool:
    there = select(StockLevel.product_id).where(StockLevel.product_id == product_id, StockLevel.on_hand > 0)
    return session().scalar(there.limit(1)) is not None
