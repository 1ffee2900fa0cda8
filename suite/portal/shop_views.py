"""Ordering from the customer's own prices."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request
from sqlalchemy import select

from suite.base import clock
from suite.base.db import see_changes, session
from suite.base.errors import NotFound, Refusal
from suite.base.text import searchable
from suite.model import Party, Product, Record
from suite.portal.commands import place_own_order
from suite.portal.door import blueprint, by
from suite.shared.pricing import find_prices
from suite.web.actions import once
from suite.web.forms import Form

PAGE = 40


@dataclass(frozen=True)
class Offer:
    """A product at the customer's own price for the quantity typed."""

    id: int
    number: str
    name: str
    unit: str
    price: Decimal


@blueprint.route("/shop", methods=["GET", "POST"])
def shop() -> Any:
    """Products at the customer's own prices; what is typed stays while searching, until the order is sent."""
    form = Form(request.form)
    if request.method == "POST" and form.text("action") == "order":
        try:
            quantities = form.decimals("quantity-")
            form.raise_problems()
            order = once(place_own_order, form)(
                quantities,
                order_reference=form.text("order_reference"),
                note=form.text("note"),
                by=by(),
            )
            see_changes()
            return redirect(f"/portal/orders/{session().get_one(Record, order).public_id}", 303)
        except Refusal as refusal:
            form.refuse(refusal)
    chosen = {
        int(name.removeprefix("quantity-")): text
        for name, text in form.values.items()
        if name.startswith("quantity-")
        and name[9:].isascii()
        and name[9:].isdigit()
        and len(name) < 28
        and text.strip()
    }
    found, more = _products(form.text("q"), form.text("after"))
    shown = _offers(found)
    kept = _offers(_chosen({key for key in chosen if key < 2**62} - {offer.id for offer in shown}))
    page = render_template("portal/shop.html", form=form, offers=shown, kept=kept, more=more)
    return page, 422 if form.errors else 200


def _products(words: str, after: str) -> tuple[list[tuple[Product, Record]], str]:
    """A page of active products by name, and the place the next one starts at."""
    query = select(Product, Record).join(Record, Record.id == Product.id)
    # Work is asked for, not put into a basket: goods only.
    query = query.where(Record.kind == "product", Record.state == "active", Product.kind == "goods")
    for word in searchable(words[:200]).split()[:6]:
        query = query.where(Record.search_text.contains(word, autoescape=True))
    if after:
        query = query.where(Record.title > after[:500])
    rows = [
        (row[0], row[1]) for row in session().execute(query.order_by(Record.title, Record.id).limit(PAGE + 1))
    ]
    return rows[:PAGE], rows[PAGE - 1][1].title if len(rows) > PAGE else ""


def _chosen(ids: set[int]) -> list[tuple[Product, Record]]:
    if not ids:
        return []
    query = select(Product, Record).join(Record, Record.id == Product.id)
    query = query.where(Product.id.in_(sorted(ids)[:500]), Record.state == "active")
    return [(row[0], row[1]) for row in session().execute(query.order_by(Record.title))]


def _offers(rows: list[tuple[Product, Record]]) -> list[Offer]:
    party = session().get(Party, by().party_id)
    if party is None:
        raise NotFound("party", "")
    prices = find_prices(party, [(product, Decimal(1)) for product, _ in rows], clock.today())
    return [
        Offer(product.id, record.number or "", product.name, product.unit, price.unit_price)
        for (product, record), price in zip(rows, prices, strict=True)
        if price.unit_price > 0
    ]
