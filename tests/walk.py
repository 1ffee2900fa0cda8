"""Walking the pages: every route of the application with real ids, as somebody who is signed in."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Map, Rule
from werkzeug.test import TestResponse

from suite.admin.users.commands import add_user
from suite.base.counter import NumberRange
from suite.model import (
    BusinessCalendar,
    JournalEntry,
    JournalLine,
    Location,
    Lot,
    PurchaseNeed,
    Record,
    RecordFile,
    ServiceLevel,
    TicketCategory,
    User,
)
from suite.web.assets import assets
from suite.web.words import record_url
from tests.populated import PASSWORD
from tests.world import World

CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@dataclass(frozen=True)
class Visit:
    """A route with its places filled: the rule, the address, the record behind it (if any)."""

    rule: Rule
    url: str
    record: Record | None = None
    step: str = ""


class Walker:
    """Fills the places of routes from what is in the company."""

    def __init__(self, app: Flask, world: World) -> None:
        self.map: Map = app.url_map
        self.by_folder: dict[str, list[Record]] = defaultdict(list)
        with world.database.reading() as reading, app.test_request_context():
            for record in reading.scalars(select(Record).order_by(Record.id)):
                self.by_folder[record_url(record).split("/")[1]].append(record)
                self.by_folder["records"].append(record)
            users = [str(user) for user in reading.scalars(select(User.id))]
            self.places = {
                "row_id": [str(reading.scalars(select(func.min(TicketCategory.id))).one())],
                "calendar_id": list(map(str, reading.scalars(select(BusinessCalendar.id)))),
                "code": list(reading.scalars(select(ServiceLevel.code))),
                "user_id": users,
                "entry_no": list(reading.scalars(select(JournalEntry.entry_no).limit(3))),
                "account": list(reading.scalars(select(JournalLine.account).distinct().limit(3))),
                "location_id": [
                    str(place)
                    for place in reading.scalars(select(Location.id).where(Location.kind == "internal"))
                ][:3],
                "lot_id": [str(lot) for lot in reading.scalars(select(Lot.id).limit(3))],
                "need_id": [str(need) for need in reading.scalars(select(PurchaseNeed.id).limit(2))],
                "position": ["1"],
                "kind": list(reading.scalars(select(NumberRange.kind))),
                "name": [asset.name for asset in assets().values()][:3],
            }
            self.files: dict[int, list[str]] = defaultdict(list)
            for record_id, sha256 in reading.execute(select(RecordFile.record_id, RecordFile.sha256)):
                self.files[record_id].append(sha256)

    def visits(self, method: str, *, of_each: int = 1000) -> Iterator[Visit]:
        """Every address that answers `method`; `of_each` bounds the records per route and state."""
        for rule in self.map.iter_rules():
            # The customers' own door is walked by tests/portal.
            if method in (rule.methods or ()) and not rule.endpoint.startswith("portal."):
                yield from self._filled(rule, of_each)

    def _filled(self, rule: Rule, of_each: int) -> Iterator[Visit]:
        steps = re.search(r"<any\(([^)]*)\):(\w+)>", rule.rule)
        choices = [step.strip("\"' ") for step in steps.group(1).split(",")] if steps else [""]
        for choice in choices:
            address = rule.rule.replace(steps.group(0), choice) if steps else rule.rule
            yield from self._addresses(rule, address, choice, of_each)

    def _addresses(self, rule: Rule, address: str, step: str, of_each: int) -> Iterator[Visit]:
        if "<public_id>" in address:
            seen: dict[tuple[str, str], int] = defaultdict(int)
            for record in self.by_folder[address.split("/")[1]]:
                seen[record.kind, record.state] += 1
                if seen[record.kind, record.state] <= of_each:
                    for filled in self._of_record(address, record):
                        for url in self._plain(filled):
                            yield Visit(rule, url, record, step)
            return
        for url in self._plain(address):
            yield Visit(rule, url, None, step)

    def _of_record(self, address: str, record: Record) -> list[str]:
        """The address with the record's id, once for each of its files where it asks for one."""
        own = address.replace("<public_id>", record.public_id)
        if "<sha256>" not in own:
            return [own]
        return [own.replace("<sha256>", sha256) for sha256 in self.files[record.id]]

    def _plain(self, address: str) -> list[str]:
        place = re.search(r"<(?:\w+:)?(\w+)>", address)
        if place is None:
            return [address]
        if place.group(1) not in self.places:
            raise KeyError(f"tests/walk.py does not know what stands for {place.group(0)} in {address}")
        return [
            url
            for value in self.places[place.group(1)]
            for url in self._plain(address.replace(place.group(0), value))
        ]


class Person:
    """A signed-in user of the test client, with the token of the session."""

    def __init__(self, app: Flask, login: str) -> None:
        self.client: FlaskClient = app.test_client()
        door = self.client.get("/login").get_data(as_text=True)
        form = {"csrf": _token(door), "name": login, "password": PASSWORD}
        answer = self.client.post("/login", data=form)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        self.csrf = _token(self.client.get("/search").get_data(as_text=True))

    def get(self, url: str) -> TestResponse:
        """Look at a page."""
        return self.client.get(url)

    def post(self, url: str, **fields: str) -> TestResponse:
        """Send a form with the right token."""
        return self.client.post(url, data={"csrf": self.csrf} | fields)


def _token(page: str) -> str:
    found = CSRF.search(page)
    assert found is not None
    return found.group(1)


def add_person(world: World, login: str, *roles: str) -> None:
    """A user with these roles and the password of all tests."""
    add_user(login=login, name=login.title(), roles=roles, password=PASSWORD, locale="en", by=world.owner)
