"""The page of a product's spare parts: one per line, typed or pasted."""

import re
from decimal import Decimal
from typing import Any

from flask import Blueprint, g, render_template, request

from suite.base.errors import Conflict, Refusal
from suite.master.products.spare_parts import MOST_PARTS, PartInput, set_spare_parts, spare_parts
from suite.model import Record
from suite.shared.visible import visible_record
from suite.web.actions import done
from suite.web.conflicts import show_both
from suite.web.editing import find_products
from suite.web.format import quantity
from suite.web.forms import Form
from suite.web.parsing import parse_decimal
from suite.web.shell import by

blueprint = Blueprint("spare_parts", __name__)


@blueprint.route("/products/<public_id>/parts", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Say which parts fit."""
    record = visible_record(by(), "product", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST":
        try:
            set_spare_parts(record.id, _parts(form), version=form.version(), by=by())
            return done("product.set_parts", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("master/products/parts.html", form=form, record=record)
    return page, 422 if form.errors else 200


def _parts(form: Form) -> list[PartInput]:
    rows = [re.split(r"[\t;]", row, maxsplit=2) for row in form.text("parts").splitlines() if row.strip()]
    if len(rows) > MOST_PARTS:
        raise Refusal("lines-too-many", field="parts", most=MOST_PARTS)
    products = find_products({row[0].strip() for row in rows}) if rows else {}
    found = []
    for row in rows:
        article = row[0].strip()
        if article not in products:
            raise Refusal("part-unknown", field="parts", article=article)
        count = parse_decimal(row[1], "parts", locale=g.locale) if len(row) > 1 else None
        found.append(PartInput(products[article], count or Decimal(1), row[2] if len(row) > 2 else ""))
    return found


def _form_of(record: Record) -> Form:
    rows = [
        "; ".join(filter(None, (part_record.number, quantity(part.quantity), part.note)))
        for part, part_record in spare_parts(record.id)
    ]
    return Form({"parts": "\n".join(rows), "version": record.version})
