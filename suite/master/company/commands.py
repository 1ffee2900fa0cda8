"""Founding a company's books and keeping its own data."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update

from suite.base.command import Actor, command, note_change
from suite.base.counter import NumberRange
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal
from suite.model import Account, Company, Location, Stage
from suite.reference import chart_accounts
from suite.shared.snapshot import company

RANGES = {
    "lead": ("LE-{year}-{n:04}", False),
    "opportunity": ("CH-{year}-{n:04}", False),
    "quote": ("AN-{year}-{n:04}", False),
    "order": ("AB-{year}-{n:04}", False),
    "delivery": ("LS-{year}-{n:04}", False),
    "return": ("RT-{year}-{n:04}", False),
    "invoice": ("RE-{year}-{n:04}", True),
    "payment": ("ZA-{year}-{n:05}", False),
    "party": ("K{n:05}", False),
    "product": ("A{n:05}", False),
}
LOCATIONS = (
    ("MAIN", "Hauptlager", "internal"),
    ("CUSTOMER", "Kunden", "customer"),
    ("SUPPLIER", "Lieferanten", "supplier"),
    ("CORRECTION", "Bestandskorrektur", "correction"),
)
STAGES = (
    ("contact", "Erstkontakt", "First contact", 10),
    ("need", "Bedarf geklärt", "Need understood", 25),
    ("offer", "Angebot", "Offer", 50),
    ("negotiation", "Verhandlung", "Negotiation", 75),
)
# What a company says about itself; mark and chart are chosen once.
OWN_FIELDS = [
    "name",
    "street",
    "postcode",
    "city",
    "country",
    "vat_id",
    "tax_number",
    "register_entry",
    "managing_directors",
    "contact_name",
    "phone",
    "email",
    "website",
    "bank_name",
    "iban",
    "bic",
    "endpoint_scheme",
    "endpoint_id",
    "datev_consultant",
    "datev_client",
    "payment_days",
]


@command("company.found")
def found_company(
    *, mark: str, chart: str, name: str, details: Mapping[str, Any] | None = None, by: Actor
) -> None:
    """Enter the company, its chart, locations, stages and number ranges into an empty database."""
    if session().get(Company, 1) is not None:
        raise Refusal("company-exists")
    unknown = set(details or {}) - set(OWN_FIELDS)
    if unknown:
        raise Refusal("field-unknown", field=sorted(unknown)[0])
    session().execute(insert(Company).values(id=1, mark=mark, chart=chart, name=name, **(details or {})))
    accounts = [
        {"number": number, "name": text, "kind": kind, "automatic": automatic}
        for number, text, kind, automatic in chart_accounts(chart)
    ]
    insert_rows(Account, accounts)
    insert_rows(Location, [{"code": code, "name": text, "kind": kind} for code, text, kind in LOCATIONS])
    insert_rows(
        NumberRange,
        [{"kind": kind, "pattern": pattern, "gapless": g} for kind, (pattern, g) in RANGES.items()],
    )
    insert_rows(
        Stage,
        [
            {"code": code, "name_de": de, "name_en": en, "position": n, "probability": chance}
            for n, (code, de, en, chance) in enumerate(STAGES)
        ],
    )


@command("company.edit")
def edit_company(*, details: Mapping[str, Any], by: Actor) -> None:
    """Change the company's own data; documents already made keep theirs."""
    own = company()
    unknown = set(details) - set(OWN_FIELDS)
    if unknown:
        raise Refusal("field-unknown", field=sorted(unknown)[0])
    for name, value in details.items():
        note_change(name, getattr(own, name), value)
    session().execute(update(Company).where(Company.id == 1).values(**details))


def number_ranges() -> list[NumberRange]:
    """All number ranges."""
    return list(session().scalars(select(NumberRange).order_by(NumberRange.kind)))
