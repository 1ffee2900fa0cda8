"""What lists show of activities beside their row in the register."""

from collections.abc import Sequence

from sqlalchemy import select

from suite.base.db import session
from suite.model import Activity, Record


def activity_subjects(rows: Sequence[Record]) -> dict[int, Record]:
    """The record each of some activities is about."""
    wanted = (
        select(Activity.id, Record)
        .join(Record, Record.id == Activity.about_id)
        .where(Activity.id.in_([row.id for row in rows]))
    )
    return {row_id: about for row_id, about in session().execute(wanted)}  # noqa: C416 - a Result is no mapping
