"""Upstream of an invoice: the deliveries and orders whose progress it moves when it is issued."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from suite.base.db import session
from suite.base.errors import Refusal
from suite.base.types import Quantity
from suite.model import ChainLink, Document, DocumentLine
from suite.shared.chain import line_sources
from suite.shared.documents import Loaded
from suite.shared.progress import document_ids_of, lock_orders, move_progress, refresh_orders

ZERO = Decimal(0)


def invoice_upstream(invoice: Loaded) -> None:
    """Raise `invoiced` on the delivery and order lines an invoice comes from; refuses more than is open."""
    quantities, orders = _upstream(upstream_links(invoice))
    states = lock_orders(orders)
    move_progress("invoiced", quantities)
    refresh_orders(states)


def uninvoice_upstream(invoice: Loaded) -> None:
    """Lower `invoiced` again: the whole invoice was cancelled."""
    quantities, orders = _upstream(upstream_links(invoice))
    own = {line["id"]: line["quantity"] for line in invoice.lines if line["kind"] == "item"}
    states = lock_orders(orders)
    move_progress("invoiced", {line: -quantity for line, quantity in {**quantities, **own}.items()})
    refresh_orders(states)


def credit_upstream(credit: Loaded) -> None:
    """Raise `credited` for returned goods: on the invoice line, the delivery line and the order line."""
    ids = [line["id"] for line in credit.lines if line["kind"] == "item"]
    moved: dict[int, Decimal] = {}
    links = line_sources(ids)
    places = _places([row.source_line_id for row in links])
    for row in links:
        if places[row.source_line_id].kind == "invoice":
            moved[row.source_line_id] = moved.get(row.source_line_id, ZERO) + row.quantity
    returned = [
        (r.source_line_id, r.target_line_id, r.quantity)
        for r in links
        if places[r.source_line_id].kind == "return"
    ]
    delivered = {
        row.target_line_id: row.source_line_id for row in line_sources([source for source, _, _ in returned])
    }
    quantities, orders = _upstream([(0, delivered[source], quantity) for source, _, quantity in returned])
    states = lock_orders(orders)
    move_progress("credited", {**moved, **quantities})
    _refuse_crediting_twice([(source, quantity) for source, _, quantity in returned])
    refresh_orders(states)


def _refuse_crediting_twice(returned: Sequence[tuple[int, Decimal]]) -> None:
    """Goods that came back once are credited once; the locked order and delivery lines keep this true."""
    ids = [source for source, _ in returned]
    posted = (
        select(ChainLink.source_line_id, func.sum(ChainLink.quantity, type_=Quantity()))
        .join(DocumentLine, DocumentLine.id == ChainLink.target_line_id)
        .join(Document, Document.id == DocumentLine.document_id)
        .where(ChainLink.source_line_id.in_(ids), Document.frozen_at.is_not(None))
        .group_by(ChainLink.source_line_id)
    )
    credited = dict(session().execute(posted).all()) if ids else {}
    back = select(DocumentLine.id, DocumentLine.quantity, DocumentLine.name).where(DocumentLine.id.in_(ids))
    wanted = dict(returned)
    for line_id, quantity, name in session().execute(back):
        rest = quantity - credited.get(line_id, ZERO)
        if wanted[line_id] > rest:
            raise Refusal("more-than-open", field=f"quantity-{line_id}", name=name, open=rest)


def upstream_links(invoice: Loaded) -> list[tuple[int, int, Decimal]]:
    """The links of an invoice as (index of the line, source line, quantity)."""
    place = {line["id"]: index for index, line in enumerate(invoice.lines)}
    return [
        (place[row.target_line_id], row.source_line_id, row.quantity) for row in line_sources(sorted(place))
    ]


def upstream_documents(invoice: Loaded) -> list[int]:
    """The orders and deliveries an invoice comes from."""
    return document_ids_of([source for _, source, _ in upstream_links(invoice)])


def _upstream(links: Sequence[tuple[int, int, Decimal]]) -> tuple[dict[int, Decimal], list[int]]:
    """Quantities per source line, and per order line behind it; and the orders concerned."""
    quantities: dict[int, Decimal] = {}
    for _, source, quantity in links:
        quantities[source] = quantities.get(source, ZERO) + quantity
    behind = {row.target_line_id: row.source_line_id for row in line_sources(sorted(quantities))}
    places = _places([*quantities, *behind.values()])
    for source, quantity in list(quantities.items()):
        order_line = behind.get(source)
        if places[source].kind == "delivery" and order_line is not None:
            quantities[order_line] = quantities.get(order_line, ZERO) + quantity
    # A quote behind an order line has no progress of its own.
    counted = {
        line: quantity for line, quantity in quantities.items() if places[line].kind in ("order", "delivery")
    }
    return counted, sorted({places[line].document_id for line in counted if places[line].kind == "order"})


def _places(line_ids: Sequence[int]) -> dict[int, Any]:
    """Rows (id, kind, document_id) of lines by their id."""
    if not line_ids:
        return {}
    of_lines = select(DocumentLine.id, Document.kind, DocumentLine.document_id).join(
        Document, Document.id == DocumentLine.document_id
    )
    rows = session().execute(of_lines.where(DocumentLine.id.in_(sorted(set(line_ids)))))
    return {row.id: row for row in rows}
