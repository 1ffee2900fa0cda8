"""Files on tickets, how long one may be opened again, and promises that follow their contract."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from suite.base import clock
from suite.base.errors import Refusal
from suite.base.job import KINDS
from suite.crm.tickets.conversation import receive_message
from suite.crm.tickets.levels import LevelInput, create_level
from suite.crm.tickets.reopening import set_reopen_days
from suite.crm.tickets.states import resolve_ticket
from suite.erp.contracts.commands import create_contract, start_contract
from suite.erp.contracts.content import ContractInput
from suite.web import security
from tests.crm.test_ticket_pages import csrf, url_of
from tests.crm.test_tickets import ticket_of
from tests.world import World, line

Client = Callable[..., FlaskClient]
FILE = re.compile(r'href="(/records/[^"]+/files/\w+)">([^<]+)<')


def upload(*names: str, size: int = 4) -> list[tuple[io.BytesIO, str]]:
    """Files as a browser sends them."""
    return [(io.BytesIO(name.encode()[:1] * size), name) for name in names]


def sent(client: FlaskClient, url: str, **fields: Any) -> Any:
    """Send a form with files."""
    form = {"csrf": csrf(client), **fields}
    return client.post(url, data=form, content_type="multipart/form-data")


def test_files_come_with_a_new_ticket_an_answer_and_a_note_and_are_only_ever_saved(
    world: World, sign_in: Client
) -> None:
    client = sign_in("service")
    made = sent(
        client,
        "/tickets/new",
        subject="Presse steht",
        channel="phone",
        priority="normal",
        text="Siehe Bild",
        action="save",
        files=upload("bild.html"),
    )
    assert made.status_code == 303, made.text
    url = made.location.split("?")[0]

    assert (
        sent(client, f"{url}/reply", text="Danke", action="send", files=upload("plan.pdf")).status_code == 303
    )
    noted = sent(client, f"{url}/remark", note="Unter uns", note_files=upload("../../notiz.txt", "b.txt"))
    assert noted.status_code == 303

    found = {name: address for address, name in FILE.findall(client.get(url).text)}
    assert set(found) == {"bild.html", "plan.pdf", "notiz.txt", "b.txt"}
    for address in found.values():
        answer = client.get(address)
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get(found["bild.html"]).data == b"bbbb"


def test_more_files_than_allowed_are_refused_and_the_text_stays(world: World, sign_in: Client) -> None:
    ticket = world.ticket()
    client = sign_in("service")
    many = [f"{n}.txt" for n in range(6)]

    reply = sent(client, f"{url_of(world, ticket)}/reply", text="Sechs", action="send", files=upload(*many))
    note = sent(client, f"{url_of(world, ticket)}/remark", note="Sechs", note_files=upload(*many))

    assert (reply.status_code, note.status_code) == (422, 422)
    assert "At most 5 files" in reply.text
    assert ">Sechs</textarea>" in reply.text
    assert "At most 5 files" in note.text


def test_a_form_with_files_may_be_large_and_others_not(
    world: World, sign_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url_of(world, world.ticket())
    client = sign_in("service")
    large = security.MAX_BODY + 1_000_000

    assert (
        sent(client, f"{url}/reply", text="Groß", action="send", files=upload("a", size=large)).status_code
        == 303
    )
    elsewhere = sent(client, f"{url}/resolve", solution="x", files=upload("a", size=large))
    monkeypatch.setattr(security, "MAX_FILES_BODY", large)
    too_large = sent(client, f"{url}/reply", text="Zu groß", action="send", files=upload("a", size=large + 1))

    assert (elsewhere.status_code, too_large.status_code) == (413, 413)
    assert "höchstens 8 MB" in elsewhere.text
    assert "höchstens 9 MB" in too_large.text


def test_days_for_opening_again_are_a_setting(world: World, sign_in: Client) -> None:
    ticket = world.ticket()
    with clock.fixed_at(clock.now() - timedelta(days=20)):
        resolve_ticket(ticket, solution="x", by=world.ines)
    with pytest.raises(Refusal, match="ticket-reopen-late"):
        receive_message(ticket, text="Schon wieder", by=world.ines)
    client = sign_in("admin")
    form = {"csrf": csrf(client), "days": "30"}

    assert client.post("/settings/tickets", data=form).status_code == 303
    assert 'value="30"' in client.get("/settings/tickets").text
    for wrong in ("-1", "400", "bald", ""):
        assert client.post("/settings/tickets", data=form | {"days": wrong}).status_code == 422

    receive_message(ticket, text="Schon wieder", by=world.ines)
    assert world.record(ticket).state == "open"
    set_reopen_days(days=0, by=world.owner)
    assert sign_in("management").post("/settings/tickets", data=form).status_code == 403


def test_a_contract_that_starts_gives_its_open_tickets_its_service_level(world: World) -> None:
    create_level("GOLD", LevelInput("Gold", 1, {"normal": (60, 240)}), by=world.owner)
    customer = world.customer()
    content = ContractInput(
        starts_on=clock.today(),
        subject="Wartung",
        service_level="GOLD",
        first_term_months=6,
        renewal_months=0,
    )
    contract = create_contract(content, party_id=customer, lines=[line()], by=world.sven)
    ticket = world.ticket(party_id=customer, contract_id=contract)
    assert ticket_of(world, ticket).service_level == "STANDARD"

    start_contract(contract, by=world.sven)
    KINDS["tickets.promise_contract"](contract_id=contract)

    assert world.record(contract).state == "ending"
    assert ticket_of(world, ticket).service_level == "GOLD"
    with clock.fixed_at(clock.now() + timedelta(days=400)):
        KINDS["tickets.promise_contract"](contract_id=contract)
    assert ticket_of(world, ticket).service_level == "STANDARD"
    assert world.findings() == []
