"""Parts for tickets: what is reserved for one, and what has to be bought."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select

from suite.base.db import see_changes, session
from suite.base.errors import Refusal
from suite.erp.stock.needs import drop_need, open_needs, reserve_parts
from suite.erp.visits.part_fields import part_places, read_parts
from suite.model import Device, Record, Ticket
from suite.shared.parts import fitting_parts, parts_for
from suite.shared.visible import visible_record
from suite.web.actions import done, form_verb, once
from suite.web.editing import find_products
from suite.web.format import quantity
from suite.web.forms import Form
from suite.web.shell import by

blueprint = Blueprint("ticket_parts", __name__)
form_verb("ticket.reserve")
MORE_ROWS = 3
PAGE = 50


@blueprint.route("/tickets/<public_id>/reserve", methods=["GET", "POST"])
def reserve(public_id: str) -> Any:
    """Parts for a ticket: proposed from the device's parts list, reserved or to be bought."""
    record = visible_record(by(), "ticket", public_id)
    ticket = session().get_one(Ticket, record.id)
    device = session().get(Device, ticket.device_id) if ticket.device_id is not None else None
    form = Form(request.form if request.method == "POST" else _parts_form(record, device))
    if request.method == "POST":
        try:
            parts, on = _parts(form), form.day("needed_on")
            form.raise_problems()
            once(reserve_parts, form)(record.id, parts, needed_on=on, by=by())
            return done("ticket.reserve", record.id)
        except Refusal as refusal:
            see_changes()
            form.refuse(refusal)
    places = part_places(form)
    numbers = {form.text(f"parts-{place}-article").strip() for place in places} - {""}
    found = find_products(numbers)
    names = {number: session().get_one(Record, key).title for number, key in found.items()}
    page = render_template(
        "erp/visits/reserve.html",
        form=form,
        record=record,
        places=[*places, *range(len(places), len(places) + MORE_ROWS)],
        names=names,
        fitting=fitting_parts(device.product_id if device is not None else None),
    )
    return page, 422 if form.errors else 200


@blueprint.get("/needs")
def needs() -> str:
    """What has to be bought."""
    after = request.args.get("after", "0")
    first = int(after) if after.isascii() and after.isdigit() and len(after) < 18 else 0
    rows = open_needs(by(), after=first, limit=PAGE + 1)
    wanted = [need.record_id for need, _ in rows if need.record_id is not None]
    records = {row.id: row for row in session().scalars(select(Record).where(Record.id.in_(wanted)))}
    more = rows[PAGE - 1][0].id if len(rows) > PAGE else 0
    return render_template("erp/visits/needs.html", rows=rows[:PAGE], records=records, more=more)


@blueprint.post("/needs/<int:need_id>/drop")
def drop(need_id: int) -> Any:
    """Bought, or not needed any more."""
    drop_need(need_id, done=Form(request.form).text("action") == "done", by=by())
    return redirect("/needs?done=need-drop", 303)


def _parts_form(record: Record, device: Device | None) -> dict[str, str]:
    """What is wanted so far; for the first time what fits the device."""
    rows = [(product.number, reserved + missing) for product, reserved, missing in parts_for(record.id)]
    if not rows and device is not None:
        rows = [(product.number, Decimal(0)) for product, _ in fitting_parts(device.product_id)]
    values: dict[str, str] = {}
    for place, (number, count) in enumerate(rows):
        values |= {f"parts-{place}-article": number or "", f"parts-{place}-quantity": quantity(count)}
    return values


def _parts(form: Form) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for part in read_parts(form):
        found[part.product_id] = found.get(part.product_id, Decimal(0)) + part.quantity
    return found
