"""Winning an opportunity: by hand, or because its quote was accepted or ordered."""

from sqlalchemy import select

from suite.base.command import Actor, command
from suite.base.db import session
from suite.model import Opportunity, Record, RecordLink
from suite.model.record import change_record, expect_version, get_record


@command("opportunity.win", on="opportunity")
def win_opportunity(opportunity_id: int, *, version: int | None = None, by: Actor) -> int:
    """Won."""
    record = get_record(opportunity_id, "opportunity")
    expect_version(record, version)
    change_record(opportunity_id, state=Opportunity.flow.after("opportunity.win", record.state))
    return opportunity_id


def win_by_quote(quote_id: int, *, by: Actor) -> None:
    """Win the open opportunities that led to a quote."""
    wanted = (
        select(Record.id)
        .join(RecordLink, RecordLink.source_id == Record.id)
        .where(RecordLink.target_id == quote_id, Record.kind == "opportunity", Record.state == "open")
    )
    for opportunity_id in session().scalars(wanted).all():
        win_opportunity(opportunity_id, by=by)
