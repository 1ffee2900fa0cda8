"""Parties: their contacts, likely duplicates before a new one, and all that their page shows."""

import pytest
from sqlalchemy import select

from suite.base.db import database
from suite.base.errors import Conflict, NotFound, NotPermitted, Refusal
from suite.base.event import Event
from suite.master.parties.commands import PartyInput, create_party
from suite.master.parties.contacts import ContactInput, create_contact, edit_contact, remove_contact
from suite.master.parties.duplicates import alike_parties
from suite.model import Contact, Record
from suite.shared.search import found_records
from tests.visitor import Visitor
from tests.world import World, actor, line


def test_a_contact_is_entered_changed_found_and_forgotten(world: World) -> None:
    customer = world.customer("Werft AG")
    contact = create_contact(customer, ContactInput("Ines Ahrens", email="ines@werft.example"), by=world.sven)

    edit_contact(
        contact, ContactInput("Ines Ahrens-Bolt", "Einkauf", phone="0471 12"), version=1, by=world.sven
    )
    with world.database.reading() as reading:
        found = found_records("ahrens werft", world.sven)
        assert reading.get_one(Contact, contact).email is None
    remove_contact(contact, by=world.sven)

    assert [record.id for record in found] == [contact]
    with world.database.reading() as reading:
        assert reading.get(Contact, contact) is None
        assert found_records("ahrens", world.sven) == []
        assert "Ahrens" not in reading.get_one(Record, contact).title
        verbs = reading.scalars(select(Event.verb).where(Event.record_id == customer)).all()
    assert "contact.create" in verbs
    assert world.findings() == []


def test_a_contact_needs_a_name_a_right_address_and_a_permission(sqlite_world: World) -> None:
    world = sqlite_world
    customer = world.customer()
    contact = create_contact(customer, ContactInput("A"), by=world.sven)
    given, storekeeper = ContactInput("B"), actor("lena", "warehouse")

    refusals: list[tuple[type[Refusal], str, object]] = [
        (Refusal, "field-required", lambda: create_contact(customer, ContactInput(" "), by=world.sven)),
        (
            Refusal,
            "email-wrong",
            lambda: create_contact(customer, ContactInput("A", email="a@"), by=world.sven),
        ),
        (NotFound, "not-found", lambda: create_contact(contact, given, by=world.sven)),
        (NotFound, "not-found", lambda: edit_contact(customer, given, by=world.sven)),
        (Conflict, "changed-meanwhile", lambda: edit_contact(contact, given, version=7, by=world.sven)),
        (NotPermitted, "not-permitted", lambda: create_contact(customer, given, by=storekeeper)),
    ]

    for kind, code, act in refusals:
        with pytest.raises(kind) as refused:
            act()  # type: ignore[operator]
        assert refused.value.code == code


@pytest.mark.parametrize(
    "typed",
    [
        "Müller Maschinenbau",
        "MUELLER MASCHINENBAU GMBH & CO. KG",
        "Mueller-Maschinenbau e.V.",
        "Müler Maschinenbau",
    ],
)
def test_a_party_like_this_is_found_under_another_spelling(sqlite_world: World, typed: str) -> None:
    known = sqlite_world.customer("Müller Maschinenbau GmbH")
    sqlite_world.customer("Möller Maschinenhandel GmbH")

    with database().reading():
        found = alike_parties(typed, by=sqlite_world.sven)

    assert [each.record.id for each in found] == [known]


def test_the_same_vat_id_or_mail_is_alike_and_other_names_are_not(world: World) -> None:
    known = world.customer("Nordlicht GmbH", vat_id="DE136695976", email="post@nordlicht.example")

    with database().reading():
        by_vat = alike_parties("Ganz anders", vat_id="de 136 695 976", by=world.sven)
        by_mail = alike_parties("Ganz anders", email="post@nordlicht.example", by=world.sven)
        none = alike_parties("Südlicht Handels AG", by=world.sven)

    assert [(each.record.id, each.why) for each in by_vat + by_mail] == [(known, "vat_id"), (known, "email")]
    assert none == []


def test_a_likely_duplicate_is_asked_about_and_nothing_typed_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_party(PartyInput("Käse Krüger KG"), by=world.owner)
    seller = Visitor(world, "sales", monkeypatch=monkeypatch)
    typed = {"name": "Kaese Krueger", "phone": "0421 77", "main-city": "Bremen", "is_company": "1"}

    asked = seller.post("/parties/new", **typed)
    saved = seller.post("/parties/new", anyway="1", **typed)

    assert asked.status_code == 422
    assert "Käse Krüger KG" in asked.text and 'name="anyway"' in asked.text
    assert 'value="0421 77"' in asked.text and 'value="Bremen"' in asked.text
    assert saved.status_code == 303


def test_the_page_of_a_party_shows_contacts_documents_prices_and_what_is_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = world.customer("Seekontor GmbH")
    world.posted_invoice(line(None, "1", "100"), customer=customer)
    order = world.order(customer=customer)
    seller = Visitor(world, "sales", monkeypatch=monkeypatch)
    url = f"/parties/{world.record(customer).public_id}"

    wrong = seller.post(f"{url}/contact", name="", email="x@y.example")
    made = seller.post(f"{url}/contact", name="Ole Petersen", function="Einkauf", email="ole@see.example")
    page = seller.get(url).text

    assert wrong.status_code == 422 and 'value="x@y.example"' in wrong.text
    assert made.location == f"{url}?done=contact-create#contacts"
    assert "Ole Petersen" in page and "mailto:ole@see.example" in page
    assert "open €119.00" in page and (world.document(order).number or "?") in page
    assert "Special prices" in page and "Party entered" in page
    with database().reading() as reading:
        contact = reading.scalars(select(Record).where(Record.kind == "contact")).one()
    assert seller.get(f"/contacts/{contact.public_id}").location == f"{url}#contacts"
    assert seller.post(f"/contacts/{contact.public_id}/edit", name="Ole P.", version="1").status_code == 303
    assert (
        "somebody else"
        in seller.post(f"/contacts/{contact.public_id}/edit", name="X", version="1").text.lower()
    )
    assert seller.post(f"/contacts/{contact.public_id}/remove").status_code == 303
    assert "Ole" not in seller.get(url).text.split("<aside")[0]
    assert seller.get(f"/contacts/{contact.public_id}/edit").status_code == 403


def test_the_page_of_a_product_shows_what_is_reserved_and_free(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = world.product("Poller", price="9", stock="10")
    world.order(line(product, "4"))
    seller = Visitor(world, "sales", monkeypatch=monkeypatch)

    page = seller.get(f"/products/{world.record(product).public_id}").text

    stock = page.split("<h2>Stock</h2>")[1].split("</table>")[0]
    assert [part.split("<")[0] for part in stock.split('<td class="num">')[1:4]] == ["10", "4", "6"]
