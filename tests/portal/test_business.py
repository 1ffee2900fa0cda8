"""What a customer does in the portal: accept and decline quotes, order at its own prices."""

import re
from datetime import timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor
from suite.base.errors import Conflict, NotFound, NotPermitted, Refusal
from suite.crm.quotes.commands import edit_quote, send_quote
from suite.master.prices.commands import PriceInput, set_price
from suite.master.products.commands import retire_product
from suite.model import Event, OrderSide, QuoteSide, Record
from suite.portal.commands import accept_own_quote, decline_own_quote, place_own_order
from suite.shared.roles import PORTAL
from tests.populated import Populated
from tests.portal.conftest import Guest
from tests.world import line


@pytest.fixture
def quote(company: Populated) -> Record:
    """A quote the customer was sent."""
    sent = company.world.quote(line(company.ids["product"], "4"), customer=company.ids["customer"])
    return company.world.record(send_quote(sent, by=company.world.sven))


def customer(party_id: int) -> Actor:
    """A customer's contact as an actor."""
    return Actor(None, "portal:Kim", frozenset(PORTAL.split()), "portal", "r1", "de", party_id)


def request_key(page: str) -> str:
    """The key of the form on a page."""
    found = re.search(r'name="request_key" value="(\w+)"', page)
    assert found is not None
    return found.group(1)


def test_a_quote_is_accepted_with_name_and_time(company: Populated, guest: Guest, quote: Record) -> None:
    url = f"/portal/quotes/{quote.public_id}/accept"
    version = str(quote.version)

    refused = guest.post(url, page=url, name=" ", version=version)
    answer = guest.post(url, page=url, name="Kim Kunde", version=version)

    assert refused.status_code == 422
    assert answer.status_code == 303
    with company.world.database.reading() as reading:
        side = reading.get_one(QuoteSide, quote.id)
        event = reading.scalars(
            select(Event).where(Event.verb == "portal.accept_quote").order_by(Event.id.desc())
        ).first()
        state = reading.get_one(Record, quote.id).state
    assert side.accepted_by == "Kim Kunde"
    assert side.accepted_at is not None
    assert state == "accepted"
    assert (event.actor, event.door) == ("portal:Kim Kunde", "portal")
    assert "Kim Kunde" in guest.get(f"/portal/quotes/{quote.public_id}").text


def test_a_quote_changed_meanwhile_is_not_accepted_unseen(
    company: Populated, guest: Guest, quote: Record
) -> None:
    edit_quote(quote.id, lines=[line(price="999")], dated_on=clock.today(), by=company.world.sven)
    send_quote(quote.id, by=company.world.sven)
    url = f"/portal/quotes/{quote.public_id}/accept"

    answer = guest.post(url, page=url, name="Kim", version=str(quote.version))

    assert answer.status_code == 422
    assert company.world.record(quote.id).state == "sent"
    with pytest.raises(Conflict):
        accept_own_quote(quote.id, name="Kim", version=quote.version, by=customer(company.ids["customer"]))


def test_an_expired_quote_is_not_accepted(company: Populated, quote: Record) -> None:
    by = customer(company.ids["customer"])

    with clock.fixed_at(clock.now() + timedelta(days=400)), pytest.raises(Refusal) as refused:
        accept_own_quote(quote.id, name="Kim", by=by)
    assert refused.value.code == "quote-expired"


def test_a_quote_is_declined(company: Populated, guest: Guest, quote: Record) -> None:
    url = f"/portal/quotes/{quote.public_id}/decline"

    assert guest.post(url, page=url, reason="zu teuer", version=str(quote.version)).status_code == 303
    assert company.world.record(quote.id).state == "rejected"
    with pytest.raises(Refusal):
        decline_own_quote(quote.id, by=customer(company.ids["customer"]))


def test_the_verbs_themselves_ask_whose_the_quote_is(company: Populated, quote: Record) -> None:
    stranger = customer(company.world.customer("Fremde AG"))

    with pytest.raises(NotFound):
        accept_own_quote(quote.id, name="Kim", by=stranger)
    with pytest.raises(NotFound):
        decline_own_quote(quote.id, by=stranger)
    with pytest.raises(NotFound):
        accept_own_quote(company.ids["draft_quote"], name="Kim", by=customer(company.ids["customer"]))
    with pytest.raises(NotPermitted):
        place_own_order({company.ids["product"]: D(1)}, by=company.world.owner)


def test_an_order_is_placed_at_the_customers_own_price(company: Populated, guest: Guest) -> None:
    product, owner = company.ids["product"], company.world.owner
    own = PriceInput(unit_price=D("1.11"))
    set_price(product, holder_id=company.ids["customer"], price=own, by=owner)
    page = guest.get("/portal/shop").text
    assert "1.11" in page

    answer = guest.post(
        "/portal/shop",
        page="/portal/shop",
        action="order",
        order_reference="B-77",
        note="Bitte bald",
        request_key=request_key(page),
        **{f"quantity-{product}": "3"},
    )

    assert answer.status_code == 303
    order = company.world.record(_order_behind(company, answer.headers["Location"]))
    lines = company.world.lines(order.id)
    assert (order.state, lines[0].unit_price, lines[0].quantity) == ("draft", D("1.11"), D(3))
    assert lines[1].name == "Bitte bald"
    with company.world.database.reading() as reading:
        assert reading.get_one(OrderSide, order.id).placed_by == "Kim Kunde"
    assert guest.get(answer.headers["Location"]).status_code == 200, "the own draft can be seen"


def test_an_order_sent_twice_is_one(company: Populated, guest: Guest) -> None:
    page = guest.get("/portal/shop").text
    fields = {
        "action": "order",
        "request_key": request_key(page),
        f"quantity-{company.ids['product']}": "2",
    }

    first = guest.post("/portal/shop", page="/portal/shop", **fields)
    second = guest.post("/portal/shop", page="/portal/shop", **fields)

    assert first.headers["Location"] == second.headers["Location"]


def test_an_order_of_nothing_or_of_what_is_not_offered_is_refused(company: Populated, guest: Guest) -> None:
    product = company.ids["other_product"]
    retire_product(product, by=company.world.owner)

    nothing = guest.post("/portal/shop", page="/portal/shop", action="order")
    gone = guest.post("/portal/shop", page="/portal/shop", action="order", **{f"quantity-{product}": "1"})
    wrong = guest.post(
        "/portal/shop", page="/portal/shop", action="order", **{f"quantity-{company.ids['product']}": "zwei"}
    )

    assert [nothing.status_code, gone.status_code, wrong.status_code] == [422, 422, 422]
    assert 'value="zwei"' in wrong.text, "what was typed stays"


def _order_behind(company: Populated, url: str) -> int:
    with company.world.database.reading() as reading:
        return int(reading.scalar(select(Record.id).where(Record.public_id == url.rsplit("/", 1)[-1])) or 0)
