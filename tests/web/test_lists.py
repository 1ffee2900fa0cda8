"""Lists: what their CSV holds, and that odd addresses do not break them."""

from collections.abc import Callable

from flask.testing import FlaskClient

from suite.crm.leads.commands import LeadInput, create_lead
from suite.crm.opportunities.commands import create_opportunity
from tests.web.clients import posted_csv, shown
from tests.world import D, World


def test_a_list_gives_all_its_rows_as_csv(world: World, sign_in: Callable[..., FlaskClient]) -> None:
    numbers = {world.record(world.posted_invoice()).number for _ in range(2)}

    rows = posted_csv(sign_in("accounting"), "/invoices")
    assert rows[0][0] == "Number"
    assert {row[0] for row in rows[1:]} == numbers


def test_an_address_with_odd_names_is_read_as_without_them(
    world: World, sign_in: Callable[..., FlaskClient]
) -> None:
    world.posted_invoice()
    client = sign_in("accounting")

    for name in ("endpoint", "_method", "_scheme"):
        assert "RE-" in shown(client, f"/invoices?{name}=x")


def test_a_list_shows_what_the_register_does_not_hold(
    world: World, sign_in: Callable[..., FlaskClient]
) -> None:
    customer = world.customer("Hotel Hafen")
    create_opportunity(subject="Betten", party_id=customer, amount=D("100"), by=world.owner)
    create_lead(LeadInput("Kissen", company_name="Gasthof Linde"), by=world.owner)
    world.product("Pfanne", price="40.00", stock="5", number="P1")
    client = sign_in("sales")

    assert posted_csv(client, "/opportunities")[1][:2] == ["Betten", "Hotel Hafen"]
    assert posted_csv(client, "/leads")[1][:2] == ["Kissen", "Gasthof Linde"]
    assert posted_csv(client, "/products")[1][:4] == ["P1", "Pfanne", "40.00", "5"]
    assert "Hotel Hafen" in shown(client, "/opportunities")
