"""Fields of lots and serial numbers: one per line, as typed, pasted or scanned."""

import re

from flask import g

from suite.base.errors import Refusal
from suite.shared.lines import MAX_LINES
from suite.shared.lots import LotInput
from suite.shared.scan import read_scan
from suite.web.forms import Form
from suite.web.parsing import parse_date, parse_decimal

PARTS = re.compile(r"[\t;]")


def lots_in(form: Form, name: str) -> list[LotInput]:
    """The lots in a field: code, and where needed quantity and expiry, parted by semicolon or tab."""
    rows = [row.strip() for row in form.text(name).splitlines() if row.strip()]
    if len(rows) > MAX_LINES:
        form.problems.append(Refusal("lines-too-many", field=name, most=MAX_LINES))
        return []
    found = []
    for row in rows:
        try:
            found.append(_lot(row, name))
        except Refusal as problem:
            form.problems.append(problem)
    return found


def lots_by_line(form: Form) -> dict[int, list[LotInput]]:
    """The fields `lots-17`, by the number of the line."""
    places = {
        int(name[5:]): name
        for name in form.values
        if name.startswith("lots-") and name[5:].isascii() and name[5:].isdigit() and len(name) <= 23
    }
    return {line: lots for line, name in places.items() if (lots := lots_in(form, name))}


def _lot(row: str, name: str) -> LotInput:
    scan = read_scan(row)
    if scan is not None and scan.code:
        return LotInput(scan.code, scan.quantity, scan.expires_on)
    parts = [part.strip() for part in PARTS.split(row)]
    quantity = parse_decimal(parts[1], name, locale=g.locale) if len(parts) > 1 else None
    expires_on = parse_date(parts[2], name) if len(parts) > 2 else None
    return LotInput(parts[0], quantity, expires_on)
