"""The customers' door: links work once, for a while, with their code; sessions end; nobody learns who is known."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from suite.base import clock
from suite.base.errors import NotFound, NotPermitted, Refusal
from suite.master.parties.contacts import ContactInput, create_contact, remove_contact
from suite.model import OutgoingMail, PortalPass, PortalSession
from suite.portal.commands import INVITATION_LASTS, invite_contact, revoke_access
from suite.portal.passes import digest
from suite.portal.realm import CODE_TRIES, SIGN_IN_LASTS
from tests.populated import Populated
from tests.portal.conftest import Guest


@pytest.fixture
def contact(company: Populated) -> int:
    """A contact with an address, not yet invited."""
    values = ContactInput("Toni Tür", email="toni@kunde.example")
    return create_contact(company.ids["customer"], values, by=company.world.owner)


@pytest.fixture
def visitor(contact: int, app: Flask) -> Guest:
    """The contact's browser at the door."""
    return Guest(contact, app.test_client())


def test_an_invitation_opens_the_door_once(company: Populated, visitor: Guest, app: Flask) -> None:
    way = invite_contact(visitor.contact, by=company.world.sven)

    assert visitor.get(f"/portal/enter/{way.token}").status_code == 200, "looking uses nothing up"
    assert visitor.enter(way).status_code == 303
    assert "Toni Tür" in visitor.get("/portal").text

    again = Guest(visitor.contact, app.test_client()).enter(way)
    assert again.status_code == 422
    assert "öffnet nichts mehr" in again.text


def test_an_invitation_expires(company: Populated, visitor: Guest) -> None:
    start = datetime(2026, 11, 2, 9, tzinfo=UTC)
    with clock.fixed_at(start):
        way = invite_contact(visitor.contact, by=company.world.sven)
    with clock.fixed_at(start + INVITATION_LASTS + timedelta(seconds=1)):
        assert visitor.enter(way).status_code == 422
    with clock.fixed_at(start + INVITATION_LASTS - timedelta(seconds=1)):
        assert visitor.enter(way).status_code == 303


def test_a_new_invitation_ends_the_one_before(company: Populated, visitor: Guest) -> None:
    first = invite_contact(visitor.contact, by=company.world.sven)
    second = invite_contact(visitor.contact, by=company.world.sven)

    assert visitor.enter(first).status_code == 422
    assert visitor.enter(second).status_code == 303


def test_a_code_cannot_be_guessed(company: Populated, visitor: Guest) -> None:
    way = invite_contact(visitor.contact, by=company.world.sven)
    url = f"/portal/enter/{way.token}"

    wrong = f"{(int(way.code) + 1) % 10**8:08}"
    for left in reversed(range(CODE_TRIES)):
        assert f" {left} " in visitor.post(url, page=url, code=wrong).text
    assert visitor.enter(way).status_code == 422, "the right code comes too late"


def test_two_at_once_with_one_link_get_one_session(company: Populated, visitor: Guest, app: Flask) -> None:
    way = invite_contact(visitor.contact, by=company.world.sven)
    guests = [Guest(visitor.contact, app.test_client()) for _ in range(4)]
    answers: list[int] = []

    threads = [
        threading.Thread(target=lambda guest=guest: answers.append(guest.enter(way).status_code))
        for guest in guests
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [303, 422, 422, 422]
    with company.world.database.reading() as reading:
        assert reading.scalar(select(func.count()).select_from(PortalSession)) == 1


def test_who_asks_for_a_link_gets_it_by_mail_if_known(company: Populated, visitor: Guest) -> None:
    invite_contact(visitor.contact, locale="en", by=company.world.sven)

    known = visitor.post("/portal/login", email="Toni@Kunde.example")
    unknown = visitor.post("/portal/login", email="niemand@kunde.example")

    assert known.status_code == unknown.status_code == 200
    assert known.text == unknown.text
    with company.world.database.reading() as reading:
        mail = list(reading.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))
    assert [each.to_address for each in mail] == ["toni@kunde.example"] * 2
    assert all(each.is_secret and each.state == "kept" for each in mail), "a demo writes to nobody"
    link = next(word for word in mail[1].body.split() if "/portal/enter/" in word)
    code = mail[1].body.split("Your code: ")[1].split()[0]
    url = link[link.index("/portal") :]
    assert visitor.post(url, page=url, code=code).status_code == 303


