"""Who is in the portal: passes become sessions with a cookie of their own."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import Request, g, request
from sqlalchemy import func, select, update

from suite.base import clock
from suite.base.command import Actor
from suite.base.db import insert_rows, session, write_transaction
from suite.base.errors import Refusal
from suite.base.password import hash_password, password_matches
from suite.model import Contact, PortalPass, PortalSession, PortalUser, Record
from suite.portal.passes import digest, mail_pass, make_pass
from suite.shared.roles import PORTAL
from suite.web.session import count_failure, portal_cookie, refuse_paused

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(days=7)
SEEN_STEP = timedelta(minutes=10)
SIGN_IN_LASTS = timedelta(minutes=15)
CODE_TRIES = 5
# Counted apart: whoever asks here too often locks nobody out of the company's own door.
DOOR = "portal-"


@dataclass(frozen=True)
class Visitor:
    """Who is in: the portal user, its contact and the party it belongs to."""

    user: PortalUser
    contact: Record
    party: Record

    @property
    def actor(self) -> Actor:
        """The actor a visitor is: it may do what the portal offers, for its own party."""
        name = f"portal:{self.contact.title}"[:100]
        return Actor(
            None,
            name,
            frozenset(PORTAL.split()),
            "portal",
            g.request_id,
            self.user.locale,
            self.party.id,
        )


def load_visitor(from_request: Request) -> Visitor | None:
    """The visitor behind the request's cookie, if the session lives."""
    token = from_request.cookies.get(portal_cookie(), "")
    if not token:
        return None
    wanted = (
        select(PortalSession, PortalUser, Record)
        .join(PortalUser, PortalUser.id == PortalSession.portal_user_id)
        .join(Record, Record.id == PortalUser.contact_id)
        .where(PortalSession.token_hash == digest(token))
    )
    row = session().execute(wanted).one_or_none()
    now = clock.now()
    if row is None or not _lives(row[0]) or not row[1].active:
        return None
    found, user, contact = row
    party = _party_of(contact)
    if party is None:
        return None
    if from_request.method == "POST" and found.seen_at + SEEN_STEP < now:
        with write_transaction() as current:
            mine = PortalSession.token_hash == found.token_hash
            current.execute(update(PortalSession).where(mine).values(seen_at=now))
    return Visitor(user, contact, party)


def enter(token: str, code: str) -> str:
    """Redeem a pass: once, in time, with the right code. Returns the cookie's value.

    Raises `Refusal`: `pass-over` for a link that opens nothing (any more), `pass-code-wrong` with the tries left,
    `login-paused`.
    """
    key, address = digest(token), request.remote_addr or ""
    refuse_paused(f"portal:{key.hex()[:32]}", address, door=DOOR)
    # The try is counted before the code is looked at: many at once guess no more often than one after another.
    counted = _count_try(key)
    digits = "".join(c for c in code if c.isdigit())[:20]
    if counted is not None and password_matches(counted[0], digits):
        cookie = _redeem(key)
        if cookie is not None:
            return cookie
        counted = None
    count_failure(f"portal:{key.hex()[:32]}", address, door=DOOR)
    if counted is None:
        raise Refusal("pass-over", field="code")
    raise Refusal("pass-code-wrong", field="code", left=CODE_TRIES - counted[1])


def _count_try(key: bytes) -> tuple[str, int] | None:
    """The code's hash and the tries used by now; None when the pass opens nothing."""
    alive = (PortalPass.token_hash == key) & PortalPass.used_at.is_(None)
    alive &= (PortalPass.expires_at > clock.now()) & (PortalPass.tries < CODE_TRIES)
    counted = update(PortalPass).where(alive).values(tries=PortalPass.tries + 1)
    with write_transaction() as current:
        row = current.execute(
            counted.returning(PortalPass.code_hash, PortalPass.tries).execution_options(
                synchronize_session=False
            )
        ).first()
    return None if row is None else (row[0], row[1])


def _redeem(key: bytes) -> str | None:
    """Turn a pass into a session, once."""
    now, cookie = clock.now(), secrets.token_urlsafe(32)
    unused = (PortalPass.token_hash == key) & PortalPass.used_at.is_(None)
    used = update(PortalPass).where(unused).values(used_at=now).returning(PortalPass.portal_user_id)
    with write_transaction() as current:
        user_id = current.scalar(used.execution_options(synchronize_session=False))
        if user_id is None:
            return None
        _end_own()
        row = {"token_hash": digest(cookie), "portal_user_id": user_id, "ended_at": None}
        insert_rows(PortalSession, [row | {"created_at": now, "seen_at": now}])
    return cookie


def send_pass(address: str) -> None:
    """Mail a link and its code to whoever has this address and may come in.

    The caller learns nothing about who does, neither by the answer nor by its time.
    Raises `Refusal("login-paused")` when asked too often.
    """
    wanted = address.strip().lower()[:200]
    key, from_address = f"portal-mail:{wanted}", request.remote_addr or ""
    refuse_paused(key, from_address, door=DOOR)
    count_failure(key, from_address, door=DOOR)
    rows = select(PortalUser, Contact).join(Contact, Contact.id == PortalUser.contact_id)
    active = PortalUser.active == True  # noqa: E712 - a column, not a bool
    found = session().execute(rows.where(func.lower(Contact.email) == wanted, active).limit(3)).all()
    if not found:
        hash_password(secrets.token_urlsafe(8))
    for user, contact in found:
        with write_transaction():
            mail_pass(user, contact, make_pass(user.id, lasts=SIGN_IN_LASTS), with_code=True)


def leave() -> None:
    """End the session of this request at once."""
    with write_transaction():
        _end_own()


def _end_own() -> None:
    mine = PortalSession.token_hash == digest(request.cookies.get(portal_cookie(), ""))
    session().execute(
        update(PortalSession).where(mine, PortalSession.ended_at.is_(None)).values(ended_at=clock.now())
    )


def _lives(found: PortalSession) -> bool:
    now = clock.now()
    fresh = found.created_at + ABSOLUTE >= now and found.seen_at + IDLE >= now
    return found.ended_at is None and fresh


def _party_of(contact: Record) -> Record | None:
    """The party of a contact that is still there, after a merge the party it became."""
    if contact.state == "discarded" or contact.party_id is None:
        return None
    party = session().get_one(Record, contact.party_id)
    return party if party.forwarded_to is None else session().get_one(Record, party.forwarded_to)
