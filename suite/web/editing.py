"""The line editor's server side: finding products, adding rows, computing totals without saving."""

from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select

from suite.base import clock
from suite.base.db import session
from suite.base.errors import Refusal
from suite.base.text import searchable
from suite.model import Party, Product, Record
from suite.reference import units
from suite.shared.documents import totals_of
from suite.shared.lines import LineInput, completed_lines
from suite.shared.reservation import available
from suite.shared.taxes import SALES_CASES
from suite.web.forms import Form, line_places, read_lines
from suite.web.i18n import gettext

TAX_WORDS = {"DE_S19": "19 %", "DE_S7": "7 %", "DE_S0_PV": "0 % PV", "EU_IC_SUPPLY": "0 % EU"}
LEAST_ROWS = 3


def find_product(text: str) -> int | None:
    """The active product with this article number, GTIN or exact name."""
    wanted = text.strip()
    match = or_(Record.number == wanted, Product.gtin == wanted, Product.name == wanted)
    query = (
        select(Product.id)
        .join(Record, Record.id == Product.id)
        .where(match, Record.state == "active")
        .limit(1)
    )
    return session().scalar(query)


def find_party(text: str) -> int | None:
    """The active party with this number or exact name, or the only one whose words match."""
    wanted = text.strip()
    if not wanted:
        return None
    query = select(Record.id).where(
        Record.kind == "party", Record.state == "active", Record.forwarded_to.is_(None)
    )
    exact = (
        session().scalars(query.where(or_(Record.number == wanted, Record.title == wanted)).limit(2)).all()
    )
    if exact:
        return exact[0]
    for word in searchable(wanted).split()[:6]:
        query = query.where(Record.search_text.contains(word, autoescape=True))
    found = session().scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None


def editor_context(form: Form, party_id: int | None) -> dict[str, Any]:
    """Rows, choices, availability and totals of the editor as it stands, without saving anything."""
    places = line_places(form)
    if form.text("action") == "add" or not places:
        last = max(places, default=-1)
        places = [*places, *range(last + 1, last + 1 + LEAST_ROWS)]
    return {
        "form": form,
        "places": places,
        "units": units(),
        "tax_cases": [(case, TAX_WORDS[case]) for case in SALES_CASES],
        "preview": _preview(form, party_id),
        "free": _free(form),
    }


def _preview(form: Form, party_id: int | None) -> dict[str, Any] | None:
    """Line amounts and totals of what is typed; None while something is missing or wrong."""
    party = session().get(Party, party_id) if party_id is not None else None
    if party is None:
        return None
    trial = Form(form.values)
    lines = read_lines(trial, find_product)
    if trial.problems or not lines:
        return None
    try:
        rows = completed_lines(lines, party=party, on=clock.today())
        totals = totals_of(rows, trial.decimal("header_discount_percent") or Decimal(0), clock.today())
    except Refusal:
        return None
    return {"rows": rows, "totals": totals}


def _free(form: Form) -> dict[int, Decimal]:
    """Free stock by place, for lines of products that are kept in stock."""
    products = {}
    for place in line_places(form):
        text = form.text(f"lines-{place}-product")
        found = int(text) if text.isdigit() else find_product(form.text(f"lines-{place}-article"))
        if found:
            products[place] = found
    stocked = select(Product.id).where(Product.id.in_(set(products.values())), Product.stock_kept == True)  # noqa: E712
    kept = set(session().scalars(stocked)) if products else set()
    free = available(sorted(kept))
    return {place: free[product] for place, product in products.items() if product in kept}


def lines_of(form: Form) -> list[LineInput]:
    """The lines of a form for a command; wrong fields are noted in the form."""
    return read_lines(form, find_product)


def party_of(form: Form) -> int:
    """The party named in a form; raises `Refusal` at the field."""
    text = form.text("party_id")
    found = int(text) if text.isdigit() else find_party(form.text("party"))
    if found is None:
        raise Refusal("party-unknown" if form.text("party").strip() else "field-required", field="party")
    return found


def payment_days_choices() -> list[tuple[str, str]]:
    """Usual terms of payment."""
    return [(str(days), gettext("%(n)s days net", n=days)) for days in (0, 7, 10, 14, 21, 30, 45, 60)]
