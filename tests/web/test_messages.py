"""German and English throughout: every text has its German, with the same places to fill."""

import re

from suite.web.i18n import german
from tests.messages import missing_messages, wanted_messages

PLACE = re.compile(r"%\(\w+\)s")


def test_every_text_has_a_german_one() -> None:
    assert missing_messages() == []


def test_no_german_text_is_left_over() -> None:
    assert sorted(set(german()) - wanted_messages()) == []


def test_both_languages_fill_the_same_places() -> None:
    differing = {e: g for e, g in german().items() if sorted(PLACE.findall(e)) != sorted(PLACE.findall(g))}
    assert differing == {}
