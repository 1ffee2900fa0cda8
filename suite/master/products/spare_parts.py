"""Spare parts: which parts fit a product, and how many are usually needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete, select

from suite.base.command import Actor, command, note_change
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound, Refusal
from suite.base.money import fits
from suite.base.text import clean
from suite.model import Product, Record, SparePart
from suite.model.record import change_record, expect_version, get_record
from suite.shared.lines import LARGEST_QUANTITY

MOST_PARTS = 300


@dataclass(frozen=True)
class PartInput:
    """A part that fits, in its own unit."""

    part_id: int
    quantity: Decimal
    note: str = ""


@command("product.set_parts", on="product")
def set_spare_parts(
    product_id: int, parts: Sequence[PartInput], *, version: int | None = None, by: Actor
) -> int:
    """Say which spare parts fit a product, in place of what was said before."""
    record = get_record(product_id, "product")
    expect_version(record, version)
    if len(parts) > MOST_PARTS:
        raise Refusal("lines-too-many", field="parts", most=MOST_PARTS)
    ids = [part.part_id for part in parts]
    known = set(session().scalars(select(Product.id).where(Product.id.in_(ids))))
    if len(set(ids)) != len(ids):
        raise Refusal("part-twice", field="parts")
    for part in parts:
        if part.part_id not in known:
            raise NotFound("product", part.part_id)
        if part.part_id == product_id:
            raise Refusal("part-of-itself", field="parts")
        if not part.quantity or not fits(part.quantity, most=LARGEST_QUANTITY, places=6):
            raise Refusal("quantity-range", field="parts", most=LARGEST_QUANTITY)
    rows = [
        {
            "product_id": product_id,
            "part_id": part.part_id,
            "quantity": part.quantity,
            "note": clean(part.note, "parts"),
        }
        for part in parts
    ]
    note_change("parts", len(spare_parts(product_id)), len(rows))
    session().execute(delete(SparePart).where(SparePart.product_id == product_id))
    insert_rows(SparePart, rows)
    change_record(product_id)
    return product_id


def spare_parts(product_id: int) -> list[tuple[SparePart, Record]]:
    """The parts that fit a product with their register rows, by number."""
    wanted = select(SparePart, Record).join(Record, Record.id == SparePart.part_id)
    rows = session().execute(
        wanted.where(SparePart.product_id == product_id).order_by(Record.number, Record.id)
    )
    return [(part, record) for part, record in rows]
