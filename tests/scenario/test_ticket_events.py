"""Tickets, devices and visits as a scenario plays them: every way a ticket goes, and what the events refuse."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from suite.base.event import Event
from suite.model import Location, OutgoingMail, PurchaseNeed, Record, StockLevel, Ticket, TicketMessage, Visit
from suite.scenario.player import play_case, play_in
from tests.world import World

STORY = Path(__file__).parent.parent / "stories" / "service.json"
SETTING = json.loads(STORY.read_text(encoding="utf-8"))["cases"][0]["events"][:21]
PARTNER = {
    "role": "customer",
    "name": "Molkerei Eiderblick eG",
    "country": "DE",
    "b2b": True,
    "email": "info@molkerei-eiderblick.example",
}


def case(*events: dict[str, Any]) -> dict[str, Any]:
    """The setting of the story, and what follows on the first of April."""
    more = [{"seq": 100 + n, "date": "2026-04-01", **event} for n, event in enumerate(events)]
    return {"id": "service", "partners": {"M": PARTNER}, "events": [*SETTING, *more]}


def ticket(number: str = "T-1", **values: Any) -> dict[str, Any]:
    """Somebody calls."""
    called = {"type": "ticket", "number": number, "partner": "M", "subject": "Anlage steht", "text": "Hilfe"}
    return called | {"channel": "phone"} | values


def step(kind: str, **values: Any) -> dict[str, Any]:
    """Something happens to the ticket."""
    return {"type": f"ticket_{kind}", "number": f"{kind}-1", "refers_to": "T-1"} | values


def visit(**values: Any) -> dict[str, Any]:
    """A visit from eight to nine."""
    return {"type": "visit", "number": "E-1", "from": "08:00", "until": "09:00"} | values


def refused(*events: dict[str, Any]) -> str:
    """The code that ends the case, at its last event."""
    played = play_case(case(*events), chart="SKR03")
    assert played["error"] is not None
    assert played["error"]["seq"] == 99 + len(events)
    return str(played["error"]["code"])


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([step("assign", technician="tom")], "open"),
        ([step("start", technician="tom")], "in_progress"),
        ([step("start")], "in_progress"),
        ([step("wait", **{"for": "customer"})], "waiting_customer"),
        ([step("wait", **{"for": "parts"}), step("resume")], "in_progress"),
        ([step("reply", text="Welche Anzeige?", then="wait_customer"), step("message", text="E 74")], "open"),
        ([step("reply", text="Bitte neu starten.", then="resolve")], "resolved"),
        ([step("resolve", solution="Neu gestartet"), step("close"), step("rate", rating=5)], "closed"),
        ([step("escalate", reason="Alle sind unterwegs"), step("note", text="Ute fragen")], "new"),
    ],
)
def test_a_ticket_goes_its_ways(sqlite_world: World, steps: list[dict[str, Any]], state: str) -> None:
    world = sqlite_world
    played = play_in(world.database, case(ticket(), *steps))

    assert played["error"] is None
    with world.database.reading() as reading:
        assert reading.scalars(select(Record.state).where(Record.kind == "ticket")).one() == state
    assert world.findings() == []


def test_a_mail_of_a_stranger_becomes_a_ticket_of_nobody(world: World) -> None:
    mail = ticket(channel="mail", reporter_email="neu@unbekannt.example", reporter_name="Büro")
    del mail["partner"]

    played = play_in(world.database, case(mail, step("reply", text="Gern. Wo steht die Anlage?")))

    assert played["error"] is None
    with world.database.reading() as reading:
        record = reading.scalars(select(Record).where(Record.kind == "ticket")).one()
        directions = list(reading.scalars(select(TicketMessage.direction).order_by(TicketMessage.id)))
        answer = reading.scalars(select(OutgoingMail)).one()
        doors = list(reading.scalars(select(Event.record_id).where(Event.verb == "ticket.take_mail")))
    assert record.party_id is None
    assert doors == [record.id]
    assert directions == ["in", "out"]
    assert (answer.to_address, answer.state) == ("neu@unbekannt.example", "kept")


def test_a_complaint_is_about_what_it_names(world: World) -> None:
    played = play_in(world.database, case(ticket(is_complaint=True, about="RE-1", priority="high")))

    assert played["error"] is None
    with world.database.reading() as reading:
        row = reading.scalars(select(Ticket)).one()
    assert (row.is_complaint, row.priority, row.channel) == (True, "high", "phone")


def test_a_device_of_another_make_and_a_visit_without_a_ticket(world: World) -> None:
    events = (
        {"type": "device", "number": "OK-1", "partner": "M", "name": "Ölkessel", "site": "Keller"},
        visit(partner="M", subject="Kessel ansehen", device="OK-1"),
        {"type": "visit_cancelled", "number": "ab", "refers_to": "E-1", "reason": "Verschoben"},
        {"type": "need", "number": "b", "article": "PL-12", "qty": "2", "reason": "Mindestbestand"},
    )

    played = play_in(world.database, case(*events))

    assert played["error"] is None
    with world.database.reading() as reading:
        row = reading.scalars(select(Visit)).one()
        device = reading.get_one(Record, row.device_id)
        state = reading.get_one(Record, row.id).state
        need = reading.scalars(select(PurchaseNeed)).one()
    assert (device.number, state, row.ticket_id) == ("OK-1", "cancelled", None)
    assert (need.record_id, need.reason) == (None, "Mindestbestand")


def test_a_visit_with_nothing_to_bill_is_done_without_an_invoice(world: World) -> None:
    report = {"type": "visit_report", "number": "b", "refers_to": "E-1", "technician": "ute"}
    events = (
        visit(partner="M", subject="Nachsehen", technician="ute"),
        report | {"work_minutes": 30, "report": "Nichts gefunden"},
        {
            "type": "visit_release",
            "number": "f",
            "refers_to": "E-1",
            "charges": [{"piece": "work", "charge": "goodwill", "reason": "Fehlalarm"}],
        },
        {"type": "visit_invoice", "number": "RE-9", "refers_to": "E-1"},
    )

    played = play_in(world.database, case(*events))

    assert played["error"] is None
    with world.database.reading() as reading:
        kinds = dict(reading.execute(select(Record.kind, Record.state).where(Record.number == "E-1")).all())
        assert reading.scalar(select(Record.id).where(Record.number == "RE-9")) is None
    assert kinds == {"visit": "done"}


def test_a_piece_comes_back_and_is_counted_where_it_lies(world: World) -> None:
    back = {"pos": 1, "qty": "1", "lots": ["P12-0003"]}
    events = (
        {"type": "goods_return", "number": "R-1", "partner": "M", "refers_to": "LS-1", "returned": [back]},
        {"type": "stock_transfer", "number": "u", "article": "WP-12", "qty": "1", "to": "WAGEN-1"}
        | {"lots": ["P12-0003"]},
        {"type": "stock_correction", "number": "k", "article": "WP-12", "counted": "0", "reason": "Schrott"}
        | {"location": "WAGEN-1", "lot": "P12-0003"},
    )

    played = play_in(world.database, case(*events))

    assert played["error"] is None
    with world.database.reading() as reading:
        places = select(Location.code, StockLevel.on_hand).join(
            Location, Location.id == StockLevel.location_id
        )
        product = select(Record.id).where(Record.number == "WP-12").scalar_subquery()
        levels = dict(reading.execute(places.where(StockLevel.product_id == product)).all())
        device = reading.scalars(select(Record).where(Record.number == "P12-0003")).one()
    assert levels == {"MAIN": 1, "WAGEN-1": 0}
    assert device.state == "retired"
    assert world.findings() == []


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([ticket(device="P12-9999")], "reference-unknown"),
        ([ticket(contact="niemand")], "reference-unknown"),
        ([ticket(), step("assign", technician="niemand")], "reference-unknown"),
        ([ticket(), step("close")], "step-not-open"),
        ([ticket(), step("wait", **{"for": "nobody"})], "event-malformed"),
        ([ticket(), step("parts", parts=[{"article": "X", "qty": "1"}])], "reference-unknown"),
        ([ticket(channel="mail")], "event-malformed"),
        ([ticket(color="red")], "event-input-unsupported"),
        ([visit(partner="M", subject="Test", until="07:00")], "visit-span"),
        ([{"type": "technician", "number": "x", "login": "tom", "van": "NIRGENDS"}], "reference-unknown"),
        (
            [
                visit(partner="M", subject="Test", technician="ute"),
                {
                    "type": "visit_report",
                    "number": "b",
                    "refers_to": "E-1",
                    "technician": "ute",
                    "report": "x",
                },
                {"type": "visit_release", "number": "f", "refers_to": "E-1"}
                | {"charges": [{"piece": "DS-6", "charge": "goodwill", "reason": "x"}]},
            ],
            "reference-unknown",
        ),
    ],
)
def test_what_makes_no_sense_ends_the_case(events: list[dict[str, Any]], code: str) -> None:
    assert refused(*events) == code
