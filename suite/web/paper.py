"""Paper as HTML: one template for every kind of document, in the language of the party."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from suite.base.text import clean
from suite.shared.paper import Paper, carried
from suite.web.paper_words import GROSS_WORD, WORDS, Figures, tax_note

HERE = Path(__file__).parent


def paper_html(paper: Paper, *, css_url: str = "") -> str:
    """The whole page; without `css_url` it carries no link, the stylesheet is handed over beside it."""
    figures, words = Figures(paper.language), WORDS[paper.language]
    title = words[paper.correction or paper.kind]
    return (
        _templates()
        .get_template("paper.html")
        .render(
            paper=paper,
            head=paper.head,
            seller=paper.parties["seller"],
            buyer=paper.parties["buyer"],
            to=_addressee(paper),
            f=figures,
            w=words,
            title=title,
            facts=_facts(paper, words, figures),
            sums=carried(paper.lines),
            priced=paper.kind != "delivery",
            discounted=any(line["discount_percent"] for line in paper.lines),
            notes=_notes(paper),
            terms=_terms(paper, words, figures),
            gross=words[GROSS_WORD.get(paper.kind, "gross_total")],
            country=_country,
            css_url=css_url,
        )
    )


def paper_css() -> str:
    """The stylesheet of paper."""
    return (HERE / "static" / "paper.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _templates() -> Environment:
    """Templates of their own: no request, no reader, everything escaped."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _addressee(paper: Paper) -> Any:
    """A delivery note goes where the goods go, everything else to the buyer."""
    if paper.kind == "delivery" and "delivery" in paper.parties:
        return paper.parties["delivery"]
    return paper.parties["buyer"]


def _country(code: str, own: str, language: str) -> str:
    """The country's name in capitals, in the last line of a foreign address (DIN 5008)."""
    if code == own:
        return ""
    return str(Locale(language).territories.get(code, code)).upper()


def _facts(paper: Paper, w: dict[str, str], f: Figures) -> list[tuple[str, str]]:
    """The information block: labels and values, empty ones left out."""
    head, seller, buyer = paper.head, paper.parties["seller"], paper.parties["buyer"]
    start, end = head["service_from"], head["service_until"] or head["service_from"]
    pairs = [
        (w["number"], paper.number or w["no_number"]),
        (w["revision"], str(paper.revision) if paper.revision > 1 else ""),
        (w["date"], f.day(head["dated_on"])),
        (w["valid_until"], f.day(paper.valid_until)),
        (w["promised"], f.day(paper.promised_on)),
    ]
    if paper.kind == "delivery":
        pairs.append((w["delivered_on"], f.day(head["dated_on"])))
    elif paper.kind in ("invoice", "credit_note"):
        # § 14 (4) no. 6 UStG: the time of supply always stands there.
        span = start is not None and start != end
        shown = f"{f.day(start)} – {f.day(end)}" if span else f.day(end or head["dated_on"])
        pairs.append((w["service_span" if span else "service"], shown))
    about = f"{paper.corrects_number} {w['corrects_of']} {f.day(paper.corrects_on)}"
    pairs += [
        (w["corrects"], about if paper.corrects_number else ""),
        (w["customer"], paper.customer_number),
        (w["our_order"], ", ".join(paper.order_numbers[:5])),
        (w["order_reference"], head["order_reference"] or ""),
        (w["buyer_reference"], head["buyer_reference"] or ""),
        (w["buyer_vat_id"], (buyer["vat_id"] or "") if paper.kind != "delivery" else ""),
        (w["contact"], seller["contact_name"]),
        (w["phone"], seller["phone"]),
        (w["email"], seller["email"]),
    ]
    return [(label, value) for label, value in pairs if value]


def _notes(paper: Paper) -> list[str]:
    if paper.kind == "delivery":
        return []
    found = (tax_note(tax["tax_case"], paper.head["dated_on"], paper.language) for tax in paper.taxes)
    return list(dict.fromkeys(note for note in found if note))


def _terms(paper: Paper, w: dict[str, str], f: Figures) -> str:
    """What is agreed about payment, or until when a quote holds."""
    days = paper.head["payment_days"]
    if paper.kind == "credit_note":
        return w["credit_terms"]
    if paper.kind == "invoice" and paper.head["due_on"] is not None and days:
        number = paper.number or w["no_number"]
        return w["payable"] % {"day": f.day(paper.head["due_on"]), "number": number}
    if paper.kind == "delivery":
        return ""
    payment = w["payment_days"] % {"days": days} if days else w["payable_at_once"]
    if paper.kind == "quote" and paper.valid_until is not None:
        return w["quote_valid"] % {"day": f.day(paper.valid_until)} + " " + payment
    return payment


def file_name(paper: Paper) -> str:
    """`RE-2026-0001.pdf`: the number, safe for a header and for every file system."""
    plain = "".join(
        c if (c.isascii() and c.isalnum()) or c in "-_." else "-" for c in clean(paper.name, "name")
    )
    return f"{plain}.pdf"
