"""Events of stock."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from suite.erp.stock.commands import correct_stock, receive_product
from suite.scenario.case import Case, day_of, plays


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
