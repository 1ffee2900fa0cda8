"""Background jobs as they stand: those given up first."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select

from suite.base.command import Actor
from suite.base.db import session
from suite.base.errors import NotPermitted
from suite.base.job import Job
from suite.model import Record

SHOWN = 100


@dataclass(frozen=True)
class JobRow:
    """A job and the record it is about, if it names one."""

    job: Job
    about: Record | None


def job_counts(by: Actor) -> dict[str, int]:
    """How many jobs are in each state."""
    _may_read(by)
    return dict(session().execute(select(Job.state, func.count()).group_by(Job.state)).all())


def latest_jobs(by: Actor, *, state: str = "") -> Sequence[JobRow]:
    """The given-up jobs, then running and waiting ones, then the youngest done."""
    _may_read(by)
    order = case({"dead": 0, "running": 1, "waiting": 2}, value=Job.state, else_=3)
    wanted = select(Job).order_by(order, Job.id.desc()).limit(SHOWN)
    if state:
        wanted = wanted.where(Job.state == state)
    jobs = session().scalars(wanted).all()
    ids = {job.id: json.loads(job.values).get("record_id") for job in jobs}
    named = sorted({each for each in ids.values() if isinstance(each, int)})
    records = {row.id: row for row in session().scalars(select(Record).where(Record.id.in_(named)))}
    return [JobRow(job, records.get(ids[job.id] or 0)) for job in jobs]


def _may_read(by: Actor) -> None:
    if not by.may("job.read"):
        raise NotPermitted("job.read")
