"""Pages of products: list, facts with stock and prices, editor, receipts and corrections."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base.db import session
from suite.base.errors import Conflict, Refusal
from suite.master.prices.queries import prices_of
from suite.master.products.commands import ProductInput, create_product, edit_product
from suite.master.products.queries import prices_and_stock
from suite.master.products.spare_parts import spare_parts
from suite.model import Location, Product, Record, StockLevel
from suite.reference import units
from suite.shared.timeline import timeline
from suite.shared.visible import visible_record
from suite.web.actions import do_verb, done, form_verb, once, open_actions
from suite.web.conflicts import show_both
from suite.web.format import price, quantity, unit
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.lists import STATE, Column, ListScreen, View, beside_the_register
from suite.web.shell import by

blueprint = Blueprint("products", __name__)
form_verb("product.edit")


def _beside(rows: Sequence[Record]) -> dict[int, dict[str, str]]:
    return {
        product: {"Base price": price(base_price), "Free": quantity(free) if by().may("stock.read") else ""}
        for product, (base_price, free) in prices_and_stock(rows).items()
    }


SCREEN = ListScreen(
    kind="product",
    title="Products",
    endpoint="products.index",
    columns=(
        Column("Article", lambda record: record.number, "number", css="id"),
        Column("Name", lambda record: record.title, "title", css="wide-2"),
        beside_the_register("Base price", "num"),
        beside_the_register("Free", "num"),
        STATE,
    ),
    views=(
        View("active", "Offered", ("active",)),
        View("retired", "Retired", ("retired",)),
        View("all", "All"),
    ),
    sort="number",
    new_url="/products/new",
    new_label="Product",
    new_verb="product.create",
    beside=_beside,
    empty_title="No product yet",
    empty_text="Goods and services you sell; a name is enough to begin.",
)


@blueprint.route("/products", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/products/new", methods=["GET", "POST"])
def new() -> Any:
    """Enter a product."""
    form = Form(request.form)
    if request.method == "POST":
        try:
            product = _product(form)
            return done(
                "product.create",
                once(create_product, form)(product, number=form.text("number") or None, by=by()),
            )
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, gettext("New product"), "/products", with_number=True)


@blueprint.get("/products/<public_id>")
def show(public_id: str) -> str:
    """One product with its stock and special prices."""
    record = visible_record(by(), "product", public_id)
    levels = select(StockLevel, Location).join(Location, Location.id == StockLevel.location_id)
    return render_template(
        "master/products/show.html",
        record=record,
        product=session().get_one(Product, record.id),
        levels=session().execute(levels.where(StockLevel.product_id == record.id)).all(),
        prices=prices_of(record, by()),
        parts=spare_parts(record.id),
        actions=open_actions(Product.flow, record, by()),
        entries=timeline(record.id),
    )


@blueprint.route("/products/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change a product."""
    record = visible_record(by(), "product", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST":
        try:
            edit_product(record.id, _product(form), version=form.version(), by=by())
            return done("product.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, record.title, f"/products/{public_id}", with_number=False)


@blueprint.post("/products/<public_id>/<any(retire,revive):step>")
def act(public_id: str, step: str) -> Response:
    """Verbs without a form."""
    return do_verb(f"product.{step}", visible_record(by(), "product", public_id), by())


def _product(form: Form) -> ProductInput:
    product = ProductInput(
        name=form.text("name"),
        description=form.text("description"),
        kind=form.text("kind") or "goods",
        unit=form.text("unit") or "H87",
        gtin=form.text("gtin"),
        tax_class=form.text("tax_class") or "standard",
        stock_kept=form.flag("stock_kept"),
        billing_basis=form.text("billing_basis") or "delivered",
        tracking=form.text("tracking") or "none",
        warranty_months=form.whole("warranty_months"),
        base_price=form.decimal("base_price"),
    )
    form.raise_problems()
    return product


def _form_of(record: Record) -> Form:
    product = session().get_one(Product, record.id)
    names = (
        "name",
        "description",
        "kind",
        "unit",
        "gtin",
        "tax_class",
        "stock_kept",
        "billing_basis",
        "tracking",
        "warranty_months",
        "base_price",
    )
    return Form({name: getattr(product, name) for name in names} | {"version": record.version})


def _page(form: Form, title: str, back: str, *, with_number: bool) -> Any:
    choices = [(code, unit(code)) for code in units()]
    page = render_template(
        "master/products/edit.html", form=form, title=title, back=back, units=choices, with_number=with_number
    )
    return page, 422 if form.errors else 200
