"""Billed periods of contracts: taken by an invoice draft, free again when it is discarded or cancelled."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, update

from suite.base import clock
from suite.base.db import insert_rows, session
from suite.model import Contract, ContractPeriod, Party
from suite.model.record import change_record, get_record
from suite.shared.chain import link_records
from suite.shared.contract_terms import Period, Terms, period_from, periods

LIVE = ContractPeriod.freed_at.is_(None)


def terms_of(contract: Contract, party: Party) -> Terms:
    """What the calendar needs of a contract; consumers are parties that are no companies (§ 13 BGB)."""
    return Terms(
        contract.starts_on,
        contract.first_term_months,
        contract.renewal_months,
        contract.notice_months,
        is_consumer=not party.is_company,
        ends_on=contract.ends_on,
    )


def period_of(contract: Contract, day: date) -> Period:
    """The period of a contract that is billed from `day` on."""
    return period_from(
        day,
        first_on=contract.first_period_on,
        interval_months=contract.interval_months,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
    )


def open_periods(contract: Contract, live: Mapping[date, date]) -> Iterator[Period]:
    """The periods of a contract not yet billed, without end where it has none.

    `live` are first and last days of what is billed behind that: no day of it is billed again.
    """
    every = periods(
        contract.billed_until,
        first_on=contract.first_period_on,
        interval_months=contract.interval_months,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
    )
    for period in every:
        yield from _around(period, live)


def _around(period: Period, live: Mapping[date, date]) -> Iterator[Period]:
    """What of a period lies between the spans that are billed."""
    start = period.from_on
    for first, last in sorted(live.items()):
        if last < start or first > period.until_on:
            continue
        if first > start:
            yield replace(period, from_on=start, until_on=first - timedelta(days=1))
        start = last + timedelta(days=1)
    if start <= period.until_on:
        yield replace(period, from_on=start)


def take_periods(document_id: int, taken: Sequence[tuple[int, date, date]]) -> None:
    """Enter (contract, first, last day) as billed by a document and move what the contracts are billed until."""
    now = clock.now()
    rows: list[dict[str, Any]] = [
        {
            "contract_id": contract_id,
            "from_on": first,
            "until_on": last,
            "document_id": document_id,
            "billed_at": now,
            "freed_at": None,
        }
        for contract_id, first, last in taken
    ]
    if rows:
        insert_rows(ContractPeriod, rows)
    _move({contract_id for contract_id, _, _ in taken})


def free_periods(document_id: int) -> None:
    """Give the periods of a discarded draft or a cancelled invoice back to their contracts."""
    of_document = (ContractPeriod.document_id == document_id) & LIVE
    contracts = sorted(set(session().scalars(select(ContractPeriod.contract_id).where(of_document))))
    if not contracts:
        return
    for contract_id in contracts:
        # What had ended has something to bill again.
        if get_record(contract_id, "contract").state == "ended":
            change_record(contract_id, state="ending")
    freed = update(ContractPeriod).where(of_document).values(freed_at=clock.now())
    session().execute(freed.execution_options(synchronize_session=False))
    _move(set(contracts))


def hand_periods_on(document_id: int, copy_id: int) -> None:
    """Let the copy of a cancelled invoice bill the periods that became free with it."""
    period = ContractPeriod
    last = select(func.max(period.freed_at)).where(period.document_id == document_id).scalar_subquery()
    wanted = select(period.contract_id, period.from_on, period.until_on).where(
        period.document_id == document_id, period.freed_at == last
    )
    taken = [(row[0], row[1], row[2]) for row in session().execute(wanted)]
    if taken:
        take_periods(copy_id, taken)
        link_records([contract_id for contract_id, _, _ in taken], copy_id)


def _move(contracts: set[int]) -> None:
    """Set the first day not yet billed of each contract, over all live periods that follow without gap."""
    wanted = select(Contract.id, Contract.starts_on).where(Contract.id.in_(sorted(contracts)))
    for contract_id, starts_on in session().execute(wanted).all():
        day: date = starts_on
        live = (
            select(ContractPeriod.from_on, ContractPeriod.until_on)
            .where(ContractPeriod.contract_id == contract_id, LIVE)
            .order_by(ContractPeriod.from_on)
        )
        for first, last in session().execute(live):
            if first != day:
                break
            day = last + timedelta(days=1)
        moved = update(Contract).where(Contract.id == contract_id).values(billed_until=day)
        session().execute(moved.execution_options(synchronize_session=False))
        change_record(contract_id)
