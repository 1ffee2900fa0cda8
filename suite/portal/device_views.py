"""A customer's devices with what happened to them, its contracts, and the reports of visits."""

from typing import Any

from flask import render_template
from sqlalchemy import select, union_all

from suite.base.db import session
from suite.erp.visits.report import archived_report
from suite.model import Contract, ContractDevice, Device, Record, Ticket, Visit
from suite.portal.door import blueprint, by
from suite.shared.chain import related_records
from suite.shared.visible import visible, visible_record
from suite.web.paper_pages import archived_answer

MOST = 200


@blueprint.get("/devices")
def devices() -> str:
    """The own devices, by name."""
    wanted = visible(by(), "device").order_by(Record.title, Record.id).limit(MOST)
    rows = list(session().scalars(wanted))
    return render_template("portal/devices.html", rows=rows, devices=_by_id(Device, rows))


@blueprint.get("/devices/<public_id>")
def device(public_id: str) -> str:
    """One device: warranty, contracts, tickets and visits."""
    record = visible_record(by(), "device", public_id)
    tickets = select(Ticket.id).where(Ticket.device_id == record.id)
    work = union_all(tickets, select(Visit.id).where(Visit.device_id == record.id))
    linked = visible(by(), "ticket", "visit").where(Record.id.in_(work)).order_by(Record.id.desc())
    covered = select(ContractDevice.contract_id).where(ContractDevice.device_id == record.id)
    contracts = visible(by(), "contract").where(Record.id.in_(covered)).order_by(Record.id)
    return render_template(
        "portal/device.html",
        record=record,
        device=session().get_one(Device, record.id),
        linked=list(session().scalars(linked.limit(MOST))),
        contracts=list(session().scalars(contracts.limit(MOST))),
    )


@blueprint.get("/contracts")
def contracts() -> str:
    """The own contracts, newest first."""
    wanted = visible(by(), "contract").order_by(Record.id.desc()).limit(MOST)
    return render_template("portal/contracts.html", rows=list(session().scalars(wanted)))


@blueprint.get("/contracts/<public_id>")
def contract(public_id: str) -> str:
    """One contract: term, what it covers, its devices and invoices."""
    record = visible_record(by(), "contract", public_id)
    row = session().get_one(Contract, record.id)
    covered = select(ContractDevice.device_id).where(ContractDevice.contract_id == record.id)
    mine = visible(by(), "device").where(Record.id.in_(covered)).order_by(Record.title)
    billed = [each.id for each in related_records(record.id).get("invoice", [])]
    invoices = visible(by(), "invoice").where(Record.id.in_(billed)).order_by(Record.id.desc())
    return render_template(
        "portal/contract.html",
        record=record,
        contract=row,
        devices=list(session().scalars(mine.limit(MOST))),
        invoices=list(session().scalars(invoices.limit(MOST))),
    )


@blueprint.get("/visits/<public_id>/pdf")
def visit_pdf(public_id: str) -> Any:
    """The report of a visit as it was signed."""
    record = visible_record(by(), "visit", public_id)
    kept = archived_report(record.id)
    if kept is None:
        page = render_template("portal/not_yet.html", record=record, path="tickets", back="/portal/devices")
        return page, 202, {"Refresh": "5"}
    return archived_answer(kept.sha256, kept.name)


def _by_id(table: Any, rows: list[Record]) -> dict[int, Any]:
    found = session().scalars(select(table).where(table.id.in_([row.id for row in rows])))
    return {row.id: row for row in found}
