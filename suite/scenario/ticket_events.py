"""Events of tickets: what customers ask for, what is said and done about it, and the parts it needs."""

from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select

from suite.base.db import database
from suite.base.errors import Refusal
from suite.crm.tickets.commands import TicketInput, assign_ticket, create_ticket, edit_ticket
from suite.crm.tickets.conversation import receive_message, remark_ticket, reply_ticket
from suite.crm.tickets.mail_in import take_in
from suite.crm.tickets.states import (
    close_ticket,
    escalate_ticket,
    rate_ticket,
    resolve_ticket,
    resume_ticket,
    start_ticket,
    wait_for_customer,
    wait_for_parts,
)
from suite.erp.stock.needs import reserve_parts
from suite.model import IncomingMail, Record, Ticket
from suite.scenario.case import Case, optional_day, plays
from suite.shared.complaints import link_ticket

ABOUT = ("device", "contract", "priority")
PLAIN = ("channel", "priority", "is_complaint", "reporter_name", "reporter_email")


@plays("ticket", "subject", "text", "device", "contract", "contact", "about", *PLAIN, role="service")
def play_ticket(case: Case, event: Mapping[str, Any]) -> int:
    """Somebody asks or complains; one that came by mail comes in by that door and is completed afterwards."""
    if event.get("channel") == "mail":
        ticket = _mailed(case, event)
        if any(name in event for name in (*ABOUT, "is_complaint")):
            _edit(case, ticket, event)
    else:
        values = {name: event[name] for name in PLAIN if name in event}
        entered = TicketInput(
            event["subject"],
            party_id=case.party(event["partner"]) if "partner" in event else None,
            contact_id=case.record(event["contact"]) if "contact" in event else None,
            device_id=case.device(event["device"]) if "device" in event else None,
            contract_id=case.record(event["contract"]) if "contract" in event else None,
            **values,
        )
        ticket = create_ticket(entered, text=event.get("text", ""), number=case.number(event), by=case.by)
    if "about" in event:
        link_ticket(ticket, other_id=case.record(event["about"]), by=case.by)
    return case.keep(event, ticket)


@plays("ticket_edit", "refers_to", "subject", "is_complaint", *ABOUT, role="service")
def play_ticket_edit(case: Case, event: Mapping[str, Any]) -> int:
    """It is about this device, under this contract, this urgent."""
    return _edit(case, case.record(event["refers_to"]), event)


@plays("ticket_assign", "refers_to", "technician", role="service")
def play_ticket_assign(case: Case, event: Mapping[str, Any]) -> int:
    """Somebody takes care of it."""
    assignee = case.person(event["technician"]).user_id
    return assign_ticket(case.record(event["refers_to"]), assignee_id=assignee, by=case.by)


@plays("ticket_start", "refers_to", "technician", role="service")
def play_ticket_start(case: Case, event: Mapping[str, Any]) -> int:
    """It is taken up, by a technician where one is named."""
    by = case.person(event["technician"]) if "technician" in event else case.by
    return start_ticket(case.record(event["refers_to"]), by=by)


@plays("ticket_reply", "refers_to", "text", "channel", "then", role="service")
def play_ticket_reply(case: Case, event: Mapping[str, Any]) -> int:
    """We answer the customer; `then` the customer has the turn, or it is solved."""
    return reply_ticket(
        case.record(event["refers_to"]),
        text=event["text"],
        channel=event.get("channel", ""),
        then=event.get("then", ""),
        by=case.by,
    )


@plays("ticket_message", "refers_to", "text", "channel", "author", role="service")
def play_ticket_message(case: Case, event: Mapping[str, Any]) -> int:
    """The customer says something more."""
    values = {name: event[name] for name in ("channel", "author") if name in event}
    return receive_message(case.record(event["refers_to"]), text=event["text"], by=case.by, **values)


@plays("ticket_note", "refers_to", "text", role="service")
def play_ticket_note(case: Case, event: Mapping[str, Any]) -> int:
    """We write something among ourselves."""
    return remark_ticket(case.record(event["refers_to"]), text=event["text"], by=case.by)


