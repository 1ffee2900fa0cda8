"""Pages of opportunities: the pipeline board, the list, the page of one."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base.db import session
from suite.base.errors import Conflict, NotPermitted, Refusal
from suite.crm.opportunities.commands import (
    create_opportunity,
    edit_opportunity,
    lose_opportunity,
    move_opportunity,
)
from suite.crm.opportunities.queries import stage_sums
from suite.model import Opportunity, Record, Stage
from suite.shared.timeline import timeline
from suite.shared.visible import visible, visible_record
from suite.web.actions import do_verb, done, form_verb, once, open_actions
from suite.web.conflicts import ask_again, show_both
from suite.web.document_page import chain_steps
from suite.web.editing import find_party
from suite.web.format import whole_money
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.lists import CUSTOMER, DATE, STATE, Column, ListScreen, View, party_names
from suite.web.shell import by

blueprint = Blueprint("opportunities", __name__)
for _verb in ("opportunity.edit", "opportunity.lose"):
    form_verb(_verb)
LANE = 60
SCREEN = ListScreen(
    kind="opportunity",
    title="Opportunities",
    endpoint="opportunities.index",
    columns=(
        Column("Subject", lambda record: record.title, "title", css="wide-2"),
        CUSTOMER,
        Column("Number", lambda record: record.number, "number", css="p2 id"),
        DATE,
        Column("Amount", lambda record: whole_money(record.sort_amount), "sort_amount", "num", "num"),
        STATE,
    ),
    views=(
        View("open", "Open", ("open",)),
        View("won", "Won", ("won",)),
        View("lost", "Lost", ("lost",)),
        View("all", "All"),
    ),
    new_url="/opportunities/new",
    new_label="Opportunity",
    new_verb="opportunity.create",
    beside=party_names,
    empty_title="No open opportunities",
    empty_text="An opportunity is a deal you try to win. It comes from a lead or is entered directly.",
)


@blueprint.route("/opportunities", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.get("/pipeline")
def board() -> str:
    """The pipeline: a lane per stage with count, sum and weighted sum."""
    if not by().may("opportunity.read"):
        raise NotPermitted("opportunity.read")
    stages = session().scalars(select(Stage).order_by(Stage.position)).all()
    lanes = {stage.code: _lane(stage.code) for stage in stages}
    return render_template(
        "crm/opportunities/board.html", stages=stages, lanes=lanes, sums=stage_sums(by()), shown=LANE
    )


def _lane(stage: str) -> list[Any]:
    """The largest open deals of a stage, each with its party's name."""
    party = Record.__table__.alias("party")
    wanted = (
        visible(by(), "opportunity")
        .add_columns(Opportunity, party.c.title)
        .join(Opportunity, Opportunity.id == Record.id)
        .outerjoin(party, party.c.id == Record.party_id)
        .where(Record.state == "open", Opportunity.stage == stage)
        .order_by(Record.sort_amount.desc(), Record.id)
        .limit(LANE)
    )
    return list(session().execute(wanted))


@blueprint.route("/opportunities/new", methods=["GET", "POST"])
def new() -> Any:
    """Open an opportunity."""
    form = Form(request.form)
    if request.method == "POST":
        try:
            amount = form.decimal("amount") or Decimal(0)
            form.raise_problems()
            opportunity = once(create_opportunity, form)(
                subject=form.text("subject"),
                party_id=_party(form),
                amount=amount,
                stage=form.text("stage") or "contact",
                by=by(),
            )
            return done("opportunity.create", opportunity)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, gettext("New opportunity"), "/pipeline", with_stage=True)


@blueprint.get("/opportunities/<public_id>")
def show(public_id: str) -> str:
    """One opportunity."""
    record = visible_record(by(), "opportunity", public_id)
    opportunity = session().get_one(Opportunity, record.id)
    actions = [a for a in open_actions(Opportunity.flow, record, by()) if a.verb != "opportunity.move"]
    return render_template(
        "crm/opportunities/show.html",
        record=record,
        opportunity=opportunity,
        party=session().get(Record, record.party_id) if record.party_id else None,
        stages=session().scalars(select(Stage).order_by(Stage.position)).all(),
        steps=chain_steps(record, by(), actions),
        actions=sorted(actions, key=lambda action: action.verb != "opportunity.quote"),
        entries=timeline(record.id),
    )


@blueprint.route("/opportunities/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change an opportunity."""
    record = visible_record(by(), "opportunity", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST":
        try:
            amount, chance, close_on = (
                form.decimal("amount"),
                form.decimal("probability"),
                form.day("close_on"),
            )
            form.raise_problems()
            edit_opportunity(
                record.id,
                subject=form.text("subject"),
                party_id=_party(form),
                amount=amount or Decimal(0),
                probability=chance or Decimal(0),
                close_on=close_on,
                version=form.version(),
                by=by(),
            )
            return done("opportunity.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, record.title, f"/opportunities/{public_id}", with_stage=False)


@blueprint.post("/opportunities/<public_id>/move")
def move(public_id: str) -> Response:
    """Move to another stage, by menu or by dragging."""
    record = visible_record(by(), "opportunity", public_id)
    move_opportunity(record.id, stage=request.form.get("stage", ""), by=by())
    if request.headers.get("X-Requested-With") == "kontor":
        return Response(status=204)
    return redirect("/pipeline", 303)


@blueprint.route("/opportunities/<public_id>/lose", methods=["GET", "POST"])
def lose(public_id: str) -> Any:
    """Say why it was lost."""
    record = visible_record(by(), "opportunity", public_id)
    form = Form(request.form)
    if request.method == "POST":
        try:
            lose_opportunity(record.id, reason=form.text("reason"), version=form.version(), by=by())
            return done("opportunity.lose", record.id)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            form.refuse(refusal)
    back = f"/opportunities/{public_id}"
    page = render_template(
        "reason.html", form=form, record=record, title=gettext("Why was it lost?"), back=back
    )
    return page, 422 if form.errors else 200


@blueprint.post("/opportunities/<public_id>/<any(win,reopen):step>")
def act(public_id: str, step: str) -> Response:
    """Verbs without a form."""
    return do_verb(f"opportunity.{step}", visible_record(by(), "opportunity", public_id), by())


def _party(form: Form) -> int | None:
    typed = form.text("party").strip()
    found = find_party(typed)
    if typed and found is None:
        raise Refusal("party-unknown", field="party")
    return found


def _form_of(record: Record) -> Form:
    opportunity = session().get_one(Opportunity, record.id)
    values: dict[str, Any] = {
        n: getattr(opportunity, n) for n in ("subject", "amount", "probability", "close_on")
    }
    values["party"] = session().get_one(Record, record.party_id).title if record.party_id else ""
    return Form(values | {"version": record.version})


def _page(form: Form, title: str, back: str, *, with_stage: bool) -> Any:
    stages = session().scalars(select(Stage).order_by(Stage.position)).all()
    page = render_template(
        "crm/opportunities/edit.html", form=form, title=title, back=back, stages=stages, with_stage=with_stage
    )
    return page, 422 if form.errors else 200
