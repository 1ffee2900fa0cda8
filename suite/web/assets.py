"""Static files under names with a content hash, and the sprite of the icons in use."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

ICONS = (
    "arrow-counterclockwise arrow-down-short arrow-repeat arrow-return-left arrow-up-short bank "
    "bar-chart-line bell book box-arrow-right box-seam boxes building calculator calendar-event calendar-week "
    "camera cart cart-plus check2 clipboard clock-history cpu download envelope exclamation-circle eye "
    "file-earmark-pdf file-earmark-text filetype-xml gear globe headset info-circle journal-text kanban "
    "keyboard line list list-ul lock moon paperclip pen pencil people person person-plus play-fill plus "
    "plus-circle plus-lg printer question-circle receipt repeat search shield-check shield-lock sun tag "
    "telephone text-left three-dots three-dots-vertical trash truck wrench x"
).split()
_SYMBOL = re.compile(r'(?s)<symbol[^>]*?\bid="([^"]+)".*?</symbol>')
_FILES = {
    "bootstrap.css": ("flask_bootstrap", "static/bootstrap5/css/bootstrap.min.css", "text/css"),
    "htmx.js": ("js_lib_htmx", "static/htmx/htmx.min.js", "text/javascript"),
    "theme.css": ("suite.web", "static/theme.css", "text/css"),
    "kontor.css": ("suite.web", "static/kontor.css", "text/css"),
    "paper.css": ("suite.web", "static/paper.css", "text/css"),
    "logo.svg": ("suite.web", "static/logo.svg", "image/svg+xml"),
    "kontor.js": ("suite.web", "static/kontor.js", "text/javascript"),
    "picker.js": ("suite.web", "static/picker.js", "text/javascript"),
    "lines.js": ("suite.web", "static/lines.js", "text/javascript"),
    "draft.js": ("suite.web", "static/draft.js", "text/javascript"),
    "visit.js": ("suite.web", "static/visit.js", "text/javascript"),
    "calendar.js": ("suite.web", "static/calendar.js", "text/javascript"),
    "board.js": ("suite.web", "static/board.js", "text/javascript"),
}


@dataclass(frozen=True)
class Asset:
    """A file to serve: its bytes, media type and the name that changes with its content."""

    name: str
    content: bytes
    media_type: str


@lru_cache(maxsize=1)
def assets() -> dict[str, Asset]:
    """All assets by the name templates use, e.g. `theme.css`."""
    found = {}
    for name, (package, path, media_type) in _FILES.items():
        content = files(package).joinpath(path).read_bytes()
        found[name] = _named(name, content, media_type)
    found["icons.svg"] = _named("icons.svg", _sprite(), "image/svg+xml")
    return found


def by_hashed_name(hashed: str) -> Asset | None:
    """The asset that is served under a hashed name."""
    return _by_hash().get(hashed)


@lru_cache(maxsize=1)
def _by_hash() -> dict[str, Asset]:
    return {asset.name: asset for asset in assets().values()}


def _named(name: str, content: bytes, media_type: str) -> Asset:
    stem, _, ending = name.rpartition(".")
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(f"{stem}-{digest}.{ending}", content, media_type)


def _sprite() -> bytes:
    """The whole icon file is 1.1 MB: only the symbols in use are served."""
    whole = (
        files("flask_bootstrap")
        .joinpath("static/bootstrap5/icons/bootstrap-icons.svg")
        .read_text(encoding="utf-8")
    )
    symbols = {match.group(1): match.group(0) for match in _SYMBOL.finditer(whole)}
    missing = [name for name in ICONS if name not in symbols]
    if missing:
        raise LookupError(f"icons are missing: {missing}")
    body = "".join(symbols[name] for name in ICONS)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'.encode()
