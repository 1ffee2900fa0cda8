"""The page of a product's stock: receive, move and count."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select

from suite.base.db import session
from suite.base.errors import NotPermitted, Refusal
from suite.erp.stock.commands import correct_stock, receive_product, transfer_stock
from suite.erp.stock.locations import internal_locations
from suite.model import Location, Product, StockLevel
from suite.shared.lots import lots_in_stock
from suite.shared.visible import visible_record
from suite.web.actions import done, once
from suite.web.forms import Form
from suite.web.lot_fields import lots_in
from suite.web.shell import by

blueprint = Blueprint("product_stock", __name__)
# The fields of each form on the page, by the field a refusal names.
FIELDS = {
    "receive": {"reason": "note", "lots": "lots"},
    "transfer": {"quantity": "moved", "reason": "moved_note", "lots": "moved_lots"},
    "correct": {"quantity": "counted", "location": "counted_at", "lots": "lot"},
}


@blueprint.route("/products/<public_id>/stock", methods=["GET", "POST"])
def change(public_id: str) -> Any:
    """Receive goods, bring them elsewhere, or set what was counted."""
    record = visible_record(by(), "product", public_id)
    form = Form(request.form)
    if request.method == "POST":
        action = form.text("action") if form.text("action") in ACTIONS else "receive"
        if not by().may(f"stock.{action}"):
            raise NotPermitted(f"stock.{action}")
        try:
            ACTIONS[action](form, record.id)
            return done(f"stock.{action}", record.id)
        except Refusal as refusal:
            form.refuse(refusal)
            form.errors = {FIELDS[action].get(field, field): text for field, text in form.errors.items()}
    levels = select(StockLevel, Location).join(Location, Location.id == StockLevel.location_id)
    page = render_template(
        "erp/stock/change.html",
        form=form,
        record=record,
        product=session().get_one(Product, record.id),
        levels=session().execute(levels.where(StockLevel.product_id == record.id)).all(),
        lots=lots_in_stock([record.id]).get(record.id, []),
        places=[(place.code, place.name) for place in internal_locations()],
    )
    return page, 422 if form.errors else 200


def _receive(form: Form, product_id: int) -> None:
    lots = lots_in(form, "lots")
    quantity = _number(form, "quantity")
    once(receive_product, form)(
        product_id,
        quantity=quantity,
        location=form.text("location") or "MAIN",
        reason=form.text("note"),
        lots=lots,
        by=by(),
    )


def _transfer(form: Form, product_id: int) -> None:
    lots = lots_in(form, "moved_lots")
    quantity = _number(form, "moved")
    once(transfer_stock, form)(
        product_id,
        quantity=quantity,
        source=form.text("source"),
        target=form.text("target"),
        reason=form.text("moved_note"),
        lots=lots,
        by=by(),
    )


def _correct(form: Form, product_id: int) -> None:
    counted = _number(form, "counted")
    once(correct_stock, form)(
        product_id,
        counted=counted,
        location=form.text("counted_at") or "MAIN",
        lot=form.text("lot"),
        reason=form.text("reason"),
        by=by(),
    )


def _number(form: Form, name: str) -> Decimal:
    number = form.decimal(name)
    if number is None and not form.problems:
        form.problems.append(Refusal("field-required", field=name))
    form.raise_problems()
    return number or Decimal(0)


ACTIONS: dict[str, Callable[[Form, int], None]] = {
    "receive": _receive,
    "transfer": _transfer,
    "correct": _correct,
}
