"""Drafting invoices: from orders, from deliveries, or directly."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound, Refusal, Refusals
from suite.base.text import clean
from suite.erp.deliveries.commands import deliver_order
from suite.model import (
    Delivery,
    DocumentLine,
    DocumentProgress,
    Invoice,
    InvoiceSide,
    LineProgress,
    Order,
    Party,
)
from suite.model.invoice import PROFILES
from suite.model.record import change_record, expect_version
from suite.shared.chain import line_sources, line_targets
from suite.shared.contract_periods import free_periods
from suite.shared.documents import (
    Loaded,
    copied_line,
    head_of,
    insert_document,
    load_document,
    rewrite_document,
)
from suite.shared.lines import LineInput, completed_lines
from suite.shared.progress import locked_progress, open_to_invoice
from suite.shared.snapshot import active_party, company, party_snapshots
from suite.shared.visit_billing import free_visits

ZERO = Decimal(0)
# Orders are gathered into one invoice only when all of these agree.
GATHERING = (
    "party_id",
    "currency",
    "price_basis",
    "payment_days",
    "header_discount_percent",
    "buyer_reference",
)


@command("invoice.create", creates="invoice")
def create_invoice(
    *,
    party_id: int,
    lines: Sequence[LineInput],
    dated_on: date | None = None,
    service_from: date | None = None,
    service_until: date | None = None,
    header_discount_percent: Decimal = ZERO,
    payment_days: int | None = None,
    buyer_reference: str = "",
    order_reference: str = "",
    intro: str = "",
    closing: str = "",
    profile: str | None = None,
    replaces_id: int | None = None,
    by: Actor,
) -> int:
    """Draft an invoice without an order; its lines count as delivered."""
    party = active_party(party_id)
    on = dated_on or clock.today()
    last_service = service_until or service_from or on
    agreed = party.payment_days if party.payment_days is not None else company().payment_days
    head = _head(header_discount_percent, buyer_reference, order_reference, intro, closing)
    head |= _time_of_supply(service_from or (on if service_until is None else None), last_service)
    head |= {"payment_days": _days(payment_days, agreed)}
    head["buyer_reference"] = head["buyer_reference"] or party.leitweg_id
    rows = completed_lines(lines, party=party, on=last_service)
    sources = [] if replaces_id is None else [replaces_id]
    return draft(
        party,
        on,
        head,
        rows,
        parties=party_snapshots(party),
        sources=sources,
        profile=profile,
        replaces_id=replaces_id,
    )


@command("order.invoice", on="order")
def invoice_order(
    order_id: int,
    *,
    more_orders: Sequence[int] = (),
    dated_on: date | None = None,
    version: int | None = None,
    by: Actor,
) -> int:
    """Draft one invoice of all that is open to invoice of one or several orders of a customer.

    Raises `Refusal("orders-differ")` when they cannot be gathered, `nothing-to-invoice` when nothing is open.
    """
    orders = [load_document(each, "order") for each in sorted({order_id, *more_orders})]
    expect_version(next(order for order in orders if order.document.id == order_id).record, version)
    for order in orders:
        Order.flow.after("order.invoice", order.record.state)
    _refuse_differing(orders)
    rows, sources, services = _open_lines(orders, only_deliveries=None)
    return _draft_of_orders(orders, rows, sources, services, dated_on)


@command("delivery.invoice", on="delivery")
def invoice_delivery(delivery_id: int, *, dated_on: date | None = None, by: Actor) -> int:
    """Draft an invoice of what one delivery brought, with the order's lines that are billed as ordered."""
    delivery = load_document(delivery_id, "delivery")
    Delivery.flow.after("delivery.invoice", delivery.record.state)
    sources = line_sources([line["id"] for line in delivery.lines])
    wanted = select(DocumentLine.document_id).where(
        DocumentLine.id.in_([row.source_line_id for row in sources])
    )
    order_ids = sorted(set(session().scalars(wanted)))
    orders = [load_document(order_id, "order") for order_id in order_ids]
    rows, links, services = _open_lines(orders, only_deliveries={delivery_id})
    return _draft_of_orders(orders, rows, links, services, dated_on)


