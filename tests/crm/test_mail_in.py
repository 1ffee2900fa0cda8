"""Mail that becomes tickets, through a real IMAP box: once each, never in a loop, never lost."""

import imaplib
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from sqlalchemy import func, select

from suite.admin.migrate import create_or_upgrade
from suite.base.db import Database, use_database
from suite.base.errors import NotPermitted
from suite.base.event import Event
from suite.base.job import Job, JobFailed, enqueue_periodic, run_one
from suite.crm.tickets.conversation import reply_ticket
from suite.crm.tickets.joining import merge_ticket
from suite.crm.tickets.mail_in import MOST_PER_HOUR, take_in, take_mail
from suite.crm.tickets.mailbox import fetch_mail, keep_mail
from suite.crm.tickets.states import close_ticket, resolve_ticket
from suite.exchange.mail.read import read_mail
from suite.master.company.commands import found_company
from suite.master.parties.contacts import ContactInput, create_contact
from suite.model import ArchivedFile, IncomingMail, OutgoingMail, Record, RecordFile, Ticket, TicketMessage
from suite.shared.roles import system_actor
from tests.servers import MailBoxServer, start_mail_box
from tests.world import COMPANY, World


@pytest.fixture(scope="module")
def box() -> Iterator[MailBoxServer]:
    """A mail box on a real server."""
    server = start_mail_box()
    if server is None:
        pytest.skip("Dovecot is not installed: fetching mail is not tested")
    yield server
    server.stop()


