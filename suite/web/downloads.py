"""Files sent while they are read: a stream outlives its request, so it reads in a session of its own."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import Response, current_app, stream_with_context

from suite.base.csv_out import csv_lines
from suite.base.db import Database


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A CSV file as a download."""
    return download(name, csv_lines(head, rows), "text/csv; charset=utf-8")


def download(name: str, blocks: Iterable[Any], media_type: str) -> Response:
    """A file as a download; `blocks` are drawn while it is sent."""
    database: Database = current_app.extensions["kontor"]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(_read(database, blocks)), content_type=media_type, headers=headers)


def _read(database: Database, blocks: Iterable[Any]) -> Iterator[Any]:
    with database.reading():
        yield from blocks
