"""What can be done to make and change orders."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.counter import draw_number
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal, Refusals
from suite.base.job import enqueue
from suite.base.money import fits
from suite.base.text import clean
from suite.erp.orders.changes import change_lines, reserve_open
from suite.model import Order, OrderSide, Quote
from suite.model.record import change_record, expect_version
from suite.shared.documents import (
    Loaded,
    copied_line,
    head_of,
    insert_document,
    load_document,
    rewrite_document,
)
from suite.shared.lines import LineInput, completed_lines
from suite.shared.progress import locked_progress, refresh_orders, start_progress
from suite.shared.reservation import release, reserve
from suite.shared.snapshot import active_party, company, party_snapshots
from suite.shared.winning import win_by_quote

ZERO = Decimal(0)


@command("order.create", creates="order")
def create_order(
    *,
    party_id: int,
    lines: Sequence[LineInput],
    dated_on: date | None = None,
    promised_on: date | None = None,
    header_discount_percent: Decimal = ZERO,
    buyer_reference: str = "",
    order_reference: str = "",
    number: str | None = None,
    by: Actor,
) -> int:
    """Make a draft order directly."""
    party = active_party(party_id)
    on = dated_on or clock.today()
    rows = completed_lines(lines, party=party, on=on)

    head = {
        "header_discount_percent": header_discount_percent,
        "payment_days": party.payment_days if party.payment_days is not None else company().payment_days,
        "buyer_reference": clean(buyer_reference, "buyer_reference") or party.leitweg_id,
        "order_reference": clean(order_reference, "order_reference") or None,
    }
    order = insert_document(
        "order",
        title=party.name,
        state="draft",
        party_id=party.id,
        dated_on=on,
        head=head,
        lines=rows,
        parties=party_snapshots(party),
        number=number or draw_number("order", on),
        number_given=number is not None,
        due_date=promised_on,
    )
    insert_rows(OrderSide, [{"document_id": order.id, "kind": "order", "promised_on": promised_on}])
    return order.id


@command("quote.order", on="quote")
def order_quote(
    quote_id: int,
    *,
    quantities: Mapping[int, Decimal] | None = None,
    dated_on: date | None = None,
    promised_on: date | None = None,
    order_reference: str = "",
    version: int | None = None,
    number: str | None = None,
    by: Actor,
) -> int:
    """Accept a quote and make its confirmed order; `quantities` by quote line, what is not named lapses.

    Without `quantities` everything is ordered. Returns the order's id.
    """
    quote = load_document(quote_id, "quote")
    expect_version(quote.record, version)
    state = Quote.flow.after("quote.order", quote.record.state)
    rows, sources = _ordered_lines(quote, quantities)
    on = dated_on or clock.today()

    order = insert_document(
        "order",
        title=quote.record.title,
        state="confirmed",
        party_id=quote.document.party_id,
        dated_on=on,
        head=head_of(quote.document) | {"order_reference": clean(order_reference, "order_reference") or None},
        lines=rows,
        parties=quote_id,
        number=number or draw_number("order", on),
        number_given=number is not None,
        sources=[quote_id],
        line_sources=sources,
        due_date=promised_on,
    )
    insert_rows(OrderSide, [{"document_id": order.id, "kind": "order", "promised_on": promised_on}])
    _issue(order.id, order.lines)
    change_record(quote_id, state=state)
    win_by_quote(quote_id, by=by)
    return order.id


@command("order.edit", on="order")
def edit_order(
    order_id: int,
    *,
    lines: Sequence[LineInput],
    header_discount_percent: Decimal = ZERO,
    promised_on: date | None = None,
    buyer_reference: str = "",
    order_reference: str = "",
    version: int | None = None,
    by: Actor,
) -> int:
    """Replace the content of a draft order."""
    order = load_document(order_id, "order")
    expect_version(order.record, version)
    Order.flow.after("order.edit", order.record.state)
    rows = completed_lines(lines, party=active_party(order.document.party_id), on=order.document.dated_on)

    head: dict[str, Any] = {"header_discount_percent": header_discount_percent}
    head |= {"buyer_reference": clean(buyer_reference, "buyer_reference") or None}
    head |= {"order_reference": clean(order_reference, "order_reference") or None}
    note_change("gross_total", order.document.gross_total, None)
    rewrite_document(
        order_id,
        dated_on=order.document.dated_on,
        head=head,
        lines=rows,
        number=order.document.number,
        title=order.record.title,
    )
    _promise(order_id, promised_on)
    return order_id


@command("order.confirm", on="order")
def confirm_order(order_id: int, *, version: int | None = None, by: Actor) -> int:
    """Confirm an order: from now on it is delivered and invoiced against; free stock is reserved."""
    order = load_document(order_id, "order")
    expect_version(order.record, version)
    state = Order.flow.after("order.confirm", order.record.state)
    if not any(line["kind"] == "item" for line in order.lines):
        raise Refusal("lines-missing", field="lines")

    _issue(order_id, order.lines)
    change_record(order_id, state=state)
    return order_id


@command("order.change", on="order")
def change_order(
    order_id: int,
    *,
    quantities: Mapping[int, Decimal],
    prices: Mapping[int, Decimal] | None = None,
    added: Sequence[LineInput] = (),
    version: int | None = None,
    by: Actor,
) -> int:
    """Change a confirmed order: quantities down to what is delivered or invoiced, prices of untouched lines, new lines.

    Raises `Refusals` with `below-progress` at each line.
    """
    order = load_document(order_id, "order")
    expect_version(order.record, version)
    Order.flow.after("order.change", order.record.state)

    change_lines(order, quantities=quantities, prices=prices or {}, added=added)
    refresh_orders({order_id: order.record.state})
    enqueue("document.pdf", record_id=order_id)
    return order_id


@command("order.reserve", on="order")
def reserve_order(order_id: int, *, by: Actor) -> int:
    """Try again to reserve what is missing."""
    order = load_document(order_id, "order")
    Order.flow.after("order.reserve", order.record.state)

    reserve_open(order.lines)
    change_record(order_id)
    return order_id


@command("order.close", on="order")
def close_order(order_id: int, *, version: int | None = None, by: Actor) -> int:
    """End a partly delivered order: the rest lapses, reservations are given back."""
    return _end(order_id, "order.close", version)


@command("order.cancel", on="order")
def cancel_order(order_id: int, *, version: int | None = None, by: Actor) -> int:
    """Cancel an order nothing of which was delivered or invoiced."""
    return _end(order_id, "order.cancel", version)


def _ordered_lines(
    quote: Loaded, quantities: Mapping[int, Decimal] | None
) -> tuple[list[dict[str, Any]], list[tuple[int, int, Decimal]]]:
    rows: list[dict[str, Any]] = []
    sources: list[tuple[int, int, Decimal]] = []
    problems: list[Refusal] = []
    for line in quote.lines:
        wanted = line["quantity"] if quantities is None else quantities.get(line["id"], ZERO)
        if line["kind"] == "item" and not fits(wanted, most=line["quantity"], places=6):
            problems.append(
                Refusal(
                    "more-than-open", field=f"quantity-{line['id']}", name=line["name"], open=line["quantity"]
                )
            )
        elif line["kind"] == "text" or wanted > 0:
            rows.append(copied_line(line, wanted if line["kind"] == "item" else ZERO))
            sources.append((len(rows) - 1, line["id"], wanted if line["kind"] == "item" else ZERO))
    if problems:
        raise Refusals(problems)
    if not any(row["kind"] == "item" for row in rows):
        raise Refusal("lines-missing", field="lines")
    return rows, sources


def _issue(order_id: int, lines: Sequence[Mapping[str, Any]]) -> None:
    start_progress(order_id, lines)
    reserve([{**line, "open": line["quantity"]} for line in lines])
    enqueue("document.pdf", record_id=order_id)


def _promise(order_id: int, promised_on: date | None) -> None:
    side = session().get_one(OrderSide, order_id)
    side.promised_on = promised_on
    session().flush()  # the register below repeats the date for lists
    change_record(order_id, due_date=promised_on)


def _end(order_id: int, verb: str, version: int | None) -> int:
    order = load_document(order_id, "order")
    expect_version(order.record, version)
    state = Order.flow.after(verb, order.record.state)
    locked = locked_progress([line["id"] for line in order.lines])
    if verb == "order.cancel" and any(row.delivered or row.invoiced for row in locked.values()):
        raise Refusal("order-has-progress")

    release(list(locked))
    change_record(order_id, state=state)
    return order_id


@command("order.discard", on="order")
def discard_order(order_id: int, *, version: int | None = None, by: Actor) -> int:
    """Throw a draft order away; its number stays used and is listed as discarded."""
    order = load_document(order_id, "order")
    expect_version(order.record, version)
    change_record(order_id, state=Order.flow.after("order.discard", order.record.state))
    return order_id
