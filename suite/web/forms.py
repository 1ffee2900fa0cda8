"""Forms: what was typed, what is wrong with it, and reading it; nothing typed is ever lost."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import g

from suite.base import clock
from suite.base.errors import Refusal, Refusals, Unavailable
from suite.base.text import clean
from suite.shared.lines import MAX_LINES, LineInput
from suite.shared.scan import read_scan
from suite.web.format import day, price, quantity
from suite.web.i18n import gettext
from suite.web.messages import sentence
from suite.web.parsing import parse_date, parse_decimal, parse_minutes, parse_time, parse_whole


class Form:
    """The texts of a form by field, and sentences by field where something is wrong."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.values = {name: shown(value) for name, value in (values or {}).items()}
        self.errors: dict[str, str] = {}
        self.problems: list[Refusal] = []
        # Both versions of the record where somebody else saved it meanwhile (`suite.web.conflicts`).
        self.both: Any = None

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def refuse(self, refusal: Refusal) -> None:
        """Put the sentences of a refusal at their fields; without a field they stand on top."""
        # The page keeps what was typed; its status says that trying again is right (503, see security.py).
        g.unavailable = isinstance(refusal, Unavailable)
        for problem in refusal.problems:
            field = (problem.field or "form").replace(".", "-")
            self.errors.setdefault(field, sentence(problem))

    def text(self, name: str) -> str:
        """The text of a field."""
        return self.values.get(name, "")

    def decimal(self, name: str) -> Decimal | None:
        """A number; a wrong one is noted and reads as None."""
        return self._read(lambda: parse_decimal(self.text(name), name, locale=g.locale))

    def day(self, name: str) -> date | None:
        """A date; a wrong one is noted and reads as None."""
        return self._read(lambda: parse_date(self.text(name), name))

    def whole(self, name: str) -> int | None:
        """A whole number; a wrong one is noted and reads as None."""
        return self._read(lambda: parse_whole(self.text(name), name))

    def instant(self, day_name: str, time_name: str) -> datetime | None:
        """A day and a time in the company's zone as an instant; a wrong or missing part is noted."""
        on = self._read(lambda: parse_date(self.text(day_name), day_name))
        at = self._read(lambda: parse_time(self.text(time_name), time_name))
        for name in (day_name, time_name):
            if not self.text(name).strip():
                self.problems.append(Refusal("field-required", field=name))
        return clock.instant(on, at) if on is not None and at is not None else None

    def minutes(self, name: str) -> int:
        """A duration in minutes; a wrong one is noted and reads as 0."""
        return self._read(lambda: parse_minutes(self.text(name), name)) or 0

    def checked(self, name: str) -> str:
        """A text that is not kept yet; what could not be kept later is noted now."""
        return self._read(lambda: clean(self.text(name), name)) or ""

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.text(name))

    def version(self) -> int | None:
        """The version of the record the form was opened on."""
        return _place(self.text("version"))

    def decimals(self, prefix: str) -> dict[int, Decimal]:
        """Numbers of fields like `quantity-17`, by the number in the name; empty ones are left out."""
        found: dict[int, Decimal] = {}
        for name in list(self.values):
            place = _place(name.removeprefix(prefix)) if name.startswith(prefix) else None
            value = self.decimal(name) if place is not None else None
            if place is not None and value is not None:
                found[place] = value
        if len(found) > MAX_LINES:
            self.problems.append(Refusal("lines-too-many", field="lines", most=MAX_LINES))
        return found

    def raise_problems(self) -> None:
        """Raise what reading found, all together."""
        if self.problems:
            raise Refusals(self.problems)

    def _read(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except Refusal as problem:
            self.problems.append(problem)
            return None


def _place(text: str) -> int | None:
    """The number in a field or in its name: plain digits, few enough for a key."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def shown(value: Any) -> str:
    """How a value stands in a field."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, Decimal):
        return quantity(value)
    if isinstance(value, date):
        return day(value)
    return str(value)


def line_values(lines: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Fields like `lines-0-quantity` for rows of document lines."""
    values: dict[str, str] = {}
    for place, line in enumerate(lines):
        at = f"lines-{place}-"
        values |= {
            f"{at}kind": line["kind"],
            f"{at}article": line["article"],
            f"{at}name": line["name"],
            f"{at}description": line["description"],
            f"{at}quantity": quantity(line["quantity"]),
            f"{at}unit": line["unit"],
            f"{at}unit_price": price(line["unit_price"]),
            f"{at}auto_price": price(line["unit_price"]) if line.get("price_trace") else "",
            f"{at}discount_percent": quantity(line["discount_percent"]) if line["discount_percent"] else "",
            f"{at}tax_case": line["tax_case"] or "",
            f"{at}source": str(line.get("id") or ""),
        }
    return values


def line_places(form: Form) -> list[int]:
    """The places of the line fields in a form, in the order they stand there."""
    return sorted(_line_fields(form))


def close_ranks(form: Form) -> None:
    """Drop empty lines and number the rest from 0, so that a line's place is its index everywhere."""
    rows = [fields for _, fields in sorted(_line_fields(form).items())]
    kept = [row for row in rows if row.get("article", "").strip() or row.get("name", "").strip()]
    del kept[MAX_LINES + 1 :]  # one more than allowed is enough to say that there are too many
    others = {name: value for name, value in form.values.items() if not name.startswith("lines-")}
    lines = {f"lines-{n}-{name}": value for n, fields in enumerate(kept) for name, value in fields.items()}
    form.values = others | lines


def _line_fields(form: Form) -> dict[int, dict[str, str]]:
    """The fields of each line by its place, found in one pass however many there are."""
    found: dict[int, dict[str, str]] = {}
    for name, value in form.values.items():
        parts = name.split("-", 2)
        place = _place(parts[1]) if parts[0] == "lines" and len(parts) == 3 else None
        if place is not None:
            found.setdefault(place, {})[parts[2]] = value
    return found


def read_lines(form: Form, find_products: Callable[[set[str]], Mapping[str, int]]) -> list[LineInput]:
    """The lines of a form; empty ones are dropped, articles are looked up together."""
    close_ranks(form)
    places = line_places(form)
    articles = {form.text(f"lines-{place}-article").strip() for place in places} - {""}
    products = find_products(articles) if articles else {}
    return [_line(form, f"lines-{place}-", products) for place in places]


def _line(form: Form, at: str, products: Mapping[str, int]) -> LineInput:
    if form.text(f"{at}kind") == "text":
        return LineInput(kind="text", name=form.text(f"{at}name"))
    article = form.text(f"{at}article").strip()
    if article and article not in products:
        form.problems.append(Refusal("product-unknown", field=f"{at}article"))
    scan = read_scan(article) if article else None
    scanned = scan.code if scan is not None else ""
    # A price that stands as the rules filled it in stays the rules' price.
    typed = form.text(f"{at}unit_price").strip()
    is_auto = typed == form.text(f"{at}auto_price").strip()
    return LineInput(
        product_id=products.get(article),
        name=form.text(f"{at}name"),
        description=gettext("Lot or serial number") + f": {scanned}"
        if scanned
        else form.text(f"{at}description"),
        quantity=form.decimal(f"{at}quantity") or Decimal(0 if form.text(f"{at}quantity") else 1),
        unit=form.text(f"{at}unit") or None,
        unit_price=None if is_auto else form.decimal(f"{at}unit_price"),
        discount_percent=form.decimal(f"{at}discount_percent") or Decimal(0),
        tax_case=form.text(f"{at}tax_case") or None,
        source_line_id=form.whole(f"{at}source"),
    )
