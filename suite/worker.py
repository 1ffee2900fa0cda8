"""The worker: does jobs one after another, as a process of its own or as a thread beside the pages."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from sqlalchemy.exc import DBAPIError

import suite.registry  # noqa: F401 - the jobs
from suite.base.db import Database, use_database
from suite.base.errors import Unavailable
from suite.base.job import enqueue_periodic, run_one

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
PERIODIC_SECONDS = 10.0
_log = logging.getLogger(__name__)


def work(database: Database, stop: threading.Event) -> None:
    """Do due jobs until `stop` is set; a job that runs is finished first. Pauses grow while nothing is due."""
    pause, looked_at = FIRST_PAUSE_SECONDS, 0.0
    with use_database(database):
        while not stop.is_set():
            if time.monotonic() - looked_at > PERIODIC_SECONDS:
                _enqueue_periodic(database)
                looked_at = time.monotonic()
            if _did_one(database):
                pause = FIRST_PAUSE_SECONDS
                continue
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def run_worker(database: Database) -> None:
    """Work until SIGTERM or SIGINT; the running job is finished before the process ends."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    work(database, stop)


def start_embedded(database: Database) -> Callable[[], None]:
    """Work in a daemon thread beside the pages; returns the function that stops it and waits for its job."""
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(database, stop), name="kontor-worker", daemon=True)
    thread.start()

    def end(seconds: float = 30.0) -> None:
        stop.set()
        thread.join(timeout=seconds)

    return end


def _enqueue_periodic(database: Database) -> None:
    try:
        enqueue_periodic(database)
    except (Unavailable, DBAPIError) as error:
        _log.warning("the database cannot take jobs right now: %s", error)


def _did_one(database: Database) -> bool:
    """Whether a job was done; a database that is busy or away is asked again later."""
    try:
        return run_one(database)
    except (Unavailable, DBAPIError) as error:
        _log.warning("the database cannot be asked for jobs right now: %s", error)
        return False
