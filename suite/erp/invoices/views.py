"""Pages of invoices and credit notes: lists, document, editor, check and post."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from suite.base import clock
from suite.base.db import see_changes, session
from suite.base.errors import Conflict, Refusal
from suite.erp.invoices.commands import post_credit_note, post_invoice
from suite.erp.invoices.drafts import create_invoice, edit_invoice
from suite.erp.invoices.preview import posting_preview
from suite.erp.journal.queries import entries_of
from suite.model import CreditNote, CreditNoteSide, Document, Invoice, InvoiceSide, OpenItem, Record
from suite.shared.documents import read_lines
from suite.shared.visible import visible_record
from suite.web.actions import do_verb, done, form_verb, once
from suite.web.conflicts import ask_again, show_both
from suite.web.document_page import document_context
from suite.web.editing import editor_context, lines_of, party_of, party_text
from suite.web.format import money
from suite.web.forms import Form, line_values
from suite.web.i18n import gettext
from suite.web.lists import AMOUNT, DATE, DUE, NUMBER, PARTY, STATE, ListScreen, View
from suite.web.shell import by

blueprint = Blueprint("invoices", __name__)
for _verb in (
    "invoice.edit",
    "invoice.post",
    "credit_note.post",
):
    form_verb(_verb)
CORRECTION_WORDS = {
    "cancellation": "Cancellation (Stornorechnung)",
    "return": "Correction (Rechnungskorrektur)",
    "price": "Correction (Rechnungskorrektur)",
}
INVOICES = ListScreen(
    kind="invoice",
    title="Invoices",
    endpoint="invoices.index",
    columns=(NUMBER, DATE, PARTY, DUE, AMOUNT, STATE),
    views=(
        View("open", "Open", ("posted", "part_paid")),
        View("overdue", "Overdue", ("posted", "part_paid"), overdue=True),
        View("draft", "Drafts", ("draft",)),
        View("paid", "Paid", ("paid",)),
        View("all", "All"),
    ),
    new_url="/invoices/new",
    new_label="Invoice",
    new_verb="invoice.create",
    empty_title="No open invoices",
    empty_text="Invoices are made from orders and deliveries, or written directly.",
)
CREDIT_NOTES = ListScreen(
    kind="credit_note",
    title="Credit notes",
    endpoint="invoices.credit_notes",
    columns=(NUMBER, DATE, PARTY, AMOUNT, STATE),
    views=(View("all", "All"), View("draft", "Drafts", ("draft",))),
    empty_title="Nothing was corrected yet",
    empty_text="Corrections are made from the invoice they correct.",
)


@blueprint.route("/invoices", methods=["GET", "POST"])
def index() -> Any:
    """The list of invoices; POST gives it as CSV."""
    return INVOICES.csv() if request.method == "POST" else INVOICES.page()


@blueprint.route("/credit-notes", methods=["GET", "POST"])
def credit_notes() -> Any:
    """The list of credit notes; POST gives it as CSV."""
    return CREDIT_NOTES.csv() if request.method == "POST" else CREDIT_NOTES.page()


@blueprint.route("/invoices/new", methods=["GET", "POST"])
def new() -> Any:
    """Write an invoice without an order."""
    form = Form(request.form)
    if request.method == "POST" and form.text("action") == "save":
        try:
            values = _values(form)
            return done(
                "invoice.create", once(create_invoice, form)(party_id=party_of(form), **values, by=by())
            )
        except Refusal as refusal:
            form.refuse(refusal)
    return _editor(form, gettext("New invoice"), "/invoices"), 422 if form.errors else 200


@blueprint.get("/invoices/<public_id>")
def show(public_id: str) -> str:
    """One invoice."""
    record = visible_record(by(), "invoice", public_id)
    context = document_context(record, by(), Invoice.flow)
    item = session().query(OpenItem).filter_by(record_id=record.id).first()
    side = session().get_one(InvoiceSide, record.id)
    return render_template(
        "erp/invoices/show.html",
        **context,
        reason=_reason(record, item),
        item=item,
        side=side,
        journal=entries_of(record.id, by=by()),
    )


@blueprint.get("/credit-notes/<public_id>")
def show_credit_note(public_id: str) -> str:
    """One credit note."""
    record = visible_record(by(), "credit_note", public_id)
    context = document_context(record, by(), CreditNote.flow)
    side = session().get_one(CreditNoteSide, record.id)
    about = session().get_one(Record, side.corrects_id)
    reason = gettext("Check the correction and post it.") if record.state == "draft" else ""
    words = gettext(CORRECTION_WORDS[side.correction])
    return render_template(
        "erp/invoices/credit_note.html",
        **context,
        reason=reason,
        side=side,
        about=about,
        words=words,
        journal=entries_of(record.id, by=by()),
    )


@blueprint.route("/invoices/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change a draft."""
    record = visible_record(by(), "invoice", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST" and form.text("action") == "save":
        try:
            edit_invoice(record.id, **_values(form), version=form.version(), by=by())
            return done("invoice.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    return _editor(form, gettext("Invoice, draft"), f"/invoices/{public_id}"), 422 if form.errors else 200


@blueprint.route("/invoices/<public_id>/post", methods=["GET", "POST"])
def post(public_id: str) -> Any:
    """Preview, check and post on one page."""
    return _post(visible_record(by(), "invoice", public_id), "invoice.post", post_invoice)


@blueprint.route("/credit-notes/<public_id>/post", methods=["GET", "POST"])
def post_credit(public_id: str) -> Any:
    """Preview, check and post a correction."""
    return _post(visible_record(by(), "credit_note", public_id), "credit_note.post", post_credit_note)


@blueprint.post("/invoices/<public_id>/discard")
def discard(public_id: str) -> Response:
    """Throw a draft away."""
    return do_verb("invoice.discard", visible_record(by(), "invoice", public_id), by())


@blueprint.post("/credit-notes/<public_id>/discard")
def discard_credit(public_id: str) -> Response:
    """Throw a draft away."""
    return do_verb("credit_note.discard", visible_record(by(), "credit_note", public_id), by())


@blueprint.post('/orders/<public_id>/<any(invoice,"deliver-and-invoice"):step>')
def invoice_order(public_id: str, step: str) -> Response:
    """Draft an invoice of an order; the check page follows."""
    return do_verb(f"order.{step.replace('-', '_')}", visible_record(by(), "order", public_id), by())


def _post(record: Record, verb: str, command: Any) -> Any:
    form = Form(request.form)
    if request.method == "POST":
        try:
            dated_on = form.day("dated_on")
            form.raise_problems()
            command(
                record.id,
                dated_on=dated_on,
                version=form.version(),
                by=by(),
                request_key=form.text("request_key") or None,
            )
            return done(verb, record.id)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            form.refuse(refusal)
            see_changes()
    preview = posting_preview(record)
    party = session().get_one(Record, record.party_id)
    page = render_template("erp/invoices/post.html", form=form, record=record, party=party, **preview)
    return page, 422 if form.errors else 200


def _values(form: Form) -> dict[str, Any]:
    values = {
        "lines": lines_of(form),
        "dated_on": form.day("dated_on") or clock.today(),
        "service_from": form.day("service_from"),
        "service_until": form.day("service_until"),
        "header_discount_percent": form.decimal("header_discount_percent") or Decimal(0),
        "payment_days": form.whole("payment_days"),
        "buyer_reference": form.text("buyer_reference"),
        "order_reference": form.text("order_reference"),
        "intro": form.text("intro"),
        "closing": form.text("closing"),
    }
    form.raise_problems()
    return values


def _form_of(record: Record) -> Form:
    document = session().get_one(Document, record.id)
    values: dict[str, Any] = dict(line_values(read_lines([record.id])))
    names = "dated_on service_from service_until payment_days buyer_reference order_reference intro closing".split()
    values |= {name: getattr(document, name) for name in names}
    values |= {"party": party_text(record), "version": record.version}
    return Form(values | {"header_discount_percent": document.header_discount_percent or None})


def _editor(form: Form, title: str, back: str) -> str:
    context = editor_context(form)
    return render_template(
        "erp/invoices/edit.html", **context, title=title, back=back, back_label=gettext("Invoices")
    )


def _reason(record: Record, item: OpenItem | None) -> str:
    if record.state == "draft":
        return gettext("The invoice is a draft without number. Check and post it.")
    if item is not None and item.open:
        return gettext("%(amount)s is open.", amount=money(item.open))
    return ""
