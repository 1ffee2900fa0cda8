"""Pages of invoices: several orders in one, a look at the VAT abroad; and a posted invoice in the other profile."""

import pytest

from suite.app import create_app
from suite.base.errors import Refusals
from suite.erp.invoices.rendering import einvoice
from suite.shared.roles import system_actor
from tests.walk import Person, add_person
from tests.world import World, line

LEITWEG = "04011000-1234512345-06"


def test_two_orders_go_into_one_invoice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = world.customer()
    orders = [world.delivered_order(line(price="10"), customer=customer) for _ in range(2)]
    world.order(line(price="10", billing_basis="delivered"), customer=customer)  # nothing delivered yet
    monkeypatch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    add_person(world, "gerda", "sales", "accounting")
    client = Person(create_app(world.database.url.render_as_string(hide_password=False)), "gerda")
    url = f"/orders/{world.record(orders[0]).public_id}/gather"

    page = client.get(url).get_data(as_text=True)
    ticked = {f"order-{world.record(order).public_id}": "1" for order in orders}
    answer = client.post(url, **ticked)

    assert page.count('type="checkbox"') == 2
    assert answer.status_code == 303 and "/invoices/" in answer.headers["Location"]
    assert [world.record(order).state for order in orders] == ["delivered", "delivered"]


def test_a_paper_invoice_is_rendered_as_xrechnung_or_says_what_that_needs(world: World) -> None:
    by = system_actor("test", door="test")
    public = world.posted_invoice(customer=world.customer(leitweg_id=LEITWEG, vat_id="DE136695976"))
    private = world.posted_invoice(customer=world.customer())

    with world.database.reading():
        xml = einvoice(world.record(public).number, profile="xrechnung", by=by)
        with pytest.raises(Refusals) as refused:
            einvoice(world.record(private).number, profile="xrechnung", by=by)

    assert b"xrechnung_3.0" in xml and LEITWEG.encode() in xml
    assert "buyer_reference" in {problem.field for problem in refused.value.problems}


def test_the_check_page_asks_to_look_at_german_vat_for_a_customer_abroad(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    add_person(sqlite_world, "gerda", "accounting")
    client = Person(create_app(str(sqlite_world.database.url)), "gerda")
    invoices = [sqlite_world.draft_invoice(customer=sqlite_world.customer(country=c)) for c in ("AT", "DE")]

    pages = [
        client.get(f"/invoices/{sqlite_world.record(each).public_id}/post").get_data(as_text=True)
        for each in invoices
    ]

    assert ["look at the VAT" in page for page in pages] == [True, False]
