"""What becomes of a visit whose invoice goes: it can be billed again."""

from sqlalchemy import select

from suite.base.db import session
from suite.model import Record, RecordLink
from suite.model.record import change_record


def free_visits(document_id: int) -> None:
    """Visits billed by a discarded draft or a cancelled invoice wait for their invoice again."""
    wanted = select(Record.id).join(RecordLink, RecordLink.source_id == Record.id)
    wanted = wanted.where(RecordLink.target_id == document_id, Record.kind == "visit", Record.state == "done")
    for visit_id in sorted(session().scalars(wanted)):
        change_record(visit_id, state="released")
