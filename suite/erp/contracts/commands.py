"""What can be done with a contract: draft, start, notice, end."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, update

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.counter import draw_number
from suite.base.db import session
from suite.base.errors import Refusal
from suite.base.text import clean, searchable
from suite.erp.contracts.content import (
    ContractInput,
    checked_columns,
    line_columns,
    net_per_period,
    write_devices,
    write_lines,
)
from suite.model import Contract, Party, Record
from suite.model.record import change_record, expect_version, get_record, new_record
from suite.shared.contract_periods import terms_of
from suite.shared.contract_terms import end_by_notice, fixed_end, next_notice_day
from suite.shared.lines import LineInput
from suite.shared.sla import promise_anew
from suite.shared.snapshot import active_party

ONE_DAY = timedelta(days=1)
QUIET = ("billed_until",)


@command("contract.create", creates="contract")
def create_contract(
    content: ContractInput,
    *,
    party_id: int,
    lines: Sequence[LineInput],
    device_ids: Sequence[int] = (),
    number: str | None = None,
    by: Actor,
) -> int:
    """Draft a contract; returns its id. Raises `Refusals` by field."""
    party = active_party(party_id)
    columns = checked_columns(content, party)
    rows = line_columns(lines, party, columns["starts_on"])
    contract_id = new_record(
        "contract",
        title=columns["subject"],
        state="draft",
        number=number or draw_number("contract", columns["starts_on"]),
        party_id=party.id,
        sort_date=columns["starts_on"],
        sort_amount=net_per_period(rows),
        words=(party.name, columns["order_reference"]),
    )
    session().execute(insert(Contract).values(id=contract_id, ends_on=None, **columns))
    write_lines(contract_id, rows)
    write_devices(contract_id, party.id, device_ids)
    return contract_id


@command("contract.edit", on="contract")
def edit_contract(
    contract_id: int,
    content: ContractInput,
    *,
    lines: Sequence[LineInput],
    device_ids: Sequence[int] = (),
    version: int | None = None,
    by: Actor,
) -> int:
    """Replace the content of a draft; its customer stays."""
    record, contract, party = load_contract(contract_id, "contract.edit", version)
    columns = checked_columns(content, party)
    rows = line_columns(lines, party, columns["starts_on"])
    for name, value in columns.items():
        if name not in QUIET:
            note_change(name, getattr(contract, name), value)
    note_change("net", record.sort_amount, net_per_period(rows))

    _set(contract_id, **columns)
    write_lines(contract_id, rows)
    write_devices(contract_id, party.id, device_ids)
    change_record(
        contract_id,
        title=columns["subject"],
        sort_date=columns["starts_on"],
        sort_amount=net_per_period(rows),
        search_text=searchable(record.number, columns["subject"], party.name, columns["order_reference"]),
    )
    return contract_id


@command("contract.start", on="contract")
def start_contract(contract_id: int, *, version: int | None = None, by: Actor) -> int:
    """Let a draft hold from its first day on; one that is not renewed has its last day at once."""
    _, contract, party = load_contract(contract_id, "contract.start", version)
    active_party(party.id)
    terms = terms_of(contract, party)
    ends_on = fixed_end(terms)
    _set(contract_id, ends_on=ends_on, billed_until=contract.starts_on)
    note_change("ends_on", None, ends_on)
    due = ends_on or next_notice_day(terms, max(clock.today(), contract.starts_on))
    change_record(contract_id, state="ending" if ends_on else "active", due_date=due)
    promise_anew(contract_id, on=contract.starts_on)
    if ends_on is not None:
        promise_anew(contract_id, on=ends_on + ONE_DAY)
    return contract_id


@command("contract.discard", on="contract")
def discard_contract(contract_id: int, *, version: int | None = None, by: Actor) -> int:
    """Throw a draft away."""
    load_contract(contract_id, "contract.discard", version)
    change_record(contract_id, state="discarded")
    return contract_id


@command("contract.cancel", on="contract")
def cancel_contract(
    contract_id: int,
    *,
    received_on: date | None = None,
    ends_on: date | None = None,
    reason: str = "",
    version: int | None = None,
    by: Actor,
) -> int:
    """Note that notice came in; the contract ends on the day the terms give, or on one agreed.

    An earlier day than the terms give needs a reason (agreement, notice for cause, § 314 BGB).
    """
    _, contract, party = load_contract(contract_id, "contract.cancel", version)
    received = received_on or clock.today()
    if received > clock.today():
        raise Refusal("date-in-future", field="received_on")
    by_terms = end_by_notice(terms_of(contract, party), received)
    last = ends_on or by_terms
    reason = clean(reason, "reason", max_length=500)
    if last < contract.starts_on:
        raise Refusal("ends-before-start", field="ends_on", first=contract.starts_on)
    if last < by_terms and not reason:
        raise Refusal("earlier-end-reason", field="reason", day=by_terms)

    note_change("received_on", None, received)
    note_change("ends_on", None, last)
    if reason:
        note_change("reason", None, reason)
    _set(contract_id, ends_on=last)
    change_record(contract_id, state="ending", due_date=last)
    promise_anew(contract_id, on=last + ONE_DAY)
    return contract_id


@command("contract.end", on="contract")
def end_contract(contract_id: int, *, version: int | None = None, by: Actor) -> int:
    """Close a contract whose last day is over and that is billed to its end."""
    record, contract, _ = load_contract(contract_id, "contract.end", version)
    if contract.ends_on is None or contract.ends_on >= clock.today():
        raise Refusal("contract-still-runs", number=record.number, day=contract.ends_on)
    if contract.billed_until <= contract.ends_on:
        raise Refusal("contract-not-billed", number=record.number, day=contract.billed_until)
    change_record(contract_id, state="ended")
    promise_anew(contract_id)
    return contract_id


def load_contract(contract_id: int, verb: str, version: int | None) -> tuple[Record, Contract, Party]:
    """A contract for a command, locked, in a state that `verb` is open in."""
    record = get_record(contract_id, "contract")
    expect_version(record, version)
    Contract.flow.after(verb, record.state)
    contract = session().get_one(Contract, contract_id, populate_existing=True)
    return record, contract, session().get_one(Party, record.party_id)


def _set(contract_id: int, **values: Any) -> None:
    statement = update(Contract).where(Contract.id == contract_id).values(**values)
    session().execute(statement.execution_options(synchronize_session=False))
