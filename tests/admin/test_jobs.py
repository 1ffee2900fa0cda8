"""The page of background jobs: what was given up is seen and tried again."""

import pytest
from sqlalchemy import select

from suite.admin.jobs.commands import retry_job
from suite.base.db import write_transaction
from suite.base.errors import NotFound, NotPermitted
from suite.base.job import Job
from tests.visitor import Visitor
from tests.world import World


def test_a_dead_job_is_shown_with_its_failure_and_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = world.order()
    with write_transaction() as current:
        dead = current.scalars(select(Job)).one()
        dead.state, dead.tries, dead.failure = "dead", 6, "no paper left"
        job_id = dead.id
    admin = Visitor(world, "admin", monkeypatch=monkeypatch)

    page = admin.get("/jobs").text
    answer = admin.post("/jobs/retry", job=str(job_id))

    assert "no paper left" in page and "given up" in page and (world.record(order).number or "?") in page
    assert answer.location == "/jobs?done=job-retry"
    with world.database.reading() as reading:
        job = reading.get_one(Job, job_id)
    assert (job.state, job.tries) == ("waiting", 0)
    assert admin.post("/jobs/retry", job="9999").status_code == 404
    assert admin.get("/jobs?state=dead").status_code == 200


def test_others_see_no_jobs_and_retry_none(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite_world.order()
    seller = Visitor(sqlite_world, "sales", monkeypatch=monkeypatch)

    assert seller.get("/jobs").status_code == 403
    with pytest.raises(NotPermitted):
        retry_job(1, by=sqlite_world.sven)


def test_a_running_or_finished_job_is_not_tried_again(sqlite_world: World) -> None:
    sqlite_world.order()
    for state in ("running", "done"):
        with write_transaction() as current:
            job = current.scalars(select(Job)).one()
            job.state, job_id = state, job.id

        with pytest.raises(NotFound):
            retry_job(job_id, by=sqlite_world.owner)
