"""Signing in and reading pages without a browser."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "ein langes Passwort"


def log_in(client: FlaskClient, login: str) -> FlaskClient:
    """Sign `login` in through the door."""
    csrf = client.get("/login").text.split('name="csrf" value="')[1].split('"')[0]
    answer = client.post("/login", data={"csrf": csrf, "name": login, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


def shown(client: FlaskClient, url: str) -> str:
    """The page behind `url`."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return answer.text


def token_of(page: str) -> str:
    """The token a form of this page sends."""
    return page.split('<meta name="csrf" content="')[1].split('"')[0]


def posted_csv(client: FlaskClient, url: str) -> list[list[str]]:
    """The rows of the CSV behind a page's button."""
    answer = client.post(url, data={"csrf": token_of(shown(client, url))})
    assert answer.status_code == 200, answer.text
    return [row.split(";") for row in answer.data.decode("utf-8-sig").splitlines()]


def post_form(client: FlaskClient, url: str, **fields: str) -> TestResponse:
    """Send a form with the session's token; dashes in field names are written as two underscores."""
    named = {name.replace("__", "-"): value for name, value in fields.items()}
    return client.post(url, data={"csrf": token_of(shown(client, "/search")), **named})
