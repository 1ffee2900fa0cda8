"""A customer sees its own, and only what was handed out: every route of the portal, with everybody's ids."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from suite.app import create_app
from suite.crm.quotes.commands import send_quote
from suite.model import Record, RecordFile
from suite.portal.door import KIND_OF, PERMISSIONS
from suite.shared.visible import HANDED_OUT
from suite.web.words import KINDS
from tests.conftest import ENGINES, fresh_company
from tests.populated import Populated, digest, populate
from tests.portal.conftest import Guest, signed_in
from tests.world import World

PUBLIC_ID = "<public_id>"
Files = dict[int, list[str]]


@pytest.fixture(scope="module", params=ENGINES)
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Populated]:
    """A company with something of everything, once on each engine."""
    for database in fresh_company(request, request.param, tmp_path_factory.mktemp("company")):
        yield populate(World(database))


@pytest.fixture(scope="module")
def app(company: Populated) -> Iterator[Flask]:
    """Its pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
        made = create_app(company.world.database.url.render_as_string(hide_password=False))
        yield made
        made.extensions["kontor"].dispose()


@pytest.fixture(scope="module")
def guest(company: Populated, app: Flask) -> Guest:
    """A contact of the customer, signed in."""
    return signed_in(company, app, company.ids["customer"])


@pytest.fixture(scope="module")
def stranger(company: Populated, app: Flask) -> Guest:
    """A contact of another customer, signed in."""
    return signed_in(company, app, company.world.customer("Fremde AG"))


def rules(app: Flask, method: str) -> list[str]:
    """The rules of the portal that answer a method."""
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("portal.") and method in (rule.methods or ())
    ]


def addresses(rule: str, records: dict[str, list[Record]], files: Files) -> Iterator[tuple[str, Record]]:
    """A rule with the ids of records of the kind it is for."""
    choice = re.search(r"<any\(([^)]*)\):path>", rule)
    folders = [each.strip('"') for each in choice.group(1).split(",")] if choice else [rule.split("/")[2]]
    for folder in folders:
        for record in records[KIND_OF.get(folder) or kind_in(folder)]:
            address = rule.replace(choice.group(0), folder) if choice else rule
            own = address.replace(PUBLIC_ID, record.public_id)
            for sha256 in files.get(record.id, ()) if "<sha256>" in own else ("",):
                yield own.replace("<sha256>", sha256), record


def files_of(company: Populated) -> Files:
    """The files of records, by their SHA-256."""
    found: Files = defaultdict(list)
    with company.world.database.reading() as reading:
        for record_id, sha256 in reading.execute(select(RecordFile.record_id, RecordFile.sha256)):
            found[record_id].append(sha256)
    return found


def kind_in(folder: str) -> str:
    """The kind behind a folder of the portal."""
    return next(kind for kind, words in KINDS.items() if words[2] == folder)


def records_of(company: Populated) -> dict[str, list[Record]]:
    """Everything in the register by kind."""
    found: dict[str, list[Record]] = defaultdict(list)
    with company.world.database.reading() as reading:
        for record in reading.scalars(select(Record)):
            found[record.kind].append(record)
    return found


def test_every_route_is_in_the_table_and_every_entry_is_a_route(app: Flask) -> None:
    routes = {(method, rule) for method in ("GET", "POST") for rule in rules(app, method)}

    assert routes == set(PERMISSIONS)


def test_nobody_gets_in_without_signing_in(company: Populated, app: Flask) -> None:
    records, browser = records_of(company), app.test_client()
    before = digest(company.world)
    for (method, rule), permission in PERMISSIONS.items():
        if permission == "*":
            continue
        found = list(addresses(rule, records, files_of(company))) if PUBLIC_ID in rule else [(rule, None)]
        for address, _ in found[:3]:
            answer = browser.open(re.sub(r"<any\(\"([^\"]*)\".*?\):path>", r"\1", address), method=method)
            assert answer.status_code in (303, 403), f"{method} {address}"
    assert digest(company.world) == before


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_customers_records_do_not_exist(
    company: Populated, guest: Guest, stranger: Guest, app: Flask, method: str
) -> None:
    send_quote(company.ids["draft_quote"], by=company.world.sven)
    records = records_of(company)
    seen = 0
    token = stranger.get("/portal").text.split('name="csrf" value="')[1][:64]
    events = digest(company.world)
    for rule in rules(app, method):
        for address, record in addresses(rule, records, files_of(company)) if PUBLIC_ID in rule else ():
            if record.id == company.ids["article"]:  # everybody's
                continue
            answer = stranger.client.open(address, method=method, data={"csrf": token, "name": "x"})
            assert answer.status_code == 404, f"{method} {address}: {answer.status_code}"
            seen += 1
    assert digest(company.world) == events
    assert seen > (30 if method == "GET" else 2)


def test_the_own_records_are_there_once_handed_out_and_never_before(
    company: Populated, guest: Guest, app: Flask
) -> None:
    send_quote(company.ids["draft_quote"], by=company.world.sven)
    records = records_of(company)
    for rule in rules(app, "GET"):
        for address, record in addresses(rule, records, files_of(company)) if PUBLIC_ID in rule else ():
            answer = guest.get(address)
            mine = record.party_id == company.ids["customer"] and record.state in HANDED_OUT[record.kind]
            mine = mine or record.id == company.ids["article"]
            if not mine:
                assert answer.status_code == 404, f"{address}: {record.state}"
            elif rule.endswith((PUBLIC_ID, "/pdf")):
                assert answer.status_code in (200, 202), f"{address}: {answer.status_code}"


def test_lists_name_the_own_numbers_only(company: Populated, guest: Guest, stranger: Guest) -> None:
    for path, kind in KIND_OF.items():
        with company.world.database.reading() as reading:
            rows = list(reading.scalars(select(Record).where(Record.kind == kind)))
        shown, theirs = guest.get(f"/portal/{path}").text, stranger.get(f"/portal/{path}").text
        for row in rows:
            assert ((row.number or "–") in shown) == (row.state in HANDED_OUT[kind]), row.number
            assert row.number is None or row.number not in theirs


def test_the_e_invoice_is_the_archived_one(company: Populated, guest: Guest) -> None:
    invoice = company.world.record(company.ids["paid"])

    answer = guest.get(f"/portal/invoices/{invoice.public_id}/xml")

    assert answer.status_code == 200
    assert b"<cbc:ID>" in answer.data
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_looking_around_changes_nothing(company: Populated, guest: Guest, app: Flask) -> None:
    records = records_of(company)
    before = digest(company.world)
    for rule in rules(app, "GET"):
        found = (
            [address for address, _ in addresses(rule, records, files_of(company))]
            if PUBLIC_ID in rule
            else [rule]
        )
        for address in found:
            if "<" not in address:
                assert guest.get(address).status_code < 500
    assert digest(company.world) == before


def test_after_a_merge_the_contact_sees_the_party_it_became(company: Populated, app: Flask) -> None:
    other = company.world.customer("Muster Nachfolger GmbH")
    guest = signed_in(company, app, other)

    assert "Muster Nachfolger GmbH" in guest.get("/portal").text
