"""The page that says how far promises to customers were kept, and its CSV."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from suite.base import clock
from suite.base.errors import NotPermitted, Refusal
from suite.crm.tickets.attainment import AttainmentRow, Kept, attainment
from suite.crm.tickets.screen import PRIORITY_WORDS
from suite.web.downloads import csv_answer
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.shell import by

blueprint = Blueprint("ticket_report", __name__)


@blueprint.route("/promises", methods=["GET", "POST"])
def report() -> Any:
    """Promises kept in a period; POST gives the table as CSV."""
    if not by().may("ticket.read"):
        raise NotPermitted("ticket.read")
    today = clock.today()
    given = request.form if request.method == "POST" else request.args
    form = Form({"from_date": today.replace(day=1), "until_date": today} | dict(given))
    rows: list[AttainmentRow] = []
    try:
        rows = list(attainment(*_period(form)))
    except Refusal as refusal:
        form.refuse(refusal)
    if request.method == "POST" and not form.errors:
        heads = ("Service level", "Priority", "Promised", "Kept", "Broken", "Share, %")
        level, priority, *figures = (gettext(head) for head in heads)
        both = (gettext("Answers"), gettext("Solutions"))
        head = [level, priority]
        head += [f"{word}: {figure}" for word in both for figure in figures]
        return csv_answer("service-levels.csv", head, [_cells(row) for row in rows])
    page = render_template("crm/tickets/report.html", form=form, rows=rows, words=PRIORITY_WORDS)
    return page, 422 if form.errors else 200


def _period(form: Form) -> tuple[date, date]:
    from_date, until_date = form.day("from_date"), form.day("until_date")
    form.raise_problems()
    if from_date is None:
        raise Refusal("field-required", field="from_date")
    if until_date is None:
        raise Refusal("field-required", field="until_date")
    if until_date < from_date:
        raise Refusal("range-backwards", field="until_date")
    return from_date, until_date


def _cells(row: AttainmentRow) -> list[Any]:
    return [
        row.level,
        gettext(PRIORITY_WORDS[row.priority]),
        *_figures(row.answers),
        *_figures(row.solutions),
    ]


def _figures(kept: Kept) -> list[Any]:
    return [kept.promised, kept.kept, kept.broken, "" if kept.percent is None else kept.percent]
