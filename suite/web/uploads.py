"""Files sent with a form: at most some, under plain names; their type is the sender's word and never believed."""

from flask import request

from suite.base.errors import Refusal
from suite.base.text import without_forbidden

MOST_FILES = 5
LONGEST_NAME = 120


def sent_files(field: str = "files") -> list[tuple[str, bytes]]:
    """What was attached, as (name, bytes); raises `Refusal("files-too-many")`."""
    sent = [file for file in request.files.getlist(field) if file.filename]
    if len(sent) > MOST_FILES:
        raise Refusal("files-too-many", field=field, most=MOST_FILES)
    return [(_plain(file.filename or ""), file.read()) for file in sent]


def _plain(name: str) -> str:
    """The last part of a path, one line, never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return " ".join(without_forbidden(last).split())[-LONGEST_NAME:] or "file"
