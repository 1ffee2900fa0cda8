"""The service story: a mail becomes a ticket, a visit, a report, an invoice and a payment, and nothing is lost between."""

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from suite.base import clock
from suite.erp.devices.queries import device_file
from suite.model import (
    ContingentUse,
    Contract,
    Device,
    Location,
    OpenItem,
    PortalUser,
    PurchaseNeed,
    Record,
    RecordLink,
    Reservation,
    StockLevel,
    Ticket,
    TicketPause,
    Visit,
    VisitCharge,
    VisitTask,
)
from suite.scenario.player import play_case, play_in
from suite.shared.chain import related_records
from suite.shared.contingent import contingent_on
from suite.shared.parts import fitting_parts
from tests.world import World

STORY = json.loads((Path(__file__).parent / "service.json").read_text(encoding="utf-8"))
CASE = STORY["cases"][0]


def at(instant: Any) -> str:
    """The wall-clock time of an instant at the company."""
    return f"{instant.astimezone(clock.company_zone()):%Y-%m-%d %H:%M}"


def until(event: str, **changes: Any) -> dict[str, Any]:
    """The case up to an event, that one changed."""
    last = next(each for each in CASE["events"] if each["number"] == event)
    events = [each for each in CASE["events"] if each["seq"] < last["seq"]]
    return CASE | {"events": [*events, last | changes]}


def one(world: World, kind: str, number: str = "") -> Record:
    """The record of a kind, the newest where there are several."""
    with world.database.reading() as reading:
        wanted = select(Record).where(Record.kind == kind, Record.number.startswith(number))
        return reading.scalars(wanted.order_by(Record.id.desc())).first()


def test_from_the_mail_to_the_payment(world: World) -> None:
    played = play_in(world.database, CASE)

    assert played["error"] is None
    assert world.findings() == []
    ticket, visit, invoice = one(world, "ticket"), one(world, "visit", "EI-1"), one(world, "invoice", "RE-2")
    assert (ticket.state, visit.state, invoice.state) == ("closed", "done", "paid")
    lines = [(row.kind, row.quantity, row.amount) for row in world.lines(invoice.id) if row.kind == "item"]
    assert lines == [("item", D("1"), D("84.00")), ("item", D("1"), D("86.40"))]
    words = [row.name for row in world.lines(invoice.id) if row.kind == "text"]
    assert words[1:] == [
        "Im Vertrag VT-1 enthalten: 0,67 Std Anfahrt",
        "Aus dem Kontingent des Vertrags VT-1: 1,5 Std Arbeitszeit",
        "Kulanz: 4 Stk Dichtungssatz",
    ]
    assert played["open_items"][-1] == {
        "document": "RE-2",
        "partner": "M",
        "original": "202.78",
        "open": "0.00",
    }
    with world.database.reading() as reading:
        assert reading.scalars(select(OpenItem).where(OpenItem.record_id == invoice.id)).one().open == 0


def test_the_clock_counts_by_the_contract_its_calendar_and_the_pause(world: World) -> None:
    play_in(world.database, CASE)

    with world.database.reading() as reading:
        ticket = reading.scalars(select(Ticket)).one()
        pauses = reading.scalars(select(TicketPause).order_by(TicketPause.id)).all()
    assert (ticket.service_level, ticket.respond_minutes, ticket.resolve_minutes) == ("GOLD", 240, 480)
    assert at(ticket.opened_at) == "2026-03-27 15:30"
    # An hour and a half on Friday, the rest on Monday, with summer time begun between.
    assert at(ticket.respond_by) == "2026-03-30 10:30"
    # The customer had the turn for one hour of Friday and one of Monday.
    assert at(ticket.resolve_by) == "2026-03-30 16:30"
    assert at(ticket.responded_at) == "2026-03-27 16:00"
    assert at(ticket.resolved_at) == "2026-03-30 16:10"
    assert [(at(row.from_at), row.until_at and at(row.until_at)) for row in pauses] == [
        ("2026-03-27 16:00", "2026-03-30 09:00"),
        ("2026-03-30 16:10", None),
    ]


def test_parts_are_reserved_bought_and_used_from_the_van(world: World) -> None:
    play_in(world.database, until("T-1-t"))

    with world.database.reading() as reading:
        held = reading.scalars(select(Reservation)).one()
        need = reading.scalars(select(PurchaseNeed)).one()
        names = {
            row.id: row.number for row in reading.scalars(select(Record).where(Record.kind == "product"))
        }
        device = reading.scalars(select(Device).join(Record).where(Record.number == "P12-0003")).one()
        proposed = [(part.number, quantity) for part, quantity in fitting_parts(device.product_id)]
    assert proposed == [("DI-1", D(4)), ("DS-6", D(1)), ("PL-12", D(1))]
    assert (names[held.product_id], held.quantity) == ("DS-6", D(1))
    assert (names[need.product_id], need.quantity, need.state) == ("PL-12", D(1), "open")
    assert need.needed_on == date(2026, 3, 31)


