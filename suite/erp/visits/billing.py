"""What of a report the customer pays: proposed by contract and warranty, decided at release, billed once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from suite.base.clock import company_zone
from suite.base.command import Actor, command, note_change
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal
from suite.base.event import Event
from suite.base.text import clean
from suite.erp.invoices.drafts import create_invoice
from suite.erp.visits.charge_lines import invoice_lines
from suite.erp.visits.planning import get_visit
from suite.model import Contract, Device, Record, Visit, VisitCharge, VisitPart
from suite.model.record import change_record, expect_version, get_record
from suite.model.visit import CHARGES
from suite.shared.chain import link_records
from suite.shared.contingent import use_contingent
from suite.shared.roles import another_may
from suite.shared.snapshot import active_party

ZERO = Decimal(0)


@dataclass(frozen=True)
class ChargeInput:
    """How a piece is charged: work, travel, or a part by its id; goodwill says why."""

    piece: str
    charge: str
    part_id: int | None = None
    reason: str = ""


def proposed_charges(visit: Visit) -> list[ChargeInput]:
    """What contract and warranty say of each piece of a report; a warranty covers labour, travel and parts."""
    day = visit.starts_at.astimezone(company_zone()).date()
    device = session().get(Device, visit.device_id) if visit.device_id is not None else None
    in_warranty = device is not None and device.warranty_until is not None and device.warranty_until >= day
    contract = _running(visit.contract_id, day)
    of = {
        "work": contract.labour if contract else "billable",
        "travel": contract.travel if contract else "billable",
        "part": contract.parts if contract else "billable",
    }
    if in_warranty:
        of = dict.fromkeys(of, "included")
    found = [
        ChargeInput(piece, of[piece]) for piece in ("work", "travel") if getattr(visit, f"{piece}_minutes")
    ]
    return found + [ChargeInput("part", of["part"], part.id) for part in parts_of(visit.id)]


def _running(contract_id: int | None, day: date) -> Contract | None:
    """The contract, if it covers that day."""
    contract = session().get(Contract, contract_id) if contract_id is not None else None
    if contract is None or session().get_one(Record, contract_id).state in ("draft", "discarded"):
        return None
    is_over = contract.ends_on is not None and contract.ends_on < day
    return None if is_over or contract.starts_on > day else contract


def parts_of(visit_id: int) -> list[VisitPart]:
    """The parts of a report, in order."""
    wanted = select(VisitPart).where(VisitPart.visit_id == visit_id)
    return list(session().scalars(wanted.order_by(VisitPart.position)))


@command("visit.release", on="visit")
def release_visit(
    visit_id: int, charges: Sequence[ChargeInput] | None = None, *, version: int | None = None, by: Actor
) -> int:
    """Decide how each piece of a report is charged, by default as proposed; contingents are used up now.

    Goodwill is released by a second person: not by the technician, nor by who closed the report.
    """
    record = get_record(visit_id, "visit")
    expect_version(record, version)
    state = Visit.flow.after("visit.release", record.state)
    visit = get_visit(visit_id)
    proposed = proposed_charges(visit)
    decided = proposed if charges is None else list(charges)
    _check(decided, proposed)
    if any(charge.charge == "goodwill" for charge in decided):
        _expect_second_person(visit, by)

    for charge in decided:
        _write(visit, charge)
        if charge.charge == "goodwill":
            note_change(f"goodwill {charge.piece}", None, charge.reason)
    change_record(visit_id, state=state)
    return visit_id


@command("visit.invoice", on="visit")
def invoice_visit(visit_id: int, *, version: int | None = None, by: Actor) -> int:
    """Draft the invoice of what is billable and name what is covered; returns the invoice's id.

    Nothing billable: no invoice, the visit is done; returns its own id.
    """
    record = get_record(visit_id, "visit")
    expect_version(record, version)
    state = Visit.flow.after("visit.invoice", record.state)
    visit = get_visit(visit_id)
    charges = list(session().scalars(select(VisitCharge).where(VisitCharge.visit_id == visit_id)))
    result = visit_id
    if any(charge.charge == "billable" for charge in charges):
        day = visit.starts_at.astimezone(company_zone()).date()
        contract = session().get(Contract, visit.contract_id) if visit.contract_id is not None else None
        agreed = (contract.order_reference or "") if contract else ""
        result = create_invoice(
            party_id=record.party_id or 0,
            lines=invoice_lines(record, visit, charges),
            service_from=day,
            service_until=day,
            # Who has no Leitweg-ID is addressed by the reference agreed on (BT-10).
            buyer_reference=active_party(record.party_id or 0).leitweg_id or agreed,
            order_reference=agreed,
            by=by,
        )
        sources = [visit_id] + ([visit.contract_id] if visit.contract_id is not None else [])
        link_records(sources, result)
    change_record(visit_id, state=state)
    return result


def _check(decided: Sequence[ChargeInput], proposed: Sequence[ChargeInput]) -> None:
    """Every piece is charged once, in a way there is."""
    pieces = [(charge.piece, charge.part_id) for charge in decided]
    if sorted(pieces, key=str) != sorted(((each.piece, each.part_id) for each in proposed), key=str):
        raise Refusal("charges-incomplete")
    for charge in decided:
        field = f"charge-{charge.part_id or charge.piece}"
        if charge.charge not in CHARGES:
            raise Refusal("choice-unknown", field=field)
        if charge.charge == "contingent" and charge.piece != "work":
            raise Refusal("choice-unknown", field=field)
        if charge.charge == "goodwill" and not clean(charge.reason, field):
            raise Refusal("field-required", field=f"reason-{charge.part_id or charge.piece}")


def _expect_second_person(visit: Visit, by: Actor) -> None:
    """Nobody grants goodwill on their own report, unless there is nobody else who could."""
    closed = select(Event.actor_id).where(Event.record_id == visit.id, Event.verb == "visit.report")
    own = {visit.technician_id, session().scalar(closed.order_by(Event.id.desc()).limit(1))} - {None}
    if by.user_id in own and another_may("visit.release", besides=own):
        raise Refusal("goodwill-second-person")


def _write(visit: Visit, charge: ChargeInput) -> None:
    row = {"visit_id": visit.id, "piece": charge.piece, "part_id": charge.part_id, "charge": charge.charge}
    row |= {"reason": clean(charge.reason, "reason"), "minutes": 0, "quantity": ZERO}
    if charge.part_id is not None:
        part = session().get_one(VisitPart, charge.part_id)
        insert_rows(VisitCharge, [row | {"quantity": part.quantity}])
        return
    minutes = visit.work_minutes if charge.piece == "work" else visit.travel_minutes
    if charge.charge != "contingent":
        insert_rows(VisitCharge, [row | {"minutes": minutes}])
        return
    if visit.contract_id is None:
        raise Refusal("choice-unknown", field="charge-work")
    day = visit.starts_at.astimezone(company_zone()).date()
    covered = use_contingent(visit.contract_id, record_id=visit.id, minutes=minutes, on=day)
    split = [("contingent", covered.covered), ("billable", covered.billable)]
    insert_rows(VisitCharge, [row | {"charge": how, "minutes": n} for how, n in split if n])


def visit_of(record: Record) -> Visit:
    """The visit behind a register row."""
    return session().get_one(Visit, record.id)
