"""How values are shown: days and amounts of the history, moments of other years."""

from datetime import UTC, datetime

import pytest

from suite.base import clock
from suite.web.format import changed, moment


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        (None, "–"),
        ("2026-11-25", "25 Nov 2026"),
        ("1234.5", "1,234.50"),
        ("≥ 100: 15.4, 2026-01-02 –", "≥ 100: 15.40, 2 Jan 2026 –"),
        ("2026-13-45", "2026-13-45"),
        ("Rohr 1.5 Zoll", "Rohr 1.5 Zoll"),
        ("True", "yes"),
    ],
)
def test_the_history_shows_values_as_people_read_them(kept: str | None, shown: str) -> None:
    assert changed(kept) == shown


def test_a_moment_of_another_year_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert moment(datetime(2025, 10, 2, 9, 54, tzinfo=UTC)) == "Thu 2 Oct 2025 11:54"
