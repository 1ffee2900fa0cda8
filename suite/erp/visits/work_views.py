"""The technician's page on a phone: what is saved on the way, and the report with the signature."""

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from suite.base import clock
from suite.base.db import see_changes, session
from suite.base.errors import Conflict, NotPermitted, Refusal
from suite.erp.visits.part_fields import part_places, read_parts
from suite.erp.visits.photos import MOST_PHOTOS, add_photos
from suite.erp.visits.queries import site_address, tasks_of, used_parts, van_stock
from suite.erp.visits.settings import van_of
from suite.erp.visits.work import WorkInput, report_visit, save_work
from suite.model import Device, Lot, Party, Record, Visit
from suite.shared.archive import files_of
from suite.shared.parts import fitting_parts, parts_for
from suite.shared.visible import visible_record
from suite.web.actions import done, once
from suite.web.conflicts import ask_again
from suite.web.editing import find_products
from suite.web.format import quantity
from suite.web.forms import Form
from suite.web.security import take_files
from suite.web.shell import by
from suite.web.words import record_url

blueprint = Blueprint("visit_work", __name__)
take_files("visit_work.photos")
EMPTY_ROWS = 2


@blueprint.route("/visits/<public_id>/work", methods=["GET", "POST"])
def work(public_id: str) -> Any:
    """The page of the day; `save` keeps what was done, `report` closes it with the signature.

    A script sends `save` by itself when there is a connection; it asks for JSON and gets the new version.
    """
    record = visible_record(by(), "visit", public_id)
    if request.method == "GET" and not Visit.flow.is_open("visit.work", record.state):
        return redirect(record_url(record), 303)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST" and form.text("action") in ("save", "report"):
        try:
            entered = _work(form)
            if form.text("action") == "save":
                once(save_work, form)(record.id, entered, version=form.version(), by=by())
                return _saved(record) if _wants_json() else _stay(record, "visit.work")
            _expect_right()
            once(report_visit, form)(
                record.id,
                entered,
                signer_name=form.text("signer_name"),
                signature=form.text("signature"),
                is_absent=form.flag("is_absent"),
                version=form.version(),
                by=by(),
            )
            return done("visit.report", record.id)
        except Conflict as conflict:
            ask_again(form, conflict)
            if _wants_json():
                return jsonify({"errors": form.errors, "conflict": True}), 422
        except Refusal as refusal:
            see_changes()
            form.refuse(refusal)
        if _wants_json():
            return jsonify({"errors": form.errors}), 422
    return _page(session().get_one(Record, record.id), form)


@blueprint.post("/visits/<public_id>/photos")
def photos(public_id: str) -> Any:
    """Pictures taken on site; before the report is closed."""
    record = visible_record(by(), "visit", public_id)
    sent = [(file.filename, file.read()) for file in request.files.getlist("photos") if file.filename]
    try:
        once(add_photos, Form(request.form))(record.id, sent[:MOST_PHOTOS], by=by())
    except Refusal as refusal:
        see_changes()
        form = _form_of(record)
        form.refuse(refusal)
        return _page(record, form)
    return _saved(record) if _wants_json() else _stay(record, "visit.photo")


def _stay(record: Record, verb: str) -> Response:
    """Back to the same page: the work goes on."""
    return redirect(f"{record_url(record)}/work?done={verb.replace('.', '-')}", 303)


def _expect_right() -> None:
    """The route lets in who may work; closing the report is a right of its own."""
    if not by().may("visit.report"):
        raise NotPermitted("visit.report")


def _wants_json() -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _saved(record: Record) -> Response:
    see_changes()
    fresh = session().get_one(Record, record.id, populate_existing=True)
    return jsonify({"version": fresh.version, "at": f"{clock.now().astimezone(clock.company_zone()):%H:%M}"})


def _work(form: Form) -> WorkInput:
    travel, working = form.minutes("travel_minutes"), form.minutes("work_minutes")
    ticked = {
        name.removeprefix("done-")
        for name, value in form.values.items()
        if name.startswith("done-") and value
    }
    readings = {
        int(name.removeprefix("reading-")): value
        for name, value in form.values.items()
        if name.startswith("reading-")
        and name.removeprefix("reading-").isascii()
        and name[8:].isdigit()
        and len(name) < 27
    }
    parts = read_parts(form)
    form.checked("signer_name")
    form.raise_problems()
    done_ids = frozenset(int(each) for each in ticked if each.isascii() and each.isdigit() and len(each) < 18)
    return WorkInput(travel, working, form.text("report"), done_ids, readings, parts)


def _form_of(record: Record) -> Form:
    visit = session().get_one(Visit, record.id)
    values: dict[str, Any] = {"version": record.version, "report": visit.report}
    elapsed = int((clock.now() - visit.started_at).total_seconds() // 60) if visit.started_at else 0
    values["travel_minutes"] = visit.travel_minutes or ""
    values["work_minutes"] = visit.work_minutes or min(elapsed, 24 * 60) or ""
    for task in tasks_of(record.id):
        values |= {f"done-{task.id}": task.is_done, f"reading-{task.id}": task.reading}
    used = used_parts(record.id)
    for place, (part, _, number) in enumerate(used):
        lot = session().get(Lot, part.lot_id) if part.lot_id is not None else None
        at = f"parts-{place}-"
        values |= {f"{at}article": number, f"{at}quantity": quantity(part.quantity)}
        values[f"{at}lot"] = lot.code if lot else ""
    if not used and visit.ticket_id is not None and record.state in ("planned", "under_way"):
        # What was reserved for the ticket is proposed with nothing used yet: a plus says it was.
        for place, (product, _, _) in enumerate(parts_for(visit.ticket_id)):
            values |= {f"parts-{place}-article": product.number, f"parts-{place}-quantity": "0"}
    return Form(values)


def _page(record: Record, form: Form) -> Any:
    visit = session().get_one(Visit, record.id)
    party = session().get_one(Party, record.party_id)
    places = part_places(form)
    numbers = {form.text(f"parts-{place}-article").strip() for place in places}
    products = find_products({number for number in numbers if number})
    names = {number: session().get_one(Record, product_id).title for number, product_id in products.items()}
    device = session().get(Device, visit.device_id) if visit.device_id is not None else None
    stock = van_stock(van_of(visit.technician_id), list(products.values()))
    page = render_template(
        "erp/visits/work.html",
        record=record,
        visit=visit,
        party=party,
        address=site_address(party.id),
        ticket=session().get(Record, visit.ticket_id) if visit.ticket_id else None,
        form=form,
        tasks=tasks_of(record.id),
        places=[*places, *range(len(places), len(places) + EMPTY_ROWS)],
        names=names,
        stock={number: stock.get(product_id) for number, product_id in products.items()},
        fitting=fitting_parts(device.product_id if device is not None else None),
        photos=[file for file in files_of(record.id) if file.role == "attachment"],
    )
    return page, 422 if form.errors else 200
