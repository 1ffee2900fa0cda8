"""Signing in: server-side sessions, CSRF tokens bound to them, throttled before a password is hashed."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache

from flask import Request, g, request
from flask_login import LoginManager, UserMixin
from sqlalchemy import delete, select, update

from suite.base import clock
from suite.base.db import database, insert_rows, session, write_transaction
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
MOST_SEEN = 10_000


class SignedIn(UserMixin):
    """The user of a live session."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.id = user.id
        self.actor = actor_of(user, door="web", request_id=g.request_id)


def cookie_name() -> str:
    """`__Host-` needs TLS; without it such a cookie locks a small office out."""
    return "__Host-kontor" if environment("SUITE_TLS") == "1" else "kontor"


def portal_cookie() -> str:
    """The cookie of the customers' own door: another one, so that neither session is the other's."""
    return "__Host-kontor-portal" if environment("SUITE_TLS") == "1" else "kontor_portal"


def is_portal() -> bool:
    """Whether the request came through the customers' door."""
    return request.path == "/portal" or request.path.startswith("/portal/")


def load_signed_in(from_request: Request) -> SignedIn | None:
    """The user behind the request's cookie, if the session lives (request_loader of Flask-Login)."""
    token = from_request.cookies.get(cookie_name(), "")
    if not token:
        return None
    wanted = select(LoginSession, User).join(User, User.id == LoginSession.user_id)
    row = session().execute(wanted.where(LoginSession.token_hash == _digest(token))).one_or_none()
    now = clock.now()
    if row is None or row[0].ended_at is not None or row[0].created_at + ABSOLUTE < now or not row[1].active:
        return None
    found, user = row
    seen = _seen()
    last = max(found.seen_at, seen.get(found.token_hash, found.seen_at))
    if last + IDLE < now:
        return None
    seen[found.token_hash] = now
    if from_request.method == "POST" and found.seen_at + SEEN_STEP < now:
        _keep_seen(found.token_hash, now)
    return SignedIn(user)


def sign_in(login: str, password: str) -> str:
    """Check the password and open a session; returns the cookie's value.

    Raises `Refusal`: `login-paused` (429) before hashing, `login-wrong` without telling which part.
    """
    name = fold(login.strip())[:100]
    address = request.remote_addr or ""
    refuse_paused(name, address)
    user = session().scalars(select(User).where(User.login == name)).one_or_none()
    right = password_matches(user.password_hash if user else _nobody(), password[:300])
    if user is None or not user.active or not right:
        left = count_failure(name, address)
        raise Refusal("login-failed", field="password", left=left)
    return _open_session(user, password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    """A hash that no password matches: an unknown user costs as much time as a known one."""
    return hash_password(secrets.token_urlsafe(32))


def session_digest() -> bytes:
    """The hash under which the session of this request is kept."""
    return _digest(request.cookies.get(cookie_name(), ""))


@contextmanager
def guessing_own_password(login: str) -> Iterator[None]:
    """Asking for the own password again is throttled like signing in: a stolen session must not try them all."""
    address = request.remote_addr or ""
    refuse_paused(login, address)
    try:
        yield
    except Refusal as refusal:
        if refusal.code == "password-wrong":
            count_failure(login, address)
        raise


def sign_out() -> None:
    """End the session of this request at once."""
    with write_transaction():
        _end_own()


def csrf_token() -> str:
    """An HMAC of the session's cookie; before signing in, of the door's random cookie."""
    own = request.cookies.get(portal_cookie() if is_portal() else cookie_name())
    bound = own or g.get("door_cookie") or request.cookies.get("kontor_door", "")
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
        _end_own()  # whoever signs in anew leaves no older session of this browser behind
        insert_rows(LoginSession, [row])
        current.execute(delete(LoginAttempt).where(LoginAttempt.key == f"login:{user.login}"))
        if renewed:
            current.execute(update(User).where(User.id == user.id).values(password_hash=renewed))
    return token


def refuse_paused(name: str, address: str, *, door: str = "") -> None:
    """Refuse to look at a secret while a name or an address has guessed too often: `login-paused`."""
    since = clock.now() - PAUSE
    for key, tries in ((f"login:{name}", TRIES), (f"{door}address:{address}", ADDRESS_TRIES)):
        found = session().get(LoginAttempt, key)
        if found is not None and found.failures >= tries and found.last_at > since:
            raise Refusal("login-paused", field="password", minutes=int(PAUSE.total_seconds() // 60))


def count_failure(name: str, address: str, *, door: str = "") -> int:
    """Count a failure for account and address; returns the tries left. Old rows go, so the table stays small."""
    now = clock.now()
    with write_transaction() as current:
        current.execute(delete(LoginAttempt).where(LoginAttempt.last_at < now - PAUSE))
        counts = [_raised(key, now) for key in (f"{door}address:{address}", f"login:{name}")]
    return max(0, TRIES - counts[-1])


def _raised(key: str, now: datetime) -> int:
    """One failure more under a key, also of two who fail at once."""
    first = database().insert(LoginAttempt).values(key=key, failures=1, last_at=now)
    more = {"failures": LoginAttempt.failures + 1, "last_at": now}
    counted = first.on_conflict_do_update(index_elements=["key"], set_=more).returning(LoginAttempt.failures)
    return int(session().scalar(counted) or 0)


def _end_own() -> None:
    """End the session this request came with, if any."""
    mine = (LoginSession.token_hash == session_digest()) & LoginSession.ended_at.is_(None)
    session().execute(update(LoginSession).where(mine).values(ended_at=clock.now()))


def _seen() -> dict[bytes, datetime]:
    """When this process last saw each session: a GET never writes, so the table follows with the next POST."""
    seen: dict[bytes, datetime] = database().facts.setdefault("seen", {})
    if len(seen) > MOST_SEEN:
        seen.clear()  # then the table's own times count, which are earlier at most
    return seen


def _keep_seen(token_hash: bytes, now: datetime) -> None:
    with write_transaction() as current:
        mine = (LoginSession.token_hash == token_hash) & LoginSession.ended_at.is_(None)
        current.execute(update(LoginSession).where(mine).values(seen_at=now))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
