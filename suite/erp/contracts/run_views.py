"""Pages over many contracts: the recurring run, and adjusting prices of one or several."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, request

from suite.base import clock
from suite.base.db import see_changes, session
from suite.base.errors import Conflict, NotPermitted, Refusal, Refusals
from suite.erp.contracts.adjustment import (
    adjust_contract,
    adjust_contracts,
    first_free_day,
    new_prices,
)
from suite.erp.contracts.billing import bill_contract, end_finished_contracts
from suite.erp.contracts.period_lines import lines_of
from suite.erp.contracts.queries import MOST_CONTRACTS, Due, due_periods
from suite.model import Contract, Record
from suite.shared.visible import visible, visible_record
from suite.web.actions import done, once
from suite.web.conflicts import ask_again
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.shell import by

blueprint = Blueprint("contract_runs", __name__)
# A run looks at most this far ahead.
FURTHEST = timedelta(days=366)
MOST_ADJUSTED = 300


@blueprint.route("/contracts/run", methods=["GET", "POST"])
def run() -> Any:
    """What is due until a day; the chosen periods get their invoice drafts."""
    form = Form(request.form if request.method == "POST" else request.args)
    until = clock.today()
    try:
        typed = form.day("until") or until
        form.raise_problems()
        if typed > clock.today() + FURTHEST:
            raise Refusal("day-range", field="until", first=clock.today(), last=clock.today() + FURTHEST)
        until = typed
    except Refusal as refusal:
        form.refuse(refusal)
    due = due_periods(until, by=by())
    if request.method == "POST" and not form.errors:
        try:
            return _bill(form, due)
        except Refusal as refusal:
            form.refuse(refusal)
            see_changes()
            due = due_periods(until, by=by())
    elif request.method == "GET":
        form.values |= {each.key: "1" for each in due if not each.is_blocked and each.before is None}
    net = sum((each.net for each in due), Decimal(0))
    most = MOST_CONTRACTS if len({each.record.id for each in due}) >= MOST_CONTRACTS else 0
    page = render_template("erp/contracts/run.html", form=form, due=due, until=until, net=net, most=most)
    return page, 422 if form.errors else 200


@blueprint.route("/contracts/adjust", methods=["GET", "POST"])
def adjust_several() -> Any:
    """An index clause: choose contracts, a percentage and a day; the page shows what it makes of the prices."""
    form = Form(request.form if request.method == "POST" else {"from_on": _next_year()})
    wanted = visible(by(), "contract").where(Record.state.in_(("active", "ending")))
    records = list(session().scalars(wanted.order_by(Record.number).limit(MOST_ADJUSTED)))
    chosen = [each for each in records if form.flag(f"contract-{each.public_id}")]
    preview: list[tuple[Record, Decimal, Decimal]] = []
    if request.method == "POST":
        try:
            from_on, percent = form.day("from_on"), form.decimal("percent")
            form.raise_problems()
            if from_on is None or percent is None:
                raise Refusal("field-required", field="percent" if percent is None else "from_on")
            if not chosen:
                raise Refusal("nothing-chosen")
            lines = lines_of([each.id for each in chosen])
            for each in chosen:
                new = new_prices(lines.get(each.id, []), from_on=from_on, percent=percent, prices={})
                preview.append(_sums(each, new))
            if form.text("action") == "save":
                key, ids = form.text("request_key") or None, [each.id for each in chosen]
                adjust_contracts(ids, from_on=from_on, percent=percent, request_key=key, by=by())
                return redirect("/contracts?done=contract-adjust", 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("erp/contracts/adjust_several.html", form=form, records=records, preview=preview)
    return page, 422 if form.errors else 200


@blueprint.route("/contracts/<public_id>/adjust", methods=["GET", "POST"])
def adjust(public_id: str) -> Any:
    """New prices of one contract from a day on: by a percentage or one by one."""
    record = visible_record(by(), "contract", public_id)
    first = first_free_day(session().get_one(Contract, record.id))
    start = {"from_on": max(first, clock.today()), "version": record.version}
    form = Form(request.form if request.method == "POST" else start)
    lines = lines_of([record.id]).get(record.id, [])
    if request.method == "POST":
        try:
            from_on, percent, prices = form.day("from_on"), form.decimal("percent"), form.decimals("price-")
            form.raise_problems()
            if from_on is None:
                raise Refusal("field-required", field="from_on")
            once(adjust_contract, form)(
                record.id,
                from_on=from_on,
                percent=percent,
                prices=prices,
                version=form.version(),
                by=by(),
            )
            return done("contract.adjust", record.id)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template(
        "erp/contracts/adjust.html",
        form=form,
        record=record,
        lines=[line for line in lines if line.valid_until is None or line.valid_until >= first],
        first=first,
        title=gettext("Adjust prices of %(number)s", number=record.number),
    )
    return page, 422 if form.errors else 200


def _bill(form: Form, due: Sequence[Due]) -> Any:
    """Each invoice in a transaction of its own: what was drafted stays, what was refused is said."""
    if not by().may("contract.bill"):
        raise NotPermitted("contract.bill")
    dated_on = form.day("dated_on")
    form.raise_problems()
    chosen = [each for each in due if form.flag(each.key)]
    if not chosen:
        raise Refusal("nothing-chosen")
    problems: list[Refusal] = []
    for group in _groups(chosen, gather=form.flag("gather")):
        first, *more = group
        try:
            bill_contract(
                first.record.id,
                from_on=first.period.from_on,
                more_contracts=[each.record.id for each in more],
                dated_on=dated_on,
                by=by(),
            )
        except Refusal as refusal:
            problems += [Refusal(each.code, field=first.key, **each.params) for each in refusal.problems]
    if by().may("contract.end"):
        end_finished_contracts(by=by())
    if problems:
        raise Refusals(problems)
    return redirect("/invoices?view=draft&done=contract-bill", 303)


def _groups(chosen: Sequence[Due], *, gather: bool) -> list[list[Due]]:
    """One invoice for each period, or one for all that may go together; earlier periods first."""
    groups: dict[tuple[Any, ...], list[Due]] = {}
    for each in sorted(chosen, key=lambda due: due.period.from_on):
        together = (each.record.party_id, each.contract.order_reference)
        period = (each.period.from_on, each.period.until_on)
        groups.setdefault((together if gather else each.record.id, *period), []).append(each)
    return list(groups.values())


def _sums(record: Record, new: Sequence[Any]) -> tuple[Record, Decimal, Decimal]:
    before = sum((each.before for each in new), Decimal(0))
    return record, before, sum((each.after for each in new), Decimal(0))


def _next_year() -> Any:
    return clock.today().replace(month=1, day=1, year=clock.today().year + 1)
