"""Locations: stock, vans and quarantine, transfers between them, and promises to records."""

from collections.abc import Callable
from decimal import Decimal as D

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from suite.base.clock import today
from suite.base.db import write_transaction
from suite.base.errors import Conflict, Refusal
from suite.erp.deliveries.commands import deliver_order
from suite.erp.deliveries.returns import return_delivery
from suite.erp.orders.commands import reserve_order
from suite.erp.stock.commands import receive_product, transfer_stock
from suite.erp.stock.locations import create_location, edit_location
from suite.model import Location, Reservation, StockLevel
from suite.shared.reservation import available, issue_for, release_for, reserve_for
from tests.web.clients import post_form
from tests.world import World, line


@pytest.fixture
def places(world: World) -> World:
    """A second hall, a van and a quarantine."""
    create_location(code="hall2", name="Halle 2", by=world.wanda)
    create_location(code="VAN-1", name="Fahrzeug Ines", use="van", by=world.wanda)
    create_location(code="QUAR", name="Sperrlager", use="quarantine", by=world.wanda)
    return world


def place(world: World, code: str) -> Location:
    with world.database.reading() as reading:
        return reading.scalars(select(Location).where(Location.code == code)).one()


def level(world: World, product: int, code: str) -> tuple[D, D]:
    where = (StockLevel.product_id == product, StockLevel.location_id == place(world, code).id)
    with world.database.reading() as reading:
        found = reading.scalars(select(StockLevel).where(*where)).one()
        return found.on_hand, found.reserved


def free(world: World, product: int) -> D:
    with world.database.reading():
        return available([product])[product]


def test_goods_in_a_van_or_in_quarantine_are_not_promised(places: World) -> None:
    product = places.product(stock="0")
    receive_product(product, quantity=D(5), location="VAN-1", by=places.wanda)
    receive_product(product, quantity=D(5), location="QUAR", by=places.wanda)

    order = places.order(line(product, "4"))

    assert free(places, product) == 0
    assert level(places, product, "VAN-1") == (5, 0)
    with pytest.raises(Refusal, match="not-enough-stock"):
        deliver_order(order, by=places.wanda)
    assert places.findings() == []


def test_a_transfer_moves_what_is_free_and_releases_nothing(places: World) -> None:
    product = places.product(stock="10")
    order = places.order(line(product, "7"))

    with pytest.raises(Refusal) as refused:
        transfer_stock(product, quantity=D(4), source="MAIN", target="VAN-1", by=places.wanda)
    transfer_stock(product, quantity=D(3), source="MAIN", target="VAN-1", by=places.wanda)

    assert (refused.value.code, refused.value.params["available"]) == ("not-enough-stock", 3)
    assert level(places, product, "MAIN") == (7, 7)
    assert level(places, product, "VAN-1") == (3, 0)
    deliver_order(order, by=places.wanda)
    assert places.findings() == []


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        ("MAIN", "MAIN", "location-same"),
        ("MAIN", "CUSTOMER", "location-unknown"),
        ("NOWHERE", "MAIN", "location-unknown"),
    ],
)
def test_a_transfer_needs_two_places_of_ours(places: World, source: str, target: str, code: str) -> None:
    product = places.product(stock="10")

    with pytest.raises(Refusal, match=code):
        transfer_stock(product, quantity=D(1), source=source, target=target, by=places.wanda)


def test_a_delivery_uses_up_its_promise_wherever_it_lies(places: World) -> None:
    product = places.product(stock="0")
    receive_product(product, quantity=D(4), location="HALL2", by=places.wanda)
    order = places.order(line(product, "4"))
    receive_product(product, quantity=D(4), by=places.wanda)

    deliver_order(order, by=places.wanda)

    assert level(places, product, "HALL2") == (0, 0)
    assert level(places, product, "MAIN") == (4, 0)
    assert places.findings() == []


def test_what_comes_back_may_go_to_quarantine(places: World) -> None:
    product = places.product(stock="5")
    order = places.order(line(product, "5"))
    delivery = deliver_order(order, by=places.wanda)
    back = {places.lines(delivery)[0].id: D(2)}

    return_delivery(delivery, quantities=back, reason="defective", location="QUAR", by=places.wanda)

    assert level(places, product, "QUAR") == (2, 0)
    assert free(places, product) == 0
    assert places.findings() == []


