"""Pages of deferrals: the years, one deferral, and what a year would defer."""

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import aliased

from suite.base import clock
from suite.base.db import session
from suite.base.errors import Refusal
from suite.erp.contracts.deferral import Deferred, deferred_income, drafts_of_year, post_deferral
from suite.erp.journal.queries import entries_of
from suite.model import Deferral, DeferralLine, Record
from suite.shared.timeline import timeline
from suite.shared.visible import visible_record
from suite.web.actions import done, once
from suite.web.format import money
from suite.web.forms import Form
from suite.web.lists import DATE, STATE, Column, ListScreen, View
from suite.web.shell import by

blueprint = Blueprint("deferrals", __name__)
SCREEN = ListScreen(
    kind="deferral",
    title="Deferrals",
    endpoint="deferrals.index",
    columns=(
        Column("Number", lambda record: record.number, "number", css="id"),
        DATE,
        Column("Title", lambda record: record.title, "title", css="wide-2"),
        Column("Amount", lambda record: money(record.sort_amount), "sort_amount", "num", "num"),
        STATE,
    ),
    views=(View("all", "All"),),
    new_url="/deferrals/new",
    new_label="Deferral",
    new_verb="deferral.post",
    empty_title="No year was deferred yet",
    empty_text="At the end of a year, what contracts were billed for later days leaves its revenue.",
)


@blueprint.route("/deferrals", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/deferrals/new", methods=["GET", "POST"])
def new() -> Any:
    """What a year would defer, contract by contract; posting it."""
    form = Form(request.form if request.method == "POST" else request.args)
    year, found, drafts = clock.today().year - 1, list[Deferred](), 0
    try:
        typed = form.whole("year")
        form.raise_problems()
        year = year if typed is None else typed
        found, drafts = deferred_income(year, by=by()), drafts_of_year(year, by=by())
        if request.method == "POST":
            return done("deferral.post", once(post_deferral, form)(year=year, by=by()))
    except Refusal as refusal:
        form.refuse(refusal)
    form.values["year"] = form.text("year") or str(year)
    known = session().scalars(
        select(Record).join(Deferral, Deferral.id == Record.id).where(Deferral.year == year)
    )
    page = render_template(
        "erp/contracts/deferral_new.html",
        form=form,
        year=year,
        found=found,
        drafts=drafts,
        known=known.first(),
        total=sum(each.amount for each in found),
    )
    return page, 422 if form.errors and request.method == "POST" else 200


@blueprint.get("/deferrals/<public_id>")
def show(public_id: str) -> str:
    """One deferral with what it consists of."""
    record = visible_record(by(), "deferral", public_id)
    document = aliased(Record)
    wanted = (
        select(DeferralLine, Record, document)
        .join(Record, Record.id == DeferralLine.contract_id)
        .join(document, document.id == DeferralLine.document_id)
        .where(DeferralLine.deferral_id == record.id)
        .order_by(DeferralLine.id)
    )
    found = [
        Deferred(row[1], row[2], row[0].account, row[0].from_on, row[0].until_on, row[0].amount)
        for row in session().execute(wanted)
    ]
    return render_template(
        "erp/contracts/deferral.html",
        record=record,
        deferral=session().get_one(Deferral, record.id),
        found=found,
        total=record.sort_amount,
        entries=timeline(record.id),
        journal=entries_of(record.id, by=by()),
    )
