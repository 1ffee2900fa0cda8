"""The page of background jobs."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from suite.admin.jobs.commands import retry_job
from suite.admin.jobs.queries import job_counts, latest_jobs
from suite.base.errors import NotFound
from suite.web.forms import Form
from suite.web.shell import by

blueprint = Blueprint("jobs", __name__)
STATES = {
    "dead": ("bad", "given up"),
    "running": ("part", "running"),
    "waiting": ("open", "waiting"),
    "done": ("done", "done"),
}


@blueprint.get("/jobs")
def index() -> str:
    """What is done in the background, what waits, and what was given up."""
    chosen = request.args.get("state", "")
    state = chosen if chosen in STATES else ""
    rows, counts = latest_jobs(by(), state=state), job_counts(by())
    return render_template("admin/jobs/index.html", rows=rows, counts=counts, states=STATES, chosen=state)


@blueprint.post("/jobs/retry")
def retry() -> Response:
    """Try a job again now."""
    job_id = Form(request.form).whole("job")
    if job_id is None:
        raise NotFound("job", "")
    retry_job(job_id, by=by())
    return redirect("/jobs?done=job-retry", 303)
