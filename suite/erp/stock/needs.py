"""Parts for tickets: reserved as far as stock goes, and what is missing as a need to buy."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound, NotPermitted, Refusal
from suite.base.money import fits
from suite.base.text import clean
from suite.model import Product, PurchaseNeed, Record, Ticket
from suite.model.record import change_record, get_record
from suite.shared.lines import LARGEST_QUANTITY
from suite.shared.parts import give_back_parts
from suite.shared.reservation import reserve_for

MOST_PARTS = 100


@command("ticket.reserve", on="ticket")
def reserve_parts(
    ticket_id: int, parts: Mapping[int, Decimal], *, needed_on: date | None = None, by: Actor
) -> int:
    """Say which parts a ticket needs, by product; what stock cannot give becomes a need to buy.

    The whole list replaces the one before; an empty one gives everything back.
    """
    record = get_record(ticket_id, "ticket")
    Ticket.flow.after("ticket.reserve", record.state)
    wanted = {product: quantity for product, quantity in parts.items() if quantity}
    _check(wanted)
    give_back_parts(ticket_id)
    kept = select(Product.id).where(Product.id.in_(sorted(wanted)), Product.stock_kept == True)  # noqa: E712 - a column
    stocked = {product: wanted[product] for product in session().scalars(kept)}
    missing = reserve_for(ticket_id, stocked, promised_on=needed_on)
    missing |= {product: quantity for product, quantity in wanted.items() if product not in stocked}
    rows = [
        _row(product, quantity, needed_on, f"{record.number} {record.title}"[:200], ticket_id, by)
        for product, quantity in sorted(missing.items())
    ]
    insert_rows(PurchaseNeed, rows)
    note_change("parts", None, len(wanted))
    change_record(ticket_id)
    return ticket_id


@command("need.raise")
def raise_need(
    product_id: int, *, quantity: Decimal, reason: str, needed_on: date | None = None, by: Actor
) -> int:
    """Say that something has to be bought, and why."""
    _check({product_id: quantity})
    words = clean(reason, "reason")
    if not words:
        raise Refusal("field-required", field="reason")
    insert_rows(PurchaseNeed, [_row(product_id, quantity, needed_on, words, None, by)])
    return product_id


@command("need.drop")
def drop_need(need_id: int, *, done: bool = False, by: Actor) -> None:
    """It was bought (`done`), or is not needed any more."""
    open_one = (PurchaseNeed.id == need_id) & (PurchaseNeed.state == "open")
    new = update(PurchaseNeed).where(open_one).values(state="done" if done else "dropped")
    if session().scalar(new.returning(PurchaseNeed.id)) is None:
        raise NotFound("need", need_id)


def open_needs(by: Actor, *, after: int = 0, limit: int = 50) -> list[tuple[PurchaseNeed, Record]]:
    """What has to be bought, oldest first, each with its product."""
    if not by.may("need.read"):
        raise NotPermitted("need.read")
    wanted = select(PurchaseNeed, Record).join(Record, Record.id == PurchaseNeed.product_id)
    wanted = wanted.where(PurchaseNeed.state == "open", PurchaseNeed.id > after)
    return [(row[0], row[1]) for row in session().execute(wanted.order_by(PurchaseNeed.id).limit(limit))]


def _row(
    product_id: int, quantity: Decimal, needed_on: date | None, reason: str, record_id: int | None, by: Actor
) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "quantity": quantity,
        "needed_on": needed_on,
        "reason": reason,
        "record_id": record_id,
        "state": "open",
        "created_at": clock.now(),
        "created_by": by.name,
    }


def _check(parts: Mapping[int, Decimal]) -> None:
    if len(parts) > MOST_PARTS:
        raise Refusal("lines-too-many", field="parts", most=MOST_PARTS)
    known = set(session().scalars(select(Product.id).where(Product.id.in_(sorted(parts)))))
    for product, quantity in parts.items():
        if product not in known:
            raise Refusal("product-unknown", field=f"quantity-{product}")
        if quantity <= 0 or not fits(quantity, most=LARGEST_QUANTITY, places=6):
            raise Refusal("quantity-range", field=f"quantity-{product}", most=LARGEST_QUANTITY)
