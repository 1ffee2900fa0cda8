"""Events of stock."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from suite.erp.stock.commands import correct_stock, receive_product, transfer_stock
from suite.erp.stock.locations import create_location
from suite.erp.stock.needs import raise_need
from suite.scenario.case import Case, day_of, lots_of, optional_day, plays


@plays("location", "name", "use", role="warehouse")
def play_location(case: Case, event: Mapping[str, Any]) -> None:
    """A place of ours, e.g. a technician's van; the number is its code."""
    create_location(code=event["number"], name=event["name"], use=event.get("use", "stock"), by=case.by)


@plays("stock_receipt", "article", "qty", "reason", "location", "lots", role="warehouse")
def play_stock_receipt(case: Case, event: Mapping[str, Any]) -> int:
    """Goods arrive from a supplier."""
    return receive_product(
        case.record(event["article"]),
        quantity=Decimal(event["qty"]),
        received_on=day_of(event),
        reason=event.get("reason", ""),
        location=event.get("location", "MAIN"),
        lots=lots_of(event),
        by=case.by,
    )


@plays("stock_correction", "article", "counted", "reason", "location", "lot", role="warehouse")
def play_stock_correction(case: Case, event: Mapping[str, Any]) -> int:
    """What was counted differs from what the books say."""
    return correct_stock(
        case.record(event["article"]),
        counted=Decimal(event["counted"]),
        reason=event["reason"],
        counted_on=day_of(event),
        location=event.get("location", "MAIN"),
        lot=event.get("lot", ""),
        by=case.by,
    )


@plays("stock_transfer", "article", "qty", "from", "to", "reason", "lots", role="warehouse")
def play_stock_transfer(case: Case, event: Mapping[str, Any]) -> int:
    """Goods are brought from one place of ours to another, from the main one unless the event says another."""
    return transfer_stock(
        case.record(event["article"]),
        quantity=Decimal(event["qty"]),
        source=event.get("from", "MAIN"),
        target=event["to"],
        moved_on=day_of(event),
        reason=event.get("reason", ""),
        lots=lots_of(event),
        by=case.by,
    )


@plays("need", "article", "qty", "reason", "needed_on", role="warehouse")
def play_need(case: Case, event: Mapping[str, Any]) -> int:
    """Something has to be bought."""
    return raise_need(
        case.record(event["article"]),
        quantity=Decimal(event["qty"]),
        reason=event["reason"],
        needed_on=optional_day(event, "needed_on"),
        by=case.by,
    )
