"""Where the folders beside the package lie: in a checkout next to it, in an installed wheel inside it."""

from pathlib import Path

PACKAGE = Path(__file__).parent.parent


def folder(name: str) -> Path:
    """The folder `name` (migrations, seed)."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
