"""Pages that undo posted invoices: cancel, cancel and copy, correct prices."""

from typing import Any

from flask import Blueprint, render_template, request

from suite.base.db import session
from suite.base.errors import Refusal
from suite.erp.invoices.commands import cancel_and_copy_invoice, cancel_invoice
from suite.erp.invoices.corrections import correct_invoice
from suite.model import OpenItem
from suite.shared.documents import read_lines
from suite.shared.visible import visible_record
from suite.web.actions import done, form_verb, once
from suite.web.forms import Form
from suite.web.from_ticket import from_ticket
from suite.web.shell import by

blueprint = Blueprint("corrections", __name__)
for _verb in ("invoice.cancel", "invoice.cancel_and_copy", "invoice.correct"):
    form_verb(_verb)


@blueprint.route('/invoices/<public_id>/<any(cancel,"cancel-and-copy"):step>', methods=["GET", "POST"])
def cancel(public_id: str, step: str) -> Any:
    """Cancel a posted invoice, or cancel it and open a copy as draft."""
    record = visible_record(by(), "invoice", public_id)
    form = Form(request.form)
    copies = step == "cancel-and-copy"
    if request.method == "POST":
        try:
            command = cancel_and_copy_invoice if copies else cancel_invoice
            result = once(command, form)(record.id, reason=form.text("reason"), by=by())
            return done("invoice.cancel_and_copy" if copies else "invoice.cancel", result)
        except Refusal as refusal:
            form.refuse(refusal)
    item = session().query(OpenItem).filter_by(record_id=record.id).first()
    page = render_template("erp/invoices/cancel.html", form=form, record=record, copies=copies, item=item)
    return page, 422 if form.errors else 200


@blueprint.route("/invoices/<public_id>/correct", methods=["GET", "POST"])
def correct(public_id: str) -> Any:
    """Lower prices of a posted invoice by a correction."""
    record = visible_record(by(), "invoice", public_id)
    form = Form(request.form)
    if request.method == "POST":
        try:
            reductions = form.decimals("reduction-")
            form.raise_problems()
            lower, reason = once(correct_invoice, form), form.text("reason")
            credit = from_ticket(lambda: lower(record.id, reductions=reductions, reason=reason, by=by()))
            return done("invoice.correct", credit)
        except Refusal as refusal:
            form.refuse(refusal)
    lines = [line for line in read_lines([record.id]) if line["kind"] == "item"]
    page = render_template("erp/invoices/correct.html", form=form, record=record, lines=lines)
    return page, 422 if form.errors else 200
