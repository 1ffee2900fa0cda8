"""Pages of orders."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base.db import session
from suite.base.errors import Conflict, Refusal
from suite.erp.orders.commands import change_order, create_order, edit_order
from suite.model import LineProgress, Order, Record, Reservation
from suite.shared.documents import read_lines
from suite.shared.progress import open_to_deliver, open_to_invoice
from suite.shared.visible import visible_record
from suite.web.actions import Action, do_verb, done, form_verb, once
from suite.web.conflicts import show_both
from suite.web.document_page import document_context
from suite.web.editing import editor_context, lines_of, party_of, party_text
from suite.web.format import money
from suite.web.forms import Form, line_values
from suite.web.from_ticket import from_ticket
from suite.web.i18n import gettext
from suite.web.lists import AMOUNT, DATE, DUE, NUMBER, PARTY, STATE, ListScreen, View
from suite.web.shell import by

blueprint = Blueprint("orders", __name__)
for _verb in ("order.edit", "order.change"):
    form_verb(_verb)
OPEN = ("confirmed", "part_delivered", "delivered", "part_invoiced")
SCREEN = ListScreen(
    kind="order",
    title="Orders",
    endpoint="orders.index",
    columns=(NUMBER, DATE, PARTY, DUE, AMOUNT, STATE),
    views=(
        View("open", "Open", OPEN),
        View("deliver", "To deliver", ("confirmed", "part_delivered")),
        View("invoice", "To invoice", ("delivered", "part_invoiced")),
        View("draft", "Drafts", ("draft",)),
        View("all", "All"),
    ),
    new_url="/orders/new",
    new_label="Order",
    new_verb="order.create",
    empty_title="No open orders",
    empty_text="An order is made from a quote with one click, or entered directly.",
)


@blueprint.route("/orders", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/orders/new", methods=["GET", "POST"])
def new() -> Any:
    """Enter an order directly."""
    form = Form(request.form)
    if request.method == "GET" and request.args.get("party"):
        form.values["party"] = party_text(visible_record(by(), "party", request.args["party"]))
    if request.method == "POST" and form.text("action") == "save":
        try:
            values = _values(form)
            party_id, create = party_of(form), once(create_order, form)
            order = from_ticket(lambda: create(party_id=party_id, **values, by=by()))
            return done("order.create", order)
        except Refusal as refusal:
            form.refuse(refusal)
    return _editor(form, gettext("New order"), "/orders"), 422 if form.errors else 200


@blueprint.get("/orders/<public_id>")
def show(public_id: str) -> str:
    """One order."""
    record = visible_record(by(), "order", public_id)
    context = document_context(record, by(), Order.flow)
    reserved = {line["id"]: Decimal(0) for line in context["lines"]} | _reserved(record.id)
    context["actions"] = _sorted_by_need(context)
    return render_template("erp/orders/show.html", **context, reason=_reason(context), reserved=reserved)


@blueprint.route("/orders/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change a draft."""
    record = visible_record(by(), "order", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST" and form.text("action") == "save":
        try:
            values = _values(form)
            edit_order(record.id, **values, version=form.version(), by=by())
            return done("order.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    return _editor(form, record.number or "", f"/orders/{public_id}"), 422 if form.errors else 200


@blueprint.route("/orders/<public_id>/change", methods=["GET", "POST"])
def change(public_id: str) -> Any:
    """Change quantities, prices and lines of a confirmed order."""
    record = visible_record(by(), "order", public_id)
    form = Form(request.form) if request.method == "POST" else _changes_of(record)
    if request.method == "POST" and form.text("action") == "save":
        try:
            quantities, prices, added = form.decimals("quantity-"), form.decimals("price-"), lines_of(form)
            form.raise_problems()
            change_order(
                record.id, quantities=quantities, prices=prices, added=added, version=form.version(), by=by()
            )
            return done("order.change", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_changes_of)
        except Refusal as refusal:
            form.refuse(refusal)
    context = editor_context(form, record.party_id)
    page = render_template(
        "erp/orders/change.html",
        **context,
        record=record,
        lines=_items(record),
        title=gettext("Change %(number)s", number=record.number),
        back=f"/orders/{public_id}",
        back_label=record.number,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/orders/<public_id>/<any(confirm,discard,reserve,close,cancel):step>")
def act(public_id: str, step: str) -> Response:
    """Verbs without a form."""
    return do_verb(f"order.{step}", visible_record(by(), "order", public_id), by())


def _values(form: Form) -> dict[str, Any]:
    values = {
        "lines": lines_of(form),
        "promised_on": form.day("promised_on"),
        "header_discount_percent": form.decimal("header_discount_percent") or Decimal(0),
        "buyer_reference": form.text("buyer_reference"),
        "order_reference": form.text("order_reference"),
    }
    form.raise_problems()
    return values


def _form_of(record: Record) -> Form:
    document = session().get_one(Order, record.id)
    values: dict[str, Any] = dict(line_values(read_lines([record.id])))
    values |= {name: getattr(document, name) for name in ("buyer_reference", "order_reference")}
    values |= {"party": party_text(record), "promised_on": record.due_date, "version": record.version}
    return Form(values | {"header_discount_percent": document.header_discount_percent or None})


def _items(record: Record) -> list[dict[str, Any]]:
    return [line for line in read_lines([record.id]) if line["kind"] == "item"]


def _changes_of(record: Record) -> Form:
    """The lines of a confirmed order as they are changed: fields like `quantity-17` by the line's id."""
    values: dict[str, Any] = {"version": record.version}
    for line in _items(record):
        values |= {f"quantity-{line['id']}": line["quantity"], f"price-{line['id']}": line["unit_price"]}
    return Form(values)


def _editor(form: Form, title: str, back: str) -> str:
    context = editor_context(form) | {"title": title, "back": back, "back_label": gettext("Orders")}
    return render_template("erp/orders/edit.html", **context)


def _reserved(order_id: int) -> dict[int, Decimal]:
    wanted = (
        select(LineProgress.line_id, Reservation.quantity)
        .join(Reservation, Reservation.line_id == LineProgress.line_id)
        .where(LineProgress.document_id == order_id)
    )
    found: dict[int, Decimal] = {}
    for line_id, quantity in session().execute(wanted):
        found[line_id] = found.get(line_id, Decimal(0)) + quantity
    return found


def _sorted_by_need(context: Mapping[str, Any]) -> list[Action]:
    """What was delivered is invoiced first; without anything to invoice that button goes."""
    _, invoice = _open_amounts(context)
    actions: list[Action] = [a for a in context["actions"] if invoice or a.verb != "order.invoice"]
    return sorted(actions, key=lambda action: action.verb != "order.invoice")


def _open_amounts(context: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """What is open to deliver and to invoice, net after line discounts."""
    by_line = {line["id"]: line for line in context["lines"]}
    deliver = invoice = Decimal(0)
    for row in context["progress"].values():
        line = by_line[row.line_id]
        per_unit = line["amount"] / line["quantity"] if line["quantity"] else Decimal(0)
        deliver += open_to_deliver(row) * per_unit
        invoice += max(open_to_invoice(row), Decimal(0)) * per_unit
    return deliver, invoice


def _reason(context: Mapping[str, Any]) -> str:
    """Why the next action: what is open, in money."""
    deliver, invoice = _open_amounts(context)
    if invoice:
        return gettext("%(amount)s net has been delivered but not invoiced yet.", amount=money(invoice))
    if deliver:
        return gettext("%(amount)s net is still to be delivered.", amount=money(deliver))
    if context["record"].state == "draft":
        return gettext("The order is a draft: nothing is reserved yet.")
    return ""
