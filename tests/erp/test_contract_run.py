"""The recurring run: each period once, whatever happens; parts of periods to the cent."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal as D
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from suite.base import clock
from suite.base.db import use_database
from suite.base.errors import Refusal
from suite.erp.contracts import billing
from suite.erp.contracts.adjustment import adjust_contract
from suite.erp.contracts.billing import bill_contract
from suite.erp.contracts.commands import cancel_contract, end_contract
from suite.erp.contracts.queries import Due, due_periods
from suite.erp.invoices.commands import cancel_and_copy_invoice, cancel_invoice, post_invoice
from suite.erp.invoices.drafts import discard_invoice
from suite.master.parties.commands import block_party
from suite.model import ContractPeriod, DocumentLine, RecordLink, VatEntry
from tests.erp.test_contracts import contract, draft, running
from tests.world import World, line

JANUARY = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with clock.fixed_at(datetime(2026, 3, 10, 9, tzinfo=UTC)):
        yield


def due(world: World, until: date | None = None) -> list[Due]:
    """What is due, today unless said otherwise."""
    with world.database.reading():
        return due_periods(until or clock.today(), by=world.anna)


def spans(world: World, until: date | None = None) -> list[tuple[date, date]]:
    """First and last days of what is due."""
    return [(each.period.from_on, each.period.until_on) for each in due(world, until)]


def bill_all(world: World, until: date | None = None) -> list[int]:
    """A run over all that is due."""
    return [
        bill_contract(each.record.id, from_on=each.period.from_on, by=world.anna)
        for each in due(world, until)
    ]


def periods(world: World) -> list[ContractPeriod]:
    """All billed periods in order."""
    with world.database.reading() as reading:
        return list(reading.scalars(select(ContractPeriod).order_by(ContractPeriod.id)))


def shown_lines(world: World, invoice: int) -> list[tuple[str, D]]:
    """Description and amount of the lines of an invoice."""
    return [(each.description or each.name, each.amount) for each in world.lines(invoice)]


def test_a_run_drafts_the_invoice_of_each_period_that_is_due(world: World) -> None:
    made = running(world, line(price="100.00", name="Wartung", quantity="2"), interval_months=1)

    assert spans(world) == [
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 31)),
    ]
    first, *_ = bill_all(world)

    document = world.document(first)
    assert (document.service_from, document.service_until) == (JANUARY, date(2026, 1, 31))
    assert document.net_total == D("200.00")
    assert document.intro == "Vertrag VT0001: Wartung Heizung"
    assert shown_lines(world, first) == [("Leistungszeitraum 01.01.2026 – 31.01.2026", D("200.00"))]
    assert contract(world, made).billed_until == date(2026, 4, 1)
    with world.database.reading() as reading:
        assert reading.get(RecordLink, (made, first)) is not None
    assert world.findings() == []


def test_what_is_billed_in_arrears_is_due_when_the_period_is_over(world: World) -> None:
    running(world, interval_months=1, billing="arrears")

    assert spans(world) == [(JANUARY, date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))]
    assert len(spans(world, date(2026, 3, 31))) == 3


def test_drafts_and_ended_contracts_are_not_due(world: World) -> None:
    draft(world)
    running(world, starts_on=date(2026, 4, 1))

    assert spans(world) == []


def test_a_second_run_bills_nothing_more(world: World) -> None:
    made = running(world)

    assert len(bill_all(world)) == 1
    assert bill_all(world) == []
    with pytest.raises(Refusal, match="period-billed"):
        bill_contract(made, from_on=JANUARY, by=world.anna)
    assert len(periods(world)) == 1


def test_two_runs_at_once_bill_each_period_once(world: World) -> None:
    made = running(world, interval_months=1)
    start = Barrier(4)

    def run(_n: int) -> list[str]:
        refused = []
        with use_database(world.database):
            start.wait(timeout=20)
            for first in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)):
                try:
                    bill_contract(made, from_on=first, by=world.anna)
                except Refusal as refusal:
                    refused.append(refusal.code)
        return refused

    with ThreadPoolExecutor(4) as pool:
        refused = [code for codes in pool.map(run, range(4)) for code in codes]

    assert refused == ["period-billed"] * 9
    assert [each.from_on.month for each in periods(world)] == [1, 2, 3]
    assert contract(world, made).billed_until == date(2026, 4, 1)
    assert world.findings() == []


@pytest.mark.parametrize("place", ["draft", "take_periods", "note_change"])
def test_a_run_that_breaks_off_is_finished_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:

    for _ in range(3):
        running(world)
    whole, calls = getattr(billing, place), iter(range(99))

    def breaking(*args: Any, **values: Any) -> Any:
        if next(calls) == 2:
            raise RuntimeError("the power failed")
        return whole(*args, **values)

    monkeypatch.setattr(billing, place, breaking)
    with pytest.raises(RuntimeError):
        bill_all(world)
    monkeypatch.undo()
    with clock.fixed_at(datetime(2026, 3, 10, 9, tzinfo=UTC)):
        done = len(periods(world))
        assert 1 <= done <= 2
        bill_all(world)

    assert len(periods(world)) == 3
    assert len({each.contract_id for each in periods(world)}) == 3
    assert world.findings() == []


def test_a_discarded_draft_makes_its_period_due_again(world: World) -> None:
    made = running(world, interval_months=1)
    january, _, _ = bill_all(world)

    discard_invoice(january, by=world.anna)

    assert contract(world, made).billed_until == JANUARY
    again = due(world)
    assert [(each.period.from_on, each.before.id) for each in again] == [(JANUARY, january)]
    bill_all(world)
    assert contract(world, made).billed_until == date(2026, 4, 1)
    assert [each.freed_at is None for each in periods(world)] == [False, True, True, True]
    assert world.findings() == []


def test_an_ended_contract_whose_last_invoice_is_discarded_has_not_ended(world: World) -> None:
    made = running(world, first_term_months=2, renewal_months=0, interval_months=2)
    invoice = bill_all(world)[0]
    end_contract(made, by=world.anna)

    discard_invoice(invoice, by=world.anna)

    assert world.record(made).state == "ending"
    assert spans(world) == [(JANUARY, date(2026, 2, 28))]
    assert world.findings() == []


def test_a_cancelled_invoice_makes_its_period_due_again(world: World) -> None:
    running(world)
    invoice = post_invoice(bill_all(world)[0], by=world.anna)

    cancel_invoice(invoice, reason="falscher Empfänger", by=world.anna)

    assert spans(world) == [(JANUARY, date(2026, 12, 31))]
    assert due(world)[0].before.id == invoice
    assert world.findings() == []


def test_the_copy_of_a_cancelled_invoice_bills_its_period(world: World) -> None:
    made = running(world)
    invoice = post_invoice(bill_all(world)[0], by=world.anna)

    copy = cancel_and_copy_invoice(invoice, by=world.anna)

    assert spans(world) == []
    assert [each.document_id for each in periods(world) if each.freed_at is None] == [copy]
    with world.database.reading() as reading:
        assert reading.get(RecordLink, (made, copy)) is not None
    post_invoice(copy, by=world.anna)
    assert world.findings() == []


def test_posting_goes_the_normal_way(world: World) -> None:
    running(world, line(price="100.00"), interval_months=1)

    invoice = post_invoice(bill_all(world)[0], by=world.anna)

    assert world.record(invoice).state == "posted"
    with world.database.reading() as reading:
        effect = reading.scalars(select(VatEntry)).one()
    assert (effect.kz, effect.base, effect.tax, effect.period) == ("81", D("100.00"), D("19.00"), "2026-01")
    assert world.findings() == []


def test_a_start_between_periods_bills_its_days(world: World) -> None:
    running(
        world,
        line(price="100.00", name="Wartung"),
        interval_months=1,
        starts_on=date(2026, 1, 15),
        first_period_on=date(2026, 2, 1),
    )

    part, whole, *_ = bill_all(world)

    assert shown_lines(world, part) == [
        ("Leistungszeitraum 15.01.2026 – 31.01.2026 (17 von 31 Tagen)", D("54.84"))
    ]
    assert world.document(whole).net_total == D("100.00")
    assert world.findings() == []


def test_an_end_between_periods_bills_its_days(world: World) -> None:
    made = running(world, line(price="100.00"), interval_months=1)
    cancel_contract(made, ends_on=date(2026, 2, 10), reason="vereinbart", by=world.sven)

    bill_all(world)

    assert [world.document(each.document_id).net_total for each in periods(world)] == [
        D("100.00"),
        D("35.71"),
    ]
    assert contract(world, made).billed_until == date(2026, 2, 11)


def test_a_price_that_changes_in_the_middle_gives_two_lines_that_add_up(world: World) -> None:
    made = running(world, line(price="100.00", name="Wartung"), interval_months=1)
    adjust_contract(made, from_on=date(2026, 1, 11), percent=D(10), by=world.sven)

    january, february, _ = bill_all(world)

    assert [amount for _, amount in shown_lines(world, january)] == [D("32.26"), D("74.52")]
    assert world.document(february).net_total == D("110.00")
    assert world.findings() == []


def test_contracts_of_a_customer_with_the_same_period_are_gathered(world: World) -> None:
    customer = world.customer()
    first = running(world, customer=customer)
    second = running(world, line(price="50.00"), customer=customer, subject="Notdienst")

    invoice = bill_contract(first, from_on=JANUARY, more_contracts=[second], by=world.anna)

    with world.database.reading() as reading:
        wanted = select(DocumentLine).where(DocumentLine.document_id == invoice)
        kinds = [each.kind for each in reading.scalars(wanted.order_by(DocumentLine.position))]
    assert kinds == ["text", "item", "text", "item"]
    assert world.document(invoice).net_total == D("1250.00")
    assert {each.contract_id for each in periods(world)} == {first, second}
    assert world.findings() == []


def test_contracts_that_differ_are_billed_alone(world: World) -> None:
    customer = world.customer()
    first = running(world, customer=customer)

    for other in (
        running(world),
        running(world, customer=customer, interval_months=1),
        running(world, customer=customer, order_reference="B-77"),
    ):
        with pytest.raises(Refusal, match="contracts-differ"):
            bill_contract(first, from_on=JANUARY, more_contracts=[other], by=world.anna)
    assert periods(world) == []


def test_a_blocked_customer_is_not_billed(world: World) -> None:
    customer = world.customer()
    made = running(world, customer=customer)
    block_party(customer, by=world.owner)

    assert [each.is_blocked for each in due(world)] == [True]
    with pytest.raises(Refusal, match="party-blocked"):
        bill_contract(made, by=world.anna)


def test_a_customer_abroad_reads_its_own_language(world: World) -> None:
    customer = world.customer(language="en", country="NL", vat_id="NL123456782B90")
    running(world, line(price="10.00", name="Licence"), customer=customer, interval_months=1)

    invoice = bill_all(world)[0]

    assert shown_lines(world, invoice) == [("Period of service 01.01.2026 – 31.01.2026", D("10.00"))]
    assert world.document(invoice).intro.startswith("Contract VT0001")
