"""Events from order to payment, and the commands they play."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base.db import database
from suite.base.errors import Refusal
from suite.base.money import cents
from suite.erp.deliveries.commands import deliver_order
from suite.erp.deliveries.returns import return_delivery
from suite.erp.invoices.commands import (
    cancel_and_copy_invoice,
    cancel_invoice,
    post_credit_note,
    post_invoice,
)
from suite.erp.invoices.corrections import correct_invoice, credit_return
from suite.erp.invoices.drafts import create_invoice, edit_invoice, invoice_delivery, invoice_order
from suite.erp.orders.commands import cancel_order, confirm_order, create_order
from suite.erp.payments.commands import post_payment
from suite.model import OpenItem, Record
from suite.scenario.case import Case, day_of, line_rows, lots_of, optional_day, plays
from suite.shared.lines import LineInput


@plays("sales_order", "order_lines", "header_discount_pct", "promised_on", "draft", role="sales")
def play_sales_order(case: Case, event: Mapping[str, Any]) -> int:
    """An order is entered and confirmed; items that are no products and that no delivery names are billed as ordered."""
    lines = [
        _with_basis(case, event["number"], place, line)
        for place, line in enumerate(case.lines(event["order_lines"]), start=1)
    ]
    order = create_order(
        party_id=case.party(event["partner"]),
        lines=lines,
        dated_on=day_of(event),
        promised_on=optional_day(event, "promised_on"),
        header_discount_percent=Decimal(event.get("header_discount_pct", "0")),
        buyer_reference=case.reference(event),
        number=case.number(event),
        by=case.by,
    )
    if not event.get("draft"):
        confirm_order(order, by=case.by)
    case.latest_order[event["partner"]] = order
    return case.keep(event, order)


@plays("order_cancelled", "refers_to", role="sales")
def play_order_cancelled(case: Case, event: Mapping[str, Any]) -> int:
    """The customer withdraws before anything was delivered."""
    return cancel_order(case.record(event["refers_to"]), by=case.by)


@plays("delivery", "refers_to", "delivered", role="warehouse")
def play_delivery(case: Case, event: Mapping[str, Any]) -> int:
    """Part of the partner's latest open order is delivered, or all that is open."""
    order = case.record(event["refers_to"]) if "refers_to" in event else case.latest_order[event["partner"]]
    quantities, lots = None, {}
    if "delivered" in event:
        lines = {line.position: line.id for line in line_rows(order)}
        quantities = {lines[int(part["order_pos"])]: Decimal(part["qty"]) for part in event["delivered"]}
        lots = {lines[int(part["order_pos"])]: lots_of(part) for part in event["delivered"] if "lots" in part}
    delivery = deliver_order(
        order,
        quantities=quantities,
        lots=lots,
        dated_on=day_of(event),
        number=case.number(event),
        by=case.by,
    )
    return case.keep(event, delivery)


@plays("goods_return", "refers_to", "returned", "reason", "reason_code", role="warehouse")
def play_goods_return(case: Case, event: Mapping[str, Any]) -> int | None:
    """Goods come back to the delivery they left with; what was never delivered by us moves nothing."""
    delivery = case.records.get(event.get("refers_to", ""))
    if delivery is None:
        return None
    by_position = {line.position: line.id for line in line_rows(delivery)}
    quantities = {
        by_position[int(part.get("pos", part.get("order_pos", 1)))]: Decimal(part["qty"])
        for part in event["returned"]
    }
    lots = {
        by_position[int(part.get("pos", part.get("order_pos", 1)))]: lots_of(part)
        for part in event["returned"]
        if "lots" in part
    }
    back = return_delivery(
        delivery,
        quantities=quantities,
        lots=lots,
        reason=event.get("reason_code", "other"),
        dated_on=day_of(event),
        number=case.number(event),
        by=case.by,
    )
    return case.keep(event, back)


@plays(
    "sales_invoice",
    "lines",
    "service_date",
    "header_discount_pct",
    "refers_to",
    "replaces",
    "draft",
    role="accounting",
)
def play_sales_invoice(case: Case, event: Mapping[str, Any]) -> int:
    """An invoice of the delivery or order it refers to, or a direct one, is drafted and posted."""
    invoice = _drafted(case, event)
    if not event.get("draft"):
        post_invoice(invoice, dated_on=day_of(event), number=case.number(event), by=case.by)
    return case.keep(event, invoice)


