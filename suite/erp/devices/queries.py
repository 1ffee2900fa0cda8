"""What the file of a device holds: delivery, invoices, contracts and everything linked to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from suite.base.command import Actor
from suite.base.db import session
from suite.model import ContractDevice, Device, Record, RecordLink
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
    linked: Sequence[Record]


def device_file(record: Record, *, by: Actor) -> DeviceFile:
    """The file of a device."""
    device = session().get_one(Device, record.id)
    covered = select(ContractDevice.contract_id).where(ContractDevice.device_id == record.id)
    contracts = visible(by, "contract").where(Record.id.in_(covered)).order_by(Record.id)
    targets = select(RecordLink.target_id).where(RecordLink.source_id == record.id)
    sources = select(RecordLink.source_id).where(RecordLink.target_id == record.id)
    linked = visible(by).where(Record.id.in_(targets) | Record.id.in_(sources))
    return DeviceFile(
        device,
        _seen(device.product_id, by),
        _seen(device.delivery_id, by),
        _invoices(device.delivery_id, by),
        session().scalars(contracts.limit(MOST)).all(),
        session().scalars(linked.order_by(Record.id.desc()).limit(MOST)).all(),
    )


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
