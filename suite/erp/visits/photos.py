"""Pictures of a visit: kept as they were taken, only pictures, only before the report is closed."""

from collections.abc import Sequence

from suite.base.command import Actor, command
from suite.base.errors import Refusal
from suite.base.text import without_forbidden
from suite.model import Visit
from suite.model.record import change_record, get_record
from suite.shared.archive import archive

MOST_PHOTOS = 10
# First bytes of what a phone's camera makes; anything else is no picture, whatever its name says.
KINDS = {
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
    b"RIFF": ("image/webp", "webp"),
}


@command("visit.photo", on="visit")
def add_photos(visit_id: int, files: Sequence[tuple[str, bytes]], *, by: Actor) -> int:
    """Keep pictures with a visit, as (name, bytes); raises `Refusal("photo-wrong")` for what is none."""
    record = get_record(visit_id, "visit")
    Visit.flow.after("visit.work", record.state)
    if not files:
        raise Refusal("field-required", field="photos")
    for place, (name, content) in enumerate(files[:MOST_PHOTOS]):
        kind = next((kind for start, kind in KINDS.items() if content.startswith(start)), None)
        if kind is None:
            raise Refusal("photo-wrong", field="photos", name=name[:60])
        media_type, ending = kind
        stem = without_forbidden(name.replace("\\", "/").rsplit("/", 1)[-1]).rsplit(".", 1)[0]
        shown = f"{stem[:80].strip() or f'Foto {place + 1}'}.{ending}"
        archive(visit_id, content, role="attachment", name=shown, media_type=media_type)
    change_record(visit_id)
    return visit_id
