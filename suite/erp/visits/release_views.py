"""Pages around a report: what is charged, parts for a ticket, what has to be bought, technicians and articles."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select

from suite.base.db import see_changes, session
from suite.base.errors import Conflict, Refusal
from suite.base.setting import company_choice
from suite.erp.stock.needs import drop_need, open_needs, reserve_parts
from suite.erp.visits.billing import ChargeInput, proposed_charges, release_visit
from suite.erp.visits.part_fields import part_places, read_parts
from suite.erp.visits.queries import technicians, used_parts
from suite.erp.visits.report import archived_report
from suite.erp.visits.settings import ARTICLES, set_technician, set_visit_articles
from suite.model import Device, Location, Record, Ticket, User, Visit
from suite.shared.parts import fitting_parts, parts_for
from suite.shared.visible import visible_record
from suite.web.actions import done, form_verb, once
from suite.web.conflicts import ask_again
from suite.web.editing import find_products
from suite.web.format import quantity
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.paper_pages import archived_answer
from suite.web.shell import by

blueprint = Blueprint("visit_release", __name__)
form_verb("ticket.reserve")
CHARGE_WORDS = {
    "included": "included",
    "contingent": "from the contingent",
    "billable": "billed",
    "goodwill": "goodwill",
}
PIECE_WORDS = {"work": "Labour", "travel": "Travel", "part": "Part"}
MORE_ROWS = 3


@blueprint.route("/visits/<public_id>/release", methods=["GET", "POST"])
def release(public_id: str) -> Any:
    """Decide how each piece is charged; contract and warranty propose."""
    record = visible_record(by(), "visit", public_id)
    visit = session().get_one(Visit, record.id)
    proposed = proposed_charges(visit)
    start: dict[str, Any] = {f"charge-{_key(each)}": each.charge for each in proposed}
    form = Form(request.form if request.method == "POST" else start | {"version": record.version})
    if request.method == "POST":
        decided = [
            ChargeInput(
                each.piece,
                form.text(f"charge-{_key(each)}"),
                each.part_id,
                form.text(f"reason-{_key(each)}"),
            )
            for each in proposed
        ]
        try:
            once(release_visit, form)(record.id, decided, version=form.version(), by=by())
            return done("visit.release", record.id)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            see_changes()
            form.refuse(refusal)
    parts = {part.id: (part, product) for part, product, _ in used_parts(record.id)}
    page = render_template(
        "erp/visits/release.html",
        form=form,
        record=record,
        visit=visit,
        pieces=[(_key(each), each, parts.get(each.part_id or 0)) for each in proposed],
        words={key: gettext(word) for key, word in CHARGE_WORDS.items()},
        piece_words={key: gettext(word) for key, word in PIECE_WORDS.items()},
    )
    return page, 422 if form.errors else 200


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


@blueprint.get("/visits/<public_id>/pdf")
def pdf(public_id: str) -> Any:
    """The archived report; until its job is done the page asks again."""
    record = visible_record(by(), "visit", public_id)
    kept = archived_report(record.id)
    if kept is None:
        return render_template("erp/visits/not_yet.html", record=record), 202, {"Refresh": "3"}
    return archived_answer(kept.sha256, kept.name)


@blueprint.get("/needs")
def needs() -> str:
    """What has to be bought."""
    after = request.args.get("after", "0")
    rows = open_needs(
        by(), after=int(after) if after.isascii() and after.isdigit() and len(after) < 18 else 0, limit=51
    )
    records = {
        row.id: row
        for row in session().scalars(
            select(Record).where(Record.id.in_([need.record_id for need, _ in rows if need.record_id]))
        )
    }
    return render_template(
        "erp/visits/needs.html", rows=rows[:50], records=records, more=rows[49][0].id if len(rows) > 50 else 0
    )


@blueprint.post("/needs/<int:need_id>/drop")
def drop(need_id: int) -> Any:
    """Bought, or not needed any more."""
    drop_need(need_id, done=Form(request.form).text("action") == "done", by=by())
    return redirect("/needs?done=need-drop", 303)


@blueprint.route("/settings/visits", methods=["GET", "POST"])
def settings() -> Any:
    """Who visits customers, and as what their time is billed."""
    start = {piece: company_choice(key, "") for piece, key in ARTICLES.items()}
    form = Form(request.form if request.method == "POST" else start)
    if request.method == "POST":
        try:
            if form.text("action") == "articles":
                set_visit_articles(work=form.text("work"), travel=form.text("travel"), by=by())
            else:
                user, van, most = form.whole("user_id"), form.whole("van_id"), form.minutes("minutes_per_day")
                form.raise_problems()
                set_technician(
                    user or 0,
                    skills=form.text("skills"),
                    van_id=van,
                    minutes_per_day=most,
                    active=form.flag("active"),
                    by=by(),
                )
            return redirect("/settings/visits?done=technician-set", 303)
        except Refusal as refusal:
            see_changes()
            form.refuse(refusal)
    known = technicians(only_active=False)
    others = select(User).where(User.id.not_in([user.id for user, _ in known]), User.active == True)  # noqa: E712 - a column
    vans = select(Location).where(Location.use == "van").order_by(Location.name)
    page = render_template(
        "erp/visits/settings.html",
        form=form,
        technicians=known,
        others=list(session().scalars(others.order_by(User.name))),
        vans=[(van.id, f"{van.name} ({van.code})") for van in session().scalars(vans)],
    )
    return page, 422 if form.errors else 200


def _key(charge: ChargeInput) -> str:
    return str(charge.part_id) if charge.part_id is not None else charge.piece


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
