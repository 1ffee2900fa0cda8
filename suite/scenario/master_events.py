"""Events of master data: products, price lists, prices and contacts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from suite.master.parties.contacts import ContactInput, create_contact
from suite.master.prices.commands import PriceInput, create_price_list, set_price
from suite.master.products.commands import ProductInput, create_product
from suite.scenario.case import Case, day_of, optional_day, plays

PRODUCT_FIELDS = "description kind unit gtin tax_class billing_basis tracking".split()


@plays("product", "name", "base_price", "stock_kept", "warranty_months", *PRODUCT_FIELDS, role="purchasing")
def play_product(case: Case, event: Mapping[str, Any]) -> int:
    """A product is entered under its article number."""
    values = {name: event[name] for name in PRODUCT_FIELDS if event.get(name)}
    product = ProductInput(
        event["name"],
        base_price=Decimal(event["base_price"]) if event.get("base_price") else None,
        stock_kept=bool(event.get("stock_kept")),
        warranty_months=int(event["warranty_months"]) if event.get("warranty_months") else None,
        **values,
    )
    return case.keep(event, create_product(product, number=event["number"], by=case.by))


@plays("price_list", "name", role="purchasing")
def play_price_list(case: Case, event: Mapping[str, Any]) -> int:
    """A price list that partners name in `price_list`."""
    return case.keep(event, create_price_list(event["name"], by=case.by))


@plays("price", "price_list", "article", "unit_price", "percent_off", "from_qty", "until", role="purchasing")
def play_price(case: Case, event: Mapping[str, Any]) -> int:
    """A price of a product for a partner or a price list, from the event's day on."""
    holder = case.record(event["price_list"]) if "price_list" in event else case.party(event["partner"])
    price = PriceInput(
        from_quantity=Decimal(event.get("from_qty", "0")),
        unit_price=Decimal(event["unit_price"]) if "unit_price" in event else None,
        percent_off=Decimal(event["percent_off"]) if "percent_off" in event else None,
        valid_from=day_of(event),
        valid_until=optional_day(event, "until"),
    )
    return set_price(case.record(event["article"]), holder_id=holder, price=price, by=case.by)


@plays("contact", "name", "function", "email", "phone", role="sales")
def play_contact(case: Case, event: Mapping[str, Any]) -> int:
    """A person at a partner."""
    values = {name: event[name] for name in ("function", "email", "phone") if name in event}
    contact = ContactInput(event["name"], **values)
    return case.keep(event, create_contact(case.party(event["partner"]), contact, by=case.by))
