"""Events of contracts: concluded, adjusted, given notice for, billed by a run, paid, deferred."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from suite.base.db import database
from suite.erp.contracts.adjustment import adjust_contract
from suite.erp.contracts.billing import bill_contract, end_finished_contracts
from suite.erp.contracts.commands import cancel_contract, create_contract, start_contract
from suite.erp.contracts.content import ContractInput
from suite.erp.contracts.deferral import post_deferral
from suite.erp.contracts.queries import due_periods
from suite.erp.invoices.commands import post_invoice
from suite.erp.payments.commands import pay_invoice
from suite.scenario.case import Case, day_of, optional_day, plays

TERMS = [field.name for field in fields(ContractInput)]
DAYS = ("starts_on", "first_period_on")


@plays("contract", "lines", "devices", "draft", *TERMS, role="sales")
def play_contract(case: Case, event: Mapping[str, Any]) -> int:
    """A contract is concluded; it starts on the event's day unless it says another."""
    values = {name: event[name] for name in TERMS if name in event}
    values |= {name: date.fromisoformat(event[name]) for name in DAYS if name in event}
    values.setdefault("order_reference", case.reference(event))
    contract = create_contract(
        ContractInput(**{"starts_on": day_of(event)} | values),
        party_id=case.party(event["partner"]),
        lines=case.lines(event["lines"]),
        device_ids=[case.device(each) for each in event.get("devices", [])],
        number=case.number(event),
        by=case.by,
    )
    if not event.get("draft"):
        start_contract(contract, by=case.by)
    return case.keep(event, contract)


@plays("contract_adjusted", "refers_to", "percent", role="sales")
def play_contract_adjusted(case: Case, event: Mapping[str, Any]) -> int:
    """Prices rise from the event's day on."""
    contract = case.record(event["refers_to"])
    return adjust_contract(contract, from_on=day_of(event), percent=Decimal(event["percent"]), by=case.by)


@plays("contract_notice", "refers_to", "ends_on", "reason", role="sales")
def play_contract_notice(case: Case, event: Mapping[str, Any]) -> int:
    """The customer's notice comes in."""
    return cancel_contract(
        case.record(event["refers_to"]),
        received_on=day_of(event),
        ends_on=optional_day(event, "ends_on"),
        reason=event.get("reason", ""),
        by=case.by,
    )


@plays("contract_run", "until", "draft", role="accounting")
def play_contract_run(case: Case, event: Mapping[str, Any]) -> int | None:
    """What is due until the day is billed and posted; its invoices are `NUMBER-1`, `NUMBER-2`, …"""
    on = day_of(event)
    with database().reading():
        due = due_periods(optional_day(event, "until") or on, by=case.by)
        chosen = [(each.record.id, each.period.from_on) for each in due if not each.is_blocked]
    invoice = None
    for place, (contract, first) in enumerate(chosen, start=1):
        invoice = bill_contract(contract, from_on=first, dated_on=on, by=case.by)
        if not event.get("draft"):
            post_invoice(invoice, dated_on=on, by=case.by)
        case.records[f"{event['number']}-{place}"] = invoice
    end_finished_contracts(by=case.by)
    return invoice


@plays("contract_run_paid", "refers_to", role="accounting")
def play_contract_run_paid(case: Case, event: Mapping[str, Any]) -> int | None:
    """The invoices of a run are paid, all of them."""
    payment, place = None, 1
    while (invoice := case.records.get(f"{event['refers_to']}-{place}")) is not None:
        payment, place = pay_invoice(invoice, paid_on=day_of(event), by=case.by), place + 1
    return payment


@plays("deferral", "year", role="accounting")
def play_deferral(case: Case, event: Mapping[str, Any]) -> int:
    """What contracts were billed for later years is deferred."""
    return case.keep(event, post_deferral(year=int(event["year"]), by=case.by))
