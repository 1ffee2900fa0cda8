"""Whether archived files are byte for byte what was archived."""

import hashlib
import zlib
from collections.abc import Iterator

from sqlalchemy import select

from suite.base.db import session
from suite.model import ArchivedChunk, ArchivedFile
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
