"""What can be done with returns: goods come back, with a reason, and may be credited."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.counter import draw_number
from suite.base.db import insert_rows
from suite.base.errors import Refusal, Refusals
from suite.base.money import fits
from suite.base.text import clean
from suite.model import Delivery, Return, ReturnSide
from suite.model.delivery import RETURN_REASONS
from suite.model.record import change_record, expect_version
from suite.shared.chain import line_sources
from suite.shared.documents import copied_line, freeze, head_of, insert_document, load_document
from suite.shared.progress import document_ids_of, lock_orders, locked_progress, move_progress, refresh_orders
from suite.shared.reservation import locations, receive_stock

ZERO = Decimal(0)


@command("delivery.return", on="delivery")
def return_delivery(
    delivery_id: int,
    *,
    quantities: Mapping[int, Decimal],
    reason: str,
    remark: str = "",
    dated_on: date | None = None,
    receive: bool = True,
    number: str | None = None,
    by: Actor,
) -> int:
    """Take goods of a delivery back; `quantities` by delivery line. Returns the return's id.

    With `receive=False` it stays a draft (announced, not yet here).
    """
    if reason not in RETURN_REASONS:
        raise Refusal("choice-unknown", field="reason")
    delivery = load_document(delivery_id, "delivery")
    Delivery.flow.after("delivery.return", delivery.record.state)
    rows, sources = _returned_lines(delivery.lines, quantities)
    on = dated_on or clock.today()

    back = insert_document(
        "return",
        title=delivery.record.title,
        state="draft",
        party_id=delivery.document.party_id,
        dated_on=on,
        head=head_of(delivery.document),
        lines=rows,
        parties=delivery_id,
        number=number or draw_number("return", on),
        number_given=number is not None,
        sources=[delivery_id],
        line_sources=sources,
    )
    side = {
        "document_id": back.id,
        "kind": "return",
        "reason": reason,
        "remark": clean(remark, "remark", max_length=1000),
    }
    insert_rows(ReturnSide, [side])
    if receive:
        receive_return(back.id, by=by)
    return back.id


@command("return.receive", on="return")
def receive_return(return_id: int, *, version: int | None = None, by: Actor) -> int:
    """Receive returned goods: stock rises, progress of delivery and order follow, the return freezes."""
    back = load_document(return_id, "return")
    expect_version(back.record, version)
    state = Return.flow.after("return.receive", back.record.state)
    items = [line for line in back.lines if line["kind"] == "item"]
    delivery_line = {target: source for source, target, _ in line_sources([line["id"] for line in items])}
    order_line = {target: source for source, target, _ in line_sources(list(delivery_line.values()))}
    orders = document_ids_of(list(order_line.values()))
    states = lock_orders(orders)

    move_progress("returned", _moved(items, delivery_line, order_line))
    for line in items:
        if line["stock_kept"]:
            receive_stock(
                line["product_id"],
                locations()["MAIN"],
                line["quantity"],
                source="CUSTOMER",
                on=back.document.dated_on,
                reason="return",
                line_id=line["id"],
            )
    freeze(return_id)
    change_record(return_id, state=state)
    refresh_orders(states)
    return return_id


@command("return.discard", on="return")
def discard_return(return_id: int, *, by: Actor) -> int:
    """Throw an announced return away that never came."""
    back = load_document(return_id, "return")
    change_record(return_id, state=Return.flow.after("return.discard", back.record.state))
    return return_id


def _returned_lines(
    lines: Sequence[Mapping[str, Any]], quantities: Mapping[int, Decimal]
) -> tuple[list[dict[str, Any]], list[tuple[int, int, Decimal]]]:
    items = {line["id"]: line for line in lines if line["kind"] == "item"}
    progress = locked_progress(list(items))
    rows: list[dict[str, Any]] = []
    sources: list[tuple[int, int, Decimal]] = []
    problems: list[Refusal] = []
    for line_id, quantity in quantities.items():
        line = items.get(line_id)
        if line is None:
            problems.append(Refusal("line-not-issued", field=f"quantity-{line_id}", name=""))
            continue
        rest = progress[line_id].delivered - progress[line_id].returned
        if not fits(quantity, most=rest, places=6):
            problems.append(
                Refusal("more-than-open", field=f"quantity-{line_id}", name=line["name"], open=rest)
            )
        elif quantity:
            rows.append(copied_line(line, quantity))
            sources.append((len(rows) - 1, line_id, quantity))
    if problems:
        raise Refusals(problems)
    if not rows:
        raise Refusal("nothing-to-return")
    return rows, sources


def _moved(
    items: Sequence[Mapping[str, Any]], delivery_line: Mapping[int, int], order_line: Mapping[int, int]
) -> dict[int, Decimal]:
    moved: dict[int, Decimal] = {}
    for line in items:
        delivered = delivery_line[line["id"]]
        for upstream in (delivered, order_line.get(delivered)):
            if upstream is not None:
                moved[upstream] = moved.get(upstream, ZERO) + line["quantity"]
    return moved
