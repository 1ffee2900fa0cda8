"""Pages of stocktakes: the list, one stocktake, opening, booking, and its differences as a file."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from suite.base.db import session
from suite.base.errors import Conflict, Refusal
from suite.erp.stock.locations import internal_locations
from suite.erp.stock.stocktake_booking import book_stocktake, usual_reason
from suite.erp.stock.stocktake_queries import (
    SHOWN,
    all_lines,
    counts,
    differing_lines,
    pieces_elsewhere,
    progress,
    uncounted_lines,
)
from suite.erp.stock.stocktakes import open_stocktake
from suite.model import Location, Record, Stocktake
from suite.model.stocktake import REASONS
from suite.shared.lines import MAX_LINES
from suite.shared.timeline import timeline
from suite.shared.visible import visible_record
from suite.web.actions import do_verb, done, form_verb, once, open_actions
from suite.web.conflicts import ask_again
from suite.web.downloads import csv_answer
from suite.web.editing import find_products
from suite.web.format import day, quantity
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.lists import DATE, NUMBER, STATE, Column, ListScreen, View
from suite.web.shell import by

blueprint = Blueprint("stocktakes", __name__)
for _verb in ("stocktake.count", "stocktake.book"):
    form_verb(_verb)
REASON_WORDS = {
    "shrinkage": "shrinkage",
    "breakage": "breakage",
    "found": "found",
    "miscounted": "miscounted",
    "other": "other",
}
SCREEN = ListScreen(
    kind="stocktake",
    title="Stocktakes",
    endpoint="stocktakes.index",
    columns=(NUMBER, Column("Location", lambda record: record.title, "title", css="wide-2"), DATE, STATE),
    views=(
        View("open", "Open", ("counting",)),
        View("booked", "Booked", ("booked",)),
        View("all", "All"),
    ),
    new_url="/stocktakes/new",
    new_label="Stocktake",
    new_verb="stocktake.open",
    empty_title="No stocktake yet",
    empty_text="A stocktake compares what lies at a place with the books, and corrects the books.",
)


@blueprint.route("/stocktakes", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/stocktakes/new", methods=["GET", "POST"])
def new() -> Any:
    """Begin to count a place, all of it or some articles."""
    form = Form(request.form if request.method == "POST" else {"location": "MAIN"})
    if request.method == "POST":
        try:
            made = once(open_stocktake, form)(
                location=form.text("location"), product_ids=_articles(form), by=by()
            )
            return done("stocktake.open", made)
        except Refusal as refusal:
            form.refuse(refusal)
    places = [(place.code, place.name) for place in internal_locations()]
    return render_template("erp/stock/stocktake_new.html", form=form, places=places), (
        422 if form.errors else 200
    )


@blueprint.get("/stocktakes/<public_id>")
def show(public_id: str) -> str:
    """One stocktake: how far it is and what differs; once it is booked, the report."""
    record = visible_record(by(), "stocktake", public_id)
    return render_template(
        "erp/stock/stocktake.html",
        actions=[each for each in open_actions(Stocktake.flow, record, by()) if "withdraw" not in each.verb],
        counts=counts(record.id, limit=30),
        entries=timeline(record.id),
        **_facts(record),
    )


@blueprint.route("/stocktakes/<public_id>/book", methods=["GET", "POST"])
def book(public_id: str) -> Any:
    """Look at the differences, say why, decide about what nobody counted, book."""
    record = visible_record(by(), "stocktake", public_id)
    form = Form(request.form) if request.method == "POST" else Form({"version": record.version})
    if request.method == "POST":
        try:
            once(book_stocktake, form)(
                record.id,
                reasons=_reasons(form),
                uncounted=form.text("uncounted") or "leave",
                version=form.version(),
                by=by(),
            )
            return done("stocktake.book", record.id)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            form.refuse(refusal)
    facts = _facts(record)
    for line, difference, _, _ in facts["differing"]:
        form.values.setdefault(f"reason-{line.id}", usual_reason(difference))
    page = render_template("erp/stock/stocktake_book.html", form=form, **facts)
    return page, 422 if form.errors else 200


@blueprint.post("/stocktakes/<public_id>/differences")
def differences(public_id: str) -> Response:
    """All that was to be counted, as a file."""
    record = visible_record(by(), "stocktake", public_id)
    heads = ("Article", "Name", "Lot or serial number", "Unit", "Books", "Counted", "Difference", "Reason")
    words = reason_words()

    def rows() -> Iterator[list[str]]:
        for line, difference, product, unit in all_lines(record.id):
            figures = [quantity(each) for each in (line.level, line.counted, difference)]
            named = [product.number or "", product.title, line.code, unit]
            yield [*named, *figures, words.get(line.reason or "", "")]

    return csv_answer(f"{record.number}.csv", [gettext(head) for head in heads], rows())


@blueprint.post("/stocktakes/<public_id>/discard")
def discard(public_id: str) -> BaseResponse:
    """Give it up."""
    return do_verb("stocktake.discard", visible_record(by(), "stocktake", public_id), by())


def reason_words() -> dict[str, str]:
    """What people call the reasons of differences."""
    return {reason: gettext(REASON_WORDS[reason]) for reason in REASONS}


def _facts(record: Record) -> dict[str, Any]:
    """What the pages of one stocktake show."""
    stocktake = session().get_one(Stocktake, record.id)
    return {
        "record": record,
        "stocktake": stocktake,
        "place": session().get_one(Location, stocktake.location_id),
        "progress": progress(record.id),
        "differing": differing_lines(stocktake),
        "uncounted": uncounted_lines(stocktake),
        "elsewhere": pieces_elsewhere(stocktake) if record.state == "counting" else {},
        "reasons": reason_words(),
        "most": SHOWN,
        "opened": day(record.sort_date),
    }


def _articles(form: Form) -> list[int] | None:
    """The articles named, one per line; None for all of the place."""
    typed = [row.strip() for row in form.text("articles").splitlines() if row.strip()]
    if len(typed) > MAX_LINES:
        raise Refusal("lines-too-many", field="articles", most=MAX_LINES)
    if not typed:
        return None
    found = find_products(set(typed))
    missing = [text for text in typed if text not in found]
    if missing:
        raise Refusal("article-unknown", field="articles", value=missing[0][:60])
    return [found[text] for text in typed]


def _reasons(form: Form) -> dict[int, str]:
    places = {
        name.removeprefix("reason-"): value
        for name, value in form.values.items()
        if name.startswith("reason-")
    }
    return {
        int(place): value
        for place, value in places.items()
        if value and place.isascii() and place.isdigit() and len(place) <= 18
    }
