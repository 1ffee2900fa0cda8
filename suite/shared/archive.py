"""The archive: bytes stored once under their SHA-256, compressed, in chunks of 1 MB."""

import hashlib
import zlib
from collections.abc import Iterable, Iterator

from sqlalchemy import select

from suite.base import clock
from suite.base.db import database, insert_rows, session, write_transaction
from suite.base.errors import NotFound
from suite.model import ArchivedChunk, ArchivedFile, RecordFile

CHUNK = 1_000_000


def archive(
    record_id: int,
    content: bytes,
    *,
    role: str,
    name: str,
    media_type: str,
    profile: str = "",
    revision: int = 1,
) -> str:
    """Keep `content` for good as a file of a record; returns its SHA-256 in hex."""
    sha256 = store(content, media_type)
    row = {"record_id": record_id, "role": role, "profile": profile, "name": name, "sha256": sha256}
    insert_rows(RecordFile, [row | {"revision": revision, "at": clock.now()}])
    return sha256


def store(content: bytes, media_type: str) -> str:
    """Store bytes that may be there already, large ones then for the price of a hash; returns their SHA-256 in hex."""
    sha256 = hashlib.sha256(content).hexdigest()
    if len(content) > CHUNK and session().get(ArchivedFile, sha256) is not None:
        return sha256
    return store_stream([content], media_type)


def store_apart(content: bytes, media_type: str) -> str:
    """Store large bytes in a transaction of its own, packed before it opens: the one writer is not held by it.

    What is stored and then never named costs space, nothing else.
    """
    sha256, size = hashlib.sha256(content).hexdigest(), len(content)
    packed = [zlib.compress(chunk, 6) for chunk in _chunks([content])]
    with write_transaction():
        _insert(sha256, size, media_type, packed)
    return sha256


def store_stream(blocks: Iterable[bytes], media_type: str) -> str:
    """Store a stream of any length; only its compressed chunks are held. Returns the SHA-256 in hex."""
    digest, size, packed = hashlib.sha256(), 0, []
    for chunk in _chunks(blocks):
        digest.update(chunk)
        size += len(chunk)
        packed.append(zlib.compress(chunk, 6))
    sha256 = digest.hexdigest()
    _insert(sha256, size, media_type, packed)
    return sha256


def _insert(sha256: str, size: int, media_type: str, packed: list[bytes]) -> None:
    """Write a file and its chunks, unless they are there: the trigger refuses even an INSERT that would do nothing."""
    if session().scalar(select(ArchivedFile.sha256).where(ArchivedFile.sha256 == sha256)) is not None:
        return
    row = {"sha256": sha256, "size": size, "media_type": media_type, "archived_at": clock.now()}
    statement = database().insert(ArchivedFile).values(row).on_conflict_do_nothing()
    if session().scalar(statement.returning(ArchivedFile.sha256)) is not None:
        rows = [{"sha256": sha256, "position": n, "packed": chunk} for n, chunk in enumerate(packed)]
        insert_rows(ArchivedChunk, rows)


def _chunks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The stream in chunks of 1 MB; an empty one is one empty chunk."""
    waiting = bytearray()
    emitted = False
    for block in blocks:
        waiting += block
        while len(waiting) >= CHUNK:
            yield bytes(waiting[:CHUNK])
            del waiting[:CHUNK]
            emitted = True
    if waiting or not emitted:
        yield bytes(waiting)


def read_archived(sha256: str) -> Iterator[bytes]:
    """The stored bytes, chunk by chunk; raises `NotFound`."""
    wanted = (
        select(ArchivedChunk.packed).where(ArchivedChunk.sha256 == sha256).order_by(ArchivedChunk.position)
    )
    found = False
    for packed in session().scalars(wanted):
        found = True
        yield zlib.decompress(packed)
    if not found:
        raise NotFound("file", sha256)


def files_of(record_id: int) -> list[RecordFile]:
    """The files of a record, oldest first."""
    return list(
        session().scalars(select(RecordFile).where(RecordFile.record_id == record_id).order_by(RecordFile.id))
    )
