"""The worker: every job once, retried, buried, and finished before it ends; with real processes on both engines."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from suite.base import clock
from suite.base.db import Database, session, write_transaction
from suite.base.event import Event
from suite.base.job import KINDS, MAX_TRIES, Job, JobFailed, enqueue, job, run_one
from suite.worker import start_embedded
from tests.world import World

ROOT = Path(__file__).parent.parent
PATIENCE = 60


@pytest.fixture
def kinds() -> Iterator[dict[str, list[int]]]:
    """Jobs of the test: `test.note` notes its number, `test.fail` fails, `test.break` breaks."""
    done: dict[str, list[int]] = {"note": [], "fail": [], "break": []}

    @job("test.note")
    def note(n: int) -> None:
        done["note"].append(n)

    @job("test.fail")
    def fail(n: int) -> None:
        done["fail"].append(n)
        raise JobFailed("not now")

    @job("test.break")
    def breaking(n: int) -> None:
        done["break"].append(n)
        raise ZeroDivisionError("a mistake")

    yield done
    for kind in ("test.note", "test.fail", "test.break"):
        del KINDS[kind]


def test_a_job_is_done_once_and_then_none_is_due(world: World, kinds: dict[str, list[int]]) -> None:
    _put("test.note", n=1)

    assert run_one(world.database)
    assert not run_one(world.database)

    assert kinds["note"] == [1]
    assert _states(world.database) == ["done"]


@pytest.mark.parametrize(("kind", "said"), [("fail", "not now"), ("break", "a mistake")])
def test_a_job_that_fails_is_tried_later_and_dies_in_the_end(
    world: World, kinds: dict[str, list[int]], kind: str, said: str
) -> None:
    _put(f"test.{kind}", n=1)
    moment = clock.now()

    for _ in range(MAX_TRIES + 3):
        moment += timedelta(days=1)
        with clock.fixed_at(moment):
            run_one(world.database)
            assert not run_one(world.database), "the back-off holds it"

    assert len(kinds[kind]) == MAX_TRIES
    with world.database.reading() as reading:
        dead = reading.scalars(select(Job)).one()
    assert (dead.state, dead.failure) == ("dead", said)


def test_work_of_today_goes_before_an_old_backlog(world: World, kinds: dict[str, list[int]]) -> None:
    for days, n in ((400, 1), (300, 2), (0, 3), (0, 4)):
        with clock.fixed_at(clock.now() - timedelta(days=days)):
            _put("test.note", n=n)

    while run_one(world.database):
        pass

    assert kinds["note"] == [3, 4, 1, 2]


def test_a_job_of_a_kind_nobody_does_fails_and_does_not_stop_the_others(
    world: World, kinds: dict[str, list[int]]
) -> None:
    _put("test.unknown", n=1)
    _put("test.note", n=2)

    while run_one(world.database):
        pass

    assert kinds["note"] == [2]
    assert sorted(_states(world.database)) == ["done", "waiting"]


def test_a_job_whose_workers_die_at_every_try_is_buried(world: World, kinds: dict[str, list[int]]) -> None:
    _put("test.note", n=1)
    with write_transaction() as current:
        lost = current.scalars(select(Job)).one()
        lost.state, lost.tries = "running", MAX_TRIES
        lost.locked_until = clock.now() - timedelta(seconds=1)

    assert not run_one(world.database)

    assert kinds["note"] == []
    assert _states(world.database) == ["dead"]


def test_the_embedded_worker_does_jobs_and_stops(world: World, kinds: dict[str, list[int]]) -> None:
    stop = start_embedded(world.database)

    _put("test.note", n=7)
    _wait_for(lambda: kinds["note"] == [7])
    stop()
    _put("test.note", n=8)
    time.sleep(0.5)

    assert kinds["note"] == [7]


def test_two_workers_do_no_job_twice(world: World) -> None:
    documents = [world.order() for _ in range(12)]

    with _worker(world.database), _worker(world.database):
        _wait_for(lambda: _states(world.database) == ["done"] * len(documents))

    with world.database.reading() as reading:
        archived = reading.scalar(select(func.count()).where(Event.verb == "document.archive"))
        assert reading.scalars(select(Job.tries)).all() == [1] * len(documents)
    assert archived == len(documents)
    assert world.findings() == []


def test_the_job_of_a_killed_worker_is_done_again(world: World) -> None:
    world.order()
    with _worker(world.database) as first:
        _wait_for(lambda: _states(world.database) != ["waiting"])
        first.send_signal(signal.SIGKILL)
        first.wait(PATIENCE)
    if _states(world.database) == ["done"]:
        pytest.skip("the worker was faster than the signal")
    with write_transaction() as current:
        current.scalars(select(Job)).one().locked_until = clock.now() - timedelta(seconds=1)

    assert run_one(world.database)

    assert _states(world.database) == ["done"]
    assert world.findings() == []


def test_sigterm_finishes_the_running_job(world: World) -> None:
    world.order()
    with _worker(world.database) as only:
        _wait_for(lambda: _states(world.database) != ["waiting"])
        os.killpg(only.pid, signal.SIGTERM)  # the whole group, as a terminal or a supervisor does
        status = only.wait(PATIENCE)

    assert status == 0
    with world.database.reading() as reading:
        finished = reading.scalars(select(Job)).one()
    assert (finished.state, finished.tries, finished.failure) == ("done", 1, None)


def _put(kind: str, **values: int) -> None:
    with write_transaction():
        enqueue(kind, **values)


def _states(database: Database) -> list[str]:
    with database.reading():
        return list(session().scalars(select(Job.state).order_by(Job.id)))


def _wait_for(condition: object) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.02)


@contextmanager
def _worker(database: Database) -> Iterator[subprocess.Popen[bytes]]:
    url = database.url.render_as_string(hide_password=False)
    environment = os.environ | {"SUITE_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "suite.cli", "worker"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE)
