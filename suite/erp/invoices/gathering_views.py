"""The page that gathers several orders of a customer into one invoice."""

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select

from suite.base.db import session
from suite.base.errors import Refusal
from suite.erp.invoices.drafts import invoice_order
from suite.model import LineProgress, Record
from suite.model.order import OPEN
from suite.shared.progress import open_to_invoice
from suite.shared.visible import visible, visible_record
from suite.web.actions import done, once
from suite.web.forms import Form
from suite.web.shell import by

blueprint = Blueprint("gathering", __name__)


@blueprint.route("/orders/<public_id>/gather", methods=["GET", "POST"])
def gather(public_id: str) -> Any:
    """Tick the orders that one invoice is to bill."""
    record = visible_record(by(), "order", public_id)
    orders = _billable(record)
    form = Form(request.form)
    if request.method == "GET":
        form.values |= {f"order-{order.public_id}": "1" for order in orders}
    else:
        chosen = [order.id for order in orders if form.flag(f"order-{order.public_id}")]
        try:
            if not chosen:
                raise Refusal("nothing-to-invoice")
            first, *more = chosen
            return done("order.invoice", once(invoice_order, form)(first, more_orders=more, by=by()))
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("erp/invoices/gather.html", form=form, record=record, orders=orders)
    return page, 422 if form.errors else 200


def _billable(record: Record) -> list[Record]:
    """The customer's orders with something open to invoice, the oldest first."""
    of_party = visible(by(), "order").where(
        Record.party_id == record.party_id, Record.state.in_(OPEN.split())
    )
    orders = session().scalars(of_party.order_by(Record.sort_date, Record.id)).all()
    rows = session().scalars(
        select(LineProgress).where(LineProgress.document_id.in_([order.id for order in orders]))
    )
    billable = {row.document_id for row in rows if open_to_invoice(row) > 0}
    return [order for order in orders if order.id in billable]
