"""Pages of deliveries and returns."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base import clock
from suite.base.db import session
from suite.base.errors import Conflict, Refusal
from suite.erp.deliveries.commands import deliver_order, edit_delivery
from suite.erp.deliveries.returns import is_credited, return_delivery
from suite.erp.stock.locations import internal_locations
from suite.model import Delivery, LineProgress, Location, Record, Return, ReturnSide
from suite.model.delivery import RETURN_REASONS
from suite.shared.documents import read_lines
from suite.shared.line_lots import lots_of_lines, lots_still_out
from suite.shared.lots import proposed_lots, trackings_of
from suite.shared.progress import open_to_deliver, open_to_invoice
from suite.shared.reservation import available
from suite.shared.visible import visible_record
from suite.web.actions import Action, do_verb, done, form_verb, once
from suite.web.conflicts import ask_again, show_both
from suite.web.document_page import document_context
from suite.web.forms import Form
from suite.web.from_ticket import from_ticket
from suite.web.i18n import gettext
from suite.web.lists import AMOUNT, DATE, NUMBER, PARTY, STATE, ListScreen, View
from suite.web.lot_fields import lots_by_line
from suite.web.shell import by

blueprint = Blueprint("deliveries", __name__)
for _verb in ("order.deliver", "delivery.edit", "delivery.return"):
    form_verb(_verb)
REASON_WORDS = {
    "defective": "defective",
    "wrong_item": "wrong item",
    "not_needed": "not needed",
    "damaged": "damaged in transport",
    "other": "other reason",
}
DELIVERIES = ListScreen(
    kind="delivery",
    title="Deliveries",
    endpoint="deliveries.index",
    columns=(NUMBER, DATE, PARTY, AMOUNT, STATE),
    views=(View("all", "All"), View("draft", "Drafts", ("draft",)), View("shipped", "Shipped", ("shipped",))),
    empty_title="Nothing delivered yet",
    empty_text="Deliveries are made from orders.",
)
RETURNS = ListScreen(
    kind="return",
    title="Returns",
    endpoint="deliveries.returns",
    columns=(NUMBER, DATE, PARTY, AMOUNT, STATE),
    empty_title="Nothing came back yet",
    empty_text="A return is made from the delivery the goods left with.",
)


@blueprint.route("/deliveries", methods=["GET", "POST"])
def index() -> Any:
    """The list of deliveries; POST gives it as CSV."""
    return DELIVERIES.csv() if request.method == "POST" else DELIVERIES.page()


@blueprint.route("/returns", methods=["GET", "POST"])
def returns() -> Any:
    """The list of returns; POST gives it as CSV."""
    return RETURNS.csv() if request.method == "POST" else RETURNS.page()


@blueprint.get("/deliveries/<public_id>")
def show(public_id: str) -> str:
    """One delivery."""
    record = visible_record(by(), "delivery", public_id)
    context = document_context(record, by(), Delivery.flow)
    reason = (
        gettext("The delivery is prepared. Ship it when the goods leave.") if record.state == "draft" else ""
    )
    if any(open_to_invoice(row) > 0 for row in context["progress"].values()):
        reason = gettext("What was delivered can be invoiced.")
    elif record.state == "shipped":
        context["actions"] = _without("delivery.invoice", context["actions"])
    context["lots"] = lots_of_lines([line["id"] for line in context["lines"] if line["stock_kept"]])
    return render_template("erp/deliveries/show.html", **context, reason=reason)


@blueprint.get("/returns/<public_id>")
def show_return(public_id: str) -> str:
    """One return."""
    record = visible_record(by(), "return", public_id)
    context = document_context(record, by(), Return.flow)
    side = session().get_one(ReturnSide, record.id)
    words = gettext(REASON_WORDS[side.reason])
    reason = gettext("The goods are on their way back. Receive them.") if record.state == "draft" else ""
    if record.state == "received" and not is_credited(context["lines"]):
        reason = gettext("The goods are back. Credit what was billed for them.")
    else:
        context["actions"] = _without("return.credit", context["actions"])
    return render_template(
        "erp/deliveries/return.html",
        **context,
        reason=reason,
        side=side,
        reason_words=words,
        place=session().get(Location, side.location_id) if side.location_id else None,
        lots=lots_of_lines([line["id"] for line in context["lines"] if line["stock_kept"]]),
    )


def _without(verb: str, actions: Sequence[Action]) -> list[Action]:
    return [action for action in actions if action.verb != verb]


@blueprint.route("/orders/<public_id>/deliver", methods=["GET", "POST"])
def deliver(public_id: str) -> Any:
    """Choose what is delivered; everything open is filled in."""
    record = visible_record(by(), "order", public_id)
    lines = [
        line
        for line in read_lines([record.id])
        if line["kind"] == "item" and line["billing_basis"] == "delivered"
    ]
    rest = {line["id"]: Decimal(0) for line in lines}
    rest |= {row.line_id: open_to_deliver(row) for row in _progress(lines)}
    form = Form(request.form if request.method == "POST" else {f"quantity-{k}": v for k, v in rest.items()})
    if request.method == "POST":
        try:
            quantities = form.decimals("quantity-")
            lots = lots_by_line(form)
            form.raise_problems()
            ship = form.text("action") != "draft"
            delivery = once(deliver_order, form)(
                record.id, quantities=quantities, lots=lots, ship=ship, version=form.version(), by=by()
            )
            return done("order.deliver", delivery)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            form.refuse(refusal)
    stocked = [line["product_id"] for line in lines if line["stock_kept"]]
    page = render_template(
        "erp/deliveries/deliver.html",
        form=form,
        record=record,
        lines=lines,
        rest=rest,
        free=available(stocked),
        proposals=proposed_lots(lines, rest),
    )
    return page, 422 if form.errors else 200


@blueprint.route("/deliveries/<public_id>/return", methods=["GET", "POST"])
def take_back(public_id: str) -> Any:
    """Choose what came back and why."""
    record = visible_record(by(), "delivery", public_id)
    lines = [line for line in read_lines([record.id]) if line["kind"] == "item"]
    rest = {line["id"]: Decimal(0) for line in lines}
    rest |= {row.line_id: row.delivered - row.returned for row in _progress(lines)}
    form = Form(request.form)
    if request.method == "POST":
        try:
            quantities = form.decimals("quantity-")
            lots = lots_by_line(form)
            form.raise_problems()
            take = once(return_delivery, form)
            back = from_ticket(
                lambda: take(
                    record.id,
                    quantities=quantities,
                    reason=form.text("reason"),
                    remark=form.text("remark"),
                    lots=lots,
                    location=form.text("location") or "MAIN",
                    by=by(),
                )
            )
            return done("delivery.return", back)
        except Refusal as refusal:
            form.refuse(refusal)
    reasons = [(code, gettext(REASON_WORDS[code])) for code in RETURN_REASONS]
    page = render_template(
        "erp/deliveries/take_back.html",
        form=form,
        record=record,
        lines=lines,
        rest=rest,
        reasons=reasons,
        tracked=trackings_of(lines),
        out=lots_still_out([line["id"] for line in lines if line["stock_kept"]]),
        places=[(place.code, place.name) for place in internal_locations()],
    )
    return page, 422 if form.errors else 200


@blueprint.route("/deliveries/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change the day and the remark of a draft."""
    record = visible_record(by(), "delivery", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST":
        try:
            dated_on = form.day("dated_on")
            if dated_on is None and not form.problems:
                form.problems.append(Refusal("field-required", field="dated_on"))
            form.raise_problems()
            edit_delivery(
                record.id,
                dated_on=dated_on or clock.today(),
                closing=form.text("closing"),
                version=form.version(),
                by=by(),
            )
            return done("delivery.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("erp/deliveries/edit.html", form=form, record=record)
    return page, 422 if form.errors else 200


@blueprint.post("/deliveries/<public_id>/<any(ship,discard,invoice):step>")
def act(public_id: str, step: str) -> Response:
    """Verbs without a form."""
    return do_verb(f"delivery.{step}", visible_record(by(), "delivery", public_id), by())


@blueprint.post("/returns/<public_id>/<any(receive,discard,credit):step>")
def act_return(public_id: str, step: str) -> Response:
    """Verbs without a form."""
    return do_verb(f"return.{step}", visible_record(by(), "return", public_id), by())


def _form_of(record: Record) -> Form:
    delivery = session().get_one(Delivery, record.id)
    names = ("dated_on", "closing")
    return Form({name: getattr(delivery, name) for name in names} | {"version": record.version})


def _progress(lines: Sequence[Mapping[str, Any]]) -> Sequence[LineProgress]:
    of_lines = LineProgress.line_id.in_([line["id"] for line in lines])
    return session().scalars(select(LineProgress).where(of_lines)).all()
