"""Two customers with a contact each who may come in, and what a browser of theirs does."""

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from suite.master.parties.contacts import ContactInput, create_contact
from suite.model import Record
from suite.portal.commands import invite_contact
from suite.portal.passes import WayIn
from tests.populated import Populated
from tests.world import World, line

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
    """A customer with what the tests of its doings need; `test_own_only` walks over something of everything."""
    made = Populated(world)
    ids = made.ids
    ids["customer"] = customer = world.customer("Muster & Söhne GmbH")
    ids["product"] = product = world.product("Schraube M8", price="1.25", stock="500")
    ids["other_product"] = world.product("Mutter M8", price="0.99", stock="20")
    ids["draft_quote"] = world.quote(customer=customer)
    order = world.delivered_order(line(product, "40"), customer=customer)
    with world.database.reading() as reading:
        ids["delivery"] = reading.scalars(select(Record.id).where(Record.kind == "delivery")).one()
    ids["order"] = order
    ids["paid"] = world.posted_invoice(line(price="20"), customer=customer)
    return made


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
