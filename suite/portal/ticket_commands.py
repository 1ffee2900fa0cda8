"""What a customer's contact does with tickets: open one, answer, say how it went."""

from collections.abc import Sequence

from suite.base.command import Actor, command
from suite.base.errors import NotFound, Refusal
from suite.crm.tickets.commands import TicketInput, create_ticket
from suite.crm.tickets.conversation import receive_message
from suite.crm.tickets.messages import FileInput
from suite.crm.tickets.states import rate_ticket
from suite.portal.commands import for_us, own_record
from suite.shared.complaints import link_ticket

# What a ticket may be about.
ABOUT = ("quote", "order", "delivery", "invoice", "credit_note")


@command("portal.open_ticket", creates="ticket")
def open_own_ticket(
    *,
    subject: str,
    text: str,
    contact_id: int,
    device_id: int | None = None,
    about: tuple[str, int] | None = None,
    is_complaint: bool = False,
    files: Sequence[FileInput] = (),
    by: Actor,
) -> int:
    """A customer reports or asks something; `about` is (kind, id) of an own document the ticket is linked to."""
    if by.party_id is None:
        raise NotFound("party", "")
    if not text.strip():
        raise Refusal("field-required", field="text")
    device = own_record(device_id, "device", by).id if device_id is not None else None
    document = own_record(about[1], about[0], by) if about is not None and about[0] in ABOUT else None
    ticket = TicketInput(
        subject=subject,
        party_id=by.party_id,
        contact_id=contact_id,
        channel="portal",
        device_id=device,
        is_complaint=is_complaint,
        reporter_name=by.name.removeprefix("portal:"),
    )
    ticket_id = create_ticket(ticket, text=text, files=files, by=for_us(by))
    if document is not None:
        link_ticket(ticket_id, other_id=document.id, by=for_us(by))
    return ticket_id


@command("portal.answer_ticket", on="ticket")
def answer_own_ticket(ticket_id: int, *, text: str, files: Sequence[FileInput] = (), by: Actor) -> int:
    """A customer writes on its own ticket; one that was solved a short while ago is open again."""
    own_record(ticket_id, "ticket", by)
    name = by.name.removeprefix("portal:")
    return receive_message(ticket_id, text=text, channel="portal", author=name, files=files, by=for_us(by))


@command("portal.rate_ticket", on="ticket")
def rate_own_ticket(ticket_id: int, *, rating: int, comment: str = "", by: Actor) -> int:
    """A customer says how it went, once: 1 (bad) to 5 (good)."""
    own_record(ticket_id, "ticket", by)
    return rate_ticket(ticket_id, rating=rating, comment=comment, by=for_us(by))