@pytest.fixture
def productive(tmp_path: Path, box: MailBoxServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A real company that fetches the box."""
    monkeypatch.setenv("SUITE_IMAP_URL", box.url)
    with imaplib.IMAP4("127.0.0.1", box.port) as server:
        server.login("kontor", "geheim")
        if server.select("INBOX")[1] != [b"0"]:
            server.store("1:*", "+FLAGS", "\\Deleted")
            server.expunge()
    database = Database(f"sqlite:///{tmp_path / 'real.db'}")
    create_or_upgrade(database)
    with use_database(database):
        by = system_actor("founder", door="test")
        found_company(mark="productive", chart="SKR03", name="Kontor Testfirma GmbH", details=COMPANY, by=by)
        yield World(database)
    database.dispose()


def mail(text: str = "Kein Warmwasser", *, sender: str = "kim@kunde.example", **headers: str) -> bytes:
    """A customer's mail."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Kim Kunde <{sender}>"
    message["Subject"] = headers.pop("Subject", "Störung 74")
    message["Message-ID"] = headers.pop("Message_ID", f"<{time.monotonic_ns()}@kunde.example>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return bytes(message)


def deliver(box: MailBoxServer, *raws: bytes) -> None:
    """Put mails into the box as a mail server would."""
    with imaplib.IMAP4("127.0.0.1", box.port) as server:
        server.login("kontor", "geheim")
        for raw in raws:
            server.append("INBOX", "", imaplib.Time2Internaldate(time.time()), raw)


def work(database: Database) -> None:
    """Do the jobs that are due."""
    while run_one(database):
        pass


def tickets(world: World) -> list[Record]:
    """All tickets, oldest first."""
    with world.database.reading() as reading:
        return list(reading.scalars(select(Record).where(Record.kind == "ticket").order_by(Record.id)))


def messages(world: World, ticket_id: int) -> list[TicketMessage]:
    """The conversation of a ticket."""
    with world.database.reading() as reading:
        wanted = select(TicketMessage).where(TicketMessage.ticket_id == ticket_id)
        return list(reading.scalars(wanted.order_by(TicketMessage.id)))


def outcomes(world: World) -> list[str]:
    """What became of all mail."""
    with world.database.reading() as reading:
        return list(reading.scalars(select(IncomingMail.outcome).order_by(IncomingMail.id)))


def test_a_mail_in_the_box_becomes_a_ticket_once(productive: World, box: MailBoxServer) -> None:
    customer = productive.customer(email="info@kunde.example")
    contact = create_contact(customer, ContactInput("Kim", email="Kim@Kunde.example"), by=productive.sven)
    deliver(box, mail(), mail("Und noch etwas", Subject="Frage"))

    fetch_mail()
    fetch_mail()
    work(productive.database)

    found = tickets(productive)
    assert [row.title for row in found] == ["Störung 74", "Frage"]
    assert {row.party_id for row in found} == {customer}
    with productive.database.reading() as reading:
        ticket = reading.get_one(Ticket, found[0].id)
    assert (ticket.contact_id, ticket.channel, ticket.reporter_email) == (
        contact,
        "mail",
        "kim@kunde.example",
    )
    assert messages(productive, found[0].id)[0].text == "Kein Warmwasser"
    with imaplib.IMAP4("127.0.0.1", box.port) as server:
        server.login("kontor", "geheim")
        server.select("INBOX")
        assert server.search(None, "UNSEEN")[1] == [b""], "seen, and still there"
        assert len(server.search(None, "ALL")[1][0].split()) == 2


def test_a_crash_before_the_mark_makes_nothing_twice(productive: World) -> None:
    raw = mail()

    keep_mail(raw)
    keep_mail(raw)
    work(productive.database)
    assert take_in(raw) == "ticket"

    assert len(tickets(productive)) == 1
    assert outcomes(productive) == ["ticket"]


def test_an_answer_finds_its_ticket(productive: World, box: MailBoxServer) -> None:
    take_in(mail())
    ticket = tickets(productive)[0]
    reply_ticket(ticket.id, text="Wir kommen heute.", then="wait_customer", by=system_actor("ines"))
    with productive.database.reading() as reading:
        sent = reading.scalars(select(OutgoingMail)).one()
    assert sent.subject == f"[{ticket.number}] Störung 74"
    assert sent.to_address == "kim@kunde.example"

    assert take_in(mail("Danke!", Subject="AW: anders", In_Reply_To=f"<{sent.message_id}>")) == "message"
    assert take_in(mail("Noch etwas", Subject=f"AW: [{ticket.number}] Störung")) == "message"

    assert [each.text for each in messages(productive, ticket.id)] == [
        "Kein Warmwasser",
        "Wir kommen heute.",
        "Danke!",
        "Noch etwas",
    ]
    assert tickets(productive)[0].state == "open", "it is our turn again"


def test_a_number_alone_lets_nobody_into_a_conversation(productive: World) -> None:
    take_in(mail())
    number = tickets(productive)[0].number

    assert take_in(mail("Lies mit", sender="fremd@anderswo.example", Subject=f"[{number}]")) == "ticket"
    assert len(tickets(productive)) == 2


def test_after_a_merge_the_answer_goes_to_the_ticket_that_is_left(productive: World) -> None:
    by = system_actor("ines")
    take_in(mail(Message_ID="<alt@kunde.example>"))
    take_in(mail(Subject="Dasselbe noch einmal"))
    first, second = tickets(productive)
    merge_ticket(first.id, target_id=second.id, by=by)

    assert take_in(mail("Nachtrag", In_Reply_To="<alt@kunde.example>")) == "message"
    assert messages(productive, second.id)[-1].text == "Nachtrag"


def test_what_was_closed_long_ago_becomes_a_new_ticket(
    productive: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = system_actor("ines")
    take_in(mail(Message_ID="<alt@kunde.example>"))
    ticket = tickets(productive)[0]
    resolve_ticket(ticket.id, solution="Sensor getauscht", by=by)
    close_ticket(ticket.id, by=by)
    monkeypatch.setattr("suite.crm.tickets.reopening.DAYS", "-1")

    assert take_in(mail("Schon wieder", In_Reply_To="<alt@kunde.example>")) == "ticket"


@pytest.mark.parametrize(
    "headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<x>"}]
)
def test_no_responder_opens_a_ticket_or_gets_an_answer(productive: World, headers: dict[str, str]) -> None:
    assert take_in(mail("Ich bin im Urlaub", **headers)) == "automatic"

    assert tickets(productive) == []
    with productive.database.reading() as reading:
        assert reading.scalar(select(func.count()).select_from(OutgoingMail)) == 0


def test_an_out_of_office_note_is_kept_with_its_ticket_and_changes_nothing(productive: World) -> None:
    take_in(mail(Message_ID="<alt@kunde.example>"))
    ticket = tickets(productive)[0]

    answer = mail("Bin im Urlaub", Auto_Submitted="auto-replied", In_Reply_To="<alt@kunde.example>")
    assert take_in(answer) == "note"

    last = messages(productive, ticket.id)[-1]
    assert (last.direction, tickets(productive)[0].state) == ("internal", ticket.state)


def test_our_own_mail_does_not_come_round(productive: World) -> None:
    assert take_in(mail(sender="rechnung@testfirma.example")) == "own"
    take_in(mail())
    reply_ticket(tickets(productive)[0].id, text="Hallo", by=system_actor("ines"))
    with productive.database.reading() as reading:
        sent = reading.scalars(select(OutgoingMail)).one()

    assert take_in(mail(Message_ID=f"<{sent.message_id}>")) == "own"
    assert len(tickets(productive)) == 1


def test_two_machines_that_talk_to_each_other_stop(productive: World) -> None:
    for n in range(MOST_PER_HOUR + 3):
        take_in(mail(f"Nr. {n}"))

    assert outcomes(productive).count("flood") == 3
    assert len(tickets(productive)) == MOST_PER_HOUR


def test_thirty_megabytes_arrive_whole(productive: World, box: MailBoxServer) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"] = "kim@kunde.example", "Bilder"
    message.set_content("anbei")
    big = b"\xff\xd8" + bytes(30_000_000)
    message.add_attachment(big, maintype="image", subtype="jpeg", filename="Anlage.jpg")
    deliver(box, bytes(message))

    fetch_mail()
    work(productive.database)

    ticket = tickets(productive)[0]
    with productive.database.reading() as reading:
        file = reading.scalars(select(RecordFile).where(RecordFile.record_id == ticket.id)).one()
        assert (file.name, reading.get_one(ArchivedFile, file.sha256).size) == ("Anlage.jpg", len(big))


def test_a_mail_nobody_can_hold_still_tells_of_itself(
    productive: World, box: MailBoxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suite.crm.tickets.mailbox.LARGEST_BYTES", 1000)
    deliver(box, mail("x" * 5000))

    fetch_mail()
    work(productive.database)

    assert "zu groß" in messages(productive, tickets(productive)[0].id)[0].text


def test_script_and_broken_bytes_do_not_hurt(productive: World) -> None:
    html = EmailMessage(policy=SMTP)
    html["From"], html["Subject"] = "kim@kunde.example", "<script>alert(1)</script>"
    html.set_content("<p>Hilfe</p><script>alert(1)</script>", subtype="html")

    take_in(bytes(html))
    take_in(
        b"From: a@b.de\r\nSubject: \x00\xff\r\nContent-Type: text/plain; charset=klingon\r\n\r\nGr\xfc\xdfe\x00"
    )
    take_in(b"")

    assert [messages(productive, row.id)[0].text for row in tickets(productive)] == ["Hilfe", "Grüße", "–"]


def test_only_the_system_takes_mail_in(productive: World) -> None:
    with pytest.raises(NotPermitted):
        take_mail(read_mail(mail()), sha256="0" * 64, by=productive.sven)


def test_a_box_that_is_away_is_tried_again(productive: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_IMAP_URL", "imap://kontor:falsch@127.0.0.1:9/INBOX")

    with pytest.raises(JobFailed):
        fetch_mail()


def test_a_wrong_password_or_folder_is_said(
    productive: World, box: MailBoxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUITE_IMAP_URL", box.url.replace("INBOX", "Nirgends"))
    with pytest.raises(JobFailed, match="Nirgends"):
        fetch_mail()


def test_a_demo_fetches_nothing(world: World, box: MailBoxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_IMAP_URL", box.url)
    deliver(box, mail())

    fetch_mail()

    with world.database.reading() as reading:
        assert reading.scalar(select(func.count()).select_from(Job).where(Job.kind == "mail.take")) == 0


def test_the_box_is_looked_at_every_minute_by_one_job(productive: World) -> None:
    enqueue_periodic(productive.database)
    enqueue_periodic(productive.database)

    with productive.database.reading() as reading:
        waiting = select(func.count()).select_from(Job).where(Job.kind == "mail.fetch")
        assert reading.scalar(waiting) == 1


def test_taking_a_mail_in_is_a_verb_with_its_event_and_its_right(world: World) -> None:
    take_in(mail())
    with world.database.reading() as reading:
        verbs = list(reading.scalars(select(Event.verb).where(Event.verb == "ticket.take_mail")))
    assert len(verbs) == 1

    with pytest.raises(NotPermitted):
        take_mail(read_mail(mail()), sha256="", by=world.sven)
