"""What can be done with opportunities."""

from datetime import date
from decimal import Decimal

from suite.base.command import Actor, command, note_change
from suite.base.db import session
from suite.base.errors import NotFound, Refusal
from suite.base.money import fits
from suite.base.text import clean, searchable
from suite.crm.leads.commands import LARGEST, open_opportunity
from suite.model import Opportunity, Stage
from suite.model.record import change_record, expect_version, get_record
from suite.shared.snapshot import active_party
from suite.shared.totals import HUNDRED


@command("opportunity.create", creates="opportunity")
def create_opportunity(
    *,
    subject: str,
    party_id: int | None = None,
    amount: Decimal = Decimal(0),
    stage: str = "contact",
    number: str | None = None,
    by: Actor,
) -> int:
    """Open an opportunity without a lead."""
    return open_opportunity(
        subject=subject, party_id=party_id, amount=amount, stage=stage, number=number, by=by
    )


@command("opportunity.edit", on="opportunity")
def edit_opportunity(
    opportunity_id: int,
    *,
    subject: str,
    party_id: int | None,
    amount: Decimal,
    probability: Decimal,
    close_on: date | None = None,
    version: int | None = None,
    by: Actor,
) -> int:
    """Change an open opportunity."""
    record = get_record(opportunity_id, "opportunity")
    expect_version(record, version)
    Opportunity.flow.after("opportunity.edit", record.state)
    subject = clean(subject, "subject")
    if not subject:
        raise Refusal("field-required", field="subject")
    if not fits(amount, most=LARGEST, places=2):
        raise Refusal("amount-range", field="amount")
    if not fits(probability, most=HUNDRED, places=4):
        raise Refusal("percent-range", field="probability")
    party = active_party(party_id) if party_id is not None else None

    known = _opportunity(opportunity_id)
    new = {"subject": subject, "amount": amount, "probability": probability, "close_on": close_on}
    for name, value in new.items():
        note_change(name, getattr(known, name), value)
        setattr(known, name, value)
    session().flush()  # before the register row
    words = searchable(record.number, subject, party.name if party else None)
    change_record(
        opportunity_id,
        title=subject,
        party_id=party.id if party else None,
        sort_amount=amount,
        due_date=close_on,
        search_text=words,
    )
    return opportunity_id


@command("opportunity.move", on="opportunity")
def move_opportunity(opportunity_id: int, *, stage: str, version: int | None = None, by: Actor) -> int:
    """Move to another stage; the chance becomes the stage's usual one."""
    record = get_record(opportunity_id, "opportunity")
    expect_version(record, version)
    Opportunity.flow.after("opportunity.move", record.state)
    wanted = session().get(Stage, stage)
    if wanted is None:
        raise Refusal("choice-unknown", field="stage")
    known = _opportunity(opportunity_id)
    note_change("stage", known.stage, stage)
    known.stage, known.probability = stage, wanted.probability
    session().flush()  # before the register row
    change_record(opportunity_id)
    return opportunity_id


@command("opportunity.lose", on="opportunity")
def lose_opportunity(opportunity_id: int, *, reason: str = "", version: int | None = None, by: Actor) -> int:
    """Lost, with the reason."""
    record = get_record(opportunity_id, "opportunity")
    expect_version(record, version)
    state = Opportunity.flow.after("opportunity.lose", record.state)
    words = clean(reason, "reason", max_length=500)
    if not words:
        raise Refusal("field-required", field="reason")
    _opportunity(opportunity_id).lost_reason = words
    session().flush()  # before the register row
    change_record(opportunity_id, state=state)
    return opportunity_id


@command("opportunity.reopen", on="opportunity")
def reopen_opportunity(opportunity_id: int, *, by: Actor) -> int:
    """A lost deal is open again."""
    record = get_record(opportunity_id, "opportunity")
    change_record(opportunity_id, state=Opportunity.flow.after("opportunity.reopen", record.state))
    return opportunity_id


def _opportunity(opportunity_id: int) -> Opportunity:
    found = session().get(Opportunity, opportunity_id)
    if found is None:
        raise NotFound("opportunity", opportunity_id)
    return found
