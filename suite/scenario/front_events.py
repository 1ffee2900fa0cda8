"""Events of the front half: leads, opportunities, quotes, activities and notes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base.db import database
from suite.crm.activities.commands import create_activity, finish_activity
from suite.crm.leads.commands import LeadInput, convert_lead, create_lead, qualify_lead, reject_lead
from suite.crm.opportunities.commands import (
    create_opportunity,
    edit_opportunity,
    lose_opportunity,
    move_opportunity,
)
from suite.crm.quotes.commands import accept_quote, create_quote, reject_quote, send_quote
from suite.erp.orders.commands import order_quote
from suite.model import Opportunity, Record
from suite.scenario.case import Case, day_of, optional_day, plays
from suite.shared.notes import add_note

LEAD_FIELDS = (
    "company_name contact_name email phone street postcode city country source need expected_amount".split()
)


@plays("lead", "subject", "qualified", *LEAD_FIELDS, role="sales")
def play_lead(case: Case, event: Mapping[str, Any]) -> int:
    """Somebody may want something."""
    values = {name: event[name] for name in LEAD_FIELDS if name in event and name != "expected_amount"}
    amount = Decimal(event["expected_amount"]) if "expected_amount" in event else None
    lead = create_lead(
        LeadInput(event["subject"], expected_amount=amount, **values), number=case.number(event), by=case.by
    )
    if event.get("qualified"):
        qualify_lead(lead, by=case.by)
    return case.keep(event, lead)


@plays("lead_rejected", "refers_to", "reason", role="sales")
def play_lead_rejected(case: Case, event: Mapping[str, Any]) -> int:
    """It is not worth following."""
    return reject_lead(case.record(event["refers_to"]), reason=event["reason"], by=case.by)


@plays("opportunity", "refers_to", "subject", "amount", "stage", "close_on", "probability", role="sales")
def play_opportunity(case: Case, event: Mapping[str, Any]) -> int:
    """A deal to win, made of a lead or opened for a partner."""
    amount = Decimal(event.get("amount", "0"))
    if "refers_to" in event:
        party = case.party(event["partner"]) if "partner" in event else None
        opportunity = convert_lead(case.record(event["refers_to"]), party_id=party, by=case.by)
    else:
        opportunity = create_opportunity(
            subject=event["subject"],
            party_id=case.party(event["partner"]),
            amount=amount,
            number=case.number(event),
            by=case.by,
        )
    if "stage" in event:
        move_opportunity(opportunity, stage=event["stage"], by=case.by)
    if "close_on" in event or amount:
        _complete(case, opportunity, event, amount)
    return case.keep(event, opportunity)


@plays("opportunity_moved", "refers_to", "stage", role="sales")
def play_opportunity_moved(case: Case, event: Mapping[str, Any]) -> int:
    """It reached another stage."""
    return move_opportunity(case.record(event["refers_to"]), stage=event["stage"], by=case.by)


@plays("opportunity_lost", "refers_to", "reason", role="sales")
def play_opportunity_lost(case: Case, event: Mapping[str, Any]) -> int:
    """Somebody else got the deal."""
    return lose_opportunity(case.record(event["refers_to"]), reason=event["reason"], by=case.by)


@plays("quote", "lines", "refers_to", "header_discount_pct", "valid_until", "intro", "draft", role="sales")
def play_quote(case: Case, event: Mapping[str, Any]) -> int:
    """A quote is drafted and sent, for a partner or for an opportunity."""
    opportunity = case.record(event["refers_to"]) if "refers_to" in event else None
    quote = create_quote(
        party_id=_party(case, event, opportunity),
        lines=case.lines(event["lines"]),
        dated_on=day_of(event),
        valid_until=optional_day(event, "valid_until"),
        header_discount_percent=Decimal(event.get("header_discount_pct", "0")),
        buyer_reference=case.reference(event),
        intro=event.get("intro", ""),
        opportunity_id=opportunity,
        number=case.number(event),
        by=case.by,
    )
    if not event.get("draft"):
        send_quote(quote, by=case.by)
    return case.keep(event, quote)


@plays("quote_accepted", "refers_to", "order", "promised_on", role="sales")
def play_quote_accepted(case: Case, event: Mapping[str, Any]) -> int:
    """The customer accepts; with `order` the order is made at once."""
    quote = case.record(event["refers_to"])
    if "order" not in event:
        return accept_quote(quote, by=case.by)
    order = order_quote(
        quote,
        dated_on=day_of(event),
        promised_on=optional_day(event, "promised_on"),
        number=event["order"] if case.numbers_given else None,
        by=case.by,
    )
    case.records[event["order"]] = order
    if "partner" in event:
        case.latest_order[event["partner"]] = order
    return order


@plays("quote_rejected", "refers_to", "reason", role="sales")
def play_quote_rejected(case: Case, event: Mapping[str, Any]) -> int:
    """The customer declines."""
    return reject_quote(case.record(event["refers_to"]), reason=event["reason"], by=case.by)


@plays("activity", "refers_to", "kind", "subject", "due_on", "done", role="sales")
def play_activity(case: Case, event: Mapping[str, Any]) -> int:
    """Something to do about a record or a partner."""
    activity = create_activity(
        subject=event["subject"],
        kind=event.get("kind", "task"),
        due_on=optional_day(event, "due_on"),
        about_id=_about(case, event),
        by=case.by,
    )
    if event.get("done"):
        finish_activity(activity, by=case.by)
    return activity


@plays("note", "refers_to", "text", role="sales")
def play_note(case: Case, event: Mapping[str, Any]) -> None:
    """A text about a record or a partner."""
    about = _about(case, event)
    if about is not None:
        add_note(about, text=event["text"], by=case.by)


def _about(case: Case, event: Mapping[str, Any]) -> int | None:
    if "refers_to" in event:
        return case.record(event["refers_to"])
    return case.party(event["partner"]) if "partner" in event else None


def _party(case: Case, event: Mapping[str, Any], opportunity: int | None) -> int:
    if "partner" in event or opportunity is None:
        return case.party(event["partner"])
    with database().reading() as reading:
        return reading.scalars(select(Record.party_id).where(Record.id == opportunity)).one() or 0


def _complete(case: Case, opportunity: int, event: Mapping[str, Any], amount: Decimal) -> None:
    with database().reading() as reading:
        row, record = reading.get_one(Opportunity, opportunity), reading.get_one(Record, opportunity)
    edit_opportunity(
        opportunity,
        subject=row.subject,
        party_id=record.party_id,
        amount=amount or row.amount,
        probability=Decimal(event.get("probability", row.probability)),
        close_on=optional_day(event, "close_on"),
        by=case.by,
    )
