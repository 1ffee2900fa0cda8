"""Server-side sessions: an opaque id in the cookie, its hash here, revocable at once."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model


class LoginSession(Model):
    """A signed-in browser of one user; `token_hash` is SHA-256 of the 256-bit id in the cookie."""

    __tablename__ = "login_session"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    agent: Mapped[str]
    address: Mapped[str]
