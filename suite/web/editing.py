"""The line editor's server side: finding products, adding rows, computing prices and totals without saving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from suite.shared.scan import Scan, read_scan
from suite.shared.taxes import SALES_CASES
from suite.shared.totals import Totals
from suite.web.format import price, quantity
from suite.web.forms import Form, line_places, read_lines
from suite.web.i18n import gettext
from suite.web.price_trace import trace_words

TAX_WORDS = {"DE_S19": "19 %", "DE_S7": "7 %", "DE_S0_PV": "0 % PV", "EU_IC_SUPPLY": "0 % EU"}
LEAST_ROWS = 3
LONGEST_NAME = 200


@dataclass(frozen=True)
class LinePreview:
    """A line as it would be saved: its row, free stock as (shape, word) and the price's trace in words."""

    row: dict[str, Any]
    stock: tuple[str, str] | None
    trace: list[tuple[str, str]]


@dataclass(frozen=True)
class Preview:
    """What is typed so far, completed and computed; `lines` by place."""

    lines: dict[int, LinePreview]
    totals: Totals


def find_products(texts: set[str]) -> dict[str, int]:
    """Active products by article number, GTIN or exact name, for each text that names one."""
    match = or_(Record.number.in_(texts), Product.gtin.in_(texts), Product.name.in_(texts))
    wanted = select(Product.id, Record.number, Product.gtin, Product.name).join(
        Record, Record.id == Product.id
    )
    found: dict[str, int] = {}
    # The article number wins over a GTIN or a name that reads the same.
    for row in session().execute(wanted.where(match, Record.state == "active").order_by(Record.id)):
        for text in (row.name, row.gtin):
            if text in texts:
                found.setdefault(text, row.id)
    for row in session().execute(
        wanted.where(Record.number.in_(texts), Record.kind == "product", Record.state == "active")
    ):
        found[row.number] = row.id
    scans = {text: scan for text in texts - set(found) if (scan := read_scan(text)) is not None}
    return found | _scanned(scans) if scans else found


def _scanned(scans: Mapping[str, Scan]) -> dict[str, int]:
    """Active products by what was scanned, whatever else the code says."""
    gtins = {gtin for scan in scans.values() for gtin in scan.gtins}
    wanted = select(Product.gtin, Product.id).join(Record, Record.id == Product.id)
    known = dict(session().execute(wanted.where(Product.gtin.in_(gtins), Record.state == "active")).all())
    return {
        text: known[gtin] for text, scan in scans.items() for gtin in reversed(scan.gtins) if gtin in known
    }


def find_party(text: str) -> int | None:
    """The active party with this number or exact name, or the only one whose words match."""
    wanted = text.strip()
    if not wanted or len(wanted) > LONGEST_NAME:
        return None
    query = select(Record.id).where(
        Record.kind == "party", Record.state == "active", Record.forwarded_to.is_(None)
    )
    exact = (
        session().scalars(query.where(or_(Record.number == wanted, Record.title == wanted)).limit(2)).all()
    )
    if exact:
        return exact[0] if len(exact) == 1 else None
    for word in searchable(wanted).split()[:6]:
        query = query.where(Record.search_text.contains(word, autoescape=True))
    found = session().scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None


def party_of(form: Form) -> int:
    """The party named in a form; raises `Refusal` at the field."""
    found = find_party(form.text("party"))
    if found is None:
        raise Refusal("party-unknown" if form.text("party").strip() else "field-required", field="party")
    return found


def party_text(record: Record) -> str:
    """How a party, or that of a document, is named in a picker so that it is found again: by name, or by number."""
    if record.kind != "party":
        record = session().get_one(Record, record.party_id)
    return record.title if find_party(record.title) == record.id else (record.number or record.title)


def lines_of(form: Form) -> list[LineInput]:
    """The lines of a form for a command; wrong fields are noted in the form."""
    return read_lines(form, find_products)


def editor_context(form: Form, party_id: int | None = None) -> dict[str, Any]:
    """Rows, choices, availability and totals of the editor as it stands, without saving anything."""
    found = preview(form, party_id or find_party(form.text("party")))
    if found is not None:
        fill_in(form, found)
    places = line_places(form)
    last = max(places, default=-1)
    if form.text("action") == "text":
        form.values[f"lines-{last + 1}-kind"] = "text"
        last += 1
        places = [*places, last]
    more = LEAST_ROWS if form.text("action") == "add" or not places else 1
    return {
        "form": form,
        "places": [*places, *range(last + 1, last + 1 + more)],
        "units": units(),
        "tax_cases": [(case, TAX_WORDS[case]) for case in SALES_CASES],
        "preview": found,
    }


def preview(form: Form, party_id: int | None) -> Preview | None:
    """What is typed, completed by the rules; None while something is wrong."""
    # Until a party is chosen, the prices and taxes of a domestic customer without terms of its own are shown.
    party = session().get(Party, party_id) if party_id is not None else Party(id=0, name="")
    if party is None:
        return None
    trial = Form(form.values)
    lines = read_lines(trial, find_products)
    form.values = trial.values
    if trial.problems or not lines:
        return None
    try:
        rows = completed_lines(lines, party=party, on=clock.today())
        totals = totals_of(rows, trial.decimal("header_discount_percent") or Decimal(0), clock.today())
    except Refusal:
        return None
    return Preview(_with_stock(rows, lines), totals)


def fill_in(form: Form, found: Preview) -> None:
    """Write what the rules found into the fields that were left to them."""
    for place, line in found.lines.items():
        at, row = f"lines-{place}-", line.row
        if row["kind"] == "text":
            continue
        form.values[f"{at}name"] = form.text(f"{at}name") or row["name"]
        form.values[f"{at}unit"] = form.text(f"{at}unit") or row["unit"]
        # What was scanned stands there as the article it is, its lot or serial number as description.
        if read_scan(form.text(f"{at}article")) is not None:
            form.values |= {f"{at}article": row["article"], f"{at}description": row["description"]}
        form.values[f"{at}quantity"] = form.text(f"{at}quantity") or quantity(row["quantity"])
        if row["price_trace"]:
            shown = price(row["unit_price"])
            form.values |= {f"{at}unit_price": shown, f"{at}auto_price": shown}


def _with_stock(rows: Sequence[dict[str, Any]], lines: Sequence[LineInput]) -> dict[int, LinePreview]:
    """Free stock is used up from line to line, so that a product named twice is not promised twice."""
    kept = {row["product_id"] for row in rows if row["stock_kept"]}
    free = available(sorted(kept)) if kept else {}
    found = {}
    for place, row in enumerate(rows):
        stock = None
        if row["stock_kept"]:
            left = free.get(row["product_id"], Decimal(0))
            stock = _stock_words(left, row["quantity"])
            free[row["product_id"]] = left - row["quantity"]
        found[place] = LinePreview(row, stock, trace_words(row, manual=lines[place].unit_price))
    return found


def _stock_words(free: Decimal, wanted: Decimal) -> tuple[str, str]:
    if free >= wanted:
        return "done", gettext("free %(n)s", n=quantity(free))
    if free > 0:
        return "part", gettext("free %(n)s of %(wanted)s", n=quantity(free), wanted=quantity(wanted))
    return "bad", gettext("none free")


def payment_days_choices() -> list[tuple[str, str]]:
    """Usual terms of payment."""
    return [(str(days), gettext("%(n)s days net", n=days)) for days in (0, 7, 10, 14, 21, 30, 45, 60)]
