"""Mail leaves after the commit, through a real SMTP conversation; a demo and a refused change write to nobody."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from sqlalchemy import select

from suite.admin.migrate import create_or_upgrade
from suite.base.db import Database, use_database, write_transaction
from suite.base.errors import Refusal
from suite.base.job import Job, JobFailed, run_one
from suite.base.mail_out import send_mail
from suite.master.company.commands import found_company
from suite.model import OutgoingMail
from suite.shared.mail import send_written_mail, write_mail
from suite.shared.roles import system_actor
from tests.servers import free_port
from tests.world import COMPANY, World


class Inbox:
    """A mail server's far side: keeps what it was given."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:
        """Keep it."""
        self.messages.append(message_from_bytes(envelope.content or b"", policy=default))
        return "250 OK"


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """An SMTP server on a loopback port that the application sends through."""
    kept = Inbox()
    port = free_port()
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setenv("SUITE_SMTP_URL", f"smtp://127.0.0.1:{port}")
    yield kept
    server.stop()


@pytest.fixture
def productive(tmp_path: Path) -> Iterator[Database]:
    """A real company, which mail leaves from."""
    database = Database(f"sqlite:///{tmp_path / 'real.db'}")
    create_or_upgrade(database)
    with use_database(database):
        by = system_actor("founder", door="test")
        found_company(mark="productive", chart="SKR03", name="Kontor Testfirma GmbH", details=COMPANY, by=by)
        yield database
    database.dispose()


def write(to: str = "kim@kunde.example", subject: str = "Ihr Zugang", body: str = "Grüße, 5 €") -> str:
    """A mail in a transaction of its own."""
    with write_transaction():
        return write_mail(to, subject=subject, body=body)


def kept(database: Database) -> list[OutgoingMail]:
    """All mail, oldest first."""
    with database.reading() as reading:
        return list(reading.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def test_a_mail_arrives_as_it_was_written(productive: Database, inbox: Inbox) -> None:
    message_id = write()
    assert inbox.messages == [], "nothing leaves before the commit"

    assert run_one(productive)

    received = inbox.messages[0]
    assert received["To"] == "kim@kunde.example"
    assert "rechnung@testfirma.example" in received["From"]
    assert received["Message-ID"] == f"<{message_id}>"
    assert received.get_content().strip() == "Grüße, 5 €"
    assert [mail.state for mail in kept(productive)] == ["sent"]


def test_a_mail_leaves_once(productive: Database, inbox: Inbox) -> None:
    write()
    assert run_one(productive)

    send_written_mail(kept(productive)[0].id)

    assert len(inbox.messages) == 1


def test_what_is_rolled_back_tells_nobody(productive: Database, inbox: Inbox) -> None:
    with pytest.raises(RuntimeError), write_transaction():
        write_mail("kim@kunde.example", subject="Nie", body="geschehen")
        raise RuntimeError

    assert not run_one(productive)
    assert kept(productive) == []


def test_a_server_that_is_away_is_tried_again(
    productive: Database, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    with monkeypatch.context() as away:
        away.setenv("SUITE_SMTP_URL", "smtp://127.0.0.1:9")
        assert run_one(productive)
    with productive.reading() as reading:
        job = reading.scalars(select(Job).where(Job.kind == "mail.send")).one()
        assert (job.state, bool(job.failure)) == ("waiting", True)

    send_written_mail(kept(productive)[0].id)
    assert len(inbox.messages) == 1


def test_a_demo_writes_to_nobody(world: World, inbox: Inbox) -> None:
    write()

    assert not run_one(world.database)
    assert [mail.state for mail in kept(world.database)] == ["kept"]


def test_without_a_server_mail_is_kept(productive: Database) -> None:
    write()

    assert [mail.state for mail in kept(productive)] == ["kept"]


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("a@b.de\r\nBcc: c@d.de", "x"),
        ("a@b.de, c@d.de", "x"),
        ("nobody", "x"),
        ("", "x"),
        ("a@b.de", "x\r\nBcc: c@d.de"),
        ("a@b.de", "x\x00"),
    ],
)
def test_no_header_is_slipped_in(productive: Database, to: str, subject: str) -> None:
    with pytest.raises(Refusal):
        write(to, subject)
    assert kept(productive) == []


def test_an_address_of_ours_that_is_none_is_said(productive: Database, inbox: Inbox) -> None:
    write()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUITE_MAIL_FROM", "keine Adresse")
        with pytest.raises(JobFailed, match="SUITE_MAIL_FROM"):
            send_written_mail(kept(productive)[0].id)


@pytest.mark.parametrize("url", ["http://127.0.0.1", "smtp://127.0.0.1:99999", "ganz falsch"])
def test_an_address_of_a_server_that_is_none_is_said(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_SMTP_URL", url)

    with pytest.raises(Refusal, match="mail-server-wrong"):
        send_mail(EmailMessage())
