"""Reading contracts: what is due, what was billed, when notice can be given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import aliased

from suite.base import clock
from suite.base.command import Actor
from suite.base.db import session
from suite.base.errors import NotPermitted
from suite.erp.contracts.period_lines import Part, lines_of, parts_of
from suite.model import Contract, ContractPeriod, Document, Party, Record
from suite.shared.contract_periods import LIVE, open_periods, terms_of
from suite.shared.contract_terms import Period, next_notice_day, term_end

MOST_CONTRACTS = 300
# Where a page of contracts ends: name and id of the customer, number of the contract.
Key = tuple[str, int, str]
MOST_PERIODS = 36


@dataclass(frozen=True)
class Due:
    """A period of a contract that can be billed: what it costs, and what stands against it."""

    record: Record
    contract: Contract
    party: Record
    period: Period
    parts: Sequence[Part]
    is_blocked: bool
    # The cancelled invoice or discarded draft that billed it before.
    before: Record | None

    @property
    def net(self) -> Decimal:
        """The sum of the parts."""
        return sum((part.amount for part in self.parts), Decimal(0))

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"due-{self.record.public_id}-{self.period.from_on.isoformat()}"


@dataclass(frozen=True)
class Billed:
    """A period with its document."""

    period: ContractPeriod
    document: Record
    net: Decimal


def due_periods(until: date, *, by: Actor) -> list[Due]:
    """What is due until a day: in advance from the first day of a period on, in arrears after its last."""
    if not by.may("contract.read"):
        raise NotPermitted("contract.read")
    due: list[Due] = []
    after: Key | None = None
    while len({each.record.id for each in due}) < MOST_CONTRACTS:
        page = _candidates(until, after)
        due += _due_of(page, until)
        if len(page) < MOST_CONTRACTS:
            break
        record, _, customer = page[-1]
        after = (customer.title, customer.id, record.number or "")
    return due


def _candidates(until: date, after: Key | None) -> list[tuple[Record, Contract, Record]]:
    """Contracts that may have something due, some at a time by customer: those in arrears often have not."""
    party = aliased(Record)
    key = tuple_(party.title, party.id, Record.number)
    wanted = (
        select(Record, Contract, party)
        .join(Contract, Contract.id == Record.id)
        .join(party, party.id == Record.party_id)
        .where(Record.kind == "contract", Record.state.in_(("active", "ending")), _may_be_due(until))
    )
    if after is not None:
        wanted = wanted.where(key > tuple_(*after))
    wanted = wanted.order_by(party.title, party.id, Record.number).limit(MOST_CONTRACTS)
    return [(row[0], row[1], row[2]) for row in session().execute(wanted)]


def _due_of(found: Sequence[tuple[Record, Contract, Record]], until: date) -> list[Due]:
    ids = [record.id for record, _, _ in found]
    lines, live, freed = lines_of(ids), _live(ids), _freed(ids)
    due = []
    for record, contract, customer in found:
        for period in islice(open_periods(contract, live.get(record.id, {})), MOST_PERIODS):
            if not is_due(contract, period, until):
                break
            parts = parts_of(lines.get(record.id, []), period)
            before = freed.get((record.id, period.from_on))
            due.append(Due(record, contract, customer, period, parts, customer.state == "blocked", before))
    return due


def is_due(contract: Contract, period: Period, until: date) -> bool:
    """Whether a period is billed until a day."""
    return (period.from_on if contract.billing == "advance" else period.until_on) <= until


def billed_periods(contract_id: int, *, limit: int = 60) -> list[Billed]:
    """The periods of a contract that were billed, the latest first, freed ones among them."""
    wanted = (
        select(ContractPeriod, Record, Document.net_total)
        .join(Record, Record.id == ContractPeriod.document_id)
        .join(Document, Document.id == Record.id)
        .where(ContractPeriod.contract_id == contract_id)
        .order_by(ContractPeriod.from_on.desc(), ContractPeriod.id.desc())
        .limit(limit)
    )
    return [Billed(row[0], row[1], row[2]) for row in session().execute(wanted)]


def calendar_of(rows: Sequence[Record]) -> Mapping[int, tuple[str, date | None, date | None]]:
    """(customer, last day on which notice can be given, end of the running term) of contracts, in one read."""
    wanted = (
        select(Record.id, Contract, Party)
        .join(Contract, Contract.id == Record.id)
        .join(Party, Party.id == Record.party_id)
        .where(Record.id.in_([row.id for row in rows]))
    )
    found = {}
    for record_id, contract, party in session().execute(wanted):
        terms = terms_of(contract, party)
        on = max(clock.today(), contract.starts_on)
        found[record_id] = (party.name, next_notice_day(terms, on), term_end(terms, on))
    return found


def overbilled_from(contract: Contract) -> date | None:
    """The first day that was billed beyond the contract's end."""
    if contract.ends_on is None or contract.billed_until <= contract.ends_on + timedelta(days=1):
        return None
    return contract.ends_on + timedelta(days=1)


def _may_be_due(until: date) -> ColumnElement[bool]:
    return and_(
        Contract.billed_until <= until,
        or_(Contract.ends_on.is_(None), Contract.billed_until <= Contract.ends_on),
    )


def _live(contract_ids: Sequence[int]) -> dict[int, dict[date, date]]:
    """First and last days of live periods at or behind what a contract is billed until: those behind a gap."""
    wanted = (
        select(ContractPeriod.contract_id, ContractPeriod.from_on, ContractPeriod.until_on)
        .join(Contract, Contract.id == ContractPeriod.contract_id)
        .where(
            ContractPeriod.contract_id.in_(contract_ids),
            LIVE,
            ContractPeriod.from_on >= Contract.billed_until,
        )
    )
    found: dict[int, dict[date, date]] = {}
    for contract_id, first, last in session().execute(wanted):
        found.setdefault(contract_id, {})[first] = last
    return found


def _freed(contract_ids: Sequence[int]) -> dict[tuple[int, date], Record]:
    wanted = (
        select(ContractPeriod.contract_id, ContractPeriod.from_on, Record)
        .join(Record, Record.id == ContractPeriod.document_id)
        .where(ContractPeriod.contract_id.in_(contract_ids), ContractPeriod.freed_at.is_not(None))
        .order_by(ContractPeriod.id)
    )
    return {(row[0], row[1]): row[2] for row in session().execute(wanted)}
