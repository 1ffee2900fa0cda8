"""What can be done with quotes."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.counter import draw_number
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal
from suite.base.job import enqueue
from suite.base.text import clean
from suite.crm.leads.commands import convert_lead
from suite.model import Opportunity, Party, Quote, QuoteSide
from suite.model.record import change_record, expect_version, get_record
from suite.shared.documents import (
    copied_line,
    head_of,
    insert_document,
    load_document,
    rewrite_document,
)
from suite.shared.lines import LineInput, completed_lines
from suite.shared.snapshot import active_party, company, party_snapshots
from suite.shared.winning import win_by_quote

ZERO = Decimal(0)
VALID_DAYS = 30


@command("quote.create", creates="quote")
def create_quote(
    *,
    party_id: int,
    lines: Sequence[LineInput],
    dated_on: date | None = None,
    valid_until: date | None = None,
    header_discount_percent: Decimal = ZERO,
    buyer_reference: str = "",
    intro: str = "",
    closing: str = "",
    opportunity_id: int | None = None,
    number: str | None = None,
    by: Actor,
) -> int:
    """Draft a quote for a party; prices and tax cases not given are proposed."""
    party = active_party(party_id)
    on = dated_on or clock.today()
    until = _valid_until(valid_until, on)
    head = _head(header_discount_percent, buyer_reference, intro, closing)
    head["payment_days"] = party.payment_days if party.payment_days is not None else company().payment_days
    head["buyer_reference"] = head["buyer_reference"] or party.leitweg_id
    quote = insert_document(
        "quote",
        title=party.name,
        state="draft",
        party_id=party.id,
        dated_on=on,
        head=head,
        lines=completed_lines(lines, party=party, on=on),
        parties=party_snapshots(party),
        number=number or draw_number("quote", on),
        number_given=number is not None,
        sources=[] if opportunity_id is None else [opportunity_id],
        due_date=until,
    )
    insert_rows(QuoteSide, [{"document_id": quote.id, "kind": "quote", "valid_until": until}])
    return quote.id


@command("opportunity.quote", on="opportunity")
def quote_opportunity(
    opportunity_id: int, *, lines: Sequence[LineInput], valid_until: date | None = None, by: Actor
) -> int:
    """Draft a quote for an opportunity's party; returns the quote's id."""
    record = get_record(opportunity_id, "opportunity")
    Opportunity.flow.after("opportunity.quote", record.state)
    if record.party_id is None:
        raise Refusal("field-required", field="party")
    return create_quote(
        party_id=record.party_id, lines=lines, valid_until=valid_until, opportunity_id=opportunity_id, by=by
    )


@command("lead.quote", on="lead")
def quote_lead(
    lead_id: int,
    *,
    lines: Sequence[LineInput],
    party_id: int | None = None,
    version: int | None = None,
    by: Actor,
    **values: Any,
) -> int:
    """Make an opportunity of a lead and draft its quote at once; `values` as in `create_quote`. Returns the quote's id."""
    opportunity_id = convert_lead(lead_id, party_id=party_id, version=version, by=by)
    party_id = get_record(opportunity_id, "opportunity").party_id
    if party_id is None:
        raise Refusal("field-required", field="party")
    return create_quote(party_id=party_id, lines=lines, opportunity_id=opportunity_id, by=by, **values)


