"""Pages of stock: what lies where, and the places of ours."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select, tuple_
from werkzeug.wrappers import Response

from suite.base.db import session
from suite.base.errors import Conflict, NotFound, NotPermitted, Refusal
from suite.base.event import Event
from suite.base.text import searchable
from suite.erp.stock.locations import USES, create_location, edit_location, internal_locations
from suite.model import Location, Record, StockLevel
from suite.web.actions import once
from suite.web.conflicts import compare
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.shell import by

blueprint = Blueprint("stock", __name__)
PAGE = 100
USE_WORDS = {"stock": "stock", "van": "van of a technician", "quarantine": "quarantine"}


@blueprint.get("/stock")
def index() -> str:
    """What lies where, by article, at one place or all; one page by key."""
    if not by().may("stock.read"):
        raise NotPermitted("stock.read")
    q, after = request.args.get("q", "")[:200], _key(request.args.get("after", ""))
    query = (
        select(Record, StockLevel, Location)
        .join(StockLevel, StockLevel.product_id == Record.id)
        .join(Location, Location.id == StockLevel.location_id)
    )
    for word in searchable(q).split()[:6]:
        query = query.where(Record.search_text.contains(word, autoescape=True))
    places = internal_locations()
    place = next((each for each in places if each.code == request.args.get("location")), None)
    if place is not None:
        query = query.where(Location.id == place.id)
    order = (Record.number, Record.id, Location.id)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    rows = session().execute(query.order_by(*order).limit(PAGE + 1)).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return render_template(
        "erp/stock/index.html",
        rows=rows[:PAGE],
        q=q,
        places=places,
        place=place,
        uses=use_words(),
        after=f"{last[2].id}~{last[0].id}~{last[0].number}" if last is not None else None,
    )


@blueprint.route("/locations", methods=["GET", "POST"])
def locations() -> Any:
    """The places of ours; POST makes one."""
    form = Form(request.form)
    if request.method == "POST":
        try:
            once(create_location, form)(
                code=form.text("code"), name=form.text("name"), use=form.text("use") or "stock", by=by()
            )
            return redirect("/locations?done=location-create", 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template(
        "erp/stock/locations.html", form=form, places=internal_locations(), uses=use_words()
    )
    return page, 422 if form.errors else 200


@blueprint.route("/locations/<int:location_id>", methods=["GET", "POST"])
def edit_place(location_id: int) -> Response | Any:
    """Rename a place, or use it otherwise."""
    place = _place(location_id)
    form = Form(request.form) if request.method == "POST" else _form_of(place)
    if request.method == "POST":
        try:
            edit_location(
                location_id,
                name=form.text("name"),
                use=form.text("use") or "stock",
                version=form.version(),
                by=by(),
            )
            return redirect("/locations?done=location-edit", 303)
        except Conflict as conflict:
            session().rollback()
            compare(form, conflict, _form_of(_place(location_id)), changed=Event.verb == "location.edit")
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("erp/stock/location.html", form=form, place=place, uses=use_words())
    return page, 422 if form.errors else 200


def use_words() -> dict[str, str]:
    """What people call the uses of places."""
    return {use: gettext(USE_WORDS[use]) for use in USES}


def _place(location_id: int) -> Location:
    place = session().get(Location, location_id)
    if place is None or place.kind != "internal":
        raise NotFound("location", location_id)
    return place


def _form_of(place: Location) -> Form:
    return Form({"name": place.name, "use": place.use, "version": place.version})


def _key(text: str) -> tuple[str, int, int] | None:
    """The place in the list after which a page begins: location, record and number."""
    parts = text.split("~", 2)
    if len(parts) == 3 and all(part.isascii() and part.isdigit() and len(part) < 18 for part in parts[:2]):
        return parts[2], int(parts[1]), int(parts[0])
    return None
