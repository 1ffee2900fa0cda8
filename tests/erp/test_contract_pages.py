"""Pages of contracts as people use them: draft, start, run, adjust, notice."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from suite.base import clock
from suite.erp.contracts.billing import bill_contract
from suite.erp.contracts.commands import edit_contract
from suite.erp.contracts.content import ContractInput
from suite.master.parties.commands import block_party
from suite.model import Contract, ContractPeriod, Document, Record
from tests.erp.test_contracts import draft, running
from tests.web.clients import shown, token_of
from tests.world import World, line


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with clock.fixed_at(datetime(2026, 3, 10, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def olga(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("sales", "accounting")


def posted(client: FlaskClient, url: str, **fields: str) -> TestResponse:
    """The answer to a form sent with the session's token."""
    return client.post(url, data={"csrf": token_of(shown(client, "/contracts")), **fields})


def newest(world: World, kind: str) -> Record:
    """The record of a kind made last."""
    with world.database.reading() as reading:
        return reading.scalars(select(Record).where(Record.kind == kind).order_by(Record.id.desc())).first()


def boxes(page: str) -> dict[str, str]:
    """The ticked boxes of a page."""
    return dict.fromkeys(re.findall(r'name="([\w-]+)" value="1" checked', page), "1")


def test_a_contract_is_written_started_and_billed_on_its_pages(world: World, olga: FlaskClient) -> None:
    hotel = world.record(world.customer("Hotel Seeblick GmbH"))
    assert f"/contracts/new?party={hotel.public_id}" in shown(olga, f"/parties/{hotel.public_id}")
    assert 'value="Hotel Seeblick GmbH"' in shown(olga, f"/contracts/new?party={hotel.public_id}")
    assert "Term and notice" in shown(olga, "/contracts/new")
    fields = {
        "party": "Hotel Seeblick GmbH",
        "subject": "Wartung Heizung",
        "kind": "maintenance",
        "starts_on": "01.01.2026",
        "interval_months": "3",
        "billing": "advance",
        "labour": "contingent",
        "travel": "included",
        "parts": "billable",
        "contingent_hours": "2.5",
        "lines-0-name": "Wartung",
        "lines-0-quantity": "1",
        "lines-0-unit_price": "300",
        "action": "save",
    }
    answer = posted(olga, "/contracts/new", **fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    record = newest(world, "contract")
    url = f"/contracts/{record.public_id}"
    assert "Check its terms and start it" in shown(olga, url)
    edited = shown(olga, f"{url}/edit")
    assert 'value="2.5"' in edited
    assert 'value="Wartung Heizung"' in edited
    assert posted(olga, f"{url}/start", version=str(record.version)).status_code == 303

    page = shown(olga, url)
    assert "The period from 1 Jan 2026 to 31 Mar 2026 is due." in page
    assert "30 Sep 2026" in page
    assert "0 of 150 minutes used, 150 left" in page
    assert posted(olga, f"{url}/bill", version=str(world.record(record.id).version)).status_code == 303
    page = shown(olga, url)
    assert "is due." not in page
    assert "31 Mar 2026" in page
    invoice = newest(world, "invoice")
    assert record.number in shown(olga, f"/invoices/{invoice.public_id}")
    assert "Wartung Heizung" in shown(olga, "/contracts")


def test_the_run_shows_what_is_due_and_drafts_what_is_chosen(world: World, olga: FlaskClient) -> None:
    customer = world.customer("Muster GmbH")
    running(world, customer=customer, interval_months=1)
    running(world, line(price="90.00"), customer=customer, interval_months=1)
    page = shown(olga, "/contracts/run?until=31.01.2026")
    assert "2 periods are due until 31 Jan 2026" in page

    answer = posted(olga, "/contracts/run", until="31.01.2026", gather="1", **boxes(page))

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/invoices?view=draft")
    with world.database.reading() as reading:
        assert len(reading.scalars(select(ContractPeriod)).all()) == 2
        invoice = reading.scalars(select(Document)).one()
        assert (invoice.service_from, invoice.service_until) == (date(2026, 1, 1), date(2026, 1, 31))
    assert "Nothing is due" in shown(olga, "/contracts/run?until=31.01.2026")
    assert posted(olga, "/contracts/run", until="10.03.2026").status_code == 422
    assert "not a date" in olga.get("/contracts/run?until=soon").get_data(as_text=True)
    assert "Choose a day from" in olga.get("/contracts/run?until=1.1.2030").get_data(as_text=True)


def test_what_somebody_else_billed_meanwhile_is_said(world: World, olga: FlaskClient) -> None:
    made = running(world)
    page = shown(olga, "/contracts/run")
    bill_contract(made, by=world.anna)

    answer = posted(olga, "/contracts/run", **boxes(page))

    assert answer.status_code == 422
    assert "Nothing is chosen yet" in answer.get_data(as_text=True)


def test_a_blocked_customer_is_shown_and_not_ticked(world: World, olga: FlaskClient) -> None:

    customer = world.customer()
    running(world, customer=customer)
    block_party(customer, by=world.owner)

    page = shown(olga, "/contracts/run")
    assert "customer is blocked" in page
    assert boxes(page) == {}


def test_prices_are_adjusted_on_both_pages(world: World, olga: FlaskClient) -> None:
    made = running(world, line(price="100"), interval_months=1)
    url = f"/contracts/{world.record(made).public_id}"
    assert "100.00" in shown(olga, f"{url}/adjust")
    assert posted(olga, f"{url}/adjust", from_on="1.4.2026").status_code == 422
    assert posted(olga, f"{url}/adjust", from_on="1.4.2026", percent="10").status_code == 303
    assert "110.00" in shown(olga, url)

    box = {f"contract-{world.record(made).public_id}": "1"}
    looked = posted(olga, "/contracts/adjust", from_on="1.5.2026", percent="10", action="look", **box)
    assert "121.00" in looked.get_data(as_text=True)
    assert "121.00" not in shown(olga, url)
    saved = posted(olga, "/contracts/adjust", from_on="1.5.2026", percent="10", action="save", **box)
    assert saved.status_code == 303
    assert "121.00" in shown(olga, url)
    assert posted(olga, "/contracts/adjust", from_on="1.5.2026", percent="10").status_code == 422


def test_notice_is_entered_and_shown(world: World, olga: FlaskClient) -> None:
    made = running(world)
    url = f"/contracts/{world.record(made).public_id}"
    assert "31 Dec 2026" in shown(olga, f"{url}/cancel")
    assert posted(olga, f"{url}/cancel", received_on="1.3.2026", ends_on="1.6.2026").status_code == 422

    assert posted(olga, f"{url}/cancel", received_on="1.3.2026").status_code == 303

    assert "ends 31 Dec 2026" in shown(olga, url)
    assert "ends 31 Dec 2026" in shown(olga, "/contracts?view=ending")


def test_two_people_at_one_contract_see_both_versions(world: World, olga: FlaskClient) -> None:

    made = draft(world)
    record = world.record(made)
    theirs = ContractInput(starts_on=date(2026, 1, 1), subject="Ihre Fassung")
    edit_contract(made, theirs, lines=[line(price="5")], by=world.sven)

    answer = posted(
        olga,
        f"/contracts/{record.public_id}/edit",
        version=str(record.version),
        subject="Meine Fassung",
        starts_on="1.1.2026",
        kind="maintenance",
        billing="advance",
        labour="billable",
        travel="billable",
        parts="billable",
        action="save",
        **{"lines-0-name": "x", "lines-0-unit_price": "5"},
    )

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Ihre Fassung" in page
    assert "Meine Fassung" in page
    with world.database.reading() as reading:
        assert reading.get_one(Contract, made).subject == "Ihre Fassung"
