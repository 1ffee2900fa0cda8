"""A database that is busy: 503 with what was typed still there, never a half-done change."""

import pytest

from suite.app import create_app
from suite.base.errors import Unavailable
from suite.crm.leads import views
from tests.walk import Person, add_person
from tests.world import World


def test_a_busy_database_answers_503_and_keeps_what_was_typed(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    add_person(sqlite_world, "sina", "sales")
    sina = Person(create_app(str(sqlite_world.database.url)), "sina")

    def busy(*_: object, **__: object) -> int:
        raise Unavailable("database-busy")

    monkeypatch.setattr(views, "create_lead", busy)
    answer = sina.post("/leads/new", subject="Neue Heizung", action="save")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Neue Heizung" in answer.text and "Somebody else is writing right now" in answer.text
