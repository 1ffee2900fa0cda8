"""Search: words find what holds them, master data first, and only what may be seen."""

from suite.shared.search import found_records
from tests.world import World, line


def test_words_find_parties_first_and_then_the_youngest_documents(world: World) -> None:
    customer = world.customer("Seehafen Ahrensburg GmbH")
    orders = [
        world.order(line(price="10", name="Pumpenschlüssel Größe 12"), customer=customer) for _ in range(2)
    ]

    with world.database.reading():
        assert [record.id for record in found_records("schluessel groess", world.sven)] == orders[::-1]
        assert [record.id for record in found_records("AHRENSBURG", world.sven)] == [customer, *orders[::-1]]
        assert [record.id for record in found_records("hafen", world.sven, limit=2)] == [customer, orders[1]]


def test_nobody_finds_what_may_not_be_seen(world: World) -> None:
    invoice = world.draft_invoice(line(price="10", name="Sonderposten Kupfer"))

    with world.database.reading():
        assert [record.id for record in found_records("kupfer", world.anna)] == [invoice]
        assert found_records("kupfer", world.wanda) == []
