"""Pages of activities: what is to do, until when, about what."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base.db import session
from suite.base.errors import Conflict, NotFound, Refusal
from suite.crm.activities.commands import create_activity, edit_activity, finish_activity
from suite.crm.activities.queries import activity_subjects
from suite.model import Activity, Record
from suite.shared.timeline import timeline
from suite.shared.visible import visible, visible_record
from suite.web.actions import do_verb, done, form_verb, once, open_actions
from suite.web.conflicts import show_both
from suite.web.format import day
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.lists import STATE, Column, ListScreen, View, beside_the_register
from suite.web.security import local_target
from suite.web.shell import by
from suite.web.words import record_url

blueprint = Blueprint("activities", __name__)
form_verb("activity.edit")
KIND_WORDS = {"task": "Task", "call": "Call", "meeting": "Meeting", "mail": "Mail"}


def _abouts(rows: Sequence[Record]) -> dict[int, dict[str, str]]:
    return {row_id: {"About": about.title} for row_id, about in activity_subjects(rows).items()}


SCREEN = ListScreen(
    kind="activity",
    title="Activities",
    endpoint="activities.index",
    columns=(
        Column("Subject", lambda record: record.title, "title", css="wide-2"),
        beside_the_register("About"),
        Column("Due", lambda record: day(record.due_date), "due_date", "date", "p2 num text-start"),
        STATE,
    ),
    views=(
        View("open", "Open", ("open",)),
        View("overdue", "Overdue", ("open",), overdue=True),
        View("done", "Done", ("done",)),
        View("all", "All"),
    ),
    sort="due_date",
    new_url="/activities/new",
    new_label="Activity",
    new_verb="activity.create",
    beside=_abouts,
    empty_title="Nothing is planned",
    empty_text="Calls, meetings and tasks stand here and on the record they are about.",
)


@blueprint.route("/activities", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/activities/new", methods=["GET", "POST"])
def new() -> Any:
    """Plan an activity; `?about=` names the record it is about."""
    about = _about(request.args.get("about", ""))
    form = Form(request.form)
    back = record_url(about) if about else "/activities"
    if request.method == "POST":
        try:
            due_on = form.day("due_on")
            form.raise_problems()
            once(create_activity, form)(
                subject=form.text("subject"),
                kind=form.text("kind") or "task",
                due_on=due_on,
                about_id=about.id if about else None,
                by=by(),
            )
            return redirect(f"{back}?done=activity-create", 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, gettext("New activity"), back, about)


@blueprint.get("/activities/<public_id>")
def show(public_id: str) -> str:
    """One activity."""
    record = visible_record(by(), "activity", public_id)
    activity = session().get_one(Activity, record.id)
    return render_template(
        "crm/activities/show.html",
        record=record,
        activity=activity,
        about=_readable(activity.about_id),
        kind=KIND_WORDS[activity.kind],
        actions=sorted(
            open_actions(Activity.flow, record, by()), key=lambda action: action.verb == "activity.edit"
        ),
        entries=timeline(record.id),
    )


@blueprint.route("/activities/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change or postpone."""
    record = visible_record(by(), "activity", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST":
        try:
            due_on = form.day("due_on")
            form.raise_problems()
            edit_activity(
                record.id,
                subject=form.text("subject"),
                kind=form.text("kind"),
                due_on=due_on,
                version=form.version(),
                by=by(),
            )
            return done("activity.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    about = _readable(session().get_one(Activity, record.id).about_id)
    return _page(form, record.title, f"/activities/{public_id}", about)


@blueprint.post("/activities/<public_id>/finish")
def finish(public_id: str) -> Response:
    """Done; back to where the button was pressed."""
    record = visible_record(by(), "activity", public_id)
    finish_activity(record.id, by=by())
    target = local_target(request.form.get("next", "") or record_url(record))
    return redirect(f"{target}?done=activity-finish", 303)


@blueprint.post("/activities/<public_id>/reopen")
def reopen(public_id: str) -> Response:
    """Not done after all."""
    return do_verb("activity.reopen", visible_record(by(), "activity", public_id), by())


def _about(public_id: str) -> Record | None:
    if not public_id:
        return None
    about = session().scalars(visible(by()).where(Record.public_id == public_id)).one_or_none()
    if about is None:
        raise NotFound("record", public_id)
    return about


def _readable(record_id: int | None) -> Record | None:
    return session().scalars(visible(by()).where(Record.id == record_id)).one_or_none() if record_id else None


def _form_of(record: Record) -> Form:
    row = (
        session()
        .execute(select(Activity.subject, Activity.kind, Activity.due_on).where(Activity.id == record.id))
        .one()
    )
    return Form({"subject": row.subject, "kind": row.kind, "due_on": row.due_on, "version": record.version})


def _page(form: Form, title: str, back: str, about: Record | None) -> Any:
    kinds = [(kind, gettext(word)) for kind, word in KIND_WORDS.items()]
    page = render_template(
        "crm/activities/edit.html", form=form, title=title, back=back, about=about, kinds=kinds
    )
    return page, 422 if form.errors else 200
