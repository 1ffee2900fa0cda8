"""Who of a customer may use the portal: ending it wherever that follows from something else."""

from sqlalchemy import delete, select, update

from suite.base import clock
from suite.base.db import session
from suite.model import PortalPass, PortalSession, PortalUser


def portal_user_of(contact_id: int) -> PortalUser | None:
    """The portal user a contact is, if any."""
    return session().scalars(select(PortalUser).where(PortalUser.contact_id == contact_id)).one_or_none()


def end_portal_access(contact_id: int) -> bool:
    """Shut a contact out at once: its sessions end, its links open nothing. False when it had no access."""
    user = portal_user_of(contact_id)
    if user is None or not user.active:
        return False
    user.active = False
    session().execute(delete(PortalPass).where(PortalPass.portal_user_id == user.id))
    open_ones = (PortalSession.portal_user_id == user.id) & PortalSession.ended_at.is_(None)
    session().execute(update(PortalSession).where(open_ones).values(ended_at=clock.now()))
    session().flush()  # seen by what follows in this transaction
    return True
