"""Contracts: from draft to end, notice, price adjustments and the contingent."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal as D
from random import Random
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor
from suite.base.db import use_database, write_transaction
from suite.base.errors import Conflict, NotPermitted, Refusal
from suite.erp.contracts.adjustment import adjust_contract, adjust_contracts
from suite.erp.contracts.billing import bill_contract, end_finished_contracts
from suite.erp.contracts.commands import (
    cancel_contract,
    create_contract,
    discard_contract,
    edit_contract,
    end_contract,
    start_contract,
)
from suite.erp.contracts.content import ContractInput
from suite.model import Contract, ContractLine
from suite.shared.contingent import contingent_on, release_contingent, use_contingent
from suite.shared.lines import LineInput
from tests.world import World, line


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with clock.fixed_at(datetime(2026, 3, 10, 9, tzinfo=UTC)):
        yield


def at(on: date) -> Any:
    """The clock on another day."""
    return clock.fixed_at(datetime(on.year, on.month, on.day, 9, tzinfo=UTC))


def draft(world: World, *lines: LineInput, customer: int | None = None, **values: Any) -> int:
    """A draft of a contract, yearly from January 2026 unless said otherwise."""
    content = ContractInput(**{"starts_on": date(2026, 1, 1), "subject": "Wartung Heizung"} | values)
    return create_contract(
        content,
        party_id=customer or world.customer(),
        lines=lines or [line(price="1200.00", name="Wartung")],
        by=world.owner,
    )


def running(world: World, *lines: LineInput, **values: Any) -> int:
    """A contract that was started."""
    return start_contract(draft(world, *lines, **values), by=world.owner)


def contract(world: World, contract_id: int) -> Contract:
    """The contract, fresh."""
    with world.database.reading() as reading:
        return reading.get_one(Contract, contract_id)


def contract_lines(world: World, contract_id: int) -> list[ContractLine]:
    """Its lines in order."""
    with world.database.reading() as reading:
        wanted = select(ContractLine).where(ContractLine.contract_id == contract_id)
        return list(reading.scalars(wanted.order_by(ContractLine.position, ContractLine.id)))


def test_a_contract_is_drafted_changed_and_started(world: World) -> None:
    made = draft(world)
    edit_contract(
        made,
        ContractInput(starts_on=date(2026, 2, 1), subject="Wartung Lüftung", interval_months=3),
        lines=[line(price="300")],
        version=world.record(made).version,
        by=world.sven,
    )
    start_contract(made, by=world.sven)

    record, kept = world.record(made), contract(world, made)
    assert (record.number, record.title, record.state) == ("VT0001", "Wartung Lüftung", "active")
    assert (kept.starts_on, kept.first_period_on, kept.billed_until) == (date(2026, 2, 1),) * 3
    assert record.sort_amount == D("300.00")
    assert record.due_date == date(2026, 10, 31)
    assert world.findings() == []


def test_a_line_takes_name_and_price_of_its_product(world: World) -> None:
    product = world.product("Wartung Gastherme", price="189.00", kind="service")

    made = draft(world, line(product, "2"))

    kept = contract_lines(world, made)[0]
    assert (kept.name, kept.unit_price, kept.quantity, kept.tax_case) == ("Wartung Gastherme", 189, 2, None)


def test_a_contract_that_is_not_renewed_knows_its_last_day_from_the_start(world: World) -> None:
    made = running(world, first_term_months=13, renewal_months=0)

    assert world.record(made).state == "ending"
    assert contract(world, made).ends_on == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"subject": " "}, "subject", "field-required"),
        ({"kind": "lease"}, "kind", "choice-unknown"),
        ({"interval_months": 0}, "interval_months", "whole-range"),
        ({"notice_months": 25}, "notice_months", "whole-range"),
        ({"starts_on": date(1999, 1, 1)}, "starts_on", "day-range"),
        ({"first_period_on": date(2050, 1, 1)}, "first_period_on", "day-range"),
        ({"service_level": "gold"}, "service_level", "choice-unknown"),
        ({"labour": "contingent"}, "contingent_minutes", "field-required"),
    ],
)
def test_wrong_terms_are_refused_at_their_field(
    sqlite_world: World, values: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        draft(sqlite_world, **values)

    assert [(each.field, each.code) for each in refused.value.problems] == [(field, code)]


def test_a_consumer_is_bound_for_two_years_at_most(sqlite_world: World) -> None:
    private = sqlite_world.customer("Petra Probe", is_company=False)

    with pytest.raises(Refusal, match="consumer-term"):
        draft(sqlite_world, customer=private, first_term_months=36)


def test_a_text_line_and_a_foreign_device_are_refused(sqlite_world: World) -> None:
    with pytest.raises(Refusal, match="contract-line-text"):
        draft(sqlite_world, LineInput(kind="text", name="Guten Tag"))
    with pytest.raises(Refusal, match="device-of-another"):
        create_contract(
            ContractInput(starts_on=date(2026, 1, 1), subject="x"),
            party_id=sqlite_world.customer(),
            lines=[line()],
            device_ids=[1],
            by=sqlite_world.owner,
        )


def test_somebody_elses_change_is_not_overwritten(sqlite_world: World) -> None:
    made = draft(sqlite_world)

    with pytest.raises(Conflict):
        edit_contract(made, ContractInput(subject="x"), lines=[line()], version=99, by=sqlite_world.owner)
    with pytest.raises(Conflict):
        start_contract(made, version=99, by=sqlite_world.owner)


def test_only_a_draft_is_changed_or_discarded(sqlite_world: World) -> None:
    made = running(sqlite_world)

    for act in (
        lambda: edit_contract(made, ContractInput(subject="x"), lines=[line()], by=sqlite_world.owner),
        lambda: discard_contract(made, by=sqlite_world.owner),
        lambda: start_contract(made, by=sqlite_world.owner),
    ):
        with pytest.raises(Refusal, match="step-not-open"):
            act()
    other = discard_contract(draft(sqlite_world), by=sqlite_world.owner)
    assert sqlite_world.record(other).state == "discarded"


def test_who_may_sell_makes_contracts_and_who_keeps_the_books_bills_them(sqlite_world: World) -> None:
    made = running(sqlite_world)

    def refused(by: Actor) -> None:
        with pytest.raises(NotPermitted):
            bill_contract(made, by=by)

    refused(sqlite_world.sven)
    refused(sqlite_world.wanda)
    bill_contract(made, by=sqlite_world.anna)


# Notice


def test_notice_ends_a_contract_with_its_term(world: World) -> None:
    made = running(world)

    cancel_contract(made, received_on=date(2026, 3, 1), by=world.sven)

    assert contract(world, made).ends_on == date(2026, 12, 31)
    assert (world.record(made).state, world.record(made).due_date) == ("ending", date(2026, 12, 31))


def test_notice_that_came_too_late_ends_a_term_later(world: World) -> None:
    made = running(world, starts_on=date(2025, 4, 1), first_period_on=date(2025, 4, 1))

    cancel_contract(made, by=world.sven)

    assert contract(world, made).ends_on == date(2027, 3, 31)


def test_an_earlier_end_needs_a_reason(world: World) -> None:
    made = running(world)

    with pytest.raises(Refusal, match="earlier-end-reason"):
        cancel_contract(made, ends_on=date(2026, 6, 30), by=world.sven)
    with pytest.raises(Refusal, match="ends-before-start"):
        cancel_contract(made, ends_on=date(2025, 6, 30), reason="x", by=world.sven)
    with pytest.raises(Refusal, match="date-in-future"):
        cancel_contract(made, received_on=date(2026, 3, 11), by=world.sven)
    cancel_contract(made, ends_on=date(2026, 6, 30), reason="Betrieb aufgegeben", by=world.sven)

    assert contract(world, made).ends_on == date(2026, 6, 30)


def test_a_contract_ends_when_it_is_over_and_billed(world: World) -> None:
    made = running(world, first_term_months=2, renewal_months=0, interval_months=1)

    with pytest.raises(Refusal, match="contract-not-billed"):
        end_contract(made, by=world.anna)
    for _ in range(2):
        bill_contract(made, by=world.anna)
    with pytest.raises(Refusal, match="contract-billed-to-end"):
        bill_contract(made, by=world.anna)

    assert end_finished_contracts(by=world.anna) == [made]
    assert world.record(made).state == "ended"
    assert end_finished_contracts(by=world.anna) == []


def test_a_contract_that_runs_does_not_end(sqlite_world: World) -> None:
    made = running(sqlite_world, renewal_months=0)

    with pytest.raises(Refusal, match="contract-still-runs"):
        end_contract(made, by=sqlite_world.anna)


# Prices


def test_a_percentage_ends_lines_and_begins_their_successors(world: World) -> None:
    made = running(
        world, line(price="100.00", name="Wartung"), line(price="33.33", name="Notdienst"), interval_months=1
    )
    for _ in range(3):
        bill_contract(made, by=world.anna)

    adjust_contract(made, from_on=date(2026, 4, 1), percent=D("3.5"), by=world.sven)

    kept = [
        (each.name, each.unit_price, each.valid_from, each.valid_until)
        for each in contract_lines(world, made)
    ]
    assert kept == [
        ("Wartung", D("100.00"), None, date(2026, 3, 31)),
        ("Wartung", D("103.50"), date(2026, 4, 1), None),
        ("Notdienst", D("33.33"), None, date(2026, 3, 31)),
        ("Notdienst", D("34.50"), date(2026, 4, 1), None),
    ]
    assert world.record(made).sort_amount == D("138.00")
    assert world.findings() == []


def test_prices_never_change_within_what_is_billed(world: World) -> None:
    made = running(world, interval_months=3)
    bill_contract(made, by=world.anna)

    with pytest.raises(Refusal, match="adjust-billed"):
        adjust_contract(made, from_on=date(2026, 3, 31), percent=D(2), by=world.sven)
    adjust_contract(made, from_on=date(2026, 4, 1), percent=D(2), by=world.sven)


def test_senseless_adjustments_are_refused(sqlite_world: World) -> None:
    made = running(sqlite_world, renewal_months=0)
    only = contract_lines(sqlite_world, made)[0].id
    first, by = date(2026, 4, 1), sqlite_world.sven

    for code, values in (
        ("price-one-form", {}),
        ("price-one-form", {"percent": D(2), "prices": {only: D(1)}}),
        ("adjust-percent", {"percent": D(200)}),
        ("adjust-percent", {"percent": D("1.23456")}),
        ("nothing-to-adjust", {"percent": D(0)}),
        ("item-unknown", {"prices": {only + 99: D(1)}}),
        ("price-range", {"prices": {only: D(-1)}}),
    ):
        with pytest.raises(Refusal, match=code):
            adjust_contract(made, from_on=first, by=by, **values)
    with pytest.raises(Refusal, match="adjust-after-end"):
        adjust_contract(made, from_on=date(2027, 1, 1), percent=D(2), by=by)


def test_a_new_price_before_the_first_day_changes_the_line_itself(world: World) -> None:
    made = running(world, starts_on=date(2026, 6, 1))
    only = contract_lines(world, made)[0].id

    adjust_contract(made, from_on=date(2026, 6, 1), prices={only: D("999")}, by=world.sven)

    assert [each.unit_price for each in contract_lines(world, made)] == [D("999")]


def test_several_contracts_are_adjusted_together_or_not_at_all(world: World) -> None:
    first, second = running(world), running(world)
    bill_contract(second, by=world.anna)

    with pytest.raises(Refusal, match="adjust-billed"):
        adjust_contracts([first, second], from_on=date(2026, 7, 1), percent=D(5), by=world.sven)
    assert len(contract_lines(world, first)) == 1

    adjust_contracts([first, second], from_on=date(2027, 1, 1), percent=D(5), request_key="k", by=world.sven)
    adjust_contracts([first, second], from_on=date(2027, 1, 1), percent=D(5), request_key="k", by=world.sven)
    assert [each.unit_price for each in contract_lines(world, second)] == [D("1200"), D("1260")]


# Contingent


def test_the_contingent_covers_work_until_it_is_used_up(world: World) -> None:
    made = running(world, labour="contingent", contingent_minutes=120, interval_months=1)
    work = world.customer()

    with write_transaction():
        first = use_contingent(made, record_id=work, minutes=90, on=date(2026, 3, 5))
        second = use_contingent(made, record_id=work, minutes=60, on=date(2026, 3, 31))
        third = use_contingent(made, record_id=work, minutes=60, on=date(2026, 4, 1))

    assert [(each.covered, each.billable) for each in (first, second, third)] == [(90, 0), (30, 30), (60, 0)]
    with world.database.reading() as reading:
        now = contingent_on(reading.get_one(Contract, made), date(2026, 3, 10))
        assert (now.minutes, now.used, now.left) == (120, 120, 0)
    with write_transaction():
        release_contingent(work)
        assert use_contingent(made, record_id=work, minutes=500, on=date(2026, 3, 31)).covered == 120
    assert world.findings() == []


def test_work_outside_the_contract_uses_no_contingent(sqlite_world: World) -> None:
    made = running(sqlite_world, contingent_minutes=60, renewal_months=0)

    for day in (date(2025, 12, 31), date(2027, 1, 1)):
        with write_transaction(), pytest.raises(Refusal, match="contract-not-running"):
            use_contingent(made, record_id=made, minutes=1, on=day)


def test_a_part_period_has_its_part_of_the_contingent(sqlite_world: World) -> None:
    made = running(
        sqlite_world,
        contingent_minutes=620,
        interval_months=1,
        starts_on=date(2026, 1, 17),
        first_period_on=date(2026, 2, 1),
    )

    with write_transaction():
        assert use_contingent(made, record_id=made, minutes=999, on=date(2026, 1, 20)).covered == 300
        assert use_contingent(made, record_id=made, minutes=999, on=date(2026, 2, 20)).covered == 620


def test_whatever_is_used_of_a_contingent_is_covered_up_to_it(sqlite_world: World) -> None:
    made = running(sqlite_world, contingent_minutes=300, interval_months=1)
    chance, covered = Random(7), Counter[int]()

    for _ in range(120):
        on, minutes = date(2026, chance.randint(1, 4), chance.randint(1, 28)), chance.randint(1, 90)
        before = covered[on.month]
        with write_transaction():
            used = use_contingent(made, record_id=made, minutes=minutes, on=on)
        covered[on.month] += used.covered
        assert used.covered + used.billable == minutes
        assert used.covered == min(minutes, 300 - before)

    assert set(covered.values()) == {300}
    assert sqlite_world.findings() == []


def test_several_at_once_never_use_the_same_minutes(world: World) -> None:
    made = running(world, contingent_minutes=100)
    start = Barrier(6)

    def use(_n: int) -> tuple[int, int]:
        with use_database(world.database), at(date(2026, 3, 10)):
            start.wait(timeout=20)
            with write_transaction():
                used = use_contingent(made, record_id=made, minutes=30, on=date(2026, 3, 10))
        return used.covered, used.billable

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(use, range(6)))

    assert sum(covered for covered, _ in results) == 100
    assert sorted(results) == [(0, 30), (0, 30), (10, 20), (30, 0), (30, 0), (30, 0)]
