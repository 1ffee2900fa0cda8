"""What the file of a device holds: delivery, invoices, contracts and everything linked to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select, union_all
from sqlalchemy.orm import aliased

from suite.base.command import Actor
from suite.base.db import session
from suite.model import ContractDevice, Device, Record, RecordLink, Ticket, Visit, VisitPart
from suite.shared.visible import visible

MOST = 50


@dataclass(frozen=True)
class DeviceFile:
    """A device and the records around it that the actor may read."""

    device: Device
    product: Record | None
    delivery: Record | None
    invoices: Sequence[Record]
    contracts: Sequence[Record]
    # Tickets and visits about it, newest first.
    linked: Sequence[Record]
    # What was used on it: product, quantity, the visit.
    parts: Sequence[tuple[Record, Decimal, Record]]


def device_file(record: Record, *, by: Actor) -> DeviceFile:
    """The file of a device."""
    device = session().get_one(Device, record.id)
    covered = select(ContractDevice.contract_id).where(ContractDevice.device_id == record.id)
    contracts = visible(by, "contract").where(Record.id.in_(covered)).order_by(Record.id)
    tickets = select(Ticket.id).where(Ticket.device_id == record.id)
    work = union_all(tickets, select(Visit.id).where(Visit.device_id == record.id))
    linked = visible(by, "ticket", "visit").where(Record.id.in_(work))
    return DeviceFile(
        device,
        _seen(device.product_id, by),
        _seen(device.delivery_id, by),
        _invoices(device.delivery_id, by),
        session().scalars(contracts.limit(MOST)).all(),
        session().scalars(linked.order_by(Record.id.desc()).limit(MOST)).all(),
        _parts(record.id, by),
    )


def _parts(device_id: int, by: Actor) -> Sequence[tuple[Record, Decimal, Record]]:
    """The parts that visits used on a device, newest first."""
    if not by.may("visit.read"):
        return []
    product, visit = aliased(Record), aliased(Record)
    used = (
        select(product, VisitPart.quantity, visit)
        .join(VisitPart, VisitPart.product_id == product.id)
        .join(Visit, Visit.id == VisitPart.visit_id)
        .join(visit, visit.id == Visit.id)
        .where(Visit.device_id == device_id, Visit.frozen_at.is_not(None))
    )
    rows = session().execute(used.order_by(VisitPart.id.desc()).limit(MOST))
    return [(row[0], row[1], row[2]) for row in rows]


def _seen(record_id: int | None, by: Actor) -> Record | None:
    return session().scalars(visible(by).where(Record.id == record_id)).one_or_none() if record_id else None


def _invoices(delivery_id: int | None, by: Actor) -> Sequence[Record]:
    """Invoices of the delivery itself or of its order."""
    if delivery_id is None:
        return []
    before = select(RecordLink.source_id).where(RecordLink.target_id == delivery_id)
    of_both = (RecordLink.source_id == delivery_id) | RecordLink.source_id.in_(before)
    billed = select(RecordLink.target_id).where(of_both)
    wanted = visible(by, "invoice").where(Record.id.in_(billed), Record.state != "discarded")
    return session().scalars(wanted.order_by(Record.id).limit(MOST)).all()
