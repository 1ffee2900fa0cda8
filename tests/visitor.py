"""A visitor of the pages: the Flask test client, signed in, with the form token of its session."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from suite.admin.users.commands import add_user
from suite.app import create_app
from tests.world import World

PASSWORD = "ein langes Passwort"


class Visitor:
    """Somebody with roles, reading English."""

    def __init__(self, world: World, *roles: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
        login = "-".join(roles)
        add_user(login=login, name=login, roles=roles, password=PASSWORD, locale="en", by=world.owner)
        app = create_app(world.database.url.render_as_string(hide_password=False))
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie("kontor_locale", "en")
        door = self.client.get("/login").text
        self.client.post("/login", data={"csrf": _token(door), "name": login, "password": PASSWORD})
        self.csrf = _token(self.client.get("/search").text)

    def get(self, url: str) -> TestResponse:
        """Look at a page."""
        return self.client.get(url)

    def post(self, url: str, **fields: str) -> TestResponse:
        """Send a form."""
        return self.client.post(url, data={"csrf": self.csrf} | fields)


def _token(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found is not None, page[:2000]
    return found.group(1)