def test_what_was_used_left_the_van_and_the_promise_is_free_again(world: World) -> None:
    play_in(world.database, CASE)

    with world.database.reading() as reading:
        levels = {
            (number, code): (on_hand, reserved)
            for number, code, on_hand, reserved in reading.execute(
                select(Record.number, Location.code, StockLevel.on_hand, StockLevel.reserved)
                .join(StockLevel, StockLevel.product_id == Record.id)
                .join(Location, Location.id == StockLevel.location_id)
            )
        }
        reservations = reading.scalars(select(Reservation)).all()
    assert levels["DS-6", "WAGEN-1"] == (D(0), D(0))
    assert levels["DI-1", "WAGEN-1"] == (D(4), D(0))
    assert levels["DS-6", "MAIN"] == (D(2), D(0))
    assert levels["WP-12", "MAIN"] == (D(1), D(0))
    assert reservations == []


def test_the_report_the_charges_and_the_contingent(world: World) -> None:
    play_in(world.database, CASE)

    with world.database.reading() as reading:
        visit = reading.scalars(select(Visit)).one()
        tasks = [
            (row.is_done, row.reading, row.unit)
            for row in reading.scalars(select(VisitTask).order_by(VisitTask.position))
        ]
        charges = [
            (row.piece, row.charge, row.minutes, row.quantity, row.reason)
            for row in reading.scalars(select(VisitCharge).order_by(VisitCharge.id))
        ]
        use = reading.scalars(select(ContingentUse)).one()
        left = contingent_on(reading.scalars(select(Contract)).one(), date(2026, 3, 30)).left
    assert visit.frozen_at is not None and visit.signer_name == "Technische Leitung"
    assert tasks == [(True, "1,6", "bar"), (True, "", ""), (True, "", "")]
    assert charges == [
        ("work", "contingent", 90, D(0), ""),
        ("work", "billable", 60, D(0), ""),
        ("travel", "included", 40, D(0), ""),
        ("part", "billable", 0, D(1), ""),
        ("part", "goodwill", 0, D(4), "Dichtungen waren schon 2025 nicht in Ordnung"),
    ]
    assert (use.minutes, left) == (90, 0)


def test_goodwill_is_released_by_a_second_person(world: World) -> None:
    played = play_in(world.database, until("EI-1-f", technician="tom"))

    assert played["error"]["code"] == "goodwill-second-person"
    assert played["error"]["seq"] == len(played["events"]) + 1


def test_a_colleague_may_release_it(world: World) -> None:
    played = play_in(world.database, until("EI-1-f", technician="ute"))

    assert played["error"] is None
    assert one(world, "visit").state == "released"


def test_everything_is_linked_and_in_the_file_of_the_device(world: World) -> None:
    play_in(world.database, CASE)

    device = one(world, "device", "P12-0003")
    ticket, invoice = one(world, "ticket"), one(world, "invoice", "RE-2")
    with world.database.reading() as reading:
        chain = {kind: [row.number for row in rows] for kind, rows in related_records(invoice.id).items()}
        links = {tuple(row) for row in reading.execute(select(RecordLink.source_id, RecordLink.target_id))}
        file = device_file(device, by=world.owner)
        shown = [row.number for row in (*file.invoices, *file.contracts, *file.linked)]
        parts = [(product.number, quantity, visit.number) for product, quantity, visit in file.parts]
        people = reading.scalars(select(PortalUser)).all()
    assert chain == {
        "ticket": [ticket.number],
        "visit": ["EI-1"],
        "invoice": ["RE-2"],
        "contract": ["VT-1"],
        "payment": ["ZA-1"],
    }
    assert (ticket.id, one(world, "visit").id) in links
    assert file.delivery is not None and file.delivery.number == "LS-1"
    assert shown == ["RE-1", "VT-1", "EI-1", ticket.number]
    assert parts == [("DI-1", D(4), "EI-1"), ("DS-6", D(1), "EI-1")]
    assert len(people) == 1 and people[0].active


def test_the_invoice_shows_the_whole_chain(world: World, sign_in: Callable[..., FlaskClient]) -> None:
    play_in(world.database, CASE)
    reader = sign_in("accounting", "service")

    page = reader.get(f"/invoices/{one(world, 'invoice', 'RE-2').public_id}").text
    strip = page[page.index('class="chain"') : page.index("</ol>", page.index('class="chain"'))]

    assert re.findall(r'class="kind">([^<]+)<', strip) == [
        "Contract",
        "Ticket",
        "Visit",
        "Invoice",
        "Payment",
    ]
    assert "0.00" not in re.findall(r'class="sum num">([^<]+)<', strip)
    places = [strip.index(number) for number in (one(world, "ticket").number or "", "EI-1", "RE-2", "ZA-1")]
    assert places == sorted(places)


@pytest.mark.parametrize("chart", ["SKR03", "SKR04"])
def test_played_twice_it_comes_out_the_same(chart: str) -> None:
    first, second = (play_case(CASE, chart=chart) for _ in range(2))

    assert first == second
    assert first["error"] is None


def test_both_engines_come_out_the_same(world: World) -> None:
    assert play_in(world.database, CASE) == play_case(CASE, chart="SKR03")
