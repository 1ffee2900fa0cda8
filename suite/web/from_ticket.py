"""What is made from a complaint: its page was opened with `?ticket=`, and the ticket is linked to it."""

from collections.abc import Callable

from flask import request

from suite.base.command import together
from suite.shared.complaints import link_ticket
from suite.shared.visible import visible_record
from suite.web.shell import by


def from_ticket(make: Callable[[], int]) -> int:
    """Make a document, and link it to the ticket it was made from, both or neither."""
    public_id = request.args.get("ticket", "")
    if not public_id:
        return make()
    ticket = visible_record(by(), "ticket", public_id)

    def act() -> int:
        made = make()
        link_ticket(ticket.id, other_id=made, by=by())
        return made

    return together(act)
