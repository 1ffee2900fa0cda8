"""The report of a visit on paper: rendered from the frozen row by a job, archived, and served as stored."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select

from suite.base.clock import company_zone
from suite.base.command import Actor, command
from suite.base.db import database, session
from suite.base.job import JobFailed, job
from suite.erp.visits.queries import site_address, tasks_of, used_parts
from suite.model import Device, Party, Record, RecordFile, User, Visit
from suite.model.record import get_record
from suite.shared.archive import archive
from suite.shared.roles import system_actor
from suite.shared.snapshot import company
from suite.web.format import duration
from suite.web.paper import paper_css
from suite.web.paper_words import Figures
from suite.web.pdf import PdfUnavailable, render_pdf

WORDS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "title": "Einsatzbericht",
        "customer": "Kunde",
        "day": "Tag",
        "technician": "Techniker",
        "device": "Gerät",
        "serial": "Nr.",
        "ticket": "Ticket",
        "tasks": "Aufgaben",
        "done": "erledigt",
        "open": "offen",
        "parts": "Teile",
        "report": "Bericht",
        "work": "Arbeitszeit",
        "travel": "Anfahrt",
        "hours": "Std",
        "signed": "Unterschrift",
        "absent": "Der Kunde war nicht anwesend; ohne Unterschrift abgeschlossen.",
    },
    "en": {
        "title": "Visit report",
        "customer": "Customer",
        "day": "Day",
        "technician": "Technician",
        "device": "Device",
        "serial": "No.",
        "ticket": "Ticket",
        "tasks": "Tasks",
        "done": "done",
        "open": "open",
        "parts": "Parts",
        "report": "Report",
        "work": "Labour",
        "travel": "Travel",
        "hours": "h",
        "signed": "Signature",
        "absent": "The customer was absent; closed without a signature.",
    },
}


@job("visit.pdf")
def make_report(record_id: int) -> None:
    """Render and archive the report of a closed visit; what is archived already stays as it is."""
    with database().reading():
        visit = session().get(Visit, record_id)
        if visit is None or visit.frozen_at is None or archived_report(record_id) is not None:
            return
        name, page = f"{session().get_one(Record, record_id).number}.pdf", report_html(visit)
    try:
        content = render_pdf(page, paper_css())
    except PdfUnavailable as error:
        raise JobFailed(str(error)) from error
    archive_report(record_id, content=content, name=name, by=system_actor("pdf"))


@command("visit.archive", on="visit")
def archive_report(visit_id: int, *, content: bytes, name: str, by: Actor) -> int:
    """Keep the report as it was made, once."""
    get_record(visit_id, "visit")
    if archived_report(visit_id) is None:
        archive(visit_id, content, role="pdf", name=name, media_type="application/pdf")
    return visit_id


def archived_report(visit_id: int) -> RecordFile | None:
    """The archived report of a visit."""
    mine = (RecordFile.record_id == visit_id) & (RecordFile.role == "pdf")
    return session().scalars(select(RecordFile).where(mine).limit(1)).first()


def report_html(visit: Visit) -> str:
    """The report as a page, in the language of the customer."""
    record = session().get_one(Record, visit.id)
    party = session().get_one(Party, record.party_id)
    language = "en" if party.language == "en" else "de"
    get = session().get
    return (
        _templates()
        .get_template("report_paper.html")
        .render(
            w=WORDS[language],
            f=Figures(language),
            language=language,
            own=company(),
            record=record,
            visit=visit,
            party=party,
            address=site_address(party.id),
            day=visit.starts_at.astimezone(company_zone()).date(),
            technician=get(User, visit.technician_id) if visit.technician_id else None,
            device=get(Device, visit.device_id) if visit.device_id else None,
            ticket=get(Record, visit.ticket_id) if visit.ticket_id else None,
            tasks=tasks_of(visit.id),
            parts=used_parts(visit.id),
            duration=duration,
            strokes=signature_paths(visit.signature),
        )
    )


def signature_paths(signature: str) -> list[str]:
    """SVG path data of the strokes of a signature, in a box of 1000 by 360."""
    strokes: list[Any] = json.loads(signature) if signature else []
    return ["M" + "L".join(f"{x},{y}" for x, y in stroke) for stroke in strokes]


@lru_cache(maxsize=1)
def _templates() -> Environment:
    """Templates of their own: no request, no reader, everything escaped."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
