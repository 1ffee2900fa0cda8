"""Pages of payments and open items."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base import clock
from suite.base.db import session
from suite.base.errors import NotPermitted, Refusal
from suite.erp.journal.queries import entries_of
from suite.erp.payments.commands import allocate_payment, post_payment
from suite.model import Allocation, OpenItem, Payment, Record
from suite.shared.timeline import timeline
from suite.shared.visible import visible_record
from suite.web.actions import do_verb, done, form_verb, once, open_actions
from suite.web.document_page import chain_steps
from suite.web.editing import find_party, party_of
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.lists import AMOUNT, DATE, NUMBER, PARTY, STATE, ListScreen, View
from suite.web.shell import by

blueprint = Blueprint("payments", __name__)
for _verb in ("invoice.pay", "payment.allocate"):
    form_verb(_verb)
SCREEN = ListScreen(
    kind="payment",
    title="Payments",
    endpoint="payments.index",
    columns=(NUMBER, DATE, PARTY, AMOUNT, STATE),
    views=(View("all", "All"), View("open", "Not allocated", ("posted",))),
    new_url="/payments/new",
    new_label="Payment",
    new_verb="payment.post",
    empty_title="No payment yet",
    empty_text="Record money that came in; it settles open invoices.",
)


@blueprint.route("/payments", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/payments/new", methods=["GET", "POST"])
def new() -> Any:
    """Record a payment of any customer."""
    form = Form(request.form)
    party_id = find_party(form.text("party"))
    if request.method == "POST":
        try:
            party_id = party_of(form)
            if form.text("action") == "save":
                return _record(form, party_id)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, party_id, gettext("Record payment"), "/payments")


@blueprint.route("/invoices/<public_id>/pay", methods=["GET", "POST"])
def pay(public_id: str) -> Any:
    """Record a payment of one invoice; other open items of the customer stand below it."""
    record = visible_record(by(), "invoice", public_id)
    if not by().may("payment.post"):
        raise NotPermitted("payment.post")
    item = (
        session()
        .scalars(select(OpenItem).where(OpenItem.record_id == record.id, OpenItem.side == "debit"))
        .first()
    )
    start: dict[str, Any] = {"party": record.title, "paid_on": clock.today()}
    if item is not None:
        start |= {"amount": item.open, f"amount-{item.id}": item.open}
    form = Form(request.form if request.method == "POST" else start)
    if request.method == "POST":
        try:
            return _record(form, record.party_id or 0)
        except Refusal as refusal:
            form.refuse(refusal)
    form.values["party"] = record.title
    title = gettext("Record payment")
    return _page(form, record.party_id, title, f"/invoices/{public_id}", party_fixed=True)


@blueprint.get("/payments/<public_id>")
def show(public_id: str) -> str:
    """One payment: what it settled and what is left."""
    record = visible_record(by(), "payment", public_id)
    item = (
        session()
        .scalars(select(OpenItem).where(OpenItem.record_id == record.id).order_by(OpenItem.id))
        .first()
    )
    return render_template(
        "erp/payments/show.html",
        record=record,
        payment=session().get_one(Payment, record.id),
        item=item,
        settled=_settled(item),
        steps=chain_steps(record, by()),
        actions=open_actions(Payment.flow, record, by()),
        entries=timeline(record.id),
        journal=entries_of(record.id, by=by()),
    )


@blueprint.route("/payments/<public_id>/allocate", methods=["GET", "POST"])
def allocate(public_id: str) -> Any:
    """Settle further items from what is left."""
    record = visible_record(by(), "payment", public_id)
    form = Form(request.form)
    if request.method == "POST":
        try:
            amounts = form.decimals("amount-")
            form.raise_problems()
            allocate_payment(record.id, allocations=amounts, by=by())
            return done("payment.allocate", record.id)
        except Refusal as refusal:
            form.refuse(refusal)
    form.values["party"] = record.title
    title = gettext("Allocate %(number)s", number=record.number)
    return _page(form, record.party_id, title, f"/payments/{public_id}", party_fixed=True, allocates=True)


@blueprint.post("/payments/<public_id>/reverse")
def reverse(public_id: str) -> Response:
    """Take a payment back."""
    return do_verb("payment.reverse", visible_record(by(), "payment", public_id), by())


def _record(form: Form, party_id: int) -> Any:
    amount, paid_on = form.decimal("amount"), form.day("paid_on")
    amounts = form.decimals("amount-")
    if amount is None and not form.problems:
        form.problems.append(Refusal("field-required", field="amount"))
    form.raise_problems()
    payment = once(post_payment, form)(
        party_id=party_id,
        amount=amount or Decimal(0),
        paid_on=paid_on,
        money=form.text("money") or "bank",
        allocations={item: value for item, value in amounts.items() if value},
        reference=form.text("reference"),
        by=by(),
    )
    return done("payment.post", payment)


def _page(
    form: Form,
    party_id: int | None,
    title: str,
    back: str,
    *,
    party_fixed: bool = False,
    allocates: bool = False,
) -> Any:
    items = []
    if party_id is not None:
        wanted = select(OpenItem).where(
            OpenItem.party_id == party_id, OpenItem.side == "debit", OpenItem.open > 0
        )
        items = list(session().scalars(wanted.order_by(OpenItem.due_on, OpenItem.id).limit(100)))
    form.values.setdefault("paid_on", "")
    page = render_template(
        "erp/payments/new.html",
        form=form,
        items=items,
        title=title,
        back=back,
        party_fixed=party_fixed,
        allocates=allocates,
    )
    return page, 422 if form.errors else 200


def _settled(item: OpenItem | None) -> list[tuple[OpenItem, Record, Decimal]]:
    if item is None:
        return []
    mine, theirs = (
        (Allocation.credit_item_id, Allocation.debit_item_id)
        if item.side == "credit"
        else (Allocation.debit_item_id, Allocation.credit_item_id)
    )
    wanted = (
        select(OpenItem, Record, Allocation.amount)
        .join(Allocation, theirs == OpenItem.id)
        .join(Record, Record.id == OpenItem.record_id)
        .where(mine == item.id)
        .order_by(Allocation.id)
    )
    return [(row[0], row[1], row[2]) for row in session().execute(wanted)]