@command("invoice.edit", on="invoice")
def edit_invoice(
    invoice_id: int,
    *,
    lines: Sequence[LineInput],
    dated_on: date,
    service_from: date | None = None,
    service_until: date | None = None,
    header_discount_percent: Decimal = ZERO,
    payment_days: int | None = None,
    buyer_reference: str = "",
    order_reference: str = "",
    intro: str = "",
    closing: str = "",
    version: int | None = None,
    by: Actor,
) -> int:
    """Replace the content of a draft; lines that came from a delivery keep their `source_line_id`."""
    invoice = load_document(invoice_id, "invoice")
    expect_version(invoice.record, version)
    Invoice.flow.after("invoice.edit", invoice.record.state)
    party = active_party(invoice.document.party_id)
    rows = completed_lines(lines, party=party, on=service_until or dated_on)
    links = _kept_links(invoice, lines)

    head = _head(header_discount_percent, buyer_reference, order_reference, intro, closing)
    head |= _time_of_supply(service_from, service_until or service_from)
    head |= {"payment_days": _days(payment_days, invoice.document.payment_days)}
    rewrite_document(
        invoice_id,
        dated_on=dated_on,
        head=head,
        lines=rows,
        line_sources=links,
        number=None,
        title=invoice.record.title,
    )
    return invoice_id


@command("invoice.discard", on="invoice")
def discard_invoice(invoice_id: int, *, version: int | None = None, by: Actor) -> int:
    """Throw a draft away; it never owned a number. Periods of contracts in it are free again."""
    invoice = load_document(invoice_id, "invoice")
    expect_version(invoice.record, version)
    change_record(invoice_id, state=Invoice.flow.after("invoice.discard", invoice.record.state))
    free_periods(invoice_id)
    free_visits(invoice_id)
    return invoice_id


def draft(
    party: Party,
    on: date,
    head: Mapping[str, Any],
    rows: Sequence[dict[str, Any]],
    *,
    parties: Sequence[Mapping[str, Any]] | int,
    sources: Sequence[int],
    links: Sequence[tuple[int, int, Decimal]] = (),
    profile: str | None = None,
    replaces_id: int | None = None,
) -> int:
    """Insert a draft invoice with its side row."""
    chosen = profile or ("en16931" if party.e_invoice == "paper" else party.e_invoice)
    if chosen not in PROFILES:
        raise Refusal("choice-unknown", field="profile")
    invoice = insert_document(
        "invoice",
        title=party.name,
        state="draft",
        party_id=party.id,
        dated_on=on,
        head=head,
        lines=rows,
        parties=parties,
        sources=sources,
        line_sources=links,
    )
    side = {"document_id": invoice.id, "kind": "invoice", "profile": chosen, "replaces_id": replaces_id}
    insert_rows(InvoiceSide, [side])
    return invoice.id


def _head(
    header_discount_percent: Decimal, buyer_reference: str, order_reference: str, intro: str, closing: str
) -> dict[str, Any]:
    return {
        "header_discount_percent": header_discount_percent,
        "buyer_reference": clean(buyer_reference, "buyer_reference") or None,
        "order_reference": clean(order_reference, "order_reference") or None,
        "intro": clean(intro, "intro", max_length=2000, multiline=True),
        "closing": clean(closing, "closing", max_length=2000, multiline=True),
    }


def _time_of_supply(first: date | None, last: date | None) -> dict[str, Any]:
    """The time of supply (BT-73, BT-74); its end is not before its start (EN 16931 BR-29)."""
    if first is not None and last is not None and last < first:
        raise Refusal("range-backwards", field="service_until")
    return {"service_from": first, "service_until": last}


def _days(given: int | None, agreed: int) -> int:
    if given is not None and not 0 <= given <= 365:
        raise Refusal("payment-days-range", field="payment_days")
    return agreed if given is None else given


def _refuse_differing(orders: Sequence[Loaded]) -> None:
    first = orders[0].document
    for order in orders[1:]:
        for name in GATHERING:
            if getattr(order.document, name) != getattr(first, name):
                raise Refusal("orders-differ", field=name, number=order.document.number)


def _draft_of_orders(
    orders: Sequence[Loaded],
    rows: Sequence[dict[str, Any]],
    sources: Sequence[tuple[int, int, Decimal]],
    services: Sequence[date],
    dated_on: date | None,
) -> int:
    if not any(row["kind"] == "item" for row in rows):
        raise Refusal("nothing-to-invoice")
    party = session().get(Party, orders[0].document.party_id)
    if party is None:
        raise NotFound("party", orders[0].document.party_id)
    on = dated_on or clock.today()
    head = head_of(orders[0].document)
    head["service_from"] = min(services, default=on)
    head["service_until"] = max(services, default=on)
    delivered = [source for _, source, _ in sources]
    wanted = select(DocumentLine.document_id).where(DocumentLine.id.in_(delivered)).distinct()
    documents = sorted({*session().scalars(wanted), *(order.document.id for order in orders)})
    return draft(party, on, head, rows, parties=orders[0].document.id, sources=documents, links=sources)


