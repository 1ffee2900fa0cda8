"""Pages of stock: levels, receipts and corrections."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select

from suite.base.db import session
from suite.base.errors import NotPermitted, Refusal
from suite.base.text import searchable
from suite.erp.stock.commands import correct_stock, receive_product
from suite.model import Location, Record, StockLevel
from suite.shared.visible import visible_record
from suite.web.actions import done, once
from suite.web.forms import Form
from suite.web.shell import by

blueprint = Blueprint("stock", __name__)
PAGE = 100


@blueprint.get("/stock")
def index() -> str:
    """What lies where, by article; one page by key."""
    if not by().may("stock.read"):
        raise NotPermitted("stock.read")
    q, after = request.args.get("q", "")[:200], request.args.get("after", "")
    query = (
        select(Record, StockLevel, Location)
        .join(StockLevel, StockLevel.product_id == Record.id)
        .join(Location, Location.id == StockLevel.location_id)
    )
    for word in searchable(q).split()[:6]:
        query = query.where(Record.search_text.contains(word, autoescape=True))
    if after:
        query = query.where(Record.number > after)
    rows = session().execute(query.order_by(Record.number, Location.id).limit(PAGE + 1)).all()
    following = rows[PAGE - 1][0].number if len(rows) > PAGE else None
    return render_template("erp/stock/index.html", rows=rows[:PAGE], q=q, after=following)


@blueprint.route("/products/<public_id>/stock", methods=["GET", "POST"])
def change(public_id: str) -> Any:
    """Receive goods, or set what was counted."""
    record = visible_record(by(), "product", public_id)
    form = Form(request.form)
    if request.method == "POST":
        verb = "stock.correct" if form.text("action") == "correct" else "stock.receive"
        try:
            quantity = form.decimal("counted" if verb == "stock.correct" else "quantity")
            if quantity is None and not form.problems:
                form.problems.append(
                    Refusal("field-required", field="counted" if verb == "stock.correct" else "quantity")
                )
            form.raise_problems()
            if verb == "stock.correct":
                once(correct_stock, form)(
                    record.id, counted=quantity or Decimal(0), reason=form.text("reason"), by=by()
                )
            else:
                once(receive_product, form)(
                    record.id, quantity=quantity or Decimal(0), reason=form.text("note"), by=by()
                )
            return done(verb, record.id)
        except Refusal as refusal:
            form.refuse(refusal)
            if verb == "stock.receive" and "reason" in form.errors:
                form.errors["note"] = form.errors.pop("reason")
    levels = session().scalars(select(StockLevel).where(StockLevel.product_id == record.id)).all()
    page = render_template("erp/stock/change.html", form=form, record=record, levels=levels)
    return page, 422 if form.errors else 200
