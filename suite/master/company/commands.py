"""Founding a company's books and keeping its own data."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update

from suite.base.command import Actor, command, note_change
from suite.base.counter import NumberRange
from suite.base.db import insert_rows, session
from suite.base.errors import Conflict, NotFound, Refusal, Refusals
from suite.base.text import clean
from suite.model import (
    Account,
    BusinessCalendar,
    BusinessHours,
    Company,
    Location,
    ServiceLevel,
    ServiceTarget,
    Stage,
    TicketQueue,
)
from suite.reference import chart_accounts
from suite.shared.identifiers import checked_country, checked_identifiers
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
    "ticket": ("TK-{year}-{n:04}", False),
    "contract": ("VT{n:04}", False),
    "visit": ("EI-{year}-{n:04}", False),
    "stocktake": ("IN-{year}-{n:03}", False),
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
# Monday to Friday, 8 to 17 o'clock; (respond, resolve) in minutes of these hours.
WORKDAYS, OPENS, CLOSES = range(5), 480, 1020
TARGETS = {"low": (960, 4800), "normal": (480, 2400), "high": (240, 960), "urgent": (120, 480)}
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
NEVER_NULL = {
    "name",
    "street",
    "postcode",
    "city",
    "country",
    "contact_name",
    "phone",
    "email",
    "payment_days",
}
# EXTF header fields 11 and 12: consultant and client number.
DATEV_NUMBERS = {"datev_consultant": (1001, 9_999_999), "datev_client": (1, 99_999)}
CHARTS = ("SKR03", "SKR04")
PATTERN = re.compile(r"(?:[A-Za-z0-9/_.-]|\{year\}|\{yy\})*\{n(?::0[1-9])?\}")


@command("company.found")
def found_company(
    *, mark: str, chart: str, name: str, details: Mapping[str, Any] | None = None, by: Actor
) -> None:
    """Enter the company, its chart, locations, stages and number ranges into an empty database."""
    if session().get(Company, 1) is not None:
        raise Refusal("company-exists")
    values = check_company(chart=chart, name=name, details=details or {})
    session().execute(insert(Company).values(id=1, mark=mark, chart=chart, **values))
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
    _promise()


@command("company.edit")
def edit_company(*, details: Mapping[str, Any], version: int | None = None, by: Actor) -> None:
    """Change the company's own data; documents already made keep theirs.

    `version` is the one the form was opened on, None when the caller saw none.
    Raises `Refusals` by field, `Conflict` when somebody saved meanwhile.
    """
    own = session().scalars(select(Company).with_for_update()).one_or_none() or company()
    if version is not None and own.version != version:
        raise Conflict(version=own.version, expected=version)
    values = _checked({name: getattr(own, name) for name in OWN_FIELDS} | dict(details))
    for name in details:
        note_change(name, getattr(own, name), values.get(name, getattr(own, name)))
    session().execute(update(Company).where(Company.id == 1).values(version=Company.version + 1, **values))


@command("number_range.edit")
def edit_number_range(kind: str, *, pattern: str, by: Actor) -> None:
    """Change how the next numbers look, e.g. `RE-{year}-{n:04}`; numbers already given stay."""
    known = session().get(NumberRange, kind)
    if known is None:
        raise NotFound("number_range", kind)
    pattern = clean(pattern, "pattern", max_length=30)
    if not PATTERN.fullmatch(pattern) or pattern.count("{n") != 1:
        raise Refusal("pattern-wrong", field="pattern", value=pattern)
    others = select(NumberRange.kind).where(NumberRange.pattern == pattern, NumberRange.kind != kind)
    if session().scalar(others.limit(1)) is not None:
        raise Refusal("pattern-taken", field="pattern", value=pattern)
    note_change(f"pattern {kind}", known.pattern, pattern)
    session().execute(update(NumberRange).where(NumberRange.kind == kind).values(pattern=pattern))


def _promise() -> None:
    """One queue, one calendar and one service level to begin with."""
    session().execute(insert(TicketQueue).values(name="Kundendienst"))
    made = insert(BusinessCalendar).values(name="Geschäftszeiten").returning(BusinessCalendar.id)
    calendar_id = session().execute(made).scalar_one()
    hours = {"calendar_id": calendar_id, "opens_minute": OPENS, "closes_minute": CLOSES}
    insert_rows(BusinessHours, [hours | {"weekday": weekday} for weekday in WORKDAYS])
    session().execute(
        insert(ServiceLevel).values(
            code="STANDARD", name="Standard", calendar_id=calendar_id, is_default=True
        )
    )
    insert_rows(
        ServiceTarget,
        [
            {
                "service_level": "STANDARD",
                "priority": priority,
                "respond_minutes": respond,
                "resolve_minutes": resolve,
            }
            for priority, (respond, resolve) in TARGETS.items()
        ],
    )


def check_company(*, chart: str, name: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a company to be founded; raises `Refusals` naming each wrong field."""
    if chart not in CHARTS:
        raise Refusal("choice-unknown", field="chart")
    return _checked({**details, "name": name})


def number_ranges() -> list[NumberRange]:
    """All number ranges."""
    return list(session().scalars(select(NumberRange).order_by(NumberRange.kind)))


def _checked(details: Mapping[str, Any]) -> dict[str, Any]:
    """Cleaned values; raises `Refusals` naming each wrong field."""
    problems: list[Refusal] = [
        Refusal("field-unknown", field=name) for name in sorted(set(details) - set(OWN_FIELDS))
    ]
    values: dict[str, Any] = {}
    for name, value in details.items():
        if (
            not isinstance(value, int if name in (*DATEV_NUMBERS, "payment_days") else str)
            and value is not None
        ):
            problems.append(Refusal("value-kind-wrong", field=name))
            continue
        try:
            text = clean(value, name) if isinstance(value, str) else value
        except Refusal as problem:
            problems.append(problem)
            continue
        values[name] = text if text or name in NEVER_NULL else None
    if values.get("payment_days") is None:
        values.pop("payment_days", None)
    if not values.get("name") and not any(problem.field == "name" for problem in problems):
        problems.append(Refusal("field-required", field="name"))
    problems.extend(checked_identifiers(values))
    if "country" in values:
        values["country"] = values["country"] or "DE"
        problems.extend(checked_country(values))
    for name, (least, most) in DATEV_NUMBERS.items():
        if values.get(name) is not None and not least <= values[name] <= most:
            problems.append(Refusal("datev-number-range", field=name, least=least, most=most))
    if problems:
        raise Refusals(problems)
    return values