@plays("sales_cancellation", "lines", "service_date", "refers_to", "reason", "copy", role="accounting")
def play_sales_cancellation(case: Case, event: Mapping[str, Any]) -> int:
    """A Stornorechnung over the whole invoice; with `copy` a new draft of the same content is opened."""
    invoice = case.record(event["refers_to"])
    reason = event.get("reason", "")
    if event.get("copy"):
        copy = cancel_and_copy_invoice(invoice, reason=reason, dated_on=day_of(event), by=case.by)
        return case.keep(event, copy)
    number = case.number(event)
    return case.keep(
        event, cancel_invoice(invoice, reason=reason, dated_on=day_of(event), number=number, by=case.by)
    )


@plays(
    "sales_correction",
    "lines",
    "service_date",
    "refers_to",
    "reason",
    "correction",
    "return",
    role="accounting",
)
def play_sales_correction(case: Case, event: Mapping[str, Any]) -> int:
    """A Rechnungskorrektur: of a return that is known, or of prices."""
    back = case.records.get(event.get("return", ""))
    if back is not None:
        credit = credit_return(back, dated_on=day_of(event), by=case.by)
    else:
        invoice = case.record(event["refers_to"])
        names = {line.name: line.id for line in line_rows(invoice)}
        reductions = {names[line["item"]]: Decimal(line["unit_price_net"]) for line in event["lines"]}
        credit = correct_invoice(
            invoice, reductions=reductions, reason=event.get("reason", ""), dated_on=day_of(event), by=case.by
        )
    post_credit_note(credit, dated_on=day_of(event), number=case.number(event), by=case.by)
    return case.keep(event, credit)


@plays("payment_in", "amount", "applied", "money_account", role="accounting")
def play_payment_in(case: Case, event: Mapping[str, Any]) -> int:
    """Money comes in and settles the documents it names; amounts may be a share of what is open (`100 %`)."""
    items = {part["document"]: _open_item(case.record(part["document"])) for part in event.get("applied", [])}
    applied = {
        items[part["document"]].id: _amount(part["amount"], items[part["document"]].open)
        for part in event.get("applied", [])
    }
    payment = post_payment(
        party_id=case.party(event["partner"]),
        amount=Decimal(event["amount"]) if "amount" in event else sum(applied.values(), Decimal(0)),
        paid_on=day_of(event),
        money=event.get("money_account", "bank"),
        allocations=applied,
        number=case.number(event),
        by=case.by,
    )
    return case.keep(event, payment)


def _with_basis(case: Case, order: str, place: int, line: LineInput) -> LineInput:
    if line.billing_basis is not None or line.product_id is not None:
        return line
    return replace(line, billing_basis="delivered" if (order, place) in case.delivered_items else "ordered")


def _drafted(case: Case, event: Mapping[str, Any]) -> int:
    on = day_of(event)
    source = case.records.get(event.get("refers_to", ""))
    if source is not None and "lines" not in event:
        with database().reading() as reading:
            is_order = reading.get_one(Record, source).kind == "order"
        return (invoice_order if is_order else invoice_delivery)(source, dated_on=on, by=case.by)
    service = date.fromisoformat(event.get("service_date", event["date"]))
    lines = case.lines(event["lines"])
    discount = Decimal(event.get("header_discount_pct", "0"))
    if source is not None:
        invoice = invoice_delivery(source, dated_on=on, by=case.by)
        _write_lines(case, invoice, lines, on, service, discount)
        return invoice
    return create_invoice(
        party_id=case.party(event["partner"]),
        lines=lines,
        dated_on=on,
        service_from=service,
        service_until=service,
        header_discount_percent=discount,
        buyer_reference=case.reference(event),
        replaces_id=case.records.get(event.get("replaces", "")),
        by=case.by,
    )


def _write_lines(
    case: Case, invoice: int, lines: list[LineInput], on: date, service: date, discount: Decimal
) -> None:
    """Give a drafted invoice the lines of the file, each keeping the link of the line it came from."""
    drafted = {line.name: line.id for line in line_rows(invoice)}
    linked = [replace(line, source_line_id=drafted.get(line.name)) for line in lines]
    edit_invoice(
        invoice,
        lines=linked,
        dated_on=on,
        service_from=service,
        service_until=service,
        header_discount_percent=discount,
        by=case.by,
    )


def _open_item(record_id: int) -> OpenItem:
    with database().reading() as reading:
        wanted = select(OpenItem).where(OpenItem.record_id == record_id, OpenItem.side == "debit")
        item = reading.scalars(wanted).first()
        if item is None:
            raise Refusal("nothing-open", number=record_id)
        reading.expunge(item)
        return item


def _amount(text: str, rest: Decimal) -> Decimal:
    """An amount in EUR, or `30 %` of what is open."""
    if text.endswith("%"):
        return cents(rest * Decimal(text.removesuffix("%").strip()) / 100)
    return Decimal(text)
