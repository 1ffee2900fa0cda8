"""Pages of quotes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base import clock
from suite.base.command import together
from suite.base.db import session
from suite.base.errors import Conflict, Refusal
from suite.crm.quotes.commands import VALID_DAYS, create_quote, edit_quote, quote_lead, reject_quote
from suite.model import Lead, Quote, Record, RecordLink
from suite.shared.documents import read_lines
from suite.shared.visible import visible_record
from suite.web.actions import do_verb, done, form_verb, once, run
from suite.web.conflicts import ask_again, show_both
from suite.web.document_page import document_context
from suite.web.editing import editor_context, find_party, lines_of, party_of, party_text
from suite.web.format import day
from suite.web.forms import Form, line_values
from suite.web.i18n import gettext
from suite.web.lists import AMOUNT, DATE, NUMBER, PARTY, STATE, Column, ListScreen, View
from suite.web.shell import by

blueprint = Blueprint("quotes", __name__)
for _verb in ("quote.edit", "quote.reject", "opportunity.quote"):
    form_verb(_verb)
# What usually comes next, the first as the highlighted button.
NEXT = {
    "draft": ("quote.send", "quote.order", "quote.edit"),
    "sent": ("quote.order", "quote.accept", "quote.edit"),
}
SCREEN = ListScreen(
    kind="quote",
    title="Quotes",
    endpoint="quotes.index",
    columns=(
        NUMBER,
        DATE,
        PARTY,
        Column("Valid until", lambda record: day(record.due_date), "due_date", "date", "p2 num text-start"),
        AMOUNT,
        STATE,
    ),
    views=(
        View("open", "Open", ("draft", "sent", "accepted")),
        View("draft", "Drafts", ("draft",)),
        View("expired", "Expired", ("sent",), overdue=True),
        View("ordered", "Ordered", ("ordered",)),
        View("all", "All"),
    ),
    new_url="/quotes/new",
    new_label="Quote",
    new_verb="quote.create",
    empty_title="No open quotes",
    empty_text="A quote tells a customer what you offer. It becomes an order with one click.",
)


@blueprint.route("/quotes", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/quotes/new", methods=["GET", "POST"])
def new() -> Any:
    """Draft a quote."""
    return _new(None, "/quotes")


@blueprint.route("/opportunities/<public_id>/quote", methods=["GET", "POST"])
def quote_opportunity(public_id: str) -> Any:
    """Draft a quote for an opportunity."""
    return _new(visible_record(by(), "opportunity", public_id), f"/opportunities/{public_id}")


@blueprint.route("/leads/<public_id>/quote", methods=["GET", "POST"])
def quote_of_lead(public_id: str) -> Any:
    """Draft a quote for a lead: customer and opportunity are made with it."""
    return _new(visible_record(by(), "lead", public_id), f"/leads/{public_id}")


@blueprint.get("/quotes/<public_id>")
def show(public_id: str) -> str:
    """One quote."""
    record = visible_record(by(), "quote", public_id)
    context = document_context(record, by(), Quote.flow)
    first = NEXT.get(record.state, ())
    context["actions"].sort(
        key=lambda action: first.index(action.verb) if action.verb in first else len(first)
    )
    reason = {
        "draft": gettext("The quote is a draft. Mark it as sent, or order it at once."),
        "sent": gettext("The quote is with the customer until %(day)s.", day=day(record.due_date)),
        "accepted": gettext("The customer accepted. Make the order."),
    }.get(record.state, "")
    return render_template("crm/quotes/show.html", **context, reason=reason)


@blueprint.route("/quotes/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change a quote."""
    record = visible_record(by(), "quote", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST" and form.text("action") == "save":
        try:
            values = _values(form)
            edit_quote(record.id, **values, version=form.version(), by=by())
            return done("quote.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    return _editor(form, record.number or "", f"/quotes/{public_id}", new=False), 422 if form.errors else 200


@blueprint.route("/quotes/<public_id>/reject", methods=["GET", "POST"])
def reject(public_id: str) -> Any:
    """Record that the customer declined, and why."""
    record = visible_record(by(), "quote", public_id)
    form = Form(request.form)
    if request.method == "POST":
        try:
            reject_quote(record.id, reason=form.text("reason"), version=form.version(), by=by())
            return done("quote.reject", record.id)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template(
        "reason.html",
        form=form,
        record=record,
        title=gettext("Why was it declined?"),
        back=f"/quotes/{public_id}",
    )
    return page, 422 if form.errors else 200


@blueprint.post("/quotes/<public_id>/<any(send,order,accept,copy,discard):step>")
def act(public_id: str, step: str) -> Response:
    """Verbs without a form."""
    return do_verb(f"quote.{step}", visible_record(by(), "quote", public_id), by())


def _new(source: Record | None, back: str) -> Any:
    form = Form(request.form)
    if request.method == "GET":
        form.values["valid_until"] = day(clock.today() + timedelta(days=VALID_DAYS))
        form.values["party"] = _first_party(source)
        form.values["version"] = str(source.version) if source is not None and source.kind == "lead" else ""
    if request.method == "POST" and form.text("action") in ("save", "order"):
        try:
            values = _values(form)
            if form.text("action") == "order":
                return done("quote.order", together(lambda: _order(_create(form, source, values))))
            return done("quote.create", _create(form, source, values))
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            form.refuse(refusal)
    return _editor(form, gettext("New quote"), back, source=source), 422 if form.errors else 200


def _create(form: Form, source: Record | None, values: dict[str, Any]) -> int:
    if source is not None and source.kind == "lead":
        known = None if _is_new_party(form, source) else party_of(form)
        return once(quote_lead, form)(source.id, party_id=known, version=form.version(), **values, by=by())
    opportunity_id = source.id if source else None
    return once(create_quote, form)(party_id=party_of(form), **values, opportunity_id=opportunity_id, by=by())


def _order(quote_id: int) -> int:
    """The order of a quote just saved; a form sent twice finds the order it made."""
    wanted = select(Record.id).join(RecordLink, RecordLink.target_id == Record.id)
    made = session().scalar(wanted.where(RecordLink.source_id == quote_id, Record.kind == "order"))
    return int(made) if made is not None else int(run("quote.order")(quote_id, by=by()))


def _first_party(source: Record | None) -> str:
    if request.args.get("party"):
        return party_text(visible_record(by(), "party", request.args["party"]))
    if source is not None and source.kind == "lead":
        lead = session().get_one(Lead, source.id)
        return lead.company_name or lead.contact_name
    return party_text(session().get_one(Record, source.party_id)) if source and source.party_id else ""


def _is_new_party(form: Form, lead: Record) -> bool:
    """Whether the party is still to be entered, from the lead."""
    typed = form.text("party").strip()
    row = session().get_one(Lead, lead.id)
    return typed in (row.company_name, row.contact_name) and find_party(typed) is None


def _values(form: Form) -> dict[str, Any]:
    values = {
        "lines": lines_of(form),
        "dated_on": form.day("dated_on") or clock.today(),
        "valid_until": form.day("valid_until"),
        "header_discount_percent": form.decimal("header_discount_percent") or Decimal(0),
        "buyer_reference": form.text("buyer_reference"),
        "intro": form.text("intro"),
        "closing": form.text("closing"),
    }
    form.raise_problems()
    return values


def _form_of(record: Record) -> Form:
    document = session().get_one(Quote, record.id)
    values: dict[str, Any] = dict(line_values(read_lines([record.id])))
    names = ("dated_on", "buyer_reference", "intro", "closing")
    values |= {name: getattr(document, name) for name in names}
    values |= {"party": party_text(record), "valid_until": record.due_date}
    discount = document.header_discount_percent or None
    return Form(values | {"version": record.version, "header_discount_percent": discount})


def _editor(form: Form, title: str, back: str, *, source: Record | None = None, new: bool = True) -> str:
    return render_template(
        "crm/quotes/edit.html",
        **editor_context(form),
        title=title,
        back=back,
        back_label=source.title if source else gettext("Quotes"),
        is_new=new,
        new_party=source is not None and source.kind == "lead" and _is_new_party(form, source),
    )
