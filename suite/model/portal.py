"""The customers' own door: who of a customer may come in, by which invitation, and who is in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model


class PortalUser(Model):
    """A contact of a customer who may use the portal; it sees what belongs to the contact's party."""

    __tablename__ = "portal_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    # The register's row of the contact: it stays when the contact's data is forgotten.
    contact_id: Mapped[int] = mapped_column(ForeignKey("record.id"), unique=True)
    locale: Mapped[str] = mapped_column(CheckConstraint("locale IN ('de','en')", name="locale"), default="de")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class PortalPass(Model):
    """A way in that works once, for a while: the link of an invitation or of a sign-in, with the code told beside it."""

    __tablename__ = "portal_pass"
    # SHA-256 of the 256-bit token in the link.
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    portal_user_id: Mapped[int] = mapped_column(ForeignKey("portal_user.id"), index=True)
    # argon2id: six digits are soon guessed from a stolen database otherwise.
    code_hash: Mapped[str]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(CheckConstraint("tries >= 0", name="tries"), default=0)
    used_at: Mapped[datetime | None]


class PortalSession(Model):
    """A signed-in browser of a portal user; `token_hash` is SHA-256 of the 256-bit id in the cookie."""

    __tablename__ = "portal_session"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    portal_user_id: Mapped[int] = mapped_column(ForeignKey("portal_user.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
