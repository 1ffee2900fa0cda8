"""Pages that print labels: how many, on which paper; the PDF is made at once by a process of its own."""

from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, render_template, request

from suite.base.db import session
from suite.base.errors import Refusal
from suite.erp.stock.labels import Label, labels_in_stock, lot_label, product_label, sheets
from suite.erp.stock.lots import lot_story
from suite.model import Product
from suite.shared.visible import visible_record
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.pdf import render_pdf
from suite.web.shell import by
from suite.web.words import record_url

blueprint = Blueprint("labels", __name__)
PAPERS = ("label", "sheet")


@blueprint.route("/products/<public_id>/labels", methods=["GET", "POST"])
def of_product(public_id: str) -> Any:
    """Labels of a product, or of each of its lots or pieces in stock."""
    record = visible_record(by(), "product", public_id)
    product = session().get_one(Product, record.id)

    def wanted(form: Form) -> Sequence[Label]:
        is_of_lots = product.tracking != "none" and form.text("what") == "lots"
        return labels_in_stock(record.id, by=by()) if is_of_lots else [product_label(record.id, by=by())]

    return _page(wanted, record.title, record_url(record), tracking=product.tracking)


@blueprint.route("/lots/<int:lot_id>/labels", methods=["GET", "POST"])
def of_lot(lot_id: int) -> Any:
    """Labels of a lot or a piece."""
    story = lot_story(lot_id, by=by())
    title = f"{story.product.title} {story.lot.code}"
    return _page(lambda form: [lot_label(lot_id, by=by())], title, f"/lots/{lot_id}", tracking="none")


def _page(wanted: Callable[[Form], Sequence[Label]], title: str, back: str, *, tracking: str) -> Any:
    usual = {"copies": "1", "start": "1", "paper": "label", "what": "article"}
    form = Form(request.form if request.method == "POST" else usual)
    if request.method == "POST":
        try:
            html = _html(wanted(form), form)
            session().rollback()  # nothing is read any more: no transaction waits for the printer
            return _pdf(html)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("erp/stock/labels.html", form=form, title=title, back=back, tracking=tracking)
    return page, 422 if form.errors else 200


def _html(labels: Sequence[Label], form: Form) -> str:
    copies, start = form.whole("copies"), form.whole("start")
    form.raise_problems()
    paper = form.text("paper")
    if paper not in PAPERS:
        raise Refusal("choice-unknown", field="paper")
    first = (start or 1) if paper == "sheet" else 1
    return render_template(
        "erp/stock/label_paper.html", sheets=sheets(labels, copies=copies or 0, start=first), paper=paper
    )


def _pdf(html: str) -> Response:
    css = files("suite.web").joinpath("static/label.css").read_text(encoding="utf-8")
    answer = Response(render_pdf(html, css), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{gettext("labels")}.pdf"'
    return answer
