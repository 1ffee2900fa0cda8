"""Progress: the one function that moves delivered, returned, invoiced and credited quantities.

Rows are moved by a conditional update while their document is locked; the second of two drafts
over the same rest is refused with the open quantity offered.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, case, select, update

from suite.base.db import insert_rows, session
from suite.base.errors import Refusal, Refusals
from suite.model import DocumentLine, LineProgress, Record
from suite.model.record import change_record

AT_ONCE = 300  # lines moved by one statement
_BASIS = case((LineProgress.billing_basis == "ordered", LineProgress.ordered), else_=LineProgress.delivered)
_LIMITS = {
    "delivered": LineProgress.ordered,
    "returned": LineProgress.delivered,
    "invoiced": _BASIS,
    "credited": LineProgress.invoiced,
}


def start_progress(
    document_id: int, lines: Iterable[Mapping[str, Any]], *, done: tuple[str, ...] = ()
) -> None:
    """Open progress rows for issued item lines; columns named in `done` start at the full quantity."""
    rows = []
    for line in lines:
        if line["kind"] == "item":
            row = dict.fromkeys(("delivered", "returned", "invoiced", "credited"), Decimal(0))
            row.update(dict.fromkeys(done, line["quantity"]))
            basis = line["billing_basis"]
            rows.append(
                {
                    "line_id": line["id"],
                    "document_id": document_id,
                    "billing_basis": basis,
                    "ordered": line["quantity"],
                    **row,
                }
            )
    if rows:
        insert_rows(LineProgress, rows)


def locked_progress(line_ids: Sequence[int]) -> dict[int, LineProgress]:
    """The progress rows of `line_ids`, locked in sorted order until the transaction ends."""
    rows = session().scalars(
        select(LineProgress)
        .where(LineProgress.line_id.in_(sorted(line_ids)))
        .order_by(LineProgress.line_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.line_id: row for row in rows}


def move_progress(column: str, quantities: Mapping[int, Decimal]) -> None:
    """Move `column` of each line by its quantity, never beyond what its basis allows.

    Raises `Refusals` with code `more-than-open` per line, the open rest in `open`.
    """
    moved = {line: quantity for line, quantity in sorted(quantities.items()) if quantity}
    lines = list(moved)
    stuck = [
        line
        for start in range(0, len(lines), AT_ONCE)
        for line in _stuck(column, {line: moved[line] for line in lines[start : start + AT_ONCE]})
    ]
    if stuck:
        raise Refusals(_too_much(column, {line: moved[line] for line in stuck}))


def _stuck(column: str, moved: Mapping[int, Decimal]) -> list[int]:
    """Move some lines by one conditional update; the lines whose limit forbids it are returned unmoved."""
    target = getattr(LineProgress, column)
    moved_to = target + case(
        {line: bindparam(None, quantity, type_=target.type) for line, quantity in moved.items()},
        value=LineProgress.line_id,
    )
    statement = (
        update(LineProgress)
        .where(LineProgress.line_id.in_(list(moved)), moved_to <= _LIMITS[column])
        .values({column: moved_to})
        .returning(LineProgress.line_id)
        .execution_options(synchronize_session=False)
    )
    done = set(session().scalars(statement))
    return [line for line in moved if line not in done]


def document_ids_of(line_ids: Sequence[int]) -> list[int]:
    """The documents some lines belong to, sorted."""
    if not line_ids:
        return []
    wanted = select(DocumentLine.document_id).where(DocumentLine.id.in_(sorted(line_ids))).distinct()
    return sorted(session().scalars(wanted))


def lock_orders(order_ids: Iterable[int]) -> dict[int, str]:
    """Lock the register rows of orders in sorted order, before any of their lines; returns their states."""
    ids = sorted(set(order_ids))
    locked = select(Record.id, Record.state).where(Record.id.in_(ids)).order_by(Record.id).with_for_update()
    return dict(session().execute(locked).all()) if ids else {}


def lock_open_orders(order_ids: Iterable[int], verb: str) -> dict[int, str]:
    """Lock orders and refuse `verb` when one was closed or cancelled meanwhile; returns their states."""
    states = lock_orders(order_ids)
    for state in states.values():
        if state in ("closed", "cancelled"):
            raise Refusal("step-not-open", verb=verb, state=state)
    return states


def open_to_deliver(row: LineProgress) -> Decimal:
    """What of an order line is still to be delivered."""
    return row.ordered - row.delivered if row.billing_basis == "delivered" else Decimal(0)


def open_to_invoice(row: LineProgress) -> Decimal:
    """Basis − returned − (invoiced − credited); negative means to credit."""
    basis = row.ordered if row.billing_basis == "ordered" else row.delivered
    return basis - row.returned - (row.invoiced - row.credited)


def _too_much(column: str, moved: Mapping[int, Decimal]) -> list[Refusal]:
    before = locked_progress(list(moved))
    names = dict(
        session()
        .execute(select(DocumentLine.id, DocumentLine.name).where(DocumentLine.id.in_(list(moved))))
        .all()
    )
    problems = []
    for line, quantity in moved.items():
        row = before.get(line)
        if row is None:
            problems.append(Refusal("line-not-issued", field=f"quantity-{line}", name=names.get(line, "")))
            continue
        limit = {
            "delivered": row.ordered,
            "returned": row.delivered,
            "invoiced": row.ordered if row.billing_basis == "ordered" else row.delivered,
            "credited": row.invoiced,
        }[column]
        rest = limit - getattr(row, column)
        if quantity > rest:
            problems.append(
                Refusal("more-than-open", field=f"quantity-{line}", name=names.get(line, ""), open=rest)
            )
    return problems or [Refusal("more-than-open", open=Decimal(0), name="")]


def order_state(rows: Iterable[LineProgress]) -> str:
    """The word for an order's progress: delivery until delivered, then invoicing."""
    lines = list(rows)
    goods = [row for row in lines if row.billing_basis == "delivered"]
    invoiced = any(row.invoiced > 0 for row in lines)
    if all(open_to_invoice(row) <= 0 for row in lines) and all(open_to_deliver(row) <= 0 for row in goods):
        return "invoiced" if invoiced else "delivered"
    if (goods and all(row.delivered >= row.ordered for row in goods)) or (not goods and invoiced):
        return "part_invoiced" if invoiced else "delivered"
    return "part_delivered" if any(row.delivered > 0 for row in goods) else "confirmed"


def refresh_orders(states: Mapping[int, str]) -> None:
    """Compute the state of locked orders anew from their progress and write the ones that changed.

    `states` is what locking them returned: of two transactions on one order the second sees the first's lines.
    """
    ids = sorted(states)
    if not ids:
        return
    rows = session().scalars(
        select(LineProgress)
        .where(LineProgress.document_id.in_(ids))
        .execution_options(populate_existing=True)
    )
    by_order: dict[int, list[LineProgress]] = {order: [] for order in ids}
    for row in rows:
        by_order[row.document_id].append(row)
    for order, progress in by_order.items():
        new = order_state(progress)
        if states[order] not in (new, "closed", "cancelled"):
            change_record(order, state=new)
