"""Builds the demo company: its master data, its stories and a year of business, played through the commands."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from suite.admin.migrate import create_or_upgrade, is_empty
from suite.admin.users.commands import add_user
from suite.base import clock
from suite.base.command import Actor
from suite.base.db import Database, use_database, write_transaction
from suite.base.errors import Refusal
from suite.base.place import folder
from suite.master.company.commands import found_company
from suite.model import Job, User
from suite.scenario.case import Case, moment
from suite.scenario.contract_year import contract_events
from suite.scenario.player import play_event
from suite.scenario.year import year_of_business
from suite.shared.roles import actor_of, system_actor

# Days that stories count from the demo's own day.
DAYS = (
    "service_date",
    "promised_on",
    "valid_until",
    "close_on",
    "due_on",
    "on",
    "needed_on",
    "bought_on",
    "warranty_until",
)
OPENS_AT = time(6, 30)
FIRST_DAY = date(2025, 7, 1)
RECENT = timedelta(days=10)
FRIDAY = 4


@dataclass(frozen=True)
class Login:
    """A user of the demo: login, password and the roles held."""

    login: str
    password: str
    roles: tuple[str, ...]


def make_demo(url: str, *, as_of: date) -> list[Login]:
    """Make the demo company in an empty database; raises `Refusal("database-not-empty")`.

    A SQLite file is built beside its place without fsync and moved there when it is whole.
    """
    if not FIRST_DAY <= as_of <= clock.today():
        raise Refusal("demo-day-range", field="as_of", first=FIRST_DAY, last=clock.today())
    database = Database(url)
    if not is_empty(database):
        raise Refusal("database-not-empty")
    database.dispose()
    if not database.is_sqlite:
        return build_demo(database, as_of=as_of)
    place = Path(database.url.database or "")
    building = place.with_name(f"{place.name}.building")
    building.unlink(missing_ok=True)
    unfinished = Database(f"sqlite:///{building}", durable=False)
    logins = build_demo(unfinished, as_of=as_of)
    with unfinished.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    unfinished.dispose()
    for leftover in (f"{place}-wal", f"{place}-shm"):
        Path(leftover).unlink(missing_ok=True)
    building.replace(place)
    return logins


def build_demo(database: Database, *, as_of: date) -> list[Login]:
    """Fill an empty database with the demo company as it stands on a day; returns its logins."""
    create_or_upgrade(database)
    with use_database(database):
        events = demo_events(as_of)
        with clock.fixed_at(_instant(date.fromisoformat(events[0]["date"]), 0)):
            by = system_actor("demo", door="scenario")
            company = _read_json("company")
            found_company(mark="demo", chart="SKR03", name=company.pop("name"), details=company, by=by)
            logins = [_user(row, by) for row in _read_json("users")]
        running = Case(
            {"partners": _partners(), "events": events}, actors=_actors(database), numbers_given=False
        )
        for place, event in _by_day(events):
            with clock.fixed_at(_moment(event, place)):
                play_event(running, event)
        _forget_old_work(as_of)
    return logins


def _forget_old_work(as_of: date) -> None:
    """Papers of the past are made when somebody asks for them: a thousand at once would only warm the machine."""
    with write_transaction() as current:
        recent = _instant(as_of - RECENT, 0)
        current.execute(delete(Job).where(Job.state == "waiting", Job.created_at < recent))


def demo_events(as_of: date) -> list[dict[str, Any]]:
    """Every event of the demo in the order of days, with `seq`."""
    products = _read_table("products")
    year = year_of_business(as_of, _read_table("customers"), products)
    first = min(event["date"] for event in year)
    master = [
        {"date": first, "type": "product", **{name: value for name, value in row.items() if value}}
        for row in products
    ]
    stories = [_dated(event, first, partial(_days_from, as_of)) for event in _read_json("stories")["events"]]
    service = [
        _dated(event, first, partial(_workdays_from, as_of)) for event in _read_json("service")["events"]
    ]
    contracts = contract_events(as_of, date.fromisoformat(first), _read_table("contracts"))
    events = sorted([*master, *stories, *year, *service, *contracts], key=lambda event: str(event["date"]))
    return [{"seq": seq, **_plain(event)} for seq, event in enumerate(events, start=1)]


def _dated(event: Mapping[str, Any], first: str, count: Callable[[int], date]) -> dict[str, Any]:
    """A story's event with real dates in place of days counted from the demo's day; `first` means the first day."""
    dated = dict(event)
    is_first = dated.pop("first", False)
    dated["date"] = first if is_first else count(dated.pop("day")).isoformat()
    for name in DAYS:
        if name in dated:
            dated[name] = count(int(dated[name])).isoformat()
    return dated


def _days_from(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _workdays_from(day: date, days: int) -> date:
    """The day some working days later or earlier; nobody visits customers at a weekend, save on the demo's own day."""
    step = timedelta(days=1 if days > 0 else -1)
    for _ in range(abs(days)):
        day += step
        while day.weekday() > FRIDAY:
            day += step
    return day


def _plain(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event without what only the composer needs on its lines."""
    plain = dict(event)
    for name in ("lines", "order_lines"):
        if name in plain:
            plain[name] = [{k: v for k, v in row.items() if k != "kind"} for row in plain[name]]
    return plain


def _by_day(events: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    day, place = "", 0
    for event in events:
        place = place + 1 if event["date"] == day else 0
        day = event["date"]
        yield place, event


def _instant(on: date, place: int) -> datetime:
    """The events of a day follow each other from half past six (UTC) on, never later than now."""
    at = datetime.combine(on, OPENS_AT, tzinfo=UTC) + timedelta(minutes=min(place * 4, 500))
    return min(at, clock.now())


def _moment(event: Mapping[str, Any], place: int) -> datetime:
    """The event's own time of day, never later than now, or its place among those of the day."""
    if "time" in event:
        return min(moment(event), clock.now())
    return _instant(date.fromisoformat(event["date"]), place)


def _user(row: Mapping[str, Any], by: Actor) -> Login:
    password = add_user(login=row["login"], name=row["name"], roles=row["roles"], by=by)
    return Login(row["login"], password, tuple(row["roles"]))


def _actors(database: Database) -> Any:
    """Each event is done by the user who holds only the role it needs."""
    with database.reading() as reading:
        users = reading.scalars(select(User).order_by(User.id.desc())).all()
        # Of several the first one: technicians come after whoever takes their tickets.
        alone = {
            user.roles[0].role: actor_of(user, door="scenario") for user in users if len(user.roles) == 1
        }
    return lambda role: alone[role]


def _partners() -> dict[str, dict[str, Any]]:
    partners = {}
    for row in _read_table("customers"):
        values: dict[str, Any] = {name: value for name, value in row.items() if value}
        values["b2b"] = row["b2b"] == "yes"
        if row["payment_days"]:
            values["payment_days"] = int(row["payment_days"])
        partners[row["key"]] = values
    return partners


def _read_table(name: str) -> list[dict[str, str]]:
    with (folder("seed") / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _read_json(name: str) -> Any:
    return json.loads((folder("seed") / f"{name}.json").read_text(encoding="utf-8"))
