"""Whether archived files are byte for byte what was archived."""

import hashlib
import zlib
from collections.abc import Iterator
from datetime import date
from xml.sax.saxutils import escape

from sqlalchemy import select

from suite.base.db import session
from suite.model import ArchivedChunk, ArchivedFile, Document, DocumentLine, DocumentParty, RecordFile
from suite.shared.verification.finding import check, none_found


@check("archived-bytes")
def archived_bytes_are_unchanged() -> Iterator[tuple[str, str]]:
    """Unpack every file and compare it with its SHA-256 and size."""
    known = {
        row.sha256: row.size for row in session().execute(select(ArchivedFile.sha256, ArchivedFile.size))
    }
    chunks = select(ArchivedChunk.sha256, ArchivedChunk.packed).order_by(
        ArchivedChunk.sha256, ArchivedChunk.position
    )
    digest, size, current = hashlib.sha256(), 0, ""
    for sha256, packed in session().execute(chunks.execution_options(yield_per=50)):
        if sha256 != current:
            if current:
                yield from _compared(current, digest.hexdigest(), size, known.pop(current, -1))
            digest, size, current = hashlib.sha256(), 0, sha256
        try:
            content = zlib.decompress(packed)
        except zlib.error:
            content = b""
        digest.update(content)
        size += len(content)
    if current:
        yield from _compared(current, digest.hexdigest(), size, known.pop(current, -1))
    for sha256 in known:
        yield sha256[:12], "its bytes are missing"


def _compared(sha256: str, actual: str, size: int, expected_size: int) -> Iterator[tuple[str, str]]:
    if actual != sha256 or size != expected_size:
        yield sha256[:12], "is not what was archived"


none_found(
    "posted-xml",
    "SELECT d.number FROM document d WHERE d.kind IN ('invoice', 'credit_note') AND d.frozen_at IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM record_file f WHERE f.record_id = d.id AND f.role = 'xml')",
    "has no archived e-invoice",
)
none_found(
    "journal-xml",
    "SELECT e.entry_no FROM journal_entry e JOIN document d ON d.id = e.record_id WHERE NOT EXISTS "
    "(SELECT 1 FROM record_file f WHERE f.record_id = d.id AND f.sha256 = e.doc_sha256)",
    "its document hash is not that of an archived file",
)


@check("document-archive")
def archived_invoices_say_what_documents_say() -> Iterator[tuple[str, str]]:
    """Number, dates, names and addresses of a posted document stand in its archived e-invoice."""
    posted = (
        select(
            Document.id, Document.number, Document.dated_on, Document.due_on, Document.kind, RecordFile.sha256
        )
        .join(RecordFile, RecordFile.record_id == Document.id)
        .where(RecordFile.role == "xml", Document.frozen_at.is_not(None))
        .order_by(Document.id)
    )
    for row in session().execute(posted).all():
        content = _content(row.sha256)
        said = [row.number or "", *_texts(row.id)]
        missing = [text for text in said if text and escape(text) not in content]
        days = [row.dated_on, *([row.due_on] if row.kind == "invoice" else [])]
        missing += [str(day) for day in days if day is not None and not _says_day(content, day)]
        for text in missing[:3]:
            yield row.number or str(row.id), f"“{text}” does not stand in its archived e-invoice"


def _content(sha256: str) -> str:
    chunks = (
        select(ArchivedChunk.packed).where(ArchivedChunk.sha256 == sha256).order_by(ArchivedChunk.position)
    )
    try:
        return b"".join(zlib.decompress(packed) for packed in session().scalars(chunks)).decode(
            "utf-8", "replace"
        )
    except zlib.error:
        return ""


def _texts(document_id: int) -> Iterator[str]:
    names = select(DocumentLine.name).where(
        DocumentLine.document_id == document_id, DocumentLine.kind == "item"
    )
    yield from session().scalars(names)
    parties = select(DocumentParty.name, DocumentParty.street, DocumentParty.city, DocumentParty.vat_id)
    of_both = parties.where(
        DocumentParty.document_id == document_id, DocumentParty.role.in_(("seller", "buyer"))
    )
    for row in session().execute(of_both):
        yield from (text for text in row if text)


def _says_day(content: str, day: date) -> bool:
    return day.isoformat() in content or f"{day:%Y%m%d}" in content
