"""The recurring run: what is due until a day, and drafting the invoice of a period, once."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor, command, note_change, together
from suite.base.db import session
from suite.base.errors import Refusal
from suite.erp.contracts.commands import end_contract, load_contract
from suite.erp.contracts.period_lines import billed_line, lines_of, parts_of
from suite.erp.invoices.drafts import draft
from suite.model import Contract, ContractPeriod, Party, Record
from suite.model.record import change_record
from suite.shared.contract_periods import LIVE, open_periods, take_periods, terms_of
from suite.shared.contract_terms import Period, next_notice_day
from suite.shared.lines import LineInput, completed_lines
from suite.shared.snapshot import active_party, company, party_snapshots

CONTRACT_WORD = {"de": "Vertrag", "en": "Contract"}
# More periods than a contract of ten years that bills each month has.
MOST_PERIODS = 400
Taken = tuple[Record, Contract, Period]


@command("contract.bill", on="contract")
def bill_contract(
    contract_id: int,
    *,
    from_on: date | None = None,
    more_contracts: Sequence[int] = (),
    dated_on: date | None = None,
    version: int | None = None,
    by: Actor,
) -> int:
    """Draft the invoice of one period, by default the next one due; returns the invoice's id.

    `more_contracts` of the same customer, order reference and period come onto the same invoice.
    Raises `Refusal("period-billed")` for a period that has its invoice.
    """
    taken = [
        _taken(each, from_on, version if each == contract_id else None)
        for each in sorted({contract_id, *more_contracts})
    ]
    _refuse_differing(taken)
    record, contract, period = taken[0]
    party = active_party(record.party_id or 0)
    on = dated_on or clock.today()
    is_single = len(taken) == 1

    head = {
        "header_discount_percent": Decimal(0),
        "payment_days": company().payment_days if party.payment_days is None else party.payment_days,
        # Who has no Leitweg-ID is addressed by the reference agreed on (BT-10).
        "buyer_reference": party.leitweg_id or contract.order_reference,
        "order_reference": contract.order_reference,
        "intro": _title(record, party) if is_single else "",
        "closing": "",
        "service_from": period.from_on,
        "service_until": period.until_on,
    }
    rows = completed_lines(_lines(taken, party), party=party, on=period.until_on)
    invoice_id = draft(
        party, on, head, rows, parties=party_snapshots(party), sources=[each.id for each, _, _ in taken]
    )
    take_periods(invoice_id, [(each.id, p.from_on, p.until_on) for each, _, p in taken])
    for each, its_contract, _ in taken:
        if each.state == "active":
            days = terms_of(its_contract, party), max(on, its_contract.starts_on)
            change_record(each.id, due_date=next_notice_day(*days))
    note_change("service_from", None, period.from_on)
    note_change("service_until", None, period.until_on)
    return invoice_id


def end_finished_contracts(*, by: Actor) -> list[int]:
    """End the contracts whose last day is over and that are billed to it."""
    wanted = (
        select(Contract.id)
        .join(Record, Record.id == Contract.id)
        .where(Record.kind == "contract", Record.state == "ending")
        .where(Contract.ends_on < clock.today(), Contract.billed_until > Contract.ends_on)
        .order_by(Contract.id)
    )
    return together(
        lambda: [end_contract(contract_id, by=by) for contract_id in session().scalars(wanted).all()]
    )


def _taken(contract_id: int, from_on: date | None, version: int | None) -> Taken:
    record, contract, _ = load_contract(contract_id, "contract.bill", version)
    billed = select(ContractPeriod.from_on, ContractPeriod.until_on).where(
        ContractPeriod.contract_id == contract_id,
        LIVE,
        ContractPeriod.from_on >= contract.billed_until,
    )
    live = dict(session().execute(billed).all())
    for period in islice(open_periods(contract, live), MOST_PERIODS):
        if from_on is None or period.from_on == from_on:
            return record, contract, period
        if period.from_on > from_on:
            break
    if from_on is None:
        raise Refusal("contract-billed-to-end", number=record.number)
    raise Refusal("period-billed", number=record.number, day=from_on)


def _refuse_differing(taken: Sequence[Taken]) -> None:
    """Gathered into one invoice only with the same customer, order reference and period of service."""
    record, contract, period = taken[0]
    agreed = (record.party_id, contract.order_reference, period.from_on, period.until_on)
    for other, its_contract, its_period in taken[1:]:
        theirs = (other.party_id, its_contract.order_reference, its_period.from_on, its_period.until_on)
        if theirs != agreed:
            raise Refusal("contracts-differ", number=other.number)


def _lines(taken: Sequence[Taken], party: Party) -> list[LineInput]:
    lines = lines_of([record.id for record, _, _ in taken])
    wanted: list[LineInput] = []
    for record, _, period in taken:
        parts: list[Any] = parts_of(lines.get(record.id, []), period)
        if parts and len(taken) > 1:
            wanted.append(LineInput(kind="text", name=_title(record, party)))
        wanted += [billed_line(part, party.language) for part in parts]
    if not wanted:
        raise Refusal("nothing-to-bill", number=taken[0][0].number, day=taken[0][2].from_on)
    return wanted


def _title(record: Record, party: Party) -> str:
    return f"{CONTRACT_WORD.get(party.language, CONTRACT_WORD['de'])} {record.number}: {record.title}"
