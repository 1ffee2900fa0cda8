"""Jobs: work after the commit, claimed by workers, retried with back-off, parked when it keeps failing."""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from sqlalchemy import CheckConstraint, Index, delete, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from suite.base import clock
from suite.base.db import Database, Model, session, write_transaction

_log = logging.getLogger(__name__)
MAX_TRIES = 6
LEASE = timedelta(minutes=5)
# Due for longer than this, a job waits behind fresh ones: a played year or an outage delays nobody's work of today.
STALE = timedelta(days=1)


class Job(Model):
    """One piece of work: waiting, running under a lease, done, or dead after too many tries."""

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    values: Mapped[str]
    state: Mapped[str] = mapped_column(
        CheckConstraint("state IN ('waiting','running','done','dead')", name="state")
    )
    run_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    failure: Mapped[str | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_job_state_run_at", "state", "run_at"), {"sqlite_strict": True})


class JobFailed(Exception):
    """A job could not do its work now; it is tried again later."""


KINDS: dict[str, Callable[..., None]] = {}
# Kinds that come again by themselves: after how many seconds, and whether there is anything to do at all.
PERIODIC: dict[str, tuple[int, Callable[[], bool]]] = {}


def job(
    kind: str, *, every: int | None = None, when: Callable[[], bool] = lambda: True
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register the function that does jobs of `kind`; it takes the job's values by name.

    With `every` (seconds) the worker enqueues it again and again while `when` holds, one at a time, without values.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        KINDS[kind] = function
        if every is not None:
            PERIODIC[kind] = (every, when)
        return function

    return register


def enqueue(kind: str, **values: Any) -> None:
    """Put a job into the current transaction: it exists if and only if the change is committed."""
    enqueue_at(clock.now(), kind, **values)


def enqueue_at(run_at: datetime, kind: str, **values: Any) -> None:
    """The same for later: nobody claims it before `run_at`."""
    row = {
        "kind": kind,
        "values": json.dumps(values),
        "state": "waiting",
        "run_at": run_at,
        "created_at": clock.now(),
        "tries": 0,
    }
    session().execute(insert(Job), [row])


def enqueue_periodic(database: Database) -> None:
    """Put the periodic jobs that are due into the queue; one that waits, runs or died is not doubled."""
    at = clock.now()
    wanted = {kind: seconds for kind, (seconds, when) in PERIODIC.items() if when()}
    with database.reading() as reading:
        due = [kind for kind, seconds in wanted.items() if _is_due(reading, kind, at, seconds)]
    for kind in due:
        with write_transaction() as current:
            # Two workers at once: the second sees the first one's job.
            if _is_due(current, kind, at, wanted[kind]):
                current.execute(delete(Job).where(Job.kind == kind, Job.state == "done"))
                enqueue(kind)


def _is_due(current: Session, kind: str, at: datetime, seconds: int) -> bool:
    last = select(Job.state, Job.created_at).where(Job.kind == kind).order_by(Job.id.desc()).limit(1)
    row = current.execute(last).first()
    return row is None or (row[0] in ("done", "dead") and row[1] + timedelta(seconds=seconds) <= at)


def run_one(database: Database) -> bool:
    """Claim and do one due job; False when none is due.

    The job itself runs outside the claiming transaction and opens its own.
    """
    claimed = _claim(database)
    if claimed is None:
        return False
    job_id, kind, values, tries = claimed
    with _Settled(job_id, tries, kind):
        if kind not in KINDS:
            raise JobFailed(f"nothing here does jobs of kind {kind}")
        KINDS[kind](**json.loads(values))
    return True


class _Settled:
    """Settles a job by how its work ends: an unforeseen error is a failure of the job, never of the worker."""

    def __init__(self, job_id: int, tries: int, kind: str) -> None:
        self.job_id, self.tries, self.kind = job_id, tries, kind

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if error is not None and not isinstance(error, Exception):
            return False  # the process is told to end: the lease gives the job back
        if error is not None and not isinstance(error, JobFailed):
            _log.error("job %s broke", self.job_id, exc_info=error)
        failure = None if error is None else (str(error) or type(error).__name__)[:500]
        _settle(self.job_id, failure=failure, tries=self.tries, kind=self.kind)
        return True


def _claim(database: Database) -> tuple[int, str, str, int] | None:
    at = clock.now()
    due = or_(
        (Job.state == "waiting") & (Job.run_at <= at),
        (Job.state == "running") & (Job.locked_until < at),
    )
    with database.reading() as reading:
        if reading.scalar(select(Job.id).where(due).limit(1)) is None:
            return None
    with write_transaction() as current:
        _bury(at)
        first = select(Job.id).where(due).order_by(Job.run_at < at - STALE, Job.id).limit(1)
        first = first.with_for_update(skip_locked=True)
        row = current.execute(
            update(Job)
            .where(Job.id == first.scalar_subquery())
            .values(state="running", tries=Job.tries + 1, locked_until=at + LEASE)
            .returning(Job.id, Job.kind, Job.values, Job.tries)
            .execution_options(synchronize_session=False)
        ).first()
        return None if row is None else (row[0], row[1], row[2], row[3])


def _bury(at: datetime) -> None:
    """A job whose worker died at its last try is dead: it may be what kills them."""
    lost = (Job.state == "running") & (Job.locked_until < at) & (Job.tries >= MAX_TRIES)
    new = {"state": "dead", "failure": "the worker died", "locked_until": None}
    session().execute(update(Job).where(lost).values(**new).execution_options(synchronize_session=False))


def _settle(job_id: int, *, failure: str | None, tries: int, kind: str) -> None:
    at = clock.now()
    if failure is None:
        new: dict[str, Any] = {"state": "done", "done_at": at, "failure": None, "locked_until": None}
    elif tries >= MAX_TRIES:
        new = {"state": "dead", "failure": failure, "locked_until": None}
    else:
        # What comes again by itself waits no longer than it would have anyway.
        pause = PERIODIC[kind][0] if kind in PERIODIC else 10 * 4**tries
        later = at + timedelta(seconds=pause)
        new = {"state": "waiting", "failure": failure, "run_at": later, "locked_until": None}
    # Only who still holds the lease of this try says how it ended.
    mine = (Job.id == job_id) & (Job.state == "running") & (Job.tries == tries)
    with write_transaction() as current:
        current.execute(update(Job).where(mine).values(**new).execution_options(synchronize_session=False))


def retry(job_id: int) -> bool:
    """Give a dead job, or one that waits after a failure, fresh tries at once; False when there is none."""
    again = (Job.id == job_id) & ((Job.state == "dead") | (Job.state == "waiting"))
    new = {"state": "waiting", "tries": 0, "run_at": clock.now()}
    statement = update(Job).where(again).values(**new).returning(Job.id)
    return session().scalar(statement.execution_options(synchronize_session=False)) is not None
