"""Signing in: server-side sessions, CSRF tokens bound to them, throttled before a password is hashed."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from flask import Request, g, request
from flask_login import LoginManager, UserMixin
from sqlalchemy import delete, select, update

from suite.base import clock
from suite.base.db import insert_rows, session, write_transaction
from suite.base.errors import Refusal
from suite.base.login_session import LoginSession
from suite.base.password import hash_password, needs_rehash, password_matches
from suite.base.setting import environment
from suite.base.text import fold
from suite.model import LoginAttempt, User
from suite.shared.roles import actor_of

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(days=7)
SEEN_STEP = timedelta(minutes=10)
TRIES, PAUSE = 5, timedelta(minutes=15)
ADDRESS_TRIES = 50
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$5Zg4Sx5rZ0FhCe8Vd6d7Jm3gXh1m2qJm9g6oVv2q2yE"


class SignedIn(UserMixin):
    """The user of a live session."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.id = user.id
        self.actor = actor_of(user, door="web", request_id=g.request_id)


def cookie_name() -> str:
    """`__Host-` needs TLS; without it such a cookie locks a small office out."""
    return "__Host-kontor" if environment("SUITE_TLS") == "1" else "kontor"


def load_signed_in(from_request: Request) -> SignedIn | None:
    """The user behind the request's cookie, if the session lives (request_loader of Flask-Login)."""
    token = from_request.cookies.get(cookie_name(), "")
    if not token:
        return None
    wanted = select(LoginSession, User).join(User, User.id == LoginSession.user_id)
    row = session().execute(wanted.where(LoginSession.token_hash == _digest(token))).one_or_none()
    if row is None:
        return None
    found, user = row
    now = clock.now()
    if found.ended_at is not None or found.seen_at + IDLE < now or found.created_at + ABSOLUTE < now:
        return None
    return SignedIn(user) if user.active else None


def sign_in(login: str, password: str) -> str:
    """Check the password and open a session; returns the cookie's value.

    Raises `Refusal`: `login-paused` (429) before hashing, `login-wrong` without telling which part.
    """
    name = fold(login.strip())[:100]
    address = request.remote_addr or ""
    _refuse_paused(name, address)
    user = session().scalars(select(User).where(User.login == name)).one_or_none()
    right = password_matches(user.password_hash if user else _NOBODY, password[:300])
    if user is None or not user.active or not right:
        left = _count_failure(name, address)
        raise Refusal("login-failed", field="password", left=left)
    return _open_session(user, password)


def sign_out() -> None:
    """End the session of this request at once."""
    token = request.cookies.get(cookie_name(), "")
    with write_transaction() as current:
        mine = LoginSession.token_hash == _digest(token)
        current.execute(update(LoginSession).where(mine).values(ended_at=clock.now()))


def csrf_token() -> str:
    """An HMAC of the session's cookie; before signing in, of the door's random cookie."""
    bound = (
        request.cookies.get(cookie_name()) or g.get("door_cookie") or request.cookies.get("kontor_door", "")
    )
    return hmac.new(g.secret_key, b"csrf:" + bound.encode(), hashlib.sha256).hexdigest()


def csrf_is_right(given: str) -> bool:
    """Whether the form's token belongs to this session."""
    return hmac.compare_digest(given.encode(), csrf_token().encode())


def bind_login(manager: LoginManager) -> None:
    """Connect Flask-Login to our sessions."""
    manager.request_loader(load_signed_in)


def _open_session(user: User, password: str) -> str:
    token = secrets.token_urlsafe(32)
    now = clock.now()
    row = {
        "token_hash": _digest(token),
        "user_id": user.id,
        "created_at": now,
        "seen_at": now,
        "ended_at": None,
        "agent": (request.user_agent.string or "")[:200],
        "address": (request.remote_addr or "")[:60],
    }
    renewed = hash_password(password) if needs_rehash(user.password_hash) else None
    with write_transaction() as current:
        insert_rows(LoginSession, [row])
        current.execute(delete(LoginAttempt).where(LoginAttempt.key == f"login:{user.login}"))
        if renewed:
            current.execute(update(User).where(User.id == user.id).values(password_hash=renewed))
    return token


def _refuse_paused(name: str, address: str) -> None:
    since = clock.now() - PAUSE
    for key, tries in ((f"login:{name}", TRIES), (f"address:{address}", ADDRESS_TRIES)):
        found = session().get(LoginAttempt, key)
        if found is not None and found.failures >= tries and found.last_at > since:
            raise Refusal("login-paused", field="password", minutes=int(PAUSE.total_seconds() // 60))


def _count_failure(name: str, address: str) -> int:
    """Count the failure for account and address; returns the tries left. Old rows go, so the table stays small."""
    now = clock.now()
    with write_transaction() as current:
        current.execute(delete(LoginAttempt).where(LoginAttempt.last_at < now - PAUSE))
        for key in (f"login:{name}", f"address:{address}"):
            found = current.get(LoginAttempt, key, with_for_update=True)
            if found is None:
                current.add(LoginAttempt(key=key, failures=1, last_at=now))
            else:
                found.failures += 1
                found.last_at = now
        current.flush()  # the count is read below
        failures = current.get_one(LoginAttempt, f"login:{name}").failures
    return max(0, TRIES - failures)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
