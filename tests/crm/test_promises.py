"""What is promised: which level a ticket gets, when its clocks run, and that each deadline is the right one."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from suite.base import clock
from suite.base.db import write_transaction
from suite.base.errors import Conflict, Refusal
from suite.base.event import Event
from suite.base.job import run_one
from suite.crm.tickets.commands import TicketInput, edit_ticket
from suite.crm.tickets.conversation import receive_message, reply_ticket
from suite.crm.tickets.jobs import count_deadlines_anew, promise_ticket
from suite.crm.tickets.levels import (
    CalendarInput,
    LevelInput,
    calendars,
    create_calendar,
    create_level,
    edit_calendar,
    edit_level,
    levels,
)
from suite.crm.tickets.states import (
    close_ticket,
    reopen_ticket,
    resolve_ticket,
    resume_ticket,
    wait_for_customer,
    wait_for_parts,
)
from suite.model import Contract
from suite.model.record import new_record
from suite.shared.roles import system_actor
from suite.shared.sla import clock_of, hours_of_level, open_hours, pauses_of
from tests.crm.test_tickets import MONDAY, ticket_of
from tests.shared.test_business_time import MINUTE, slow_minutes
from tests.world import World

ROUND_THE_CLOCK = [(weekday, 0, 1440) for weekday in range(7)]
FRIDAY = datetime(2026, 11, 20, 14, 10, tzinfo=UTC)  # 15:10 in Berlin


def contract(world: World, party: int, level: str, *, ends_on: date | None = None) -> int:
    """A running contract with a service level."""
    with write_transaction() as current:
        state = "active" if ends_on is None else "ending"
        contract_id = new_record("contract", title="Wartung", state=state, party_id=party)
        row = {"id": contract_id, "kind": "maintenance", "subject": "Wartung", "service_level": level}
        days = {
            "starts_on": date(2026, 1, 1),
            "first_period_on": date(2026, 1, 1),
            "billed_until": date(2026, 1, 1),
            "ends_on": ends_on,
        }
        current.execute(insert(Contract).values(**row, **days))
    return contract_id


def gold(world: World) -> None:
    """A level that works round the clock."""
    create_calendar(CalendarInput("Immer", ROUND_THE_CLOCK), by=world.owner)
    with world.database.reading():
        calendar = next(each.id for each in calendars() if each.name == "Immer")
    create_level("gold", LevelInput("Gold", calendar, {"normal": (60, 240)}), by=world.owner)


def test_a_weekend_does_not_count_towards_the_default_promise(world: World) -> None:
    with clock.fixed_at(FRIDAY):
        ticket = world.ticket(priority="urgent")

    found = ticket_of(world, ticket)
    assert found.service_level == "STANDARD"
    assert found.respond_by == datetime(2026, 11, 23, 7, 10, tzinfo=UTC)
    assert found.resolve_by == datetime(2026, 11, 23, 13, 10, tzinfo=UTC)
    assert found.deadline == found.respond_by
    assert world.record(ticket).due_date == date(2026, 11, 23)


def test_the_contract_that_is_active_on_the_day_promises(world: World) -> None:
    gold(world)
    customer = world.customer()
    active = contract(world, customer, "GOLD")
    ended = contract(world, customer, "GOLD", ends_on=date(2026, 11, 1))
    with clock.fixed_at(FRIDAY):
        promised = world.ticket(party_id=customer, contract_id=active)
        not_any_more = world.ticket(party_id=customer, contract_id=ended)
        low = world.ticket(party_id=customer, contract_id=active, priority="low")

    assert ticket_of(world, promised).resolve_by == FRIDAY + timedelta(hours=4)
    assert ticket_of(world, not_any_more).service_level == "STANDARD"
    assert ticket_of(world, low).service_level == "GOLD"
    assert ticket_of(world, low).deadline is None
    assert world.findings() == []


def test_the_first_answer_stops_the_clock_of_the_response(world: World) -> None:
    with clock.fixed_at(MONDAY):
        ticket = world.ticket()
        reply_ticket(ticket, text="Ja", by=world.ines)

    found = ticket_of(world, ticket)
    assert found.deadline == found.resolve_by
    with clock.fixed_at(MONDAY + timedelta(hours=1)):
        reply_ticket(ticket, text="Noch etwas", by=world.ines)
    assert ticket_of(world, ticket).responded_at == MONDAY


def test_the_clock_stands_still_while_the_customer_has_the_turn_and_only_then(world: World) -> None:
    with clock.fixed_at(MONDAY):
        ticket = world.ticket(priority="urgent")
        reply_ticket(ticket, text="Welche?", by=world.ines)
    due = ticket_of(world, ticket).resolve_by
    with clock.fixed_at(MONDAY + timedelta(hours=1)):
        wait_for_customer(ticket, by=world.ines)
    assert ticket_of(world, ticket).deadline is None
    with clock.fixed_at(MONDAY + timedelta(hours=3)):
        receive_message(ticket, text="Diese", by=world.ines)
    moved = ticket_of(world, ticket).resolve_by
    with clock.fixed_at(MONDAY + timedelta(hours=4)):
        wait_for_parts(ticket, by=world.ines)
    with clock.fixed_at(MONDAY + timedelta(hours=5)):
        resume_ticket(ticket, by=world.ines)

    # 18:00 is after hours: the two hours of the pause end at 9:00 and 10:00 of the next day.
    assert due == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert moved == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert ticket_of(world, ticket).resolve_by == moved
    assert world.findings() == []


def test_another_priority_counts_anew_from_the_beginning(world: World) -> None:
    with clock.fixed_at(MONDAY):
        ticket = world.ticket()
    with clock.fixed_at(MONDAY + timedelta(hours=2)):
        edit_ticket(ticket, TicketInput("Anlage steht", priority="urgent"), by=world.ines)

    found = ticket_of(world, ticket)
    assert found.respond_by == MONDAY + timedelta(hours=2)
    assert found.resolve_minutes == 480
    assert world.findings() == []


@pytest.mark.parametrize("seed", range(8))
def test_a_ticket_through_pauses_is_due_when_a_slow_calculator_says(world: World, seed: int) -> None:
    draw = random.Random(seed)
    opened = datetime(2026, *draw.choice([(10, 23), (3, 27), (11, 20), (12, 23)]), 5, tzinfo=UTC)
    spans = [(day, opens, opens + draw.randint(60, 600)) for day in range(7) for opens in (30, 800)]
    closed = {(opened + timedelta(days=draw.randint(0, 3))).date(): "zu"}
    with world.database.reading():
        calendar = calendars()[0].id
    edit_calendar(
        calendar,
        CalendarInput(
            "Geschäftszeiten", [(d, o, min(c, 1440)) for d, o, c in spans], land="SH", closed_days=closed
        ),
        by=world.owner,
    )
    target = draw.randint(60, 900)
    edit_level(
        "STANDARD",
        LevelInput("Standard", calendar, {"normal": (None, target)}, is_default=True),
        by=world.owner,
    )
    with world.database.reading():
        hours = open_hours(calendar)
    now, used, state = opened, 0, "running"
    with clock.fixed_at(opened):
        ticket = world.ticket()
    for _ in range(10):
        later = now + draw.randint(1, 900) * MINUTE
        if state == "running":
            used += slow_minutes(hours, now, later)
        now = later
        with clock.fixed_at(now):
            state = step(ticket, state, draw, world)
        found = ticket_of(world, ticket)
        with world.database.reading():
            pauses = pauses_of(ticket)
        shown = clock_of(
            hours,
            found.opened_at,
            target,
            due_at=found.resolve_by,
            stopped_at=found.resolved_at,
            now=now,
            pauses=pauses,
        )
        assert shown is not None
        assert shown.used == used * MINUTE
        assert found.resolve_by is not None
        if state == "running":
            assert slow_minutes(hours, now, found.resolve_by) == max(0, target - used)
            assert slow_minutes(hours, found.resolve_by, now) == max(0, used - target)
            assert found.deadline == found.resolve_by
        if state == "resolved":
            assert shown.is_met == (found.resolved_at <= found.resolve_by)
            assert shown.is_met or used >= target
            assert not shown.is_met or used <= target
    assert world.findings() == []


def step(ticket: int, state: str, draw: random.Random, world: World) -> str:
    """Stop or start the clock in one of the ways there are."""
    if state == "running":
        if draw.random() < 0.7:
            wait_for_customer(ticket, by=world.ines)
            return "waiting"
        resolve_ticket(ticket, solution="x", by=world.ines)
        return "resolved"
    if state == "waiting":
        if draw.random() < 0.3:
            resolve_ticket(ticket, solution="x", by=world.ines)
            return "resolved"
        draw.choice([resume_ticket, lambda each, by: receive_message(each, text="da", by=by)])(
            ticket, by=world.ines
        )
        return "running"
    if draw.random() < 0.3:
        close_ticket(ticket, by=world.ines)
    reopen_ticket(ticket, by=world.ines)
    return "running"


def test_a_deadline_that_passes_is_told_once(world: World) -> None:
    with clock.fixed_at(MONDAY):
        ticket = world.ticket()
        answered = world.ticket()
        reply_ticket(answered, text="Ja", by=world.ines)
    respond_by = ticket_of(world, ticket).respond_by

    with clock.fixed_at(respond_by - MINUTE):
        while run_one(world.database):
            pass
    assert ticket_of(world, ticket).escalated_at is None
    with clock.fixed_at(respond_by + MINUTE):
        while run_one(world.database):
            pass

    assert ticket_of(world, ticket).escalated_at == respond_by + MINUTE
    assert ticket_of(world, answered).escalated_at is None
    with world.database.reading() as reading:
        told = reading.scalars(select(Event).where(Event.verb == "ticket.escalate")).all()
    assert [event.record_id for event in told] == [ticket]


def test_open_tickets_get_what_their_level_promises_now(world: World) -> None:
    with clock.fixed_at(MONDAY):
        ticket, solved = world.ticket(), world.ticket()
        resolve_ticket(solved, solution="x", by=world.ines)
    with world.database.reading():
        calendar = calendars()[0].id
    level = LevelInput("Standard", calendar, {"normal": (30, 60)}, is_default=True)

    edit_level("STANDARD", level, version=1, by=world.owner)
    with clock.fixed_at(MONDAY):
        count_deadlines_anew("STANDARD")
        promise_ticket(solved, by=system_actor("deadlines"))

    assert ticket_of(world, ticket).resolve_by == MONDAY + timedelta(hours=1)
    assert ticket_of(world, solved).resolve_minutes == 2400
    with pytest.raises(Conflict):
        edit_level("STANDARD", level, version=1, by=world.owner)
    with pytest.raises(Refusal) as refused:
        edit_level("STANDARD", LevelInput("Standard", calendar, {}), by=world.owner)
    assert refused.value.code == "default-level-needed"
    assert world.findings() == []


@pytest.mark.parametrize(
    ("calendar", "code", "field"),
    [
        (CalendarInput("", ROUND_THE_CLOCK), "field-required", "name"),
        (CalendarInput("Geschäftszeiten", ROUND_THE_CLOCK), "name-taken", "name"),
        (CalendarInput("A", []), "hours-missing", "hours-0"),
        (CalendarInput("A", [(0, 60, 120), (0, 90, 200)]), "hours-wrong", "hours-0"),
        (CalendarInput("A", [(3, 60, 60)]), "hours-wrong", "hours-3"),
        (CalendarInput("A", ROUND_THE_CLOCK, timezone="Mars"), "choice-unknown", "timezone"),
        (CalendarInput("A", ROUND_THE_CLOCK, land="XX"), "choice-unknown", "land"),
        (CalendarInput("A", ROUND_THE_CLOCK, local_holidays=["x"]), "choice-unknown", "local_holidays"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(
    world: World, calendar: CalendarInput, code: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        create_calendar(calendar, by=world.owner)

    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_level_has_a_code_of_its_own_and_targets_that_can_be(world: World) -> None:
    with world.database.reading():
        calendar = calendars()[0].id
    for code, level, refusal in (
        ("a b", LevelInput("A", calendar, {}), "code-wrong"),
        ("STANDARD", LevelInput("A", calendar, {}), "name-taken"),
        ("A", LevelInput("A", 99, {}), "choice-unknown"),
        ("A", LevelInput("A", calendar, {"normal": (0, 60)}), "target-range"),
        ("A", LevelInput("", calendar, {}), "field-required"),
    ):
        with pytest.raises(Refusal) as refused:
            create_level(code, level, by=world.owner)
        assert refused.value.code == refusal

    create_level("A", LevelInput("A", calendar, {}, is_default=True), by=world.owner)

    with world.database.reading():
        assert [(each.code, each.is_default) for each in levels()] == [("A", True), ("STANDARD", False)]
    assert world.findings() == []


def test_a_ticket_without_any_level_has_no_deadline(world: World) -> None:
    with write_transaction() as current:
        current.connection().exec_driver_sql("UPDATE service_level SET is_default = 0")

    ticket = world.ticket()

    assert ticket_of(world, ticket).deadline is None
    with world.database.reading():
        assert hours_of_level(None) is None
