"""The counting page on a phone: scan or type, add up or replace, take back."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from suite.base.db import session
from suite.base.errors import Refusal
from suite.base.text import clean
from suite.erp.stock.counting import count_product, find_counted, withdraw_count
from suite.erp.stock.stocktake_queries import counts, progress, uncounted_lines
from suite.exchange.gs1.reading import FNC1, LONGEST
from suite.model import Location, Stocktake
from suite.shared.scan import read_scan
from suite.shared.visible import visible_record
from suite.web.actions import once
from suite.web.forms import Form
from suite.web.shell import by
from suite.web.words import record_url

blueprint = Blueprint("counting", __name__)


@dataclass(frozen=True)
class _Found:
    """What the form says was found."""

    product_id: int
    code: str
    quantity: Decimal


@blueprint.route("/stocktakes/<public_id>/count", methods=["GET", "POST"])
def count(public_id: str) -> Any:
    """Note what lies there; `?scan=` has the article typed already."""
    record = visible_record(by(), "stocktake", public_id)
    form = Form(request.form)
    if request.method == "POST":
        try:
            found = _found(form)
            once(count_product, form)(
                record.id,
                product_id=found.product_id,
                quantity=found.quantity,
                code=found.code,
                is_replacing=form.text("action") == "replace",
                by=by(),
            )
            return redirect(f"{record_url(record)}/count?done=stocktake-count", 303)
        except Refusal as refusal:
            form.refuse(refusal)
    else:
        form.values["scan"] = request.args.get("scan", "")[:200]
    stocktake = session().get_one(Stocktake, record.id)
    page = render_template(
        "erp/stock/stocktake_count.html",
        form=form,
        record=record,
        place=session().get_one(Location, stocktake.location_id),
        progress=progress(record.id),
        own=counts(record.id, by=by(), limit=10),
        uncounted=uncounted_lines(stocktake, limit=30),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/stocktakes/<public_id>/withdraw")
def withdraw(public_id: str) -> Response:
    """Take a count back."""
    record = visible_record(by(), "stocktake", public_id)
    form = Form(request.form)
    once(withdraw_count, form)(record.id, count_id=form.whole("count") or 0, by=by())
    back = f"{record_url(record)}/count" if form.flag("here") else record_url(record)
    return redirect(f"{back}?done=stocktake-withdraw", 303)


def _found(form: Form) -> _Found:
    """Of a scan: the article and the lot or piece it names, and how many; of typed words the same from the fields."""
    text, lot = _text(form, "scan"), _text(form, "lot")
    amount = form.decimal("quantity")
    scan, in_lot = read_scan(text), read_scan(lot)
    named = find_counted(text, *(scan.gtins if scan is not None else ())) if text else None
    if named is None and not any(problem.field == "scan" for problem in form.problems):
        unknown = Refusal("count-unknown", field="scan", value=text[:60])
        form.problems.append(unknown if text else Refusal("field-required", field="scan"))
    form.raise_problems()
    assert named is not None
    if amount is None:
        amount = scan.quantity if scan is not None and scan.quantity is not None else Decimal(1)
    code = in_lot.code if in_lot is not None and in_lot.code else lot
    return _Found(named[0], code or (scan.code if scan is not None else "") or named[1], amount)


def _text(form: Form, name: str) -> str:
    """A text without what no code holds but the separator of GS1; a wrong one is noted and reads as empty."""
    try:
        clean(form.text(name).replace(FNC1, ""), name, max_length=LONGEST)
    except Refusal as problem:
        form.problems.append(problem)
        return ""
    return form.text(name).strip()
