"""A customer's tickets in the portal: opened, followed, answered, with files, rated; internal notes stay ours."""

import io
import re

import pytest
from sqlalchemy import select

from suite.base.command import Actor
from suite.base.errors import NotFound, Refusal
from suite.crm.tickets.conversation import remark_ticket, reply_ticket
from suite.crm.tickets.messages import FileInput
from suite.crm.tickets.states import close_ticket, resolve_ticket
from suite.model import Record, RecordFile, RecordLink, Ticket, TicketMessage
from suite.portal.ticket_commands import answer_own_ticket, open_own_ticket, rate_own_ticket
from suite.shared.roles import PORTAL, system_actor
from tests.populated import Populated
from tests.portal.conftest import Guest

INES = system_actor("ines")


def customer(party_id: int) -> Actor:
    """A customer's contact as an actor."""
    return Actor(None, "portal:Kim", frozenset(PORTAL.split()), "portal", "r1", "de", party_id)


def open_one(company: Populated, guest: Guest, **values: object) -> Record:
    """A ticket of the customer."""
    by = customer(company.ids["customer"])
    made = open_own_ticket(
        subject="Störung 74", text="Kein Warmwasser", contact_id=guest.contact, by=by, **values
    )
    return company.world.record(made)


def send(guest: Guest, url: str, page: str, **fields: object) -> object:
    """Send a form with files, as a browser does."""
    text = guest.get(page).text
    token = re.search(r'name="csrf" value="(\w+)"', text).group(1)
    key = re.search(r'name="request_key" value="(\w+)"', text).group(1)
    data = {"csrf": token, "request_key": key} | fields
    return guest.client.post(url, data=data, content_type="multipart/form-data")


def test_a_ticket_is_opened_with_a_file_about_a_document(company: Populated, guest: Guest) -> None:
    delivery = company.world.record(company.ids["delivery"])
    page = f"/portal/tickets/new?about=deliveries/{delivery.public_id}"

    answer = send(
        guest,
        "/portal/tickets/new",
        page,
        subject="Ware beschädigt",
        text="Zwei Schrauben sind krumm.",
        about=f"deliveries/{delivery.public_id}",
        is_complaint="1",
        files=(io.BytesIO(b"\xff\xd8bild"), "Foto Öl.jpg"),
    )

    assert answer.status_code == 303, answer.text
    shown = guest.get(answer.headers["Location"]).text
    assert "Zwei Schrauben" in shown
    assert "Foto Öl.jpg" in shown
    with company.world.database.reading() as reading:
        ticket = reading.scalars(select(Ticket).where(Ticket.subject == "Ware beschädigt")).one()
        record = reading.get_one(Record, ticket.id)
        linked = set(reading.scalars(select(RecordLink.source_id).where(RecordLink.target_id == ticket.id)))
        linked |= set(reading.scalars(select(RecordLink.target_id).where(RecordLink.source_id == ticket.id)))
    assert (ticket.channel, ticket.is_complaint, ticket.contact_id) == ("portal", True, guest.contact)
    assert record.party_id == company.ids["customer"]
    assert delivery.id in linked


def test_what_is_missing_is_said_and_nothing_typed_is_lost(company: Populated, guest: Guest) -> None:
    answer = send(guest, "/portal/tickets/new", "/portal/tickets/new", subject="Nur Betreff", text="  ")

    assert answer.status_code == 422
    assert 'value="Nur Betreff"' in answer.text


def test_the_conversation_goes_back_and_forth_and_notes_stay_ours(company: Populated, guest: Guest) -> None:
    record = open_one(company, guest)
    remark_ticket(
        record.id, text="Gleicher Fehler wie gestern", files=[FileInput("intern.txt", b"geheim")], by=INES
    )
    reply_ticket(record.id, text="Wir kommen heute.", channel="portal", then="wait_customer", by=INES)
    url = f"/portal/tickets/{record.public_id}"

    assert send(guest, url, url, text="Danke, der Schlüssel liegt am Empfang.").status_code == 303

    shown = guest.get(url).text
    assert "Wir kommen heute." in shown
    assert "Schlüssel" in shown
    assert "Gleicher Fehler" not in shown
    assert "intern.txt" not in shown
    assert company.world.record(record.id).state == "open"
    with company.world.database.reading() as reading:
        secret = reading.scalars(select(RecordFile).where(RecordFile.name == "intern.txt")).one()
        last = reading.scalars(select(TicketMessage).order_by(TicketMessage.id.desc()).limit(1)).one()
    assert guest.get(f"{url}/files/{secret.sha256}").status_code == 404
    assert (last.direction, last.channel, last.author) == ("in", "portal", "Kim Kunde")


def test_files_are_only_ever_saved(company: Populated, guest: Guest) -> None:
    record = open_one(company, guest, files=[FileInput("x.html", b"<script>alert(1)</script>", "text/html")])
    with company.world.database.reading() as reading:
        file = reading.scalars(select(RecordFile).where(RecordFile.record_id == record.id)).one()

    answer = guest.get(f"/portal/tickets/{record.public_id}/files/{file.sha256}")

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_solution_is_rated_once(company: Populated, guest: Guest) -> None:
    record = open_one(company, guest)
    resolve_ticket(record.id, solution="Sensor getauscht", by=INES)
    close_ticket(record.id, by=INES)
    url = f"/portal/tickets/{record.public_id}"

    assert send(guest, f"{url}/rate", url, rating="4", comment="schnell").status_code == 303
    assert guest.post(f"{url}/rate", page=url, rating="1").status_code == 422

    with company.world.database.reading() as reading:
        assert reading.get_one(Ticket, record.id).rating == 4


def test_the_verbs_themselves_ask_whose_the_ticket_is(
    company: Populated, guest: Guest, stranger: Guest
) -> None:
    record = open_one(company, guest)
    other = customer(company.world.customer("Dritte KG"))

    with pytest.raises(NotFound):
        answer_own_ticket(record.id, text="Ich auch", by=other)
    with pytest.raises(NotFound):
        rate_own_ticket(record.id, rating=1, by=other)
    with pytest.raises(NotFound):
        open_own_ticket(
            subject="x",
            text="y",
            contact_id=guest.contact,
            about=("invoice", company.ids["paid"]),
            by=other,
        )
    with pytest.raises(Refusal):
        open_own_ticket(subject="x", text="y", contact_id=guest.contact, by=other)


def test_another_customers_document_is_not_named(company: Populated, stranger: Guest) -> None:
    theirs = company.world.record(company.ids["paid"])

    page = stranger.get(f"/portal/tickets/new?about=invoices/{theirs.public_id}").text

    assert str(theirs.number) not in page
