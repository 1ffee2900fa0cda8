"""Who may sign in, and who may do what."""

from dataclasses import dataclass

from sqlalchemy import select

from suite.base.command import COMMANDS
from suite.base.db import session
from suite.model import User
from suite.shared.roles import ROLES, all_permissions, permissions_of


@dataclass(frozen=True)
class MatrixRow:
    """A permission and the roles that give it."""

    permission: str
    is_verb: bool
    roles: frozenset[str]


def users() -> list[User]:
    """All users, the active first."""
    return list(session().scalars(select(User).order_by(User.active.desc(), User.login)))


def matrix() -> dict[str, list[MatrixRow]]:
    """Every permission of the registry by what it is about, with the roles that give it."""
    of_role = {role: permissions_of([role]) for role in ROLES}
    rows: dict[str, list[MatrixRow]] = {}
    for permission in sorted(all_permissions()):
        roles = frozenset(role for role, given in of_role.items() if permission in given)
        rows.setdefault(permission.split(".")[0], []).append(
            MatrixRow(permission, permission in COMMANDS, roles)
        )
    return rows
