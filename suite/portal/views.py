"""The pages of a customer: what waits for it, its documents, their files."""

from typing import Any

from flask import redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base.db import see_changes, session
from suite.base.errors import Conflict, NotFound, Refusal
from suite.model import Document, DocumentTax, OpenItem, QuoteSide, Record, RecordFile
from suite.portal.commands import accept_own_quote, decline_own_quote
from suite.portal.door import KIND_OF, blueprint, by
from suite.shared.archive import files_of
from suite.shared.chain import related_records
from suite.shared.documents import read_lines
from suite.shared.paper import archived_paper, read_paper
from suite.shared.visible import visible, visible_record
from suite.web.actions import once
from suite.web.conflicts import ask_again
from suite.web.forms import Form
from suite.web.paper_pages import archived_answer

PAGE = 25
SHOWN = 5
_PATHS = "any(" + ",".join(f'"{path}"' for path in KIND_OF) + ")"
# What a document of a kind leads to, or came from.
LEADS_TO = ("quote", "order", "delivery", "invoice", "credit_note")


@blueprint.get("")
def home() -> str:
    """What waits for the customer, newest first."""
    waiting = {
        "quote": ("sent",),
        "order": ("draft", "confirmed", "part_delivered"),
        "invoice": ("posted", "part_paid"),
    }
    newest = (Record.sort_date.desc(), Record.id.desc())
    found = {
        kind: list(
            session().scalars(
                visible(by(), kind).where(Record.state.in_(states)).order_by(*newest).limit(SHOWN)
            )
        )
        for kind, states in waiting.items()
    }
    return render_template("portal/home.html", waiting=found, open_items=_open(found["invoice"]))


@blueprint.get(f"/<{_PATHS}:path>")
def documents(path: str) -> str:
    """All documents of one kind, newest first, paged by key."""
    kind = KIND_OF[path]
    query = visible(by(), kind)
    words = request.args.get("q", "")[:100].strip()
    if words:
        query = query.where(Record.number.contains(words, autoescape=True))
    last = visible(by(), kind).where(Record.public_id == request.args.get("after", "")[:40])
    if "after" in request.args:
        query = query.where(Record.id < last.with_only_columns(Record.id).scalar_subquery())
    # Ids rise with the time documents are entered; a customer has hundreds of them, not millions.
    rows = list(session().scalars(query.order_by(Record.id.desc()).limit(PAGE + 1)))
    more = rows[PAGE - 1].public_id if len(rows) > PAGE else ""
    rows = rows[:PAGE]
    return render_template(
        "portal/list.html", kind=kind, path=path, rows=rows, more=more, words=words, open_items=_open(rows)
    )


@blueprint.get(f"/<{_PATHS}:path>/<public_id>")
def document(path: str, public_id: str) -> str:
    """One document with its lines, files and what belongs to it."""
    record = visible_record(by(), KIND_OF[path], public_id)
    taxes = session().scalars(select(DocumentTax).where(DocumentTax.document_id == record.id))
    return render_template(
        "portal/document.html",
        record=record,
        path=path,
        document=session().get_one(Document, record.id),
        lines=read_lines([record.id]),
        taxes=sorted(taxes, key=lambda tax: -tax.rate),
        side=session().get(QuoteSide, record.id) if record.kind == "quote" else None,
        open_items=_open([record]),
        related=_related(record),
        xml=_xml(record),
        paths={kind: path for path, kind in KIND_OF.items()},
    )


@blueprint.get(f"/<{_PATHS}:path>/<public_id>/pdf")
def pdf(path: str, public_id: str) -> Any:
    """The archived PDF as it was handed out."""
    record = visible_record(by(), KIND_OF[path], public_id)
    kept = archived_paper(record.id, read_paper(record.id).revision)
    if kept is None:
        return render_template("portal/not_yet.html", record=record, path=path), 202, {"Refresh": "5"}
    return archived_answer(kept.sha256, kept.name)


@blueprint.get('/<any("invoices","credit-notes"):path>/<public_id>/xml')
def xml(path: str, public_id: str) -> Response:
    """The archived e-invoice."""
    record = visible_record(by(), KIND_OF[path], public_id)
    found = _xml(record)
    if found is None:
        raise NotFound("file", public_id)
    return archived_answer(found.sha256, found.name)


@blueprint.route("/quotes/<public_id>/accept", methods=["GET", "POST"])
def accept(public_id: str) -> Any:
    """Accept a quote with a name."""
    record = visible_record(by(), "quote", public_id)
    start = {"name": by().name.removeprefix("portal:"), "version": record.version}
    form = Form(request.form if request.method == "POST" else start)
    if request.method == "POST":
        try:
            once(accept_own_quote, form)(record.id, name=form.text("name"), version=form.version(), by=by())
            return redirect(f"/portal/quotes/{public_id}", 303)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            see_changes()
            form.refuse(refusal)
            record = visible_record(by(), "quote", public_id)  # gone when it is a draft again
    return _decision(form, record, "accept")


@blueprint.route("/quotes/<public_id>/decline", methods=["GET", "POST"])
def decline(public_id: str) -> Any:
    """Decline a quote, with a reason or without."""
    record = visible_record(by(), "quote", public_id)
    form = Form(request.form if request.method == "POST" else {"version": record.version})
    if request.method == "POST":
        try:
            once(decline_own_quote, form)(
                record.id, reason=form.text("reason"), version=form.version(), by=by()
            )
            return redirect(f"/portal/quotes/{public_id}", 303)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            see_changes()
            form.refuse(refusal)
            record = visible_record(by(), "quote", public_id)  # gone when it is a draft again
    return _decision(form, record, "decline")


def _decision(form: Form, record: Record, step: str) -> Any:
    document = session().get_one(Document, record.id)
    page = render_template("portal/decide.html", form=form, record=record, document=document, step=step)
    return page, 422 if form.errors else 200


def _related(record: Record) -> list[Record]:
    """What the document came from and led to, as far as the customer may see it."""
    ids = [row.id for kind, rows in related_records(record.id).items() if kind in LEADS_TO for row in rows]
    mine = visible(by(), *LEADS_TO).where(Record.id.in_(ids), Record.id != record.id)
    rows = list(session().scalars(mine.order_by(Record.id)))
    return sorted(rows, key=lambda row: LEADS_TO.index(row.kind))


def _xml(record: Record) -> RecordFile | None:
    """The e-invoice as it was sent."""
    return next((file for file in reversed(files_of(record.id)) if file.role == "xml"), None)


def _open(rows: list[Record]) -> dict[int, OpenItem]:
    """What is still to pay, by record."""
    ids = [row.id for row in rows if row.kind in ("invoice", "credit_note")]
    if not ids:
        return {}
    items = session().scalars(select(OpenItem).where(OpenItem.record_id.in_(ids)))
    return {item.record_id: item for item in items}
