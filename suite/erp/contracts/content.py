"""What a person says about a contract, checked and completed: terms, lines, devices."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from suite.base import clock
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal, Refusals
from suite.base.text import clean
from suite.model import ContractDevice, ContractLine, Device, Party, Record, ServiceLevel
from suite.shared.contract_terms import LONGEST_CONSUMER_TERM_MONTHS
from suite.shared.lines import LineInput, completed_lines
from suite.shared.totals import line_amount

CHOICES = {
    "kind": ("maintenance", "subscription"),
    "billing": ("advance", "arrears"),
    "labour": ("billable", "contingent", "included"),
    "travel": ("billable", "included"),
    "parts": ("billable", "included"),
}
RANGES = {
    "first_term_months": (0, 120),
    "renewal_months": (0, 120),
    "notice_months": (0, 24),
    "interval_months": (1, 60),
    "contingent_minutes": (0, 600_000),
}
# Nothing older is billed anew, and nobody plans further ahead.
FURTHEST = timedelta(days=3653)


@dataclass(frozen=True)
class ContractInput:
    """What a contract says; None means: the usual."""

    starts_on: date | None = None
    kind: str = "maintenance"
    subject: str = ""
    first_period_on: date | None = None
    first_term_months: int = 12
    renewal_months: int = 12
    notice_months: int = 3
    interval_months: int = 12
    billing: str = "advance"
    service_level: str | None = None
    labour: str = "billable"
    travel: str = "billable"
    parts: str = "billable"
    contingent_minutes: int = 0
    order_reference: str = ""


def checked_columns(given: ContractInput, party: Party) -> dict[str, Any]:
    """The columns of `contract`; raises `Refusals` by field."""
    problems = [*_problems(given), *_problems_with_days(given, party)]
    if problems:
        raise Refusals(problems)
    starts_on = given.starts_on or clock.today()
    first_period_on = given.first_period_on or starts_on
    names = (*CHOICES, *RANGES)
    return {name: getattr(given, name) for name in names} | {
        "subject": clean(given.subject, "subject", max_length=200),
        "service_level": given.service_level or None,
        "order_reference": clean(given.order_reference, "order_reference", max_length=100) or None,
        "starts_on": starts_on,
        "first_period_on": first_period_on,
        "billed_until": starts_on,
    }


def line_columns(lines: Sequence[LineInput], party: Party, starts_on: date) -> list[dict[str, Any]]:
    """The columns of `contract_line`: names, units and prices as the rules find them; the tax case only where chosen.

    The case of a line left open follows from party and product whenever it is billed.
    """
    texts = [place for place, line in enumerate(lines) if line.kind == "text"]
    if texts:
        raise Refusal("contract-line-text", field=f"lines-{texts[0]}-name")
    # Of a contract that began long ago, the prices of today are what is meant.
    rows = completed_lines(lines, party=party, on=max(starts_on, clock.today()))
    names = ("product_id", "name", "quantity", "unit", "unit_price", "discount_percent")
    return [
        {name: row[name] for name in names}
        | {"position": place, "tax_case": line.tax_case, "valid_from": None, "valid_until": None}
        for place, (row, line) in enumerate(zip(rows, lines, strict=True), start=1)
    ]


def write_lines(contract_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Replace the lines of a draft."""
    session().execute(delete(ContractLine).where(ContractLine.contract_id == contract_id))
    insert_rows(ContractLine, [{"contract_id": contract_id, **row} for row in rows])


def write_devices(contract_id: int, party_id: int, device_ids: Sequence[int]) -> None:
    """Replace the devices a draft covers; raises `Refusal("device-of-another")`."""
    wanted = sorted(set(device_ids))
    if wanted:
        of_party = select(Record.id).where(
            Record.id.in_(wanted), Record.kind == "device", Record.party_id == party_id
        )
        if len(session().scalars(of_party).all()) < len(wanted):
            raise Refusal("device-of-another", field="devices")
    session().execute(delete(ContractDevice).where(ContractDevice.contract_id == contract_id))
    if wanted:
        insert_rows(ContractDevice, [{"contract_id": contract_id, "device_id": each} for each in wanted])


def net_per_period(rows: Iterable[dict[str, Any]]) -> Decimal:
    """What a whole period costs, net."""
    return sum(
        (line_amount(row["quantity"], row["unit_price"], row["discount_percent"]) for row in rows), Decimal(0)
    )


def devices_of(party_id: int) -> list[tuple[Device, Record]]:
    """The devices a contract of a party may cover."""
    wanted = (
        select(Device, Record)
        .join(Record, Record.id == Device.id)
        .where(Record.party_id == party_id, Record.state == "active")
        .order_by(Device.name, Device.serial)
        .limit(200)
    )
    return [(row[0], row[1]) for row in session().execute(wanted)]


def covered_devices(contract_id: int) -> list[tuple[Device, Record]]:
    """The devices a contract covers."""
    wanted = (
        select(Device, Record)
        .join(Record, Record.id == Device.id)
        .join(ContractDevice, ContractDevice.device_id == Device.id)
        .where(ContractDevice.contract_id == contract_id)
        .order_by(Device.name, Device.serial)
    )
    return [(row[0], row[1]) for row in session().execute(wanted)]


def _problems(given: ContractInput) -> Iterator[Refusal]:
    if not given.subject.strip():
        yield Refusal("field-required", field="subject")
    for name, allowed in CHOICES.items():
        if getattr(given, name) not in allowed:
            yield Refusal("choice-unknown", field=name)
    for name, (least, most) in RANGES.items():
        if not least <= getattr(given, name) <= most:
            yield Refusal("whole-range", field=name, least=least, most=most)
    if (
        given.service_level
        and session().get(ServiceLevel, clean(given.service_level, "service_level")) is None
    ):
        yield Refusal("choice-unknown", field="service_level")
    if given.labour == "contingent" and not given.contingent_minutes:
        yield Refusal("field-required", field="contingent_minutes")


def _problems_with_days(given: ContractInput, party: Party) -> Iterator[Refusal]:
    first, last = clock.today() - FURTHEST, clock.today() + FURTHEST
    for name in ("starts_on", "first_period_on"):
        day = getattr(given, name)
        if day is not None and not first <= day <= last:
            yield Refusal("day-range", field=name, first=first, last=last)
    if not party.is_company and given.first_term_months > LONGEST_CONSUMER_TERM_MONTHS:
        yield Refusal("consumer-term", field="first_term_months", most=LONGEST_CONSUMER_TERM_MONTHS)
