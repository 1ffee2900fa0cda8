"""Request keys: the same request sent twice acts once and gets the first answer."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Mapped, mapped_column

from suite.base import clock
from suite.base.db import Model, database, session
from suite.base.errors import Refusal


class RequestKey(Model):
    """A key an actor used, the digest of what was asked and the answer given."""

    __tablename__ = "request_key"
    actor: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    answer: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Claimed:
    """The answer an earlier identical request got."""

    answer: Any


def claim_request(key: str, *, actor: str, digest: str) -> Claimed | None:
    """Take `key`; None means the caller acts, else the earlier answer.

    The row is inserted first, so a parallel twin waits for it. Raises `Refusal("request-key-reused")`
    when the key was used for another request.
    """
    row = {"actor": actor, "key": key[:200], "digest": digest, "at": clock.now()}
    statement = database().insert(RequestKey).values(row).on_conflict_do_nothing().returning(RequestKey.key)
    if session().execute(statement).first() is not None:
        return None
    kept = session().get_one(RequestKey, (actor, key[:200]))
    if kept.digest != digest:
        raise Refusal("request-key-reused")
    return Claimed(None if kept.answer is None else json.loads(kept.answer))


def keep_answer(key: str, *, actor: str, answer: Any) -> None:
    """Store the JSON-able answer beside the key."""
    match = (RequestKey.actor == actor) & (RequestKey.key == key[:200])
    session().execute(update(RequestKey).where(match).values(answer=json.dumps(answer)))
