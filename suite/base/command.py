"""Commands: every change is one named verb with a permission, one transaction and an event.

The verb `invoice.post` is at once the command's name, its permission, the step of the flow, the
URL and the event. A command takes ids and values, opens its own session, may be retried whole
and returns the id of the record it concerns or created.
"""

import hashlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from suite.base import clock
from suite.base.db import (
    before_commit,
    in_write_transaction,
    insert_rows,
    is_retryable,
    is_taken_key,
    session,
    write_transaction,
)
from suite.base.errors import NotPermitted, Unavailable
from suite.base.event import Event, EventValue
from suite.base.request_key import claim_request, keep_answer

P = ParamSpec("P")
R = TypeVar("R")
TRIES = 4


@dataclass(frozen=True)
class Actor:
    """Who acts: a user or a named system job, what it may do, and the door it came through."""

    user_id: int | None
    name: str
    permissions: frozenset[str]
    door: str
    request_id: str
    locale: str = "de"
    # A customer's contact in the portal acts for this party alone; None for everybody of the company.
    party_id: int | None = None

    def may(self, verb: str) -> bool:
        """Whether the permissions cover `verb`."""
        return verb in self.permissions


@dataclass(frozen=True)
class Command:
    """A registered verb: its function, the kind of record it is called on, and whether it makes one."""

    verb: str
    function: Callable[..., Any]
    on: str | None
    creates: str | None
    call: Callable[..., Any]


COMMANDS: dict[str, Command] = {}


@dataclass
class _Pending:
    row: dict[str, Any]
    values: list[dict[str, Any]] = field(default_factory=list)


def command(
    verb: str, *, on: str | None = None, creates: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register `verb`. `on` is the kind of record its first argument names, `creates` the kind it makes.

    Callers may add `request_key="…"`: the same key and values act once and give the first answer.
    """

    def register(function: Callable[P, R]) -> Callable[P, R]:
        if verb in COMMANDS:
            raise RuntimeError(f"{verb} is registered twice")

        @wraps(function)
        def run(*args: Any, by: Actor, request_key: str | None = None, **values: Any) -> Any:
            if not by.may(verb):
                raise NotPermitted(verb)
            return _retried(lambda: _act(COMMANDS[verb], args, values, by=by, request_key=request_key))

        wrapped = cast(Callable[P, R], run)
        COMMANDS[verb] = Command(verb, function, on, creates, run)
        return wrapped

    return register


def together(act: Callable[[], R]) -> R:
    """Several commands as one: one transaction, retried whole; a refusal of any undoes all."""

    def attempt() -> R:
        with write_transaction():
            return act()

    return cast(R, _retried(attempt))


def note_change(name: str, before: object, after: object) -> None:
    """Keep a field's value before and after with the event of the running command."""
    if before != after:
        _stack()[-1].values.append({"field": name, "before": _shown(before), "after": _shown(after)})


def concerns(record_id: int) -> None:
    """Name the record of the running command's event before it returns one."""
    _stack()[-1].row["record_id"] = record_id


def _act(
    command: Command, args: tuple[Any, ...], values: dict[str, Any], *, by: Actor, request_key: str | None
) -> Any:
    with write_transaction() as current:
        if request_key is not None:
            digest = hashlib.sha256(repr((command.verb, args, sorted(values.items()))).encode()).hexdigest()
            claimed = claim_request(request_key, actor=by.name, digest=digest)
            if claimed is not None:
                return claimed.answer
        pending = _Pending(
            {
                "at": clock.now(),
                "actor_id": by.user_id,
                "actor": by.name,
                "door": by.door,
                "request_id": by.request_id,
                "verb": command.verb,
                "record_id": args[0] if command.on and args and isinstance(args[0], int) else None,
                "result_id": None,
            }
        )
        current.info.setdefault("events", []).append(pending)
        stack = _stack()
        stack.append(pending)
        events = current.info["events"]
        before, done = len(events) - 1, False
        try:
            result = command.function(*args, by=by, **values)
            done = True
        finally:
            stack.pop()
            if not done:
                del events[before:]  # what a caller goes on without did not happen
        _name_result(pending.row, result)
        if request_key is not None:
            keep_answer(request_key, actor=by.name, answer=result)
        return result


def _name_result(row: dict[str, Any], result: object) -> None:
    """A command on one record that made another concerns both."""
    if isinstance(result, int) and row["record_id"] is None:
        row["record_id"] = result
    elif isinstance(result, int) and result != row["record_id"]:
        row["result_id"] = result


def _retried(attempt: Callable[[], Any]) -> Any:
    if in_write_transaction():
        return attempt()
    for left in reversed(range(TRIES)):
        try:
            return attempt()
        except DBAPIError as error:
            if not is_retryable(error):
                raise
            if left == 0 and is_taken_key(error):
                raise
            if left == 0:
                raise Unavailable("database-busy") from error
            time.sleep(random.uniform(0.01, 0.05) * (TRIES - left))  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


def _stack() -> list[_Pending]:
    return cast(list[_Pending], session().info.setdefault("command_stack", []))


def _shown(value: object) -> str | None:
    return None if value is None else str(value)


@before_commit
def write_events(current: Session) -> None:
    """Write all events of the transaction in one statement, their values in another."""
    pending: list[_Pending] = current.info.pop("events", [])
    if not pending:
        return
    rows = [p.row for p in pending]
    if not any(p.values for p in pending):
        insert_rows(Event, rows)
        return
    ids = current.scalars(insert(Event).returning(Event.id, sort_by_parameter_order=True), rows).all()
    values = [
        {"event_id": event_id, **value}
        for event_id, p in zip(ids, pending, strict=True)
        for value in p.values
    ]
    insert_rows(EventValue, values)
