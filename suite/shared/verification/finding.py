"""Findings, the registry of checks, and running them all."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from suite.base.db import session


@dataclass(frozen=True)
class Finding:
    """One violated invariant: the check's name, where it was found and what is wrong."""

    check: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.check}: {self.where}: {self.what}"


Check = Callable[[], Iterable[tuple[str, str]]]
CHECKS: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a check; it yields (where, what) for every violation."""

    def register(function: Check) -> Check:
        CHECKS[name] = function
        return function

    return register


def none_found(name: str, sql: str, what: str) -> None:
    """Register a check whose query must return no row; its first column says where."""

    def run() -> Iterator[tuple[str, str]]:
        for row in session().execute(text(sql)):
            yield str(row[0]), what.format(*row)

    CHECKS[name] = run


def verify() -> Iterator[Finding]:
    """Run every check in the current session and yield what they find.

    A check that cannot be run (its table is gone) is a finding too.
    """
    for name, function in CHECKS.items():
        try:
            with session().begin_nested():
                for where, what in function():
                    yield Finding(name, where, what)
        except DBAPIError as error:
            yield Finding(name, "database", str(error.orig).strip().splitlines()[0])
