"""The page that orders a part of a quote."""

from typing import Any

from flask import Blueprint, render_template, request

from suite.base.errors import Conflict, Refusal
from suite.erp.orders.commands import order_quote
from suite.shared.documents import read_lines
from suite.shared.reservation import available
from suite.shared.visible import visible_record
from suite.web.actions import done, once
from suite.web.conflicts import ask_again
from suite.web.forms import Form
from suite.web.shell import by

blueprint = Blueprint("order_part", __name__)


@blueprint.route("/quotes/<public_id>/order-part", methods=["GET", "POST"])
def order_part(public_id: str) -> Any:
    """Choose what of a quote is ordered, until when, and under which number of the customer."""
    record = visible_record(by(), "quote", public_id)
    lines = [line for line in read_lines([record.id]) if line["kind"] == "item"]
    start = {f"quantity-{line['id']}": line["quantity"] for line in lines}
    form = Form(request.form if request.method == "POST" else start)
    if request.method == "POST":
        try:
            quantities, promised_on = form.decimals("quantity-"), form.day("promised_on")
            form.raise_problems()
            order = once(order_quote, form)(
                record.id,
                quantities=quantities,
                promised_on=promised_on,
                order_reference=form.text("order_reference"),
                version=form.version(),
                by=by(),
            )
            return done("quote.order", order)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            form.refuse(refusal)
    free = available([line["product_id"] for line in lines if line["stock_kept"]])
    page = render_template("erp/orders/part.html", form=form, record=record, lines=lines, free=free)
    return page, 422 if form.errors else 200
