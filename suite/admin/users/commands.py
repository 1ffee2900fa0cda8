"""What can be done with users."""

import secrets
from collections.abc import Sequence

from sqlalchemy import delete, select, update

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.db import insert_rows, insert_rows_returning_ids, session
from suite.base.errors import NotFound, Refusal
from suite.base.login_session import LoginSession
from suite.base.password import hash_password, password_matches
from suite.base.text import clean, fold
from suite.model import User, UserRole
from suite.shared.roles import ROLES

LEAST_LENGTH = 12


@command("user.add")
def add_user(
    *,
    login: str,
    name: str = "",
    roles: Sequence[str],
    password: str | None = None,
    locale: str = "de",
    by: Actor,
) -> str:
    """Add a user; without a password one is generated. Returns the password, shown once.

    Nobody grants a role to themselves; raises `Refusal` at `login`, `roles` or `password`.
    """
    login = fold(clean(login, "login", max_length=60))
    if not login or " " in login:
        raise Refusal("login-wrong", field="login")
    if session().scalar(select(User.id).where(User.login == login)) is not None:
        raise Refusal("login-taken", field="login", login=login)
    _check_roles(roles)
    password = password or secrets.token_urlsafe(12)
    _check_password(password)
    row = {
        "login": login,
        "name": clean(name, "name", max_length=100) or login,
        "password_hash": hash_password(password),
        "locale": locale,
        "theme": "auto",
        "active": True,
        "created_at": clock.now(),
    }
    user_id = insert_rows_returning_ids(User, [row])[0]
    insert_rows(UserRole, [{"user_id": user_id, "role": role} for role in sorted(set(roles))])
    note_change("roles", None, " ".join(sorted(set(roles))))
    return password


@command("user.set_roles")
def set_user_roles(
    user_id: int, *, roles: Sequence[str], had: Sequence[str] | None = None, by: Actor
) -> None:
    """Replace a user's roles; their sessions end.

    `had` is what the form showed, None when the caller saw none; raises `Refusal` when that changed meanwhile.
    """
    user = session().get(User, user_id, with_for_update=True, populate_existing=True) or _user(user_id)
    if user_id == by.user_id:
        raise Refusal("roles-of-oneself")
    _check_roles(roles)
    held = sorted(role.role for role in user.roles)
    if had is not None and sorted(had) != held:
        raise Refusal("roles-changed-meanwhile", field="roles", roles=held)
    note_change("roles", " ".join(held), " ".join(sorted(roles)))
    session().execute(delete(UserRole).where(UserRole.user_id == user_id))
    insert_rows(UserRole, [{"user_id": user_id, "role": role} for role in sorted(set(roles))])
    end_sessions(user_id)


@command("user.disable")
def disable_user(user_id: int, *, by: Actor) -> None:
    """Shut a user out at once."""
    if user_id == by.user_id:
        raise Refusal("disable-oneself")
    note_change("active", _user(user_id).active, False)
    session().execute(update(User).where(User.id == user_id).values(active=False))
    end_sessions(user_id)


@command("user.enable")
def enable_user(user_id: int, *, by: Actor) -> None:
    """Let a user in again."""
    note_change("active", _user(user_id).active, True)
    session().execute(update(User).where(User.id == user_id).values(active=True))


@command("user.reset_password")
def reset_password(user_id: int, *, by: Actor) -> str:
    """Generate a new password for a user, shown once; their sessions end."""
    password = secrets.token_urlsafe(12)
    _user(user_id)
    session().execute(update(User).where(User.id == user_id).values(password_hash=hash_password(password)))
    end_sessions(user_id)
    return password


@command("user.change_password")
def change_password(*, old: str, new: str, here: bytes = b"", by: Actor) -> None:
    """Change the own password; every session but `here` (the hash of its token) ends.

    Raises `Refusal`: `password-wrong` at `old`, `password-length` or `password-same` at `new`.
    """
    if by.user_id is None:
        raise NotFound("user", by.name)
    user = session().get(User, by.user_id, with_for_update=True)
    if user is None or not password_matches(user.password_hash, old[:300]):
        raise Refusal("password-wrong", field="old")
    _check_password(new, field="new")
    if new == old:
        raise Refusal("password-same", field="new")
    session().execute(update(User).where(User.id == user.id).values(password_hash=hash_password(new)))
    end_sessions(user.id, but=here)


def end_sessions(user_id: int, *, but: bytes = b"") -> None:
    """End every session of a user at once, save the one whose token has this hash."""
    live = (LoginSession.user_id == user_id) & LoginSession.ended_at.is_(None)
    others = live & (LoginSession.token_hash != but)
    session().execute(update(LoginSession).where(others).values(ended_at=clock.now()))


def _user(user_id: int) -> User:
    user = session().get(User, user_id)
    if user is None:
        raise NotFound("user", user_id)
    return user


def _check_roles(roles: Sequence[str]) -> None:
    unknown = sorted(set(roles) - set(ROLES))
    if unknown or not roles:
        raise Refusal(
            "role-unknown", field="roles", role=unknown[0] if unknown else "", known=", ".join(ROLES)
        )


def _check_password(password: str, *, field: str = "password") -> None:
    if not LEAST_LENGTH <= len(password) <= 256:
        raise Refusal("password-length", field=field, least=LEAST_LENGTH)