def test_a_record_reserves_from_a_named_van_uses_it_up_and_gives_back(places: World) -> None:
    product, activity = places.product(stock="3"), places.customer()
    receive_product(product, quantity=D(2), location="VAN-1", by=places.wanda)
    van = place(places, "VAN-1").id

    with write_transaction():
        missing = reserve_for(activity, {product: D(3)}, location_id=van)
        elsewhere = reserve_for(activity, {product: D(1)})
        again = reserve_for(activity, {product: D(1)})
    with write_transaction():
        issue_for(activity, {product: D(1)}, on=today(), reason="Einsatz", location_id=van)

    assert (missing, elsewhere, again) == ({product: 1}, {}, {})
    assert level(places, product, "VAN-1") == (1, 1)
    assert level(places, product, "MAIN") == (3, 2)
    assert places.findings() == []
    with write_transaction():
        release_for(activity)
    assert level(places, product, "MAIN") == (3, 0)
    with places.database.reading() as reading:
        assert reading.scalars(select(Reservation)).all() == []


def test_what_a_record_holds_is_not_sold(places: World) -> None:
    product, holder = places.product(stock="3"), places.customer()
    with write_transaction():
        reserve_for(holder, {product: D(2)})

    order = places.order(line(product, "3"))
    with pytest.raises(Refusal, match="not-enough-stock"):
        deliver_order(order, by=places.wanda)
    with write_transaction():
        release_for(holder)
    reserve_order(order, by=places.wanda)

    deliver_order(order, by=places.wanda)
    assert places.findings() == []


def test_a_place_with_promises_keeps_its_use_and_the_main_one_always(places: World) -> None:
    product = places.product(stock="0")
    receive_product(product, quantity=D(4), location="HALL2", by=places.wanda)
    places.order(line(product, "4"))
    hall, main = place(places, "HALL2"), place(places, "MAIN")

    edit_location(hall.id, name="Halle Zwei", use="stock", version=hall.version, by=places.wanda)
    with pytest.raises(Refusal, match="location-reserved"):
        edit_location(hall.id, name="Halle 2", use="quarantine", by=places.wanda)
    with pytest.raises(Refusal, match="location-main"):
        edit_location(main.id, name="Hauptlager", use="van", by=places.wanda)
    with pytest.raises(Conflict):
        edit_location(hall.id, name="Halle 2", use="stock", version=hall.version, by=places.wanda)
    assert place(places, "HALL2").name == "Halle Zwei"


@pytest.mark.parametrize(
    ("code", "name", "use", "refusal"),
    [
        ("main", "Noch eins", "stock", "location-code-taken"),
        ("a b", "Raum", "stock", "location-code-wrong"),
        ("A", "", "stock", "field-required"),
        ("A", "Raum", "cellar", "choice-unknown"),
    ],
)
def test_a_location_needs_a_code_a_name_and_a_use(
    world: World, code: str, name: str, use: str, refusal: str
) -> None:
    with pytest.raises(Refusal, match=refusal):
        create_location(code=code, name=name, use=use, by=world.wanda)


def test_pages_of_locations_and_of_stock_by_place(places: World, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("warehouse")
    product = places.product("Pumpe", stock="10")
    url = f"/products/{places.record(product).public_id}/stock"

    made = post_form(client, "/locations", code="VAN-2", name="Fahrzeug 2", use="van")
    moved = post_form(client, url, action="transfer", moved="3", source="MAIN", target="VAN-2")
    refused = post_form(client, url, action="transfer", moved="30", source="MAIN", target="VAN-2")

    assert (made.status_code, moved.status_code, refused.status_code) == (303, 303, 422)
    assert "f-moved" in refused.get_data(as_text=True)
    page = client.get("/stock?location=VAN-2").get_data(as_text=True)
    assert "Pumpe" in page and "Fahrzeug 2" in page
    assert "Hauptlager" in client.get("/stock").get_data(as_text=True)
    both = client.get(f"/locations/{place(places, 'VAN-2').id}")
    assert both.status_code == 200
    edited = post_form(client, f"/locations/{place(places, 'VAN-2').id}", name="Bus", use="van", version="1")
    late = post_form(client, f"/locations/{place(places, 'VAN-2').id}", name="Zug", use="van", version="1")
    assert (edited.status_code, late.status_code) == (303, 422)
    assert "Bus" in late.get_data(as_text=True)


def test_the_next_page_of_stock_begins_within_an_article(
    places: World, sign_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suite.erp.stock.views.PAGE", 1)
    product = places.product("Pumpe", stock="10")
    transfer_stock(product, quantity=D(3), source="MAIN", target="VAN-1", by=places.wanda)
    client = sign_in("warehouse")

    first = client.get("/stock").get_data(as_text=True)
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get("/stock" + following).get_data(as_text=True)

    assert ">7<" in first and ">3<" not in first
    assert ">3<" in second
