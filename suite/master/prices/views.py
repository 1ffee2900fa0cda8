"""Pages of price lists, and of setting and ending prices."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base.db import see_changes, session
from suite.base.errors import Conflict, NotFound, NotPermitted, Refusal
from suite.master.prices.commands import (
    PriceInput,
    create_price_list,
    edit_price_list,
    end_price,
    set_price,
)
from suite.master.prices.queries import prices_of
from suite.model import Party, Price, PriceList, Record
from suite.shared.timeline import timeline
from suite.shared.visible import visible_record
from suite.web.actions import done, once
from suite.web.conflicts import show_both
from suite.web.editing import find_products, party_of
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.lists import Column, ListScreen
from suite.web.shell import by
from suite.web.words import record_url

blueprint = Blueprint("prices", __name__)
SCREEN = ListScreen(
    kind="price_list",
    title="Price lists",
    endpoint="prices.index",
    columns=(Column("Name", lambda record: record.title, "title", css="wide-2"),),
    sort="title",
    new_url="/price-lists/new",
    new_label="Price list",
    new_verb="price_list.create",
    empty_title="No price list yet",
    empty_text="A price list holds special prices for all customers assigned to it. Base prices stand at the products.",
)
_KINDS = {"products": "product", "parties": "party", "price-lists": "price_list"}
_PATHS = 'any(products,parties,"price-lists")'


@blueprint.route("/price-lists", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/price-lists/new", methods=["GET", "POST"])
def new() -> Any:
    """Make a price list."""
    form = Form(request.form)
    if request.method == "POST":
        try:
            return done("price_list.create", once(create_price_list, form)(form.text("name"), by=by()))
        except Refusal as refusal:
            form.refuse(refusal)
    return _name_page(form, gettext("New price list"), "/price-lists")


@blueprint.get("/price-lists/<public_id>")
def show(public_id: str) -> str:
    """A price list: its prices and whom it holds for."""
    record = visible_record(by(), "price_list", public_id)
    customers = select(Record).join(Party, Party.id == Record.id).where(Party.price_list_id == record.id)
    seen = by().may("party.read")
    return render_template(
        "master/prices/show.html",
        record=record,
        prices=prices_of(record, by()),
        customers=session().scalars(customers.order_by(Record.title).limit(200)).all() if seen else [],
        entries=timeline(record.id),
    )


@blueprint.route("/price-lists/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change the name of a price list."""
    record = visible_record(by(), "price_list", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST":
        try:
            edit_price_list(record.id, name=form.text("name"), version=form.version(), by=by())
            return done("price_list.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    return _name_page(form, record.title, f"/price-lists/{public_id}")


@blueprint.route(f"/<{_PATHS}:path>/<public_id>/price", methods=["GET", "POST"])
def set_one(path: str, public_id: str) -> Any:
    """Set a price of a product, a customer or a list."""
    record = visible_record(by(), _KINDS[path], public_id)
    if not by().may("price.set"):
        raise NotPermitted("price.set")
    form = Form(request.form)
    if request.method == "POST":
        try:
            values = _price(form)
            product_id = record.id if record.kind == "product" else _product_of(form)
            holder_id = _holder_of(form) if record.kind == "product" else record.id
            once(set_price, form)(product_id, holder_id=holder_id, price=values, by=by())
            return _back(record, "price-set")
        except Refusal as refusal:
            form.refuse(refusal)
            see_changes()
    lists = session().scalars(select(PriceList).order_by(PriceList.name))
    choices = [("", gettext("a customer")), *((each.id, each.name) for each in lists)]
    page = render_template("master/prices/set.html", form=form, record=record, price_lists=choices)
    return page, 422 if form.errors else 200


@blueprint.post(f"/<{_PATHS}:path>/<public_id>/end-price")
def end_one(path: str, public_id: str) -> Response:
    """End a price today."""
    record = visible_record(by(), _KINDS[path], public_id)
    form = Form(request.form)
    price = session().get(Price, form.whole("price") or 0)
    if price is None or record.id not in (price.product_id, price.party_id, price.price_list_id):
        raise NotFound("price", form.text("price"))
    once(end_price, form)(price.product_id, price_id=price.id, by=by())
    return _back(record, "price-end")


def _back(record: Record, verb: str) -> Response:
    return redirect(f"{record_url(record)}?done={verb}#prices", 303)


def _price(form: Form) -> PriceInput:
    price = PriceInput(
        from_quantity=form.decimal("from_quantity") or Decimal(0),
        unit_price=form.decimal("unit_price"),
        percent_off=form.decimal("percent_off"),
        valid_from=form.day("valid_from"),
        valid_until=form.day("valid_until"),
    )
    form.raise_problems()
    return price


def _product_of(form: Form) -> int:
    text = form.text("article").strip()
    found = find_products({text}) if text else {}
    if text not in found:
        raise Refusal("product-unknown" if text else "field-required", field="article")
    return found[text]


def _holder_of(form: Form) -> int:
    return form.whole("price_list_id") or party_of(form)


def _form_of(record: Record) -> Form:
    return Form({"name": record.title, "version": record.version})


def _name_page(form: Form, title: str, back: str) -> Any:
    page = render_template("master/prices/edit.html", form=form, title=title, back=back)
    return page, 422 if form.errors else 200
