"""What lists show of leads beside their row in the register."""

from collections.abc import Sequence

from sqlalchemy import select

from suite.base.db import session
from suite.model import Lead, Record


def company_names(rows: Sequence[Record]) -> dict[int, str]:
    """The company, or else the person, behind each of some leads."""
    wanted = select(Lead.id, Lead.company_name, Lead.contact_name).where(
        Lead.id.in_([row.id for row in rows])
    )
    return {lead_id: company or contact for lead_id, company, contact in session().execute(wanted)}
