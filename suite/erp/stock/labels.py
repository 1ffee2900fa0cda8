"""Labels: what stands on the label of a product, a lot or a single piece."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from suite.base.command import Actor
from suite.base.db import session
from suite.base.errors import NotFound, NotPermitted, Refusal
from suite.exchange.gs1.drawing import Drawing, gtin_bars, lot_matrix, plain_bars, plain_matrix
from suite.model import Lot, LotLevel, Product, Record

MOST_LABELS = 240
PER_SHEET = 24


@dataclass(frozen=True)
class Label:
    """A label: what it is called, its article number, lot or serial number, expiry, and its code."""

    name: str
    number: str
    code: str
    is_serial: bool
    expires_on: date | None
    drawing: Drawing


def product_label(product_id: int, *, by: Actor) -> Label:
    """The label of a product: its GTIN, else its article number."""
    _may(by, "product.read")
    product, number = session().get_one(Product, product_id), _number(product_id)
    drawing = gtin_bars(product.gtin) if product.gtin else plain_bars(number)
    return Label(product.name, number, "", False, None, drawing)


def lot_label(lot_id: int, *, by: Actor) -> Label:
    """The label of a lot or piece; without a GTIN of the product its code stands alone in the matrix."""
    _may(by, "stock.read")
    lot = session().get(Lot, lot_id)
    if lot is None:
        raise NotFound("lot", lot_id)
    return _of_lot(lot, session().get_one(Product, lot.product_id), _number(lot.product_id))


def labels_in_stock(product_id: int, *, by: Actor) -> list[Label]:
    """One label for each lot or piece of a product that is in stock; raises `Refusal("labels-none")`."""
    _may(by, "stock.read")
    product, number = session().get_one(Product, product_id), _number(product_id)
    there = select(LotLevel.lot_id).where(LotLevel.on_hand > 0)
    wanted = select(Lot).where(Lot.product_id == product_id, Lot.id.in_(there)).order_by(Lot.id)
    lots = session().scalars(wanted.limit(MOST_LABELS + 1)).all()
    if not lots:
        raise Refusal("labels-none", field="what")
    return [_of_lot(lot, product, number) for lot in lots]


def sheets(labels: Sequence[Label], *, copies: int, start: int = 1) -> list[list[Label | None]]:
    """The labels place by place on sheets of 24; places before `start` stay empty.

    Raises `Refusal` with `labels-range` or `label-start`.
    """
    if copies < 1 or len(labels) * copies > MOST_LABELS:
        raise Refusal("labels-range", field="copies", most=MOST_LABELS)
    if not 1 <= start <= PER_SHEET:
        raise Refusal("label-start", field="start", most=PER_SHEET)
    places: list[Label | None] = [None] * (start - 1)
    places += [label for label in labels for _ in range(copies)]
    return [places[n : n + PER_SHEET] for n in range(0, len(places), PER_SHEET)]


def _of_lot(lot: Lot, product: Product, number: str) -> Label:
    is_serial = product.tracking == "serial"
    if product.gtin:
        drawing = lot_matrix(
            product.gtin,
            lot="" if is_serial else lot.code,
            serial=lot.code if is_serial else "",
            expires_on=lot.expires_on,
        )
    else:
        drawing = plain_matrix(lot.code)
    return Label(product.name, number, lot.code, is_serial, lot.expires_on, drawing)


def _number(product_id: int) -> str:
    return session().get_one(Record, product_id).number or ""


def _may(by: Actor, permission: str) -> None:
    if not by.may(permission):
        raise NotPermitted(permission)
