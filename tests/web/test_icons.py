"""Every icon a page asks for is in the sprite; a missing one would be a blank."""

import re
from pathlib import Path

from suite.pages import WINGS
from suite.web.assets import ICONS
from suite.web.verbs import VERBS

SUITE = Path(__file__).parent.parent.parent / "suite"
NAMED = re.compile(r"""icon\(\s*["']([a-z0-9-]+)["']""")
CHOSEN = re.compile(r"""icon\(\s*["'][a-z0-9-]+["'] if [^%}]*? else ["']([a-z0-9-]+)["']""")


def test_every_icon_in_use_is_in_the_sprite() -> None:
    texts = [path.read_text(encoding="utf-8") for path in SUITE.rglob("*.html")]
    used = {name for text in texts for pattern in (NAMED, CHOSEN) for name in pattern.findall(text)}
    used |= {icon for _, icon, _ in VERBS.values()}
    used |= {place.icon for wing in WINGS for place in wing.places}

    assert used - set(ICONS) == set()
