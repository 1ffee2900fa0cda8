"""Paging by key: where a page of a list ended, and what comes after it."""

import base64
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, or_

from suite.model import Record


def beyond(column: Any, descending: bool, value: Any, record_id: int) -> Any:
    """Rows that follow (value, id); written so that the index finds the place."""
    if descending:
        return and_(column <= value, or_(column < value, Record.id < record_id))
    return and_(column >= value, or_(column > value, Record.id > record_id))


def encoded(value: Any, record_id: int) -> str:
    """A place in a list as text for an address."""
    text = None if value is None else str(value)
    return base64.urlsafe_b64encode(json.dumps([text, record_id]).encode()).decode()


def decoded(cursor: str, key: str) -> tuple[Any, int] | None:
    """The place behind such a text; None when it is not one of ours."""
    if not cursor or len(cursor) > 2000:
        return None
    try:
        text, record_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if not isinstance(record_id, int) or not isinstance(text, str | None):
            return None
        return None if text is None else _READERS.get(key, str)(text), record_id
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        return None


# What stands in a cursor, by the column the list is ordered by.
_READERS: dict[str, Callable[[str], Any]] = {
    "sort_date": date.fromisoformat,
    "due_date": date.fromisoformat,
    "sort_amount": Decimal,
}