def _open_lines(
    orders: Sequence[Loaded], *, only_deliveries: set[int] | None
) -> tuple[list[dict[str, Any]], list[tuple[int, int, Decimal]], list[date]]:
    """What is open to invoice: per order line one invoice line, linked to the deliveries it comes from."""
    lines = [line for order in orders for line in order.lines]
    progress = locked_progress([line["id"] for line in lines if line["kind"] == "item"])
    delivered = _delivered([line["id"] for line in lines])
    rows: list[dict[str, Any]] = []
    sources: list[tuple[int, int, Decimal]] = []
    services: list[date] = []
    for line in lines:
        if line["kind"] == "text":
            if only_deliveries is None:
                rows.append(copied_line(line, ZERO))
            continue
        rest = open_to_invoice(progress[line["id"]])
        parts = _parts(line, rest, delivered.get(line["id"], []), only_deliveries)
        quantity = sum((part for _, part, _ in parts), ZERO)
        if quantity > 0:
            rows.append(copied_line(line, quantity))
            sources.extend((len(rows) - 1, source, part) for source, part, _ in parts)
            services.extend(day for _, _, day in parts if day is not None)
    return rows, sources, services


def _parts(
    line: Mapping[str, Any], rest: Decimal, deliveries: Sequence[Any], only: set[int] | None
) -> list[tuple[int, Decimal, date | None]]:
    if rest <= 0:
        return []
    if line["billing_basis"] == "ordered":
        return [(line["id"], rest, None)]
    parts: list[tuple[int, Decimal, date | None]] = []
    for row in deliveries:
        take = min(rest, row.delivered - row.returned - (row.invoiced - row.credited))
        if take > 0 and (only is None or row.document_id in only):
            parts.append((row.line_id, take, row.dated_on))
            rest -= take
    return parts


def _delivered(order_line_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Shipped delivery lines by order line, oldest first, with their progress and date."""
    source = {row.target_line_id: row.source_line_id for row in line_targets(order_line_ids)}
    if not source:
        return {}
    columns = (
        LineProgress.line_id,
        LineProgress.document_id,
        LineProgress.delivered,
        LineProgress.returned,
        LineProgress.invoiced,
        LineProgress.credited,
        Delivery.dated_on,
    )
    wanted = (
        select(*columns)
        .join(Delivery, Delivery.id == LineProgress.document_id)
        .where(LineProgress.line_id.in_(sorted(source)))
        .order_by(LineProgress.line_id)
        .with_for_update(of=LineProgress)
    )
    by_order_line: dict[int, list[Any]] = {}
    for row in session().execute(wanted):
        by_order_line.setdefault(source[row.line_id], []).append(row)
    return by_order_line


def _kept_links(invoice: Loaded, lines: Sequence[LineInput]) -> list[tuple[int, int, Decimal]]:
    """The links of a draft after editing: a line keeps its sources up to its new quantity."""
    old: dict[int, list[tuple[int, Decimal]]] = {}
    for row in line_sources([line["id"] for line in invoice.lines]):
        old.setdefault(row.target_line_id, []).append((row.source_line_id, row.quantity))
    links: list[tuple[int, int, Decimal]] = []
    problems: list[Refusal] = []
    for place, line in enumerate(lines):
        if line.source_line_id is None:
            continue
        rest = line.quantity
        for source, quantity in old.get(line.source_line_id, []):
            take = min(rest, quantity)
            if take > 0:
                links.append((place, source, take))
                rest -= take
        if rest and line.source_line_id in old:
            open_quantity = sum((q for _, q in old[line.source_line_id]), ZERO)
            problems.append(
                Refusal("more-than-open", field=f"lines-{place}-quantity", name=line.name, open=open_quantity)
            )
    if problems:
        raise Refusals(problems)
    return links


def invoice_progress(invoice_id: int, gross_total: Decimal) -> None:
    """Open the rollup row of a posted invoice."""
    insert_rows(
        DocumentProgress,
        [{"document_id": invoice_id, "gross_total": gross_total, "credited_gross": ZERO}],
    )


@command("order.deliver_and_invoice", on="order")
def deliver_and_invoice_order(order_id: int, *, version: int | None = None, by: Actor) -> int:
    """Deliver all that is open and draft the invoice of it, as one confirmation; returns the draft's id."""
    deliver_order(order_id, version=version, by=by)
    return invoice_order(order_id, by=by)
