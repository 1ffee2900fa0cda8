"""Events of visits: planned, worked on site, reported, released, billed."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base import clock
from suite.base.db import database
from suite.base.errors import Refusal
from suite.erp.invoices.commands import post_invoice
from suite.erp.visits.billing import ChargeInput, invoice_visit, proposed_charges, release_visit
from suite.erp.visits.planning import VisitInput, cancel_visit, create_visit, plan_visit_for_ticket
from suite.erp.visits.work import PartInput, WorkInput, report_visit, save_work, start_visit
from suite.model import Lot, Record, Ticket, Visit, VisitPart, VisitTask
from suite.scenario.case import Case, day_of, plays

# Two strokes, as a signature pad would give them.
SIGNATURE = "[[[80,220],[180,90],[260,240],[380,120],[520,210]],[[560,180],[760,150]]]"
WORK = ("travel_minutes", "work_minutes", "report", "open", "readings", "parts")


@plays(
    "visit",
    "refers_to",
    "subject",
    "technician",
    "on",
    "from",
    "until",
    "device",
    "contract",
    "site",
    "tasks",
    role="service",
)
def play_visit(case: Case, event: Mapping[str, Any]) -> int:
    """A visit is planned, for a ticket or for a partner; device and contract are the ticket's unless it says others."""
    ticket = case.record(event["refers_to"]) if "refers_to" in event else None
    party, subject, device, contract = _of_ticket(ticket)
    day = date.fromisoformat(event.get("on", event["date"]))
    visit = VisitInput(
        event.get("subject", subject),
        case.party(event["partner"]) if "partner" in event else party,
        starts_at=clock.instant(day, time.fromisoformat(event["from"])),
        ends_at=clock.instant(day, time.fromisoformat(event["until"])),
        technician_id=case.person(event["technician"]).user_id if "technician" in event else None,
        device_id=case.device(event["device"]) if "device" in event else device,
        contract_id=case.record(event["contract"]) if "contract" in event else contract,
        site=event.get("site", ""),
        tasks=event.get("tasks", ()),
    )
    number = case.number(event)
    if ticket is not None:
        return case.keep(event, plan_visit_for_ticket(ticket, visit, number=number, by=case.by))
    return case.keep(event, create_visit(visit, number=number, by=case.by))


@plays("visit_cancelled", "refers_to", "reason", role="service")
def play_visit_cancelled(case: Case, event: Mapping[str, Any]) -> int:
    """It is called off."""
    return cancel_visit(case.record(event["refers_to"]), reason=event["reason"], by=case.by)


@plays("visit_start", "refers_to", "technician", role="service")
def play_visit_start(case: Case, event: Mapping[str, Any]) -> int:
    """The technician is on site."""
    return start_visit(case.record(event["refers_to"]), by=case.person(event["technician"]))


@plays("visit_work", "refers_to", "technician", *WORK, role="service")
def play_visit_work(case: Case, event: Mapping[str, Any]) -> int:
    """What was done so far is kept."""
    visit = case.record(event["refers_to"])
    return save_work(visit, _work(case, visit, event), by=case.person(event["technician"]))


@plays("visit_report", "refers_to", "technician", "signer", *WORK, role="service")
def play_visit_report(case: Case, event: Mapping[str, Any]) -> int:
    """The work is closed, signed by `signer`, or the customer was absent."""
    visit, signer = case.record(event["refers_to"]), event.get("signer", "")
    return report_visit(
        visit,
        _work(case, visit, event),
        signer_name=signer,
        signature=SIGNATURE if signer else "",
        is_absent=not signer,
        by=case.person(event["technician"]),
    )


@plays("visit_release", "refers_to", "charges", "technician", role="accounting")
def play_visit_release(case: Case, event: Mapping[str, Any]) -> int:
    """What the customer pays is decided: as proposed, save the pieces named; a technician only where one is named."""
    visit = case.record(event["refers_to"])
    by = case.person(event["technician"]) if "technician" in event else case.by
    with database().reading() as reading:
        proposed = proposed_charges(reading.get_one(Visit, visit))
        used = select(VisitPart.id, Record.number).join(Record, Record.id == VisitPart.product_id)
        articles = {row[0]: row[1] for row in reading.execute(used.where(VisitPart.visit_id == visit))}
    named = {each["piece"]: each for each in event.get("charges", [])}
    charges = []
    for each in proposed:
        said = named.pop(articles.get(each.part_id or 0, each.piece), None)
        charges.append(
            ChargeInput(each.piece, said["charge"], each.part_id, said.get("reason", "")) if said else each
        )
    if named:
        raise Refusal("reference-unknown", number=next(iter(named)))
    return release_visit(visit, charges, by=by)


@plays("visit_invoice", "refers_to", "draft", role="accounting")
def play_visit_invoice(case: Case, event: Mapping[str, Any]) -> int:
    """What is billable is billed and posted; where nothing is, the visit is done without an invoice."""
    visit = case.record(event["refers_to"])
    invoice = invoice_visit(visit, by=case.by)
    if invoice == visit:
        return visit
    if not event.get("draft"):
        post_invoice(invoice, dated_on=day_of(event), number=case.number(event), by=case.by)
    return case.keep(event, invoice)


def _of_ticket(ticket: int | None) -> tuple[int, str, int | None, int | None]:
    """Party, subject, device and contract of a ticket."""
    if ticket is None:
        return 0, "", None, None
    with database().reading() as reading:
        row, record = reading.get_one(Ticket, ticket), reading.get_one(Record, ticket)
        return record.party_id or 0, row.subject, row.device_id, row.contract_id


def _work(case: Case, visit: int, event: Mapping[str, Any]) -> WorkInput:
    """Tasks are named by their position; all are done but those in `open`."""
    with database().reading() as reading:
        wanted = select(VisitTask.position, VisitTask.id).where(VisitTask.visit_id == visit)
        tasks = {row[0]: row[1] for row in reading.execute(wanted)}
    return WorkInput(
        travel_minutes=int(event.get("travel_minutes", 0)),
        work_minutes=int(event.get("work_minutes", 0)),
        report=event.get("report", ""),
        done=frozenset(task for place, task in tasks.items() if place not in event.get("open", ())),
        readings={tasks[int(place)]: value for place, value in event.get("readings", {}).items()},
        parts=[_part(case, part) for part in event.get("parts", [])],
    )


def _part(case: Case, part: Mapping[str, Any]) -> PartInput:
    product = case.record(part["article"])
    if "lot" not in part:
        return PartInput(product, Decimal(part["qty"]))
    with database().reading() as reading:
        wanted = select(Lot.id).where(Lot.product_id == product, Lot.code == part["lot"])
        return PartInput(product, Decimal(part["qty"]), reading.scalar(wanted))
