"""What can be done with background jobs."""

from suite.base.command import Actor, command
from suite.base.errors import NotFound
from suite.base.job import retry


@command("job.retry")
def retry_job(job_id: int, *, by: Actor) -> None:
    """Try a job again at once that failed or was given up."""
    if not retry(job_id):
        raise NotFound("job", job_id)
