"""Settlement: allocating credit items to debit items, and what that means for their documents."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import bindparam, select, update

from suite.base import clock
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal
from suite.base.money import fits
from suite.base.types import Amount
from suite.model import Allocation, OpenItem, Record
from suite.model.record import change_record

ZERO = Decimal(0)


def locked_items(item_ids: list[int]) -> dict[int, OpenItem]:
    """Open items by id, locked in sorted order; the register rows whose state follows them come first."""
    of_items = select(OpenItem.record_id).where(OpenItem.id.in_(item_ids))
    records = select(Record.id).where(Record.id.in_(of_items)).order_by(Record.id).with_for_update()
    session().execute(records)
    rows = session().scalars(
        select(OpenItem)
        .where(OpenItem.id.in_(sorted(item_ids)))
        .order_by(OpenItem.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def allocate(credit_item: int, amounts: Mapping[int, Decimal]) -> set[int]:
    """Settle debit items (by id, amounts in EUR) from one credit item; both must be of one account.

    Returns the records whose items were settled, the credit item's own among them.
    Raises `Refusal`: `more-than-open-amount`, `allocation-crosses-accounts`.
    """
    wanted = {item: amount for item, amount in amounts.items() if amount}
    if not wanted:
        return set()
    items = locked_items([credit_item, *wanted])
    _check(items, credit_item, wanted)
    at = clock.now()
    rows = [
        {"debit_item_id": d, "credit_item_id": credit_item, "amount": a, "at": at}
        for d, a in sorted(wanted.items())
    ]
    insert_rows(Allocation, rows)
    changes = {**wanted, credit_item: sum(wanted.values(), ZERO)}
    _change_open({item: -amount for item, amount in changes.items()})
    _refresh({item: items[item] for item in changes}, changes)
    return {items[item].record_id for item in changes}


def undo_allocations(credit_item: int) -> None:
    """Take back all allocations of a credit item: exactly what it closed is open again."""
    done = session().scalars(select(Allocation).where(Allocation.credit_item_id == credit_item)).all()
    undone = {row.undoes_id for row in done}
    live = [row for row in done if row.amount > 0 and row.id not in undone]
    if not live:
        return
    items = locked_items([credit_item, *(row.debit_item_id for row in live)])
    at = clock.now()
    rows = [
        {
            "debit_item_id": r.debit_item_id,
            "credit_item_id": credit_item,
            "amount": -r.amount,
            "undoes_id": r.id,
            "at": at,
        }
        for r in live
    ]
    insert_rows(Allocation, rows)
    changes: dict[int, Decimal] = {credit_item: sum((row.amount for row in live), ZERO)}
    for row in live:
        changes[row.debit_item_id] = changes.get(row.debit_item_id, ZERO) + row.amount
    _change_open(changes)
    _refresh({item: items[item] for item in changes}, {item: -amount for item, amount in changes.items()})


def settle_items(*, debit_record: int, credit_item: int) -> None:
    """Settle a credit note against its invoice as far as that is open; the rest stays as credit."""
    debit = (
        session()
        .scalars(select(OpenItem).where(OpenItem.record_id == debit_record, OpenItem.side == "debit"))
        .one_or_none()
    )
    if debit is None:
        return
    items = locked_items([debit.id, credit_item])
    amount = min(items[debit.id].open, items[credit_item].open)
    allocate(credit_item, {debit.id: amount})


def _check(items: Mapping[int, OpenItem], credit_item: int, wanted: Mapping[int, Decimal]) -> None:
    credit = items[credit_item]
    for item_id, amount in wanted.items():
        item = items.get(item_id)
        if item is None or item.side != "debit" or credit.side != "credit":
            raise Refusal("item-unknown", field=f"amount-{item_id}")
        if item.account != credit.account:
            raise Refusal("allocation-crosses-accounts", field=f"amount-{item_id}", number=item.number)
        if not fits(amount, most=item.open, places=2):
            raise Refusal(
                "more-than-open-amount", field=f"amount-{item_id}", number=item.number, open=item.open
            )
    if sum(wanted.values(), ZERO) > credit.open:
        raise Refusal("more-than-paid", open=credit.open)


def _change_open(changes: Mapping[int, Decimal]) -> None:
    by = bindparam("b_by", type_=Amount())
    statement = (
        update(OpenItem)
        .where(OpenItem.id == bindparam("b_item"))
        .where(OpenItem.open + by >= 0, OpenItem.open + by <= OpenItem.amount)
        .values(open=OpenItem.open + by)
    )
    rows = [{"b_item": item, "b_by": amount} for item, amount in sorted(changes.items())]
    if session().connection().execute(statement, rows).rowcount != len(rows):
        raise Refusal("item-moved-meanwhile")


def _refresh(items: Mapping[int, OpenItem], settled: Mapping[int, Decimal]) -> None:
    """Write the state words of the documents behind changed items."""
    ids = sorted({item.record_id for item in items.values()})
    wanted = select(Record.id, Record.kind, Record.state).where(Record.id.in_(ids))
    known = {row.id: row for row in session().execute(wanted)}
    for item_id, item in items.items():
        left = item.open - settled[item_id]
        record = known[item.record_id]
        new = _state(record.kind, left, item.amount)
        if record.state not in (new, "cancelled", "reversed"):
            change_record(item.record_id, state=new)


def _state(kind: str, left: Decimal, amount: Decimal) -> str:
    if kind == "invoice":
        return "paid" if left == 0 else ("posted" if left == amount else "part_paid")
    if kind == "credit_note":
        return "settled" if left == 0 else "posted"
    return "allocated" if left == 0 else "posted"
