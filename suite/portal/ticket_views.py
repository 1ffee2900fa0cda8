"""A customer's own tickets: the list, the conversation, a new one."""

from typing import Any

from flask import g, redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base.db import see_changes, session
from suite.base.errors import NotFound, Refusal
from suite.crm.knowledge.queries import Suggestion, suggested_articles
from suite.crm.tickets.messages import FileInput, ready_files
from suite.model import Record, RecordFile, Ticket, TicketMessage, TicketMessageFile
from suite.portal.door import KIND_OF, blueprint, by
from suite.portal.realm import Visitor
from suite.portal.ticket_commands import ABOUT, answer_own_ticket, open_own_ticket, rate_own_ticket
from suite.shared.visible import visible, visible_record
from suite.web.actions import once
from suite.web.forms import Form
from suite.web.paper_pages import archived_answer
from suite.web.security import take_files
from suite.web.uploads import sent_files

PAGE = 25
take_files("portal.new_ticket", "portal.ticket")


@blueprint.get("/tickets")
def tickets() -> str:
    """The own tickets, newest first."""
    query = visible(by(), "ticket")
    if "after" in request.args:
        last = visible(by(), "ticket").where(Record.public_id == request.args["after"][:40])
        query = query.where(Record.id < last.with_only_columns(Record.id).scalar_subquery())
    rows = list(session().scalars(query.order_by(Record.id.desc()).limit(PAGE + 1)))
    more = rows[PAGE - 1].public_id if len(rows) > PAGE else ""
    return render_template("portal/tickets.html", rows=rows[:PAGE], more=more)


@blueprint.route("/tickets/new", methods=["GET", "POST"])
def new_ticket() -> Any:
    """Report or ask something; from a document's page it is about that document."""
    start = {name: request.args.get(name, "")[:60] for name in ("about", "device")}
    form = Form(request.form if request.method == "POST" else start)
    about = _about(form.text("about"))
    devices = list(session().scalars(visible(by(), "device").order_by(Record.title).limit(200)))
    if request.method == "POST" and form.text("action") != "look":
        visitor: Visitor = g.visitor
        device = next((row.id for row in devices if row.public_id == form.text("device")), None)
        try:
            made = once(open_own_ticket, form)(
                subject=form.text("subject"),
                text=form.text("text"),
                contact_id=visitor.contact.id,
                device_id=device,
                about=(about.kind, about.id) if about else None,
                is_complaint=form.flag("is_complaint"),
                files=_files(),
                by=by(),
            )
            see_changes()
            return redirect(f"/portal/tickets/{session().get_one(Record, made).public_id}", 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template(
        "portal/ticket_new.html", form=form, about=about, devices=devices, suggestions=_suggestions(form)
    )
    return page, 422 if form.errors else 200


@blueprint.route("/tickets/<public_id>", methods=["GET", "POST"])
def ticket(public_id: str) -> Any:
    """The conversation as the customer sees it, without what we say among ourselves; POST answers."""
    record = visible_record(by(), "ticket", public_id)
    form = Form(request.form)
    if request.method == "POST":
        try:
            once(answer_own_ticket, form)(record.id, text=form.text("text"), files=_files(), by=by())
            return redirect(f"/portal/tickets/{public_id}", 303)
        except Refusal as refusal:
            see_changes()
            form.refuse(refusal)
    return _conversation(record, form)


@blueprint.post("/tickets/<public_id>/rate")
def rate(public_id: str) -> Any:
    """How it went."""
    record = visible_record(by(), "ticket", public_id)
    form = Form(request.form)
    try:
        once(rate_own_ticket, form)(
            record.id, rating=form.whole("rating") or 0, comment=form.text("comment"), by=by()
        )
    except Refusal as refusal:
        see_changes()
        form.refuse(refusal)
        return _conversation(record, form)
    return redirect(f"/portal/tickets/{public_id}", 303)


@blueprint.get("/tickets/<public_id>/files/<sha256>")
def ticket_file(public_id: str, sha256: str) -> Response:
    """A file of the conversation; one of an internal note does not exist here."""
    record = visible_record(by(), "ticket", public_id)
    files = [file for each in _files_of(record.id).values() for file in each]
    found = next((file for file in files if file.sha256 == sha256), None)
    if found is None:
        raise NotFound("file", sha256)
    return archived_answer(found.sha256, found.name)


def _conversation(record: Record, form: Form) -> Any:
    outside = (TicketMessage.ticket_id == record.id) & (TicketMessage.direction != "internal")
    messages = session().scalars(
        select(TicketMessage).where(outside).order_by(TicketMessage.at, TicketMessage.id)
    )
    page = render_template(
        "portal/ticket.html",
        record=record,
        ticket=session().get_one(Ticket, record.id),
        messages=list(messages),
        files=_files_of(record.id),
        form=form,
    )
    return page, 422 if form.errors else 200


def _files_of(ticket_id: int) -> dict[int, list[RecordFile]]:
    """The files of what is not internal, by message."""
    outside = (TicketMessage.ticket_id == ticket_id) & (TicketMessage.direction != "internal")
    wanted = (
        select(TicketMessage.id, RecordFile)
        .join(TicketMessageFile, TicketMessageFile.message_id == TicketMessage.id)
        .join(RecordFile, RecordFile.id == TicketMessageFile.file_id)
        .where(outside)
        .order_by(RecordFile.id)
    )
    found: dict[int, list[RecordFile]] = {}
    for message_id, file in session().execute(wanted):
        found.setdefault(message_id, []).append(file)
    return found


def _suggestions(form: Form) -> list[Suggestion]:
    """Answers we wrote down, when the customer looks for one or the form comes back."""
    question = f"{form.text('subject')} {form.text('text')}"
    return suggested_articles(question, by(), language=g.locale)


def _files() -> list[FileInput]:
    """What was attached; only ever served as a download."""
    return ready_files(sent_files())


def _about(text: str) -> Record | None:
    """The own document `orders/…` names, if it is one."""
    path, _, public_id = text.partition("/")
    kind = KIND_OF.get(path)
    if kind not in ABOUT:
        return None
    try:
        return visible_record(by(), kind, public_id[:40])
    except NotFound:
        return None
