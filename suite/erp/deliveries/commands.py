"""What can be done with deliveries."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.counter import draw_number
from suite.base.errors import Refusal, Refusals
from suite.base.job import enqueue
from suite.base.money import fits
from suite.base.text import clean
from suite.erp.devices.shipping import place_shipped
from suite.model import Delivery, Order
from suite.model.record import change_record, expect_version
from suite.shared.chain import order_lines
from suite.shared.documents import (
    copied_line,
    freeze,
    head_of,
    insert_document,
    load_document,
    set_head,
)
from suite.shared.line_lots import plan_line_lots
from suite.shared.lots import LotInput
from suite.shared.progress import (
    lock_open_orders,
    locked_progress,
    move_progress,
    open_to_deliver,
    refresh_orders,
    start_progress,
)
from suite.shared.reservation import issue_stock

ZERO = Decimal(0)


@command("order.deliver", on="order")
def deliver_order(
    order_id: int,
    *,
    quantities: Mapping[int, Decimal] | None = None,
    lots: Mapping[int, Sequence[LotInput]] | None = None,
    dated_on: date | None = None,
    ship: bool = True,
    version: int | None = None,
    number: str | None = None,
    by: Actor,
) -> int:
    """Make a delivery of an order and ship it; `quantities` by order line, without it all that is open.

    `lots` by order line says which lots or serial numbers leave; without it first expired, else first
    received goes first. With `ship=False` it stays a draft that counts nothing yet. Returns the delivery's id.
    """
    order = load_document(order_id, "order")
    expect_version(order.record, version)
    Order.flow.after("order.deliver", order.record.state)
    rows, sources = _delivered_lines(order.lines, quantities)
    on = dated_on or clock.today()

    delivery = insert_document(
        "delivery",
        title=order.record.title,
        state="draft",
        party_id=order.document.party_id,
        dated_on=on,
        head=head_of(order.document) | {"service_from": on, "service_until": on},
        lines=rows,
        parties=order_id,
        number=number or draw_number("delivery", on),
        number_given=number is not None,
        sources=[order_id],
        line_sources=sources,
    )
    _plan_lots(delivery.lines, sources, lots or {})
    if ship:
        ship_delivery(delivery.id, by=by)
    return delivery.id


@command("delivery.ship", on="delivery")
def ship_delivery(delivery_id: int, *, version: int | None = None, by: Actor) -> int:
    """Ship a delivery: stock moves, the order's progress rises, the delivery note freezes."""
    delivery = load_document(delivery_id, "delivery")
    expect_version(delivery.record, version)
    state = Delivery.flow.after("delivery.ship", delivery.record.state)
    items = [line for line in delivery.lines if line["kind"] == "item"]
    order_line, orders = order_lines([line["id"] for line in items])
    states = lock_open_orders(orders, "order.deliver")

    move_progress("delivered", _by_source(items, order_line))
    on, party_id = delivery.document.dated_on, delivery.document.party_id
    wanted = [{**line, "order_line_id": order_line.get(line["id"])} for line in items]
    if issue_stock(wanted, on=on):
        place_shipped(items, party_id=party_id, delivery_id=delivery_id, on=on, by=by)
    start_progress(delivery_id, items, done=("delivered",))
    freeze(delivery_id)
    change_record(delivery_id, state=state)
    refresh_orders(states)
    enqueue("document.pdf", record_id=delivery_id)
    return delivery_id


@command("delivery.edit", on="delivery")
def edit_delivery(
    delivery_id: int, *, dated_on: date, closing: str = "", version: int | None = None, by: Actor
) -> int:
    """Change date and remark of a draft delivery."""
    delivery = load_document(delivery_id, "delivery")
    expect_version(delivery.record, version)
    Delivery.flow.after("delivery.edit", delivery.record.state)

    words = clean(closing, "closing", max_length=2000, multiline=True)
    set_head(delivery_id, dated_on=dated_on, service_from=dated_on, service_until=dated_on, closing=words)
    change_record(delivery_id, sort_date=dated_on)
    return delivery_id


@command("delivery.discard", on="delivery")
def discard_delivery(delivery_id: int, *, version: int | None = None, by: Actor) -> int:
    """Throw a draft delivery away; its number stays used and is listed as discarded."""
    delivery = load_document(delivery_id, "delivery")
    expect_version(delivery.record, version)
    change_record(delivery_id, state=Delivery.flow.after("delivery.discard", delivery.record.state))
    return delivery_id


def _delivered_lines(
    lines: Sequence[Mapping[str, Any]], quantities: Mapping[int, Decimal] | None
) -> tuple[list[dict[str, Any]], list[tuple[int, int, Decimal]]]:
    goods = [line for line in lines if line["kind"] == "item" and line["billing_basis"] == "delivered"]
    progress = locked_progress([line["id"] for line in goods])
    rows: list[dict[str, Any]] = []
    sources: list[tuple[int, int, Decimal]] = []
    problems: list[Refusal] = []
    for line in goods:
        rest = open_to_deliver(progress[line["id"]])
        wanted = rest if quantities is None else quantities.get(line["id"], ZERO)
        if not fits(wanted, most=rest, places=6):
            problems.append(
                Refusal("more-than-open", field=f"quantity-{line['id']}", name=line["name"], open=rest)
            )
        elif wanted:
            rows.append(copied_line(line, wanted))
            sources.append((len(rows) - 1, line["id"], wanted))
    if problems:
        raise Refusals(problems)
    if not rows:
        raise Refusal("nothing-to-deliver")
    return rows, sources


def _plan_lots(
    lines: Sequence[Mapping[str, Any]],
    sources: Sequence[tuple[int, int, Decimal]],
    lots: Mapping[int, Sequence[LotInput]],
) -> None:
    """Keep the lots chosen for order lines with the delivery lines made from them."""
    wanted = {}
    for index, order_line, _ in sources:
        if lots.get(order_line) and lines[index]["stock_kept"]:
            wanted[lines[index]["id"]] = (lines[index], lots[order_line], f"lots-{order_line}")
    plan_line_lots(wanted)


def _by_source(items: Sequence[Mapping[str, Any]], source: Mapping[int, int]) -> dict[int, Decimal]:
    moved: dict[int, Decimal] = {}
    for line in items:
        order_line = source.get(line["id"])
        if order_line is not None:
            moved[order_line] = moved.get(order_line, ZERO) + line["quantity"]
    return moved
