"""The archive: the same bytes are kept once, also of two at once, and come back as they were."""

import threading

import pytest
from sqlalchemy import func, select

from suite.base.db import use_database, write_transaction
from suite.base.errors import NotFound
from suite.model import ArchivedChunk, ArchivedFile
from suite.shared.archive import CHUNK, read_archived, store, store_apart, store_stream
from tests.world import World


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_bytes_come_back_as_they_were(world: World, size: int) -> None:
    content = bytes(n % 251 for n in range(size))

    with write_transaction():
        sha256 = store(content, "application/x")

    with world.database.reading():
        assert b"".join(read_archived(sha256)) == content


def test_the_same_bytes_are_kept_once_however_they_come(world: World) -> None:
    content = b"Vertrag" * 300_000
    with write_transaction():
        first = store(content, "text/plain")
        second = store(content, "text/plain")
        third = store_stream([content[:10], content[10:]], "text/plain")

    assert first == second == third == store_apart(content, "text/plain")
    with world.database.reading() as reading:
        assert reading.scalar(select(func.count()).select_from(ArchivedFile)) == 1
        assert reading.scalar(select(func.count()).select_from(ArchivedChunk)) == 3


def test_two_who_keep_the_same_bytes_at_once_both_succeed(world: World) -> None:
    content, kept = b"Rundschreiben" * 200_000, []

    def keep() -> None:
        with use_database(world.database):
            kept.append(store_apart(content, "text/plain"))

    threads = [threading.Thread(target=keep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(kept) == 4
    assert len(set(kept)) == 1


def test_what_is_not_there_is_not_found(world: World) -> None:
    with world.database.reading(), pytest.raises(NotFound):
        list(read_archived("0" * 64))
