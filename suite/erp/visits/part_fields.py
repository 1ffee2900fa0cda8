"""The rows of parts on a page: article, quantity, lot; read and proposed the same way everywhere."""

from decimal import Decimal

from suite.base.errors import Refusal
from suite.erp.visits.work import PartInput
from suite.shared.lots import find_lot
from suite.web.editing import find_products
from suite.web.forms import Form

MOST_ROWS = 200


def part_places(form: Form) -> list[int]:
    """The places of the part rows in a form, in order."""
    found = set()
    for name in form.values:
        parts = name.split("-")
        if parts[0] == "parts" and len(parts) == 3 and parts[1].isascii() and parts[1].isdigit():
            found.add(int(parts[1][:6]))
    return sorted(found)[:MOST_ROWS]


def read_parts(form: Form) -> list[PartInput]:
    """What was entered; rows without an article or with 0 are left out, wrong ones are noted in the form."""
    typed = {place: form.text(f"parts-{place}-article").strip() for place in part_places(form)}
    known = find_products({text for text in typed.values() if text})
    found = []
    for place, text in typed.items():
        count = form.decimal(f"parts-{place}-quantity")
        if not text or count == 0:
            continue
        if text not in known:
            form.problems.append(Refusal("product-unknown", field=f"parts-{place}-article"))
            continue
        code = form.text(f"parts-{place}-lot").strip()
        lot = find_lot(known[text], code) if code else None
        if code and lot is None:
            form.problems.append(Refusal("lot-unknown", field=f"parts-{place}-lot", value=code))
        found.append(PartInput(known[text], Decimal(1) if count is None else count, lot))
    return found
