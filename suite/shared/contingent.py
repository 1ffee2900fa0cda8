"""Contingent minutes of a contract: how much of a piece of work they cover, and what is left to bill."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, select

from suite.base.db import insert_rows, session
from suite.base.errors import Refusal
from suite.model import ContingentUse, Contract
from suite.model.record import get_record
from suite.shared.contract_periods import period_of
from suite.shared.contract_terms import Period, share_of_minutes


@dataclass(frozen=True)
class Covered:
    """Minutes of some work: those the contingent covers, and those that are billed."""

    covered: int
    billable: int


@dataclass(frozen=True)
class Contingent:
    """The contingent of one period and what of it was used."""

    period: Period
    minutes: int
    used: int

    @property
    def left(self) -> int:
        """Minutes that are still free."""
        return max(0, self.minutes - self.used)


def use_contingent(contract_id: int, *, record_id: int, minutes: int, on: date) -> Covered:
    """Use the contingent of the period `on` lies in for a piece of work (a record, e.g. a visit).

    The contract stays locked until the transaction ends: two at once never use the same minutes.
    """
    record = get_record(contract_id, "contract")
    contract = session().get_one(Contract, contract_id, populate_existing=True)
    if record.state not in ("active", "ending", "ended") or not _runs(contract, on):
        raise Refusal("contract-not-running", number=record.number, day=on)
    current = contingent_on(contract, on)
    covered = min(max(0, minutes), current.left)
    if covered:
        row = {"contract_id": contract_id, "period_from": current.period.from_on}
        insert_rows(ContingentUse, [row | {"record_id": record_id, "minutes": covered}])
    return Covered(covered, minutes - covered)


def release_contingent(record_id: int) -> None:
    """Give back what a piece of work used, because it is undone or counted anew."""
    contracts = select(ContingentUse.contract_id).where(ContingentUse.record_id == record_id).distinct()
    for contract_id in sorted(session().scalars(contracts)):
        get_record(contract_id, "contract")
    session().execute(delete(ContingentUse).where(ContingentUse.record_id == record_id))


def contingent_on(contract: Contract, on: date) -> Contingent:
    """The contingent of the period that `on` lies in; of a part period by its days."""
    whole = period_of(contract, on)
    first = max(whole.whole_from, contract.starts_on)
    period = Period(first, whole.until_on, whole.whole_from, whole.whole_until)
    used = select(func.coalesce(func.sum(ContingentUse.minutes), 0)).where(
        ContingentUse.contract_id == contract.id, ContingentUse.period_from == first
    )
    minutes = share_of_minutes(contract.contingent_minutes, period)
    return Contingent(period, minutes, int(session().execute(used).scalar_one()))


def _runs(contract: Contract, on: date) -> bool:
    return contract.starts_on <= on and (contract.ends_on is None or on <= contract.ends_on)
