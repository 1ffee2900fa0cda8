"""Pages of contracts: list, contract, editor, notice."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base import clock
from suite.base.db import session
from suite.base.errors import Conflict, Refusal
from suite.erp.contracts.commands import cancel_contract, create_contract, edit_contract
from suite.erp.contracts.content import covered_devices, devices_of
from suite.erp.contracts.forms import (
    BILLING_WORDS,
    COST_WORDS,
    KIND_WORDS,
    LABOUR_WORDS,
    choice_words,
    choices,
    contract_values,
    saved_form,
    usual_values,
)
from suite.erp.contracts.period_lines import lines_of
from suite.erp.contracts.queries import billed_periods, calendar_of, is_due, overbilled_from
from suite.model import Contract, Party, Record, ServiceLevel
from suite.shared.contingent import contingent_on
from suite.shared.contract_periods import period_of, terms_of
from suite.shared.contract_terms import DAY, Period, end_by_notice, next_notice_day, term_end
from suite.shared.timeline import timeline
from suite.shared.visible import visible_record
from suite.web.actions import Action, do_verb, done, form_verb, once, open_actions
from suite.web.conflicts import ask_again, show_both
from suite.web.document_page import chain_steps
from suite.web.editing import editor_context, find_party, party_of
from suite.web.format import day, money
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.lists import CUSTOMER, STATE, Column, ListScreen, View, beside_the_register
from suite.web.shell import by

blueprint = Blueprint("contracts", __name__)
for _verb in ("contract.edit", "contract.cancel", "contract.adjust"):
    form_verb(_verb)


def _beside(rows: Sequence[Record]) -> Mapping[int, Mapping[str, Any]]:
    """Customer, notice day and end of the term of the rows."""
    calendar = calendar_of(rows)
    return {
        record_id: {"Customer": name, "Notice until": day(notice), "Runs until": day(end)}
        for record_id, (name, notice, end) in calendar.items()
    }


SCREEN = ListScreen(
    kind="contract",
    title="Contracts",
    endpoint="contracts.index",
    columns=(
        Column("Number", lambda record: record.number, "number", css="id"),
        Column("Subject", lambda record: record.title, "title", css="wide-2"),
        CUSTOMER,
        # The register keeps the day as of the last billing, for the order; what is shown is as of today.
        Column("Notice until", lambda record: "", "due_date", "date", "p2 num text-start"),
        beside_the_register("Runs until", "p2 num text-start"),
        Column("Net per period", lambda record: money(record.sort_amount), "sort_amount", "num", "num"),
        STATE,
    ),
    views=(
        View("running", "Running", ("active", "ending")),
        View("notice", "Notice possible", ("active",)),
        View("ending", "Running out", ("ending",)),
        View("draft", "Drafts", ("draft",)),
        View("ended", "Ended", ("ended",)),
        View("all", "All"),
    ),
    sort="due_date",
    new_url="/contracts/new",
    new_label="Contract",
    new_verb="contract.create",
    empty_title="No contract runs",
    empty_text="Maintenance contracts and subscriptions are billed each period by one run.",
    beside=_beside,
)


@blueprint.route("/contracts", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/contracts/new", methods=["GET", "POST"])
def new() -> Any:
    """Draft a contract."""
    form = Form(request.form if request.method == "POST" else usual_values())
    if request.method == "POST" and form.text("action") == "save":
        try:
            party_id = party_of(form)
            values = contract_values(form, party_id)
            content = values.pop("content")
            made = once(create_contract, form)(content, party_id=party_id, **values, by=by())
            return done("contract.create", made)
        except Refusal as refusal:
            form.refuse(refusal)
    return _editor(form, gettext("New contract"), "/contracts", find_party(form.text("party")))


@blueprint.get("/contracts/<public_id>")
def show(public_id: str) -> str:
    """One contract: terms, lines, devices, what was billed, what of the contingent was used."""
    record = visible_record(by(), "contract", public_id)
    contract = session().get_one(Contract, record.id)
    party = session().get_one(Party, record.party_id)
    terms, today = terms_of(contract, party), max(clock.today(), contract.starts_on)
    period = period_of(contract, contract.billed_until)
    actions = _actions(record, contract)
    return render_template(
        "erp/contracts/show.html",
        record=record,
        contract=contract,
        party=session().get_one(Record, record.party_id),
        is_consumer=terms.is_consumer,
        level=session().get(ServiceLevel, contract.service_level) if contract.service_level else None,
        runs_until=term_end(terms, today),
        notice_until=next_notice_day(terms, today),
        ends_if_now=end_by_notice(terms, today),
        lines=lines_of([record.id]).get(record.id, []),
        devices=covered_devices(record.id),
        periods=billed_periods(record.id),
        next_period=period,
        billed_last=contract.billed_until - DAY,
        reason=_reason(record, contract, period, actions),
        words=choice_words(contract),
        overbilled=overbilled_from(contract),
        contingent=contingent_on(contract, today) if contract.contingent_minutes else None,
        steps=chain_steps(record, by()),
        actions=actions,
        entries=timeline(record.id),
    )


@blueprint.route("/contracts/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change a draft."""
    record = visible_record(by(), "contract", public_id)
    form = Form(request.form) if request.method == "POST" else saved_form(record)
    if request.method == "POST" and form.text("action") == "save":
        try:
            values = contract_values(form, record.party_id or 0)
            content = values.pop("content")
            edit_contract(record.id, content, **values, version=form.version(), by=by())
            return done("contract.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=saved_form)
        except Refusal as refusal:
            form.refuse(refusal)
    return _editor(form, record.number or "", f"/contracts/{public_id}", record.party_id)


@blueprint.route("/contracts/<public_id>/cancel", methods=["GET", "POST"])
def cancel(public_id: str) -> Any:
    """Enter that notice came in; the page says when the contract ends by its terms."""
    record = visible_record(by(), "contract", public_id)
    start = {"received_on": clock.today(), "version": record.version}
    form = Form(request.form if request.method == "POST" else start)
    if request.method == "POST":
        try:
            values = {"received_on": form.day("received_on"), "ends_on": form.day("ends_on")}
            form.raise_problems()
            cancel_contract(record.id, **values, reason=form.text("reason"), version=form.version(), by=by())
            return done("contract.cancel", record.id)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            form.refuse(refusal)
    contract = session().get_one(Contract, record.id)
    terms = terms_of(contract, session().get_one(Party, record.party_id))
    page = render_template(
        "erp/contracts/cancel.html",
        form=form,
        record=record,
        proposed=end_by_notice(terms, clock.today()),
        notice_until=next_notice_day(terms, clock.today()),
        title=gettext("Notice for %(number)s", number=record.number),
        back=f"/contracts/{public_id}",
        back_label=record.number,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/contracts/<public_id>/<any(start,discard,bill,end):step>")
def act(public_id: str, step: str) -> Response:
    """Verbs without a form."""
    return do_verb(f"contract.{step}", visible_record(by(), "contract", public_id), by())


def _actions(record: Record, contract: Contract) -> list[Action]:
    """Billing and ending only where there is something to bill, or nothing left to."""
    is_billed = contract.ends_on is not None and contract.billed_until > contract.ends_on
    is_over = is_billed and contract.ends_on is not None and contract.ends_on < clock.today()
    hidden = {"contract.bill"} if is_billed else set()
    hidden |= set() if is_over else {"contract.end"}
    return [each for each in open_actions(Contract.flow, record, by()) if each.verb not in hidden]


def _reason(record: Record, contract: Contract, period: Period, actions: Sequence[Action]) -> str:
    """Why the first button is the next step; nothing where it is not."""
    verb = actions[0].verb if actions else ""
    if verb == "contract.start":
        return gettext("The contract is a draft. Check its terms and start it.")
    if verb == "contract.bill" and is_due(contract, period, clock.today()):
        days = {"first": day(period.from_on), "last": day(period.until_on)}
        return gettext("The period from %(first)s to %(last)s is due.", **days)
    if verb == "contract.end":
        return gettext("The last day is over and everything is billed.")
    return ""


def _editor(form: Form, title: str, back: str, party_id: int | None) -> Any:
    context = editor_context(form, party_id)
    levels = session().execute(select(ServiceLevel.code, ServiceLevel.name).order_by(ServiceLevel.name))
    page = render_template(
        "erp/contracts/edit.html",
        **context,
        title=title,
        back=back,
        back_label=gettext("Contracts"),
        levels=[("", gettext("none")), *((row[0], row[1]) for row in levels)],
        devices=devices_of(party_id) if party_id is not None else [],
        kinds_of_contract=choices(KIND_WORDS),
        billings=choices(BILLING_WORDS),
        labours=choices(LABOUR_WORDS),
        costs=choices(COST_WORDS),
    )
    return page, 422 if form.errors else 200
