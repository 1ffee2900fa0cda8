"""What can be done with returns: goods come back, with a reason, and may be credited."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.counter import draw_number
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal, Refusals
from suite.base.money import fits
from suite.base.text import clean
from suite.erp.devices.shipping import take_back_returned
from suite.erp.stock.commands import internal_location
from suite.model import ChainLink, Delivery, DocumentLine, Product, Record, Return, ReturnSide
from suite.model.delivery import RETURN_REASONS
from suite.model.record import change_record, expect_version
from suite.shared.chain import line_sources, order_lines
from suite.shared.documents import Loaded, copied_line, freeze, head_of, insert_document, load_document
from suite.shared.line_lots import came_back, keep_line_lots, lots_of_lines, lots_still_out
from suite.shared.lots import LotInput, tracked_product
from suite.shared.progress import lock_orders, locked_progress, move_progress, refresh_orders
from suite.shared.reservation import receive_all
from suite.shared.stock_levels import locations

ZERO = Decimal(0)


@command("delivery.return", on="delivery")
def return_delivery(
    delivery_id: int,
    *,
    quantities: Mapping[int, Decimal],
    reason: str,
    remark: str = "",
    lots: Mapping[int, Sequence[LotInput]] | None = None,
    location: str = "MAIN",
    dated_on: date | None = None,
    receive: bool = True,
    number: str | None = None,
    by: Actor,
) -> int:
    """Take goods of a delivery back; `quantities` by delivery line. Returns the return's id.

    `lots` by delivery line says which lots or serial numbers came, `location` where they are put.
    With `receive=False` it stays a draft (announced, not yet here).
    """
    if reason not in RETURN_REASONS:
        raise Refusal("choice-unknown", field="reason")
    delivery = load_document(delivery_id, "delivery")
    Delivery.flow.after("delivery.return", delivery.record.state)
    rows, sources = _returned_lines(delivery.lines, quantities)
    on = dated_on or clock.today()
    place = None if location == "MAIN" else internal_location(location)

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
        "location_id": place,
    }
    insert_rows(ReturnSide, [side])
    _keep_lots(back.lines, sources, lots or {})
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
    order_line, orders = order_lines(list(delivery_line.values()))
    states = lock_orders(orders)

    move_progress("returned", _moved(items, delivery_line, order_line))
    _put_back([line for line in items if line["stock_kept"]], delivery_line, back, by=by)
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


def is_credited(lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether corrections, drafts among them, already take up all that came back."""
    wanted = (
        select(ChainLink.source_line_id, ChainLink.quantity)
        .join(DocumentLine, DocumentLine.id == ChainLink.target_line_id)
        .join(Record, Record.id == DocumentLine.document_id)
        .where(ChainLink.source_line_id.in_([line["id"] for line in lines]), Record.state != "discarded")
    )
    credited: dict[int, Decimal] = {}
    for line_id, quantity in session().execute(wanted):
        credited[line_id] = credited.get(line_id, Decimal(0)) + quantity
    return all(credited.get(line["id"], 0) >= line["quantity"] for line in lines if line["kind"] == "item")


def _keep_lots(
    lines: Sequence[Mapping[str, Any]],
    sources: Sequence[tuple[int, int, Decimal]],
    lots: Mapping[int, Sequence[LotInput]],
) -> None:
    """Keep which lots came back with the return lines."""
    named = [(lines[index], source) for index, source, _ in sources if lots.get(source)]
    if not named:
        return
    out = lots_still_out([source for _, source in named])
    products = {row["product_id"]: tracked_product(row["product_id"]) for row, _ in named}
    kept, problems = {}, []
    for row, source in named:
        product, field = products[row["product_id"]], f"lots-{source}"
        if product is None:
            continue
        try:
            kept[row["id"]] = came_back(product, out.get(source), lots[source], row["quantity"], field=field)
        except Refusal as problem:
            problems.append(problem)
    if problems:
        raise Refusals(problems)
    keep_line_lots(kept)


def _put_back(
    lines: Sequence[Mapping[str, Any]], delivery_line: Mapping[int, int], back: Loaded, *, by: Actor
) -> None:
    """Goods and lots that came back lie where the return says."""
    if not lines:
        return
    chosen_place = select(ReturnSide.location_id).where(ReturnSide.document_id == back.document.id)
    wanted = select(Product, chosen_place.scalar_subquery()).where(
        Product.id.in_(sorted({line["product_id"] for line in lines}))
    )
    held = wanted.order_by(Product.id).with_for_update(read=True, of=Product)
    found = session().execute(held.execution_options(populate_existing=True)).all()
    products, place = {product.id: product for product, _ in found}, found[0][1] or locations()["MAIN"]
    tracked = [line for line in lines if products[line["product_id"]].tracking != "none"]
    named = lots_of_lines([line["id"] for line in tracked])
    out = lots_still_out([delivery_line[line["id"]] for line in tracked])
    lots: dict[int, list[tuple[int, Decimal]]] = {}
    for line in tracked:
        source = delivery_line[line["id"]]
        chosen = [LotInput(lot.code, quantity) for lot, quantity in named.get(line["id"], [])]
        product, left = products[line["product_id"]], out.get(source)
        lots[line["id"]] = came_back(product, left, chosen, line["quantity"], field=f"lots-{source}")
    keep_line_lots(lots)
    if tracked:
        take_back_returned(tracked, by=by)
    receive_all(
        [{**line, "lots": lots.get(line["id"], ())} for line in lines],
        place,
        source="CUSTOMER",
        on=back.document.dated_on,
        reason="return",
    )


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
