"""Pages of paper: the archived PDF, its progress, a draft's preview, the print view and files of records."""

import threading
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base.db import see_changes, session
from suite.base.errors import NotFound
from suite.base.job import Job, JobFailed
from suite.model import ArchivedFile, Record, RecordFile
from suite.shared.archive import read_archived
from suite.shared.paper import PRINTED, Paper, archived_paper, read_paper
from suite.shared.visible import visible, visible_record
from suite.web.paper import file_name, paper_html
from suite.web.paper_job import archive_pdf
from suite.web.pdf import PdfUnavailable, make_pdf
from suite.web.shell import asset, by
from suite.web.words import KINDS, record_url

blueprint = Blueprint("paper", __name__)
_KIND_OF = {KINDS[kind][2]: kind for kind in PRINTED}
_PATHS = "any(" + ",".join(f'"{path}"' for path in _KIND_OF) + ")"
# Each child takes 100 MB and a processor: a few at once, the others wait a little.
_CHILDREN = threading.BoundedSemaphore(2)
_WAIT_SECONDS = 20


@blueprint.get(f"/<{_PATHS}:path>/<public_id>/pdf")
def show_pdf(path: str, public_id: str) -> Any:
    """The archived PDF as stored; a draft as preview; until the job is done a page that says how far it is."""
    record = visible_record(by(), _KIND_OF[path], public_id)
    paper = read_paper(record.id)
    if paper.is_draft:
        return _preview(record, paper)
    kept = archived_paper(record.id, paper.revision)
    if kept is not None:
        return archived_answer(kept.sha256, kept.name)
    return _progress(record, _job_of(record.id))


@blueprint.post(f"/<{_PATHS}:path>/<public_id>/pdf")
def make_now(path: str, public_id: str) -> Any:
    """Do the waiting job at once."""
    record = visible_record(by(), _KIND_OF[path], public_id)
    try:
        with _Turn():
            archive_pdf(record.id)
    except (JobFailed, PdfUnavailable) as error:
        return _progress(record, None, failure=str(error))
    see_changes()
    return redirect(f"{record_url(record)}/pdf", 303)


@blueprint.get(f"/<{_PATHS}:path>/<public_id>/print")
def print_view(path: str, public_id: str) -> str:
    """The same paper for the browser's own print."""
    record = visible_record(by(), _KIND_OF[path], public_id)
    return paper_html(read_paper(record.id), css_url=asset("paper.css"))


@blueprint.get("/records/<public_id>/files/<sha256>")
def record_file(public_id: str, sha256: str) -> Response:
    """A file of a record, as it was archived."""
    record = session().scalars(visible(by()).where(Record.public_id == public_id)).one_or_none()
    if record is None:
        raise NotFound("record", public_id)
    wanted = select(RecordFile).where(RecordFile.record_id == record.id, RecordFile.sha256 == sha256)
    found = session().scalars(wanted.limit(1)).first()
    if found is None:
        raise NotFound("file", sha256)
    return archived_answer(found.sha256, found.name)


def archived_answer(sha256: str, name: str) -> Response:
    """A file of the archive as a response, as it was stored."""
    file = session().get_one(ArchivedFile, sha256)
    return _answer(b"".join(read_archived(sha256)), name, file.media_type)


def _answer(content: bytes, name: str, media_type: str) -> Response:
    """Only a PDF is shown in the browser; everything else is saved, whatever it says it is."""
    response = Response(content, mimetype=media_type)
    shown = media_type == "application/pdf" and not request.args.get("save")
    response.headers.set("Content-Disposition", "inline" if shown else "attachment", filename=name)
    return response


def _preview(record: Record, paper: Paper) -> Any:
    """A draft's paper with the mark across it, never archived."""
    try:
        with _Turn():
            return _answer(make_pdf(paper), file_name(paper), "application/pdf")
    except PdfUnavailable as problem:
        return _progress(record, None, failure=str(problem))


def _progress(record: Record, job: Job | None, *, failure: str = "") -> Any:
    waits = job is not None and job.state in ("waiting", "running") and not job.failure
    page = render_template(
        "paper_progress.html",
        record=record,
        waits=waits and not failure,
        failure=failure or (job.failure if job else "") or "",
        is_draft=read_paper(record.id).is_draft,
    )
    # The header works without JavaScript, as the page's own refresh would.
    headers = {"Refresh": "2"} if waits and not failure else {}
    return page, 503 if failure else 202, headers


def _job_of(record_id: int) -> Job | None:
    """The last job that makes this document's PDF."""
    values = f'{{"record_id": {record_id}}}'
    wanted = select(Job).where(Job.kind == "document.pdf", Job.values == values)
    return session().scalars(wanted.order_by(Job.id.desc()).limit(1)).first()


class _Turn:
    """A turn at rendering; raises `PdfUnavailable("pdf-busy")` when none comes free in time."""

    def __enter__(self) -> None:
        if not _CHILDREN.acquire(timeout=_WAIT_SECONDS):
            raise PdfUnavailable("pdf-busy")

    def __exit__(self, *_error: object) -> None:
        _CHILDREN.release()