@plays("ticket_wait", "refers_to", "for", role="service")
def play_ticket_wait(case: Case, event: Mapping[str, Any]) -> int:
    """It waits for the customer, or for parts."""
    waits = {"customer": wait_for_customer, "parts": wait_for_parts}[event["for"]]
    return waits(case.record(event["refers_to"]), by=case.by)


@plays("ticket_resume", "refers_to", role="service")
def play_ticket_resume(case: Case, event: Mapping[str, Any]) -> int:
    """Work goes on."""
    return resume_ticket(case.record(event["refers_to"]), by=case.by)


@plays("ticket_escalate", "refers_to", "reason", role="service")
def play_ticket_escalate(case: Case, event: Mapping[str, Any]) -> int:
    """Somebody calls for help."""
    return escalate_ticket(case.record(event["refers_to"]), reason=event["reason"], by=case.by)


@plays("ticket_resolve", "refers_to", "solution", role="service")
def play_ticket_resolve(case: Case, event: Mapping[str, Any]) -> int:
    """It is solved."""
    return resolve_ticket(case.record(event["refers_to"]), solution=event["solution"], by=case.by)


@plays("ticket_close", "refers_to", role="service")
def play_ticket_close(case: Case, event: Mapping[str, Any]) -> int:
    """The customer is content, or said nothing more."""
    return close_ticket(case.record(event["refers_to"]), by=case.by)


@plays("ticket_rate", "refers_to", "rating", "comment", role="service")
def play_ticket_rate(case: Case, event: Mapping[str, Any]) -> int:
    """The customer says how it went."""
    return rate_ticket(
        case.record(event["refers_to"]),
        rating=int(event["rating"]),
        comment=event.get("comment", ""),
        by=case.by,
    )


@plays("ticket_parts", "refers_to", "parts", "needed_on", role="service")
def play_ticket_parts(case: Case, event: Mapping[str, Any]) -> int:
    """Parts are reserved for it; what is missing becomes a need to buy."""
    parts = {case.record(part["article"]): Decimal(part["qty"]) for part in event["parts"]}
    needed_on = optional_day(event, "needed_on")
    return reserve_parts(case.record(event["refers_to"]), parts, needed_on=needed_on, by=case.by)


def _mailed(case: Case, event: Mapping[str, Any]) -> int:
    """Take a mail in and find the ticket it made."""
    if "partner" in event:
        case.party(event["partner"])
    mail = EmailMessage()
    mail["From"] = f"{event.get('reporter_name', '')} <{event['reporter_email']}>".strip()
    mail["Subject"] = event["subject"]
    mail["Message-ID"] = f"<{event['number']}@{event['reporter_email'].partition('@')[2]}>"
    mail.set_content(event.get("text", ""), cte="8bit")
    take_in(mail.as_bytes())
    wanted = select(IncomingMail.record_id).where(IncomingMail.message_id == mail["Message-ID"].strip("<>"))
    with database().reading() as reading:
        ticket = reading.scalar(wanted)
    if ticket is None:
        raise Refusal("reference-unknown", number=event["number"])
    return ticket


def _edit(case: Case, ticket: int, event: Mapping[str, Any]) -> int:
    """Change what the event names and leave the rest."""
    with database().reading() as reading:
        row, record = reading.get_one(Ticket, ticket), reading.get_one(Record, ticket)
        names = [field.name for field in fields(TicketInput) if field.name != "party_id"]
        known = TicketInput(party_id=record.party_id, **{name: getattr(row, name) for name in names})
    values = {name: event[name] for name in ("subject", "priority", "is_complaint") if name in event}
    values |= {"device_id": case.device(event["device"])} if "device" in event else {}
    values |= {"contract_id": case.record(event["contract"])} if "contract" in event else {}
    values |= {"reporter_email": known.reporter_email or ""}
    return edit_ticket(ticket, replace(known, **values), by=case.by)
