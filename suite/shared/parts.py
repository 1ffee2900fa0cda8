"""Parts of a piece of service work: what is promised to it, what has to be bought, what usually fits."""

from decimal import Decimal

from sqlalchemy import select, update

from suite.base.db import session
from suite.model import PurchaseNeed, Record, Reservation, SparePart
from suite.shared.reservation import release_for

ZERO = Decimal(0)


def parts_for(record_id: int) -> list[tuple[Record, Decimal, Decimal]]:
    """The parts of a record: product, reserved, still to buy."""
    held = select(Reservation.product_id, Reservation.quantity).where(Reservation.record_id == record_id)
    needs = select(PurchaseNeed.product_id, PurchaseNeed.quantity).where(
        PurchaseNeed.record_id == record_id, PurchaseNeed.state == "open"
    )
    reserved, missing = _summed(held), _summed(needs)
    ids = sorted({*reserved, *missing})
    rows = {row.id: row for row in session().scalars(select(Record).where(Record.id.in_(ids)))}
    return [(rows[key], reserved.get(key, ZERO), missing.get(key, ZERO)) for key in ids]


def give_back_parts(record_id: int) -> None:
    """Nothing is needed any more: what was promised is free again, what was to be bought is not."""
    release_for(record_id)
    open_needs = (PurchaseNeed.record_id == record_id) & (PurchaseNeed.state == "open")
    session().execute(update(PurchaseNeed).where(open_needs).values(state="dropped"))


def fitting_parts(product_id: int | None) -> list[tuple[Record, Decimal]]:
    """The spare parts of a product with the quantity usually needed, by name."""
    wanted = select(Record, SparePart.quantity).join(SparePart, SparePart.part_id == Record.id)
    wanted = wanted.where(SparePart.product_id == product_id, Record.state == "active")
    return [(row[0], row[1]) for row in session().execute(wanted.order_by(Record.title))]


def _summed(query: object) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for product, quantity in session().execute(query):  # type: ignore[call-overload]  # a select of two columns
        found[product] = found.get(product, ZERO) + quantity
    return found
