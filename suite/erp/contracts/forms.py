"""The form of a contract: what stands in it, and reading it."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from flask import request
from sqlalchemy import select

from suite.base import clock
from suite.base.db import session
from suite.base.errors import Refusal
from suite.erp.contracts.content import ContractInput, covered_devices, devices_of
from suite.erp.contracts.period_lines import lines_of
from suite.model import Contract, Product, Record
from suite.shared.visible import visible_record
from suite.web.editing import lines_of as typed_lines
from suite.web.editing import party_text
from suite.web.forms import Form, line_values
from suite.web.i18n import gettext
from suite.web.shell import by

WHOLE = ("first_term_months", "renewal_months", "notice_months", "interval_months")
TEXTS = ("kind", "subject", "billing", "service_level", "labour", "travel", "parts", "order_reference")
# What the choices are called, by their field.
KIND_WORDS = {"maintenance": "maintenance", "subscription": "subscription"}
BILLING_WORDS = {"advance": "in advance", "arrears": "in arrears"}
LABOUR_WORDS = {"billable": "billed", "contingent": "by contingent", "included": "included"}
COST_WORDS = {"billable": "billed", "included": "included"}


def choice_words(contract: Contract) -> dict[str, str]:
    """What the choices of a contract are called."""
    return {
        "kind": gettext(KIND_WORDS[contract.kind]),
        "billing": gettext(BILLING_WORDS[contract.billing]),
        "labour": gettext(LABOUR_WORDS[contract.labour]),
        "travel": gettext(COST_WORDS[contract.travel]),
        "parts": gettext(COST_WORDS[contract.parts]),
    }


def choices(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a field offers."""
    return [(value, gettext(word)) for value, word in words.items()]


def usual_values() -> dict[str, Any]:
    """What a new contract starts from."""
    usual = ContractInput()
    values = {field.name: getattr(usual, field.name) for field in fields(ContractInput)}
    found = request.args.get("party", "")
    party = visible_record(by(), "party", found) if found else None
    return values | {"starts_on": clock.today(), "party": party_text(party) if party else ""}


def contract_values(form: Form, party_id: int) -> dict[str, Any]:
    """What was typed, for the commands: `content`, `lines` and `device_ids`; raises `Refusals`."""
    values: dict[str, Any] = {name: form.text(name) for name in TEXTS}
    for name in WHOLE:
        typed = form.whole(name)
        values[name] = getattr(ContractInput(), name) if typed is None else typed
    hours = form.decimal("contingent_hours") or Decimal(0)
    if hours * 60 != int(hours * 60):
        form.problems.append(Refusal("hours-to-minutes", field="contingent_hours"))
    values |= {"starts_on": form.day("starts_on"), "first_period_on": form.day("first_period_on")}
    values["contingent_minutes"] = int(hours * 60)
    devices = [device.id for device, each in devices_of(party_id) if form.flag(f"device-{each.public_id}")]
    lines = typed_lines(form)
    form.raise_problems()
    return {"content": ContractInput(**values), "lines": lines, "device_ids": devices}


def saved_form(record: Record) -> Form:
    """The form as the saved contract fills it."""
    contract = session().get_one(Contract, record.id)
    lines = lines_of([record.id]).get(record.id, [])
    ids = [line.product_id for line in lines if line.product_id is not None]
    wanted = select(Product.id, Record.number).join(Record, Record.id == Product.id)
    articles = {key: number for key, number in session().execute(wanted.where(Product.id.in_(ids)))}  # noqa: C416 - a Result is no mapping
    names = ("name", "quantity", "unit", "unit_price", "discount_percent", "tax_case", "id")
    rows = [
        {name: getattr(line, name) for name in names}
        | {"kind": "item", "description": "", "article": articles.get(line.product_id or 0, "")}
        for line in lines
    ]
    values: dict[str, Any] = dict(line_values(rows))
    values |= {name: getattr(contract, name) for name in (*TEXTS, *WHOLE, "starts_on", "first_period_on")}
    values |= {f"device-{each.public_id}": "1" for _, each in covered_devices(record.id)}
    values |= {"party": party_text(record), "version": record.version}
    return Form(values | {"contingent_hours": Decimal(contract.contingent_minutes) / 60 or None})