@command("quote.edit", on="quote")
def edit_quote(
    quote_id: int,
    *,
    lines: Sequence[LineInput],
    dated_on: date,
    valid_until: date | None = None,
    header_discount_percent: Decimal = ZERO,
    buyer_reference: str = "",
    intro: str = "",
    closing: str = "",
    version: int | None = None,
    by: Actor,
) -> int:
    """Replace a quote's content; a quote that was sent becomes a new revision and a draft for sending again."""
    quote = load_document(quote_id, "quote")
    expect_version(quote.record, version)
    Quote.flow.after("quote.edit", quote.record.state)
    party = session().get_one(Party, quote.document.party_id)
    rows = completed_lines(lines, party=party, on=dated_on)
    until = _valid_until(valid_until, dated_on)
    head = _head(header_discount_percent, buyer_reference, intro, closing)
    if quote.record.state == "sent":
        head["revision"] = quote.document.revision + 1
    rewrite_document(
        quote_id,
        dated_on=dated_on,
        head=head,
        lines=rows,
        number=quote.document.number,
        title=quote.record.title,
    )
    session().get_one(QuoteSide, quote_id).valid_until = until
    session().flush()  # written before the register repeats the date
    change_record(quote_id, due_date=until, state="draft")
    return quote_id


@command("quote.send", on="quote")
def send_quote(quote_id: int, *, version: int | None = None, by: Actor) -> int:
    """Mark a quote as sent; this version is archived as PDF."""
    quote = load_document(quote_id, "quote")
    expect_version(quote.record, version)
    change_record(quote_id, state=Quote.flow.after("quote.send", quote.record.state))
    enqueue("document.pdf", record_id=quote_id)
    return quote_id


@command("quote.accept", on="quote")
def accept_quote(quote_id: int, *, version: int | None = None, by: Actor) -> int:
    """Record that the customer accepted; the order is made by `quote.order`."""
    quote = load_document(quote_id, "quote")
    expect_version(quote.record, version)
    change_record(quote_id, state=Quote.flow.after("quote.accept", quote.record.state))
    win_by_quote(quote_id, by=by)
    return quote_id


@command("quote.reject", on="quote")
def reject_quote(quote_id: int, *, reason: str = "", version: int | None = None, by: Actor) -> int:
    """Record that the customer declined, and why."""
    quote = load_document(quote_id, "quote")
    expect_version(quote.record, version)
    state = Quote.flow.after("quote.reject", quote.record.state)
    session().get_one(QuoteSide, quote_id).reject_reason = clean(reason, "reason", max_length=500)
    session().flush()  # before the register row
    change_record(quote_id, state=state)
    return quote_id


@command("quote.copy", on="quote")
def copy_quote(quote_id: int, *, by: Actor) -> int:
    """A new draft with the same content at today's date; returns its id."""
    quote = load_document(quote_id, "quote")
    Quote.flow.after("quote.copy", quote.record.state)
    on = clock.today()
    until = on + timedelta(days=VALID_DAYS)
    copy = insert_document(
        "quote",
        title=quote.record.title,
        state="draft",
        party_id=quote.document.party_id,
        dated_on=on,
        head=head_of(quote.document),
        lines=[copied_line(line, line["quantity"]) for line in quote.lines],
        parties=quote_id,
        number=draw_number("quote", on),
        due_date=until,
    )
    insert_rows(QuoteSide, [{"document_id": copy.id, "kind": "quote", "valid_until": until}])
    return copy.id


@command("quote.discard", on="quote")
def discard_quote(quote_id: int, *, version: int | None = None, by: Actor) -> int:
    """Throw a draft quote away; its number stays used and is listed as discarded."""
    quote = load_document(quote_id, "quote")
    expect_version(quote.record, version)
    change_record(quote_id, state=Quote.flow.after("quote.discard", quote.record.state))
    return quote_id


def _valid_until(chosen: date | None, dated_on: date) -> date:
    """The last day a quote holds; raises `Refusal` for one before its date."""
    if chosen is not None and chosen < dated_on:
        raise Refusal("range-backwards", field="valid_until")
    return chosen or dated_on + timedelta(days=VALID_DAYS)


def _head(header_discount_percent: Decimal, buyer_reference: str, intro: str, closing: str) -> dict[str, Any]:
    return {
        "header_discount_percent": header_discount_percent,
        "buyer_reference": clean(buyer_reference, "buyer_reference") or None,
        "intro": clean(intro, "intro", max_length=2000, multiline=True),
        "closing": clean(closing, "closing", max_length=2000, multiline=True),
    }
