"""Every form of the pages with what it holds, as a browser would send it: what attacks on forms start from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import html

from suite.model import Record
from tests.walk import Person, Walker

# Text that makes an empty form complete, by the name of the field.
FILLED = {
    "party": "Muster & Söhne GmbH",
    "name": "Probe",
    "subject": "Probe",
    "login": "probe",
    "roles": "sales",
    "reason": "Probe",
    "solution": "Probe",
    "note": "Probe",
    "hours-": "8:00–17:00",
    "text": "Probe",
    "amount": "1",
    "quantity": "1",
    "counted": "7",
    "unit_price": "10",
    "quantity-": "1",
    "reduction-": "0,5",
    "dated_on": "today",
    "lines-0-name": "Probe",
    "lines-0-quantity": "1",
    "lines-0-unit_price": "10",
}
# The states whose forms are tried, the most useful first: drafts are edited, then what is under way.
STATES = "draft new open active sent confirmed shipped posted part_paid part_delivered received".split()
# Pages that are for something else than a draft, by the end of their address.
FOR = {
    "cancel": ("posted", "paid", "active"),
    "adjust": ("active",),
    "cancel-and-copy": ("posted", "paid"),
    "correct": ("posted", "paid"),
    "pay": ("posted", "part_paid"),
    "return": ("shipped",),
    "change": ("confirmed",),
    "deliver": ("confirmed",),
    "rate": ("resolved", "closed"),
}
# Set by the pages, not typed by people.
MACHINERY = {"csrf", "request_key", "action", "anyway"}


@dataclass
class PageForm:
    """A form with method POST: where it stands, where it goes, its fields and the buttons' values."""

    page: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """How a failure calls it."""
        return f"{self.page} → {self.action}"

    def attacked(self) -> list[str]:
        """The fields somebody may write anything into, of numbered ones the first."""
        chosen = {_last(name): name for name in reversed(self.fields) if name not in MACHINERY}
        return sorted(chosen.values())


def page_forms(person: Person, walker: Walker) -> Iterator[PageForm]:
    """The forms of all pages, each once per rule of the page and of where it goes."""
    seen: set[tuple[str, ...]] = set()
    # What is open first: its forms are those that do something.
    visits = sorted(walker.visits("GET", of_each=1), key=lambda visit: _rank(visit.url, visit.record))
    for visit in visits:
        if visit.url.endswith(("/pdf", "/logout")) or "/files/" in visit.url or "/assets/" in visit.url:
            continue
        answer = person.get(visit.url)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        for found in forms_of(answer.get_data(as_text=True), visit.url):
            key = (visit.rule.rule, _rule_of(found.action))
            if found.action in ("/login", "/logout", "/language") or key in seen:
                continue
            seen.add(key)
            yield found


def _rank(url: str, record: Record | None) -> tuple[str, int]:
    last = url.rsplit("/", 1)[-1]
    state = record.state if record is not None else ""
    if state in FOR.get(last, ()):
        return last, -1
    return (last, STATES.index(state) if state in STATES else len(STATES))


def forms_of(text: str, page: str) -> Iterator[PageForm]:
    """The POST forms of a page."""
    for each in html.fromstring(text).iter("form"):
        if each.get("method") == "post":
            made = PageForm(page, each.get("action") or page)
            for control in each.iter("input", "textarea", "select", "button"):
                _add(made, control)
            yield made


def values_of(text: str, name: str) -> list[str]:
    """What stands in the fields of a page that are called like `name`, whatever their number."""
    found = []
    for control in html.fromstring(text).iter("input", "textarea"):
        hidden = control.get("type") in ("hidden", "checkbox", "password")
        if not hidden and _last(control.get("name") or "") == _last(name):
            found.append(
                (control.get("value") or "") if control.tag == "input" else "".join(control.itertext())
            )
    return found


def _last(name: str) -> str:
    """The part of a field's name that says what it is: `lines-3-name` and `name-3` are names."""
    return "-".join(part for part in name.split("-") if not part.isdigit())


def _add(made: PageForm, control: Any) -> None:
    name = control.get("name")
    if not name or (name in made.fields and control.tag == "button" and control.get("value") != "save"):
        return
    if control.tag == "select":
        chosen = control.xpath("option[@selected]") or control.xpath("option")
        value = chosen[0].get("value") or "" if chosen else ""
    elif control.get("type") == "checkbox":
        value = control.get("value") if control.get("checked") is not None else ""
    elif control.tag == "textarea":
        value = "".join(control.itertext())
    else:
        value = control.get("value") or ""
    written = control.tag in ("input", "textarea") and control.get("readonly") is None
    if written and control.get("type") not in ("hidden", "checkbox", "password", "file"):
        made.typed.add(name)
    made.fields[name] = value or FILLED.get(name, "") or FILLED.get(f"{name.rsplit('-', 1)[0]}-", "")


def _rule_of(action: str) -> str:
    parts = action.split("?")[0].split("/")
    return "/".join(part for part in parts if not (len(part) == 20 or part.isdigit()))


def _plain(fields: dict[str, str]) -> list[str]:
    """Field names without the ids in them."""
    return ["-".join(part for part in name.split("-") if not part.isdigit()) for name in fields]
