"""Events of devices and of whoever looks after them: parts lists, technicians, promises, and who enters the portal."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import time
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base.command import COMMANDS, Actor
from suite.base.db import database
from suite.base.errors import Refusal
from suite.crm.tickets.levels import CalendarInput, LevelInput, create_calendar, create_level
from suite.erp.devices.commands import DeviceInput, create_device
from suite.erp.visits.settings import set_technician, set_visit_articles
from suite.master.products.spare_parts import PartInput, set_spare_parts
from suite.model import BusinessCalendar, Location, User
from suite.model.sla import PRIORITIES
from suite.scenario.case import Case, optional_day, plays
from suite.shared.roles import actor_of

WORKDAYS = 5


@plays("service_level", "name", "opens", "closes", "land", "targets", role="admin")
def play_promise(case: Case, event: Mapping[str, Any]) -> None:
    """A promise in a calendar of its own, open on working days; `targets` are hours by priority, `[answer, solution]`.

    A priority it leaves out gets the one named `normal`.
    """
    opens, closes = (
        _minute(event.get(name, usual)) for name, usual in (("opens", "08:00"), ("closes", "17:00"))
    )
    spans = [(weekday, opens, closes) for weekday in range(WORKDAYS)]
    create_calendar(CalendarInput(event["name"], spans, land=event.get("land", "")), by=case.by)
    with database().reading() as reading:
        wanted = select(BusinessCalendar.id).where(BusinessCalendar.name == event["name"])
        calendar = reading.scalars(wanted).one()
    hours = {each: event["targets"].get(each, event["targets"]["normal"]) for each in PRIORITIES}
    targets = {each: (_minutes(answer), _minutes(solution)) for each, (answer, solution) in hours.items()}
    create_level(event["number"], LevelInput(event["name"], calendar, targets), by=case.by)


@plays("technician", "login", "name", "van", "skills", "minutes_per_day", role="service")
def play_technician(case: Case, event: Mapping[str, Any]) -> None:
    """A user visits customers; one that is not there yet is added with the role of service."""
    user = _user(event["login"])
    if user is None:
        # Users are kept in a layer above this one, which registers the verb.
        add_user = COMMANDS["user.add"].call
        add_user(
            login=event["login"],
            name=event.get("name", ""),
            roles=["service"],
            by=case.whoever("admin"),
        )
        user = _user(event["login"])
    if user is None:
        raise Refusal("reference-unknown", number=event["login"])
    set_technician(
        user.user_id or 0,
        skills=event.get("skills", ""),
        van_id=_van(event["van"]) if "van" in event else None,
        minutes_per_day=int(event.get("minutes_per_day", 480)),
        by=case.by,
    )
    case.people[event["number"]] = user


@plays("visit_articles", "work", "travel", role="accounting")
def play_visit_articles(case: Case, event: Mapping[str, Any]) -> None:
    """As which articles work and travel are billed."""
    set_visit_articles(work=event.get("work", ""), travel=event.get("travel", ""), by=case.by)


@plays("device", "serial", "article", *(field.name for field in fields(DeviceInput)), role="service")
def play_device(case: Case, event: Mapping[str, Any]) -> int:
    """A device that stands at a partner, of our make or another's; without `serial` the number is its own."""
    device = DeviceInput(
        event["name"],
        site=event.get("site", ""),
        bought_on=optional_day(event, "bought_on"),
        warranty_until=optional_day(event, "warranty_until"),
    )
    return case.keep(
        event,
        create_device(
            device,
            party_id=case.party(event["partner"]),
            serial=event.get("serial", event["number"]),
            product_id=case.record(event["article"]) if "article" in event else None,
            by=case.by,
        ),
    )


@plays("spare_parts", "article", "parts", role="service")
def play_spare_parts(case: Case, event: Mapping[str, Any]) -> int:
    """Which parts fit a product."""
    parts = [
        PartInput(case.record(part["article"]), Decimal(part["qty"]), part.get("note", ""))
        for part in event["parts"]
    ]
    return set_spare_parts(case.record(event["article"]), parts, by=case.by)


@plays("portal_contact", "refers_to", "locale", role="service")
def play_portal_contact(case: Case, event: Mapping[str, Any]) -> None:
    """A contact is let into the portal."""
    # The portal lies above this layer and registers the verb.
    COMMANDS["portal.invite"].call(
        case.record(event["refers_to"]), locale=event.get("locale", "de"), by=case.by
    )


def _user(login: str) -> Actor | None:
    with database().reading() as reading:
        found = reading.scalars(select(User).where(User.login == login)).one_or_none()
        return None if found is None else actor_of(found, door="scenario")


def _van(code: str) -> int:
    with database().reading() as reading:
        found = reading.scalar(select(Location.id).where(Location.code == code))
    if found is None:
        raise Refusal("reference-unknown", number=code)
    return found


def _minute(text: str) -> int:
    at = time.fromisoformat(text)
    return at.hour * 60 + at.minute


def _minutes(hours: str) -> int:
    return int(Decimal(hours) * 60)