def test_a_mailed_link_lasts_a_quarter_of_an_hour(company: Populated, visitor: Guest) -> None:
    invite_contact(visitor.contact, by=company.world.sven)
    visitor.post("/portal/login", email="toni@kunde.example")

    with company.world.database.reading() as reading:
        last = reading.scalar(select(func.max(PortalPass.expires_at)).where(PortalPass.used_at.is_(None)))
    assert last - clock.now() <= SIGN_IN_LASTS


def test_asking_too_often_is_paused(visitor: Guest) -> None:
    answers = [visitor.post("/portal/login", email="toni@kunde.example").status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]


def test_signing_out_ends_the_session_also_for_a_copied_cookie(guest: Guest, app: Flask) -> None:
    copied = app.test_client()
    cookie = guest.client.get_cookie("kontor_portal")
    assert cookie is not None
    copied.set_cookie("kontor_portal", cookie.value)
    assert copied.get("/portal").status_code == 200

    guest.post("/portal/logout", page="/portal")

    assert guest.get("/portal").status_code == 303
    assert copied.get("/portal").status_code == 303


@pytest.mark.parametrize("later", [timedelta(hours=8, minutes=1), timedelta(days=7, minutes=1)])
def test_a_session_ends_by_itself(guest: Guest, later: timedelta) -> None:
    with clock.fixed_at(clock.now() + later):
        assert guest.get("/portal").status_code == 303


def test_who_is_shut_out_is_out_at_once(company: Populated, guest: Guest) -> None:
    way = invite_contact(guest.contact, by=company.world.sven)
    revoke_access(guest.contact, by=company.world.sven)

    assert guest.get("/portal").status_code == 303
    assert guest.enter(way).status_code == 422
    with pytest.raises(Refusal, match="portal-no-access"):
        revoke_access(guest.contact, by=company.world.sven)


def test_a_forgotten_contact_is_out_at_once(company: Populated, guest: Guest) -> None:
    remove_contact(guest.contact, by=company.world.owner)

    assert guest.get("/portal").status_code == 303
    with pytest.raises(NotFound):
        invite_contact(guest.contact, by=company.world.owner)


def test_inviting_needs_an_address_and_the_right(company: Populated) -> None:
    world = company.world
    silent = create_contact(company.ids["customer"], ContactInput("Ohne Mail"), by=world.owner)

    with pytest.raises(Refusal) as refused:
        invite_contact(silent, by=world.sven)
    assert (refused.value.code, refused.value.field) == ("field-required", "email")
    with pytest.raises(NotPermitted):
        invite_contact(silent, by=world.wanda)


def test_no_table_holds_a_token_or_an_invitation_code(company: Populated, visitor: Guest) -> None:
    way = invite_contact(visitor.contact, by=company.world.sven)

    with company.world.database.reading() as reading:
        kept = reading.scalars(select(PortalPass)).one()
        mail = reading.scalars(select(OutgoingMail)).one()
    assert kept.token_hash == digest(way.token)
    assert way.code not in kept.code_hash
    assert way.code not in mail.body, "the code of an invitation goes another way"
    assert way.token in mail.body, "the link's only copy is the mail itself"


def test_the_doors_do_not_know_each_other(guest: Guest, app: Flask) -> None:
    assert guest.get("/").status_code == 303, "a customer's cookie opens no page of ours"
    assert guest.get("/invoices").headers["Location"].startswith("/login")
    staff = app.test_client()
    cookie = guest.client.get_cookie("kontor_portal")
    assert cookie is not None
    staff.set_cookie("kontor", cookie.value)
    assert staff.get("/invoices").status_code == 303


def test_a_form_needs_the_token_of_its_own_session(guest: Guest, stranger: Guest) -> None:
    theirs = stranger.get("/portal").text.split('name="csrf" value="')[1][:64]

    assert guest.client.post("/portal/logout", data={"csrf": theirs}).status_code == 403
    assert guest.client.post("/portal/logout").status_code == 403
    assert guest.get("/portal").status_code == 200
