"""Two customers with a contact each who may come in, and what a browser of theirs does."""

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from suite.master.parties.contacts import ContactInput, create_contact
from suite.portal.commands import invite_contact
from suite.portal.passes import WayIn
from tests.populated import Populated, populate
from tests.world import World

TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@dataclass
class Guest:
    """A customer's contact with a browser."""

    contact: int
    client: FlaskClient

    def get(self, url: str) -> TestResponse:
        """Look at a page."""
        return self.client.get(url)

    def post(self, url: str, *, page: str = "/portal/login", **fields: str) -> TestResponse:
        """Send a form with the token of a page."""
        found = TOKEN.search(self.client.get(page).text)
        assert found is not None
        return self.client.post(url, data={"csrf": found.group(1)} | fields)

    def enter(self, way: WayIn) -> TestResponse:
        """Redeem an invitation."""
        url = f"/portal/enter/{way.token}"
        return self.post(url, page=url, code=way.code)


@pytest.fixture
def company(world: World) -> Populated:
    """A company with something of everything."""
    return populate(world)


@pytest.fixture
def guest(company: Populated, app: Flask) -> Guest:
    """A contact of the customer, invited and signed in."""
    return signed_in(company, app, company.ids["customer"])


@pytest.fixture
def stranger(company: Populated, app: Flask) -> Guest:
    """A contact of another customer, invited and signed in."""
    return signed_in(company, app, company.world.customer("Fremde AG"))


def signed_in(company: Populated, app: Flask, party: int) -> Guest:
    """A new contact of a party, let in."""
    owner = company.world.owner
    contact = create_contact(party, ContactInput("Kim Kunde", email="kim@kunde.example"), by=owner)
    guest = Guest(contact, app.test_client())
    answer = guest.enter(invite_contact(contact, locale="en", by=owner))
    assert answer.status_code == 303, answer.text
    return guest
