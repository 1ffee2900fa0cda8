"""Pages of DATEV: the batches, the look before an export, and the files of a batch."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request

from suite.base import clock
from suite.base.db import see_changes, session
from suite.base.errors import NotFound, NotPermitted, Refusal
from suite.base.setting import company_choice
from suite.erp.datev.commands import export_datev
from suite.erp.datev.queries import Preflight, files_of_batch, preflight
from suite.exchange.datev.characters import ENCODINGS
from suite.exchange.datev.write import VERSIONS
from suite.model import DatevBatch, Record
from suite.shared.archive import read_archived
from suite.shared.timeline import timeline
from suite.shared.visible import visible_record
from suite.web.actions import done, once
from suite.web.downloads import download
from suite.web.format import day
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.lists import AMOUNT, STATE, Column, ListScreen, View
from suite.web.shell import by

blueprint = Blueprint("datev", __name__)


def _range_words(record: Record) -> str:
    first, _, last = record.title.partition(" – ")
    try:
        return f"{day(date.fromisoformat(first))} – {day(date.fromisoformat(last))}"
    except ValueError:
        return record.title


SCREEN = ListScreen(
    kind="datev_batch",
    title="DATEV batches",
    endpoint="datev.index",
    columns=(
        Column("Batch", lambda record: record.number, css="id"),
        Column("Range", _range_words, "sort_date", "date", "wide-2"),
        AMOUNT,
        STATE,
    ),
    views=(View("all", "All"),),
    new_url="/datev/new",
    new_label="Export",
    new_verb="datev.export",
    empty_title="Nothing went to DATEV yet",
    empty_text="A batch takes what was posted in a range, each entry once, for the tax adviser.",
)


@blueprint.route("/datev", methods=["GET", "POST"])
def index() -> Any:
    """The batches; POST gives the list as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/datev/new", methods=["GET", "POST"])
def new() -> Any:
    """Look at a range first; POST makes its batch."""
    if not by().may("datev.export"):
        raise NotPermitted("datev.export")
    form = Form(_defaults() | dict(request.form if request.method == "POST" else request.args))
    found: Preflight | None = None
    try:
        values = _values(form)
        if request.method == "POST":
            return done("datev.export", once(export_datev, form)(**values, by=by()))
        found = _look(values)
    except Refusal as refusal:
        form.refuse(refusal)
        see_changes()
        if request.method == "POST" and not form.problems:
            found = _look(values)
    page = render_template("erp/datev/new.html", form=form, found=found, versions=_versions())
    return page, 422 if form.errors and request.method == "POST" else 200


@blueprint.get("/datev/<public_id>")
def show(public_id: str) -> str:
    """One batch: its files, sums and hashes."""
    record = visible_record(by(), "datev_batch", public_id)
    return render_template(
        "erp/datev/show.html",
        record=record,
        batch=session().get_one(DatevBatch, record.id),
        batch_files=files_of_batch(record.id),
        entries=timeline(record.id),
    )


@blueprint.get("/datev/<public_id>/files/<int:position>")
def file(public_id: str, position: int) -> Response:
    """The archived bytes of a file."""
    record = visible_record(by(), "datev_batch", public_id)
    for each in files_of_batch(record.id):
        if each.position == position:
            return download(each.name, read_archived(each.sha256), "text/csv")
    raise NotFound("file", position)


def _defaults() -> dict[str, Any]:
    """The month before this one, in the company's format."""
    until_date = clock.today().replace(day=1) - timedelta(days=1)
    return {
        "from_date": until_date.replace(day=1),
        "until_date": until_date,
        "version": company_choice("datev_version", "13"),
        "encoding": company_choice("datev_encoding", "cp1252"),
    }


def _values(form: Form) -> dict[str, Any]:
    from_date, until_date, version = form.day("from_date"), form.day("until_date"), form.whole("version")
    for name, value in (("from_date", from_date), ("until_date", until_date)):
        if value is None and not any(problem.field == name for problem in form.problems):
            form.problems.append(Refusal("field-required", field=name))
    if from_date and until_date and until_date < from_date:
        form.problems.append(Refusal("range-backwards", field="until_date"))
    if version not in VERSIONS or form.text("encoding") not in ENCODINGS:
        form.problems.append(Refusal("choice-unknown", field="version"))
    form.raise_problems()
    form.values |= {"from_date": day(from_date), "until_date": day(until_date)}
    return {
        "from_date": from_date,
        "until_date": until_date,
        "version": version,
        "encoding": form.text("encoding"),
        "is_full": form.flag("is_full"),
    }


def _look(values: dict[str, Any]) -> Preflight:
    return preflight(**{name: value for name, value in values.items() if name != "version"}, by=by())


def _versions() -> list[tuple[str, str]]:
    return [
        (str(version), gettext("Version %(n)s, %(columns)s columns", n=version, columns=columns))
        for version, columns in sorted(VERSIONS.items(), reverse=True)
    ]
