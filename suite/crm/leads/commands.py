"""What can be done with leads."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.counter import draw_number
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound, Refusal, Refusals
from suite.base.money import fits
from suite.base.text import clean, searchable
from suite.master.parties.commands import AddressInput, PartyInput, create_party
from suite.model import Lead, Opportunity, Stage
from suite.model.record import change_record, expect_version, get_record, new_record
from suite.shared.chain import link_records
from suite.shared.identifiers import checked_country
from suite.shared.snapshot import active_party

TEXTS = "subject company_name contact_name email phone street postcode city country source need".split()
LARGEST = Decimal("9999999999.99")


@dataclass(frozen=True)
class LeadInput:
    """A lead as entered; a subject is enough."""

    subject: str
    company_name: str = ""
    contact_name: str = ""
    email: str = ""
    phone: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "DE"
    source: str = ""
    need: str = ""
    expected_amount: Decimal | None = None


@command("lead.create", creates="lead")
def create_lead(lead: LeadInput, *, number: str | None = None, by: Actor) -> int:
    """Enter a lead."""
    values = _checked(lead)
    on = clock.today()
    lead_id = new_record(
        "lead",
        title=values["subject"],
        state="new",
        number=number or draw_number("lead", on),
        owner_id=by.user_id,
        sort_date=on,
        sort_amount=values["expected_amount"],
        words=_words(values),
    )
    insert_rows(Lead, [{"id": lead_id, **values, "reject_reason": None}])
    return lead_id


@command("lead.edit", on="lead")
def edit_lead(lead_id: int, lead: LeadInput, *, version: int | None = None, by: Actor) -> int:
    """Change an open lead."""
    record = get_record(lead_id, "lead")
    expect_version(record, version)
    Lead.flow.after("lead.edit", record.state)
    values = _checked(lead)
    known = _lead(lead_id)

    for name, value in values.items():
        note_change(name, getattr(known, name), value)
        setattr(known, name, value)
    session().flush()  # before the register row
    words = searchable(record.number, values["subject"], *_words(values))
    change_record(lead_id, title=values["subject"], sort_amount=values["expected_amount"], search_text=words)
    return lead_id


@command("lead.qualify", on="lead")
def qualify_lead(lead_id: int, *, version: int | None = None, by: Actor) -> int:
    """Worth following."""
    record = get_record(lead_id, "lead")
    expect_version(record, version)
    change_record(lead_id, state=Lead.flow.after("lead.qualify", record.state))
    return lead_id


@command("lead.convert", on="lead")
def convert_lead(
    lead_id: int, *, party_id: int | None = None, subject: str = "", version: int | None = None, by: Actor
) -> int:
    """Make an opportunity of a lead; without `party_id` a party is entered from the lead. Returns its id."""
    record = get_record(lead_id, "lead")
    expect_version(record, version)
    state = Lead.flow.after("lead.convert", record.state)
    lead = _lead(lead_id)
    if party_id is None:
        party_id = _party_of(lead, by)
    party = active_party(party_id)

    opportunity_id = open_opportunity(
        subject=subject or lead.subject, party_id=party.id, amount=lead.expected_amount or Decimal(0), by=by
    )
    link_records([lead_id], opportunity_id)
    change_record(lead_id, state=state, party_id=party.id)
    return opportunity_id


@command("lead.reject", on="lead")
def reject_lead(lead_id: int, *, reason: str = "", version: int | None = None, by: Actor) -> int:
    """Not worth following, with the reason."""
    record = get_record(lead_id, "lead")
    expect_version(record, version)
    state = Lead.flow.after("lead.reject", record.state)
    words = clean(reason, "reason", max_length=500)
    if not words:
        raise Refusal("field-required", field="reason")
    _lead(lead_id).reject_reason = words
    session().flush()  # before the register row
    change_record(lead_id, state=state)
    return lead_id


@command("lead.reopen", on="lead")
def reopen_lead(lead_id: int, *, by: Actor) -> int:
    """A rejected lead is followed after all."""
    record = get_record(lead_id, "lead")
    change_record(lead_id, state=Lead.flow.after("lead.reopen", record.state))
    return lead_id


def open_opportunity(
    *,
    subject: str,
    party_id: int | None,
    amount: Decimal,
    by: Actor,
    stage: str = "contact",
    number: str | None = None,
) -> int:
    """Enter an opportunity in its stage with the stage's usual chance."""
    known = session().get(Stage, stage)
    if known is None:
        raise Refusal("choice-unknown", field="stage")
    subject = clean(subject, "subject")
    if not subject:
        raise Refusal("field-required", field="subject")
    if not fits(amount, most=LARGEST, places=2):
        raise Refusal("amount-range", field="amount")
    on = clock.today()
    party = active_party(party_id) if party_id is not None else None
    opportunity_id = new_record(
        "opportunity",
        title=subject,
        state="open",
        number=number or draw_number("opportunity", on),
        party_id=party.id if party else None,
        owner_id=by.user_id,
        sort_date=on,
        sort_amount=amount,
        words=(party.name if party else None,),
    )
    row = {
        "id": opportunity_id,
        "subject": subject,
        "stage": stage,
        "amount": amount,
        "probability": known.probability,
    }
    insert_rows(Opportunity, [row])
    return opportunity_id


def _party_of(lead: Lead, by: Actor) -> int:
    name = lead.company_name or lead.contact_name
    if not name:
        raise Refusal("field-required", field="party")
    party = PartyInput(
        name, is_company=bool(lead.company_name), email=lead.email or "", phone=lead.phone or ""
    )
    address = AddressInput(street=lead.street, postcode=lead.postcode, city=lead.city, country=lead.country)
    return create_party(party, addresses=[address] if lead.street or lead.city else [], by=by)


def _lead(lead_id: int) -> Lead:
    found = session().get(Lead, lead_id)
    if found is None:
        raise NotFound("lead", lead_id)
    return found


def _checked(lead: LeadInput) -> dict[str, Any]:
    values = asdict(lead)
    problems: list[Refusal] = []
    for name in TEXTS:
        try:
            values[name] = clean(
                values[name], name, max_length=4000 if name == "need" else 200, multiline=name == "need"
            )
        except Refusal as problem:
            problems.append(problem)
    if not values["subject"]:
        problems.append(Refusal("field-required", field="subject"))
    values["country"] = values["country"] or "DE"
    problems.extend(checked_country(values))
    amount = values["expected_amount"]
    if amount is not None and not fits(amount, most=LARGEST, places=2):
        problems.append(Refusal("amount-range", field="expected_amount"))
    if problems:
        raise Refusals(problems)
    return values


def _words(values: dict[str, Any]) -> tuple[str | None, ...]:
    return (values["company_name"], values["contact_name"], values["email"], values["phone"])
