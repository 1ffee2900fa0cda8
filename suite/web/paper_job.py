"""The job that makes a document's PDF and archives it."""

from suite.base.db import database
from suite.base.errors import NotFound
from suite.base.job import JobFailed, job
from suite.shared.paper import archive_paper, archived_paper, read_paper
from suite.shared.roles import system_actor
from suite.web.paper import file_name
from suite.web.pdf import PdfUnavailable, make_pdf


@job("document.pdf")
def archive_pdf(record_id: int) -> None:
    """Render the final paper of a document and keep it; what is archived already stays as it is.

    A quote that became a draft again meanwhile has nothing to keep: its next sending makes a new job.
    """
    with database().reading():
        try:
            paper = read_paper(record_id)
        except NotFound as error:
            raise JobFailed(f"document {record_id} does not exist") from error
        if paper.is_draft or archived_paper(record_id, paper.revision) is not None:
            return
    try:
        content = make_pdf(paper)
    except PdfUnavailable as error:
        raise JobFailed(str(error)) from error
    archive_paper(
        record_id,
        content=content,
        name=file_name(paper),
        revision=paper.revision,
        by=system_actor("pdf"),
    )
