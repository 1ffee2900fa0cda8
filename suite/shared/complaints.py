"""What a ticket is about and what it leads to: deliveries, invoices, returns, replacement orders, credits."""

from suite.base.command import Actor, command
from suite.base.db import session
from suite.base.errors import NotFound, Refusal
from suite.model import Record, Ticket
from suite.model.record import change_record, get_record
from suite.shared.chain import link_records

LINKABLE = ("quote", "order", "delivery", "return", "invoice", "credit_note", "ticket")


@command("ticket.link", on="ticket")
def link_ticket(ticket_id: int, *, other_id: int, by: Actor) -> int:
    """Join a ticket with what came before it or follows from it."""
    record = get_record(ticket_id, "ticket")
    Ticket.flow.after("ticket.link", record.state)
    other = session().get(Record, other_id)
    if other is None or not by.may(f"{other.kind}.read"):
        raise NotFound("record", other_id)
    if other.kind not in LINKABLE or other.id == ticket_id:
        raise Refusal("link-impossible", field="number", number=other.number or other.title)
    if None not in (record.party_id, other.party_id) and record.party_id != other.party_id:
        raise Refusal("of-other-party", field="number", name=other.number or other.title)
    # Whatever was entered first led to the other.
    first, second = sorted((ticket_id, other_id))
    link_records([first], second)
    change_record(ticket_id)
    return ticket_id
