"""Events of products and stock."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from suite.erp.stock.commands import correct_stock, receive_product
from suite.master.products.commands import ProductInput, create_product
from suite.scenario.case import Case, day_of, plays

PRODUCT_FIELDS = "description kind unit gtin tax_class billing_basis".split()


@plays("product", "name", "base_price", "stock_kept", *PRODUCT_FIELDS, role="purchasing")
def play_product(case: Case, event: Mapping[str, Any]) -> int:
    """A product is entered under its article number."""
    values = {name: event[name] for name in PRODUCT_FIELDS if event.get(name)}
    product = ProductInput(
        event["name"],
        base_price=Decimal(event["base_price"]) if event.get("base_price") else None,
        stock_kept=bool(event.get("stock_kept")),
        **values,
    )
    return case.keep(event, create_product(product, number=event["number"], by=case.by))


@plays("stock_receipt", "article", "qty", "reason", role="warehouse")
def play_stock_receipt(case: Case, event: Mapping[str, Any]) -> int:
    """Goods arrive from a supplier."""
    return receive_product(
        case.record(event["article"]),
        quantity=Decimal(event["qty"]),
        received_on=day_of(event),
        reason=event.get("reason", ""),
        by=case.by,
    )


@plays("stock_correction", "article", "counted", "reason", role="warehouse")
def play_stock_correction(case: Case, event: Mapping[str, Any]) -> int:
    """What was counted differs from what the books say."""
    return correct_stock(
        case.record(event["article"]),
        counted=Decimal(event["counted"]),
        reason=event["reason"],
        counted_on=day_of(event),
        by=case.by,
    )
