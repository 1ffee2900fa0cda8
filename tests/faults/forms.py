"""Every form of the pages with what it holds, as a browser would send it: what attacks on forms start from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import html

from tests.walk import Person, Walker

# Text that makes an empty form complete, by the name of the field.
FILLED = {
    "party": "Muster & Söhne GmbH",
    "name": "Probe",
    "subject": "Probe",
    "login": "probe",
    "roles": "sales",
    "reason": "Probe",
    "text": "Probe",
    "amount": "1",
    "quantity": "1",
    "counted": "7",
    "unit_price": "10",
    "lines-0-name": "Probe",
    "lines-0-quantity": "1",
    "lines-0-unit_price": "10",
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
        """The fields somebody may write anything into."""
        return [name for name in self.fields if name not in MACHINERY]


def page_forms(person: Person, walker: Walker) -> Iterator[PageForm]:
    """The forms of all pages, each once per rule; lists of drafts give one form per state."""
    seen: set[tuple[str, ...]] = set()
    for visit in walker.visits("GET", of_each=1):
        if visit.url.endswith(("/pdf", "/logout")) or "/files/" in visit.url or "/assets/" in visit.url:
            continue
        answer = person.get(visit.url)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        for found in forms_of(answer.get_data(as_text=True), visit.url):
            key = (visit.rule.rule, _rule_of(found.action), *sorted(_plain(found.fields)))
            if found.action in ("/login", "/logout", "/language") or key in seen:
                continue
            seen.add(key)
            yield found


def forms_of(text: str, page: str) -> Iterator[PageForm]:
    """The POST forms of a page."""
    for each in html.fromstring(text).iter("form"):
        if each.get("method") == "post":
            made = PageForm(page, each.get("action") or page)
            for control in each.iter("input", "textarea", "select", "button"):
                _add(made, control)
            yield made


def value_of(text: str, name: str) -> str | None:
    """What stands in a field of a page; None where the page has no such field to type into."""
    for control in html.fromstring(text).iter("input", "textarea"):
        if control.get("name") == name and control.get("type") not in ("hidden", "checkbox", "password"):
            if control.tag == "input":
                return control.get("value") or ""
            return "".join(control.itertext())
    return None


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
    if control.tag in ("input", "textarea") and control.get("type") not in ("hidden", "checkbox", "password"):
        made.typed.add(name)
    made.fields[name] = value or FILLED.get(name, "")


def _rule_of(action: str) -> str:
    parts = action.split("?")[0].split("/")
    return "/".join(part for part in parts if not (len(part) == 20 or part.isdigit()))


def _plain(fields: dict[str, str]) -> list[str]:
    """Field names without the ids in them."""
    return ["-".join(part for part in name.split("-") if not part.isdigit()) for name in fields]
