"""The hall both wings share: my day, search, what pickers and palette ask for, notes."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base import clock
from suite.base.db import session
from suite.base.errors import NotFound, NotPermitted, Refusal
from suite.model import Product, Record
from suite.shared import today as work
from suite.shared.notes import add_note
from suite.shared.reservation import available
from suite.shared.search import found_records, recent_parties, record_by_number
from suite.shared.timeline import people
from suite.shared.visible import visible
from suite.web.actions import once
from suite.web.editing import LinePreview, fill_in, find_party, preview
from suite.web.format import greeting, number, price, quantity
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.shell import by
from suite.web.words import KINDS, record_url

blueprint = Blueprint("hall", __name__)
EDITORS = ("quote.create", "order.create", "order.change", "invoice.create")
# What the palette can begin, by the permission it needs.
COMMANDS = (
    ("lead.create", "/leads/new", "New lead"),
    ("opportunity.create", "/opportunities/new", "New opportunity"),
    ("quote.create", "/quotes/new", "New quote"),
    ("order.create", "/orders/new", "New order"),
    ("invoice.create", "/invoices/new", "New invoice"),
    ("payment.post", "/payments/new", "Record payment"),
    ("ticket.create", "/tickets/new", "New ticket"),
    ("party.create", "/parties/new", "New party"),
    ("product.create", "/products/new", "New product"),
    ("activity.create", "/activities/new", "New activity"),
)


@dataclass(frozen=True)
class Hit:
    """A line of the search's answer."""

    url: str
    label: str
    record: Record | None


@blueprint.get("/")
def today() -> str:
    """My work today: what presses first, figures beside it."""
    actor = by()
    events = work.latest_events(actor)
    return render_template(
        "today.html",
        greeting=greeting(),
        day=clock.today(),
        overdue=work.overdue_invoices(actor),
        activities=work.due_activities(actor),
        quotes=work.expiring_quotes(actor),
        tickets=work.pressing_tickets(actor),
        leads=work.new_leads(actor),
        deliveries=work.orders_to_deliver(actor),
        invoices=work.orders_to_invoice(actor),
        drafts=work.drafts_to_post(actor),
        standing=work.standing(actor),
        events=events,
        names=people(event.actor_id for event, _ in events),
        shown=work.SHOWN,
    )


@blueprint.get("/search")
def search() -> Response | str:
    """A number jumps to its record; words list what matches, grouped."""
    words = request.args.get("q", "")[:200]
    jump = record_by_number(words.lstrip("#"), by())
    if jump is not None:
        return redirect(record_url(jump), 303)
    return render_template("search.html", words=words, groups=_groups(words))


@blueprint.get("/search/hits")
def hits() -> str:
    """The palette's answer: `#` documents only, `>` commands only."""
    words = request.args.get("q", "")[:200]
    groups = _groups(words)
    jump = record_by_number(words.lstrip("#"), by())
    if jump is not None:
        groups = [(gettext("Jump"), [Hit(record_url(jump), "", jump)]), *groups]
    return render_template("_hits.html", groups=groups)


@blueprint.get("/search/parties")
def parties() -> Any:
    """What a picker of parties offers."""
    if not by().may("party.read"):
        raise NotPermitted("party.read")
    words = request.args.get("q", "")[:200]
    rows = found_records(words, by(), kinds=["party"], limit=10) if words else recent_parties(by())
    active = [row for row in rows if row.state == "active"]
    twice = {row.title for row in active if sum(other.title == row.title for other in active) > 1}
    return jsonify(
        [
            {"value": row.number if row.title in twice else row.title, "label": row.title, "note": row.number}
            for row in active
        ]
    )


@blueprint.get("/search/products")
def products() -> Any:
    """What a picker of products offers: article number, name, price and what is free."""
    if not by().may("product.read"):
        raise NotPermitted("product.read")
    words = request.args.get("q", "")[:200]
    rows = [row for row in found_records(words, by(), kinds=["product"], limit=10) if row.state == "active"]
    of_rows = select(Product).where(Product.id.in_([row.id for row in rows]))
    wanted = {product.id: product for product in session().scalars(of_rows)}
    kept = sorted(row.id for row in rows if wanted[row.id].stock_kept)
    free = available(kept) if kept else {}
    answer = []
    for row in rows:
        shown = [price(wanted[row.id].base_price)]
        if row.id in free:
            shown.append(gettext("free %(n)s", n=quantity(free[row.id])))
        answer.append(
            {
                "value": row.number,
                "label": f"{row.number} {row.title}",
                "note": " · ".join(filter(None, shown)),
            }
        )
    return jsonify(answer)


@blueprint.post("/lines/preview")
def lines_preview() -> Any:
    """What the line editor would save, computed by the rules; nothing is written."""
    if not any(by().may(verb) for verb in EDITORS):
        raise NotPermitted(EDITORS[0])
    form = Form(request.form)
    found = preview(form, find_party(form.text("party")))
    if found is None:
        return jsonify({"lines": {}, "totals": ""})
    fill_in(form, found)
    lines = {place: _line(form, place, line) for place, line in found.lines.items()}
    return jsonify({"lines": lines, "totals": render_template("_totals.html", totals=found.totals)})


@blueprint.post("/records/<public_id>/note")
def note(public_id: str) -> Response | tuple[str, int]:
    """Write a note on any record."""
    record = session().scalars(visible(by()).where(Record.public_id == public_id)).one_or_none()
    if record is None:
        raise NotFound("record", public_id)
    form = Form(request.form)
    target = record_url(record)
    try:
        once(add_note, form)(record.id, text=form.text("text"), by=by())
    except Refusal as refusal:
        if refusal.code != "field-required":
            form.refuse(refusal)
            return render_template("note.html", form=form, record=record, back=target), 422
    return redirect(f"{target}#history", 303)


def _line(form: Form, place: int, line: LinePreview) -> dict[str, Any]:
    at, row = f"lines-{place}-", line.row
    return {
        "name": form.text(f"{at}name"),
        "description": form.text(f"{at}description"),
        "quantity": form.text(f"{at}quantity"),
        "unit": form.text(f"{at}unit"),
        "unit_price": form.text(f"{at}unit_price"),
        "auto_price": form.text(f"{at}auto_price"),
        "net": number(row["amount"]) if row["kind"] == "item" else "",
        "tax": quantity(row["tax_rate"]),
        "article": row["article"],
        "stock": line.stock,
        "trace": line.trace,
    }


def _groups(words: str) -> list[tuple[str, list[Hit]]]:
    commands = _commands(words.lstrip(">").strip())
    if words.startswith(">"):
        return [(gettext("Commands"), commands)] if commands else []
    plain = words.lstrip("#").strip()
    if not plain:
        return [(gettext("Commands"), commands)] if commands else []
    documents_only = words.startswith("#")
    kinds = [kind for kind in KINDS if kind not in ("party", "contact", "product")] if documents_only else []
    groups: dict[str, list[Hit]] = {}
    for record in found_records(plain, by(), kinds=kinds, limit=24):
        groups.setdefault(KINDS[record.kind][1], []).append(Hit(record_url(record), "", record))
    shown = [(gettext(label), rows) for label, rows in groups.items()]
    return shown + ([(gettext("Commands"), commands)] if commands and not documents_only else [])


def _commands(words: str) -> list[Hit]:
    wanted = words.casefold()
    return [
        Hit(url, gettext(label), None)
        for permission, url, label in COMMANDS
        if by().may(permission) and wanted in gettext(label).casefold()
    ]
