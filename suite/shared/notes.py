"""Notes on any record."""

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound, Refusal
from suite.base.text import clean
from suite.model import Note, Record
from suite.model.record import touch


@command("note.add")
def add_note(record_id: int, *, text: str, by: Actor) -> int:
    """Write a note about a record the actor may read."""
    record = session().get(Record, record_id)
    if record is None or not by.may(f"{record.kind}.read"):
        raise NotFound("record", record_id)
    words = clean(text, "text", max_length=4000, multiline=True)
    if not words:
        raise Refusal("field-required", field="text")
    row = {
        "record_id": record_id,
        "at": clock.now(),
        "author": by.name,
        "author_id": by.user_id,
        "text": words,
    }
    insert_rows(Note, [row])
    touch(record_id)
    return record_id
