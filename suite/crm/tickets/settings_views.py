"""Settings of tickets: queues, categories and ready-made texts."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from suite.base.command import COMMANDS
from suite.base.db import see_changes
from suite.base.errors import Conflict, Refusal
from suite.base.event import Event
from suite.crm.tickets.choices import choice_of, choices
from suite.crm.tickets.reopening import reopen_days, set_reopen_days
from suite.web.actions import once
from suite.web.conflicts import compare
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.shell import by

blueprint = Blueprint("ticket_settings", __name__)
TABLE_WORDS = {
    "ticket_queue": "Queues",
    "ticket_category": "Categories",
    "canned_text": "Ready-made texts",
}
NEW_WORDS = {"ticket_queue": "New queue", "ticket_category": "New category", "canned_text": "New text"}
STEP = '<any("ticket-queue","ticket-category","canned-text"):step>'


@blueprint.route("/settings/tickets", methods=["GET", "POST"])
def index() -> Any:
    """Everything that can be chosen on a ticket; POST says how long one may be opened again."""
    form = Form(request.form if request.method == "POST" else {"days": reopen_days()})
    if request.method == "POST":
        try:
            days = form.whole("days")
            form.raise_problems()
            once(set_reopen_days, form)(days=-1 if days is None else days, by=by())
            return redirect("/settings/tickets?done=setting-set_reopen_days", 303)
        except Refusal as refusal:
            form.refuse(refusal)
    tables = [(table, word, choices(table)) for table, word in TABLE_WORDS.items()]
    page = render_template("crm/tickets/settings.html", tables=tables, new_words=NEW_WORDS, form=form)
    return page, 422 if form.errors else 200


@blueprint.route(f"/settings/tickets/{STEP}/new", methods=["GET", "POST"])
def new(step: str) -> Any:
    """Add a choice."""
    table = step.replace("-", "_")
    form = Form(request.form)
    if request.method == "POST":
        try:
            once(COMMANDS[f"{table}.create"].call, form)(**_texts(table, form), by=by())
            return redirect(f"/settings/tickets?done={table}-create", 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, table, gettext(NEW_WORDS[table]), is_new=True)


@blueprint.route(f"/settings/tickets/{STEP}/<int:row_id>", methods=["GET", "POST"])
def edit(step: str, row_id: int) -> Any:
    """Rename a choice, or offer it no longer."""
    table = step.replace("-", "_")
    row = choice_of(table, row_id)
    form = Form(request.form) if request.method == "POST" else _saved(table, row_id)
    if request.method == "POST":
        try:
            COMMANDS[f"{table}.edit"].call(
                row_id,
                **_texts(table, form),
                active=form.flag("active"),
                version=form.version(),
                by=by(),
            )
            return redirect(f"/settings/tickets?done={table}-edit", 303)
        except Conflict as conflict:
            see_changes()
            compare(form, conflict, _saved(table, row_id), changed=Event.verb == f"{table}.edit")
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, table, row.name, is_new=False)


def _texts(table: str, form: Form) -> dict[str, str]:
    names = ("name", "text") if table == "canned_text" else ("name",)
    return {name: form.text(name) for name in names}


def _saved(table: str, row_id: int) -> Form:
    row = choice_of(table, row_id)
    names = ("name", "active", "version", *(("text",) if table == "canned_text" else ()))
    return Form({name: getattr(row, name) for name in names})


def _page(form: Form, table: str, title: str, *, is_new: bool) -> Any:
    page = render_template(
        "crm/tickets/choice.html",
        form=form,
        title=title,
        back="/settings/tickets",
        is_new=is_new,
        has_text=table == "canned_text",
    )
    return page, 422 if form.errors else 200
