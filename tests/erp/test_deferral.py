"""Deferral at the end of a year: what was billed for later days, to the cent, and what DATEV is told of it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal as D
from threading import Barrier
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from suite.base import clock
from suite.base.db import use_database
from suite.base.errors import NotPermitted, Refusal
from suite.erp.contracts.adjustment import adjust_contract
from suite.erp.contracts.billing import bill_contract
from suite.erp.contracts.deferral import deferred_income, post_deferral
from suite.erp.datev.bookings import bookings
from suite.erp.invoices.commands import cancel_invoice, post_credit_note, post_invoice
from suite.erp.invoices.corrections import correct_invoice
from suite.erp.invoices.drafts import edit_invoice
from suite.erp.journal.accounts import trial_balance
from suite.exchange.datev.booking import with_cent_rows
from suite.model import Deferral, DeferralLine, JournalEntry, JournalLine, VatEntry
from tests.erp.test_contract_pages import posted
from tests.erp.test_contracts import running
from tests.web.clients import shown
from tests.world import World, line

NEW_YEAR = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _january() -> Iterator[None]:
    with clock.fixed_at(NEW_YEAR):
        yield


def billed(world: World, *lines: Any, starts_on: date = date(2025, 10, 1), **values: Any) -> int:
    """The posted invoice of the first period of a contract, dated on its first day."""
    with clock.fixed_at(datetime(starts_on.year, starts_on.month, starts_on.day, 9, tzinfo=UTC)):
        made = running(world, *(lines or [line(price="365.00")]), starts_on=starts_on, **values)
        return post_invoice(bill_contract(made, by=world.anna), by=world.anna)


def moved(world: World) -> list[tuple[str, str, str, D, D]]:
    """(kind, day, account, debit, credit) of the lines of manual entries."""
    with world.database.reading() as reading:
        wanted = (
            select(JournalEntry, JournalLine)
            .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
            .where(JournalEntry.kind == "manual")
            .order_by(JournalEntry.seq, JournalLine.position)
        )
        return [
            (entry.kind, entry.entry_date.isoformat(), row.account, row.debit, row.credit)
            for entry, row in reading.execute(wanted)
        ]


def test_revenue_of_later_days_leaves_the_year_and_comes_back(world: World) -> None:
    billed(world)
    with world.database.reading() as reading:
        effects = len(reading.scalars(select(VatEntry)).all())

    post_deferral(year=2025, by=world.anna)

    # 92 of 365 days are in 2025.
    assert moved(world) == [
        ("manual", "2025-12-31", "8400", D("273.00"), D("0.00")),
        ("manual", "2025-12-31", "0990", D("0.00"), D("273.00")),
        ("manual", "2026-01-01", "8400", D("0.00"), D("273.00")),
        ("manual", "2026-01-01", "0990", D("273.00"), D("0.00")),
    ]
    with world.database.reading() as reading:
        assert len(reading.scalars(select(VatEntry)).all()) == effects
        kept = reading.scalars(select(DeferralLine)).one()
        assert (kept.from_on, kept.until_on) == (date(2026, 1, 1), date(2026, 9, 30))
        for year, revenue in ((2025, D("-92.00")), (2026, D("-273.00"))):
            balance = trial_balance(from_date=date(year, 1, 1), until_date=date(year, 12, 31), by=world.anna)
            assert {row.number: row.closing for row in balance.ledger}["8400"] == revenue
            assert balance.total.closing == 0
    assert world.findings() == []


def test_a_year_is_deferred_once(world: World) -> None:
    billed(world)
    post_deferral(year=2025, by=world.anna)

    with pytest.raises(Refusal, match="deferral-exists"):
        post_deferral(year=2025, by=world.anna)


def test_two_who_defer_a_year_at_once_post_it_once(world: World) -> None:
    billed(world)
    start = Barrier(3)

    def post(_n: int) -> str:
        with use_database(world.database), clock.fixed_at(NEW_YEAR):
            start.wait(timeout=20)
            try:
                post_deferral(year=2025, by=world.anna)
            except Refusal as refusal:
                return refusal.code
        return "posted"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(post, range(3))) == ["deferral-exists", "deferral-exists", "posted"]
    assert len(moved(world)) == 4
    assert world.findings() == []


def test_senseless_years_are_refused(world: World) -> None:
    for year, code in ((2025, "nothing-to-defer"), (2026, "year-not-over"), (1, "whole-range")):
        with pytest.raises(Refusal, match=code):
            post_deferral(year=year, by=world.anna)
    with pytest.raises(NotPermitted):
        post_deferral(year=2025, by=world.sven)
    with world.database.reading(), pytest.raises(NotPermitted):
        deferred_income(2025, by=world.sven)


def test_what_ends_with_the_year_or_was_cancelled_in_it_is_not_deferred(world: World) -> None:
    billed(world, starts_on=date(2025, 1, 1))
    invoice = billed(world)
    cancel_invoice(invoice, dated_on=date(2025, 12, 30), by=world.anna)

    with pytest.raises(Refusal, match="nothing-to-defer"):
        post_deferral(year=2025, by=world.anna)


def test_what_is_cancelled_after_the_year_was_revenue_at_its_end(world: World) -> None:
    invoice = billed(world)
    cancel_invoice(invoice, by=world.anna)

    post_deferral(year=2025, by=world.anna)

    assert moved(world)[0][3] == D("273.00")
    assert world.findings() == []


def test_a_correction_lowers_what_is_deferred(world: World) -> None:
    invoice = billed(world)
    only = world.lines(invoice)[0].id
    credit = correct_invoice(
        invoice, reductions={only: D("36.50")}, dated_on=date(2025, 11, 1), by=world.anna
    )
    post_credit_note(credit, dated_on=date(2025, 11, 1), by=world.anna)

    post_deferral(year=2025, by=world.anna)

    assert moved(world)[0][3] == D("245.70")


def test_a_draft_that_was_changed_is_deferred_as_it_was_posted(world: World) -> None:
    with clock.fixed_at(datetime(2025, 10, 1, 9, tzinfo=UTC)):
        made = running(world, line(price="365.00"), starts_on=date(2025, 10, 1))
        invoice = bill_contract(made, by=world.anna)
        edit_invoice(
            invoice,
            lines=[line(price="730.00")],
            dated_on=date(2025, 10, 1),
            service_from=date(2025, 10, 1),
            service_until=date(2026, 9, 30),
            by=world.anna,
        )
        post_invoice(invoice, by=world.anna)

    post_deferral(year=2025, by=world.anna)

    assert moved(world)[0][3] == D("546.00")


def test_several_rates_and_a_price_that_changes_are_deferred_by_their_days(world: World) -> None:
    with clock.fixed_at(datetime(2025, 12, 1, 9, tzinfo=UTC)):
        made = running(
            world,
            line(price="62.00", name="Wartung"),
            line(price="31.00", name="Heft", tax_case="DE_S7"),
            starts_on=date(2025, 12, 15),
            first_period_on=date(2025, 12, 15),
            interval_months=1,
        )
        adjust_contract(made, from_on=date(2026, 1, 5), percent=D(10), by=world.sven)
        invoice = bill_contract(made, dated_on=date(2025, 12, 15), by=world.anna)
    with clock.fixed_at(datetime(2025, 12, 15, 9, tzinfo=UTC)):
        post_invoice(invoice, by=world.anna)

    post_deferral(year=2025, by=world.anna)

    total = world.document(invoice).net_total
    # Of 31 days 17 are in 2025; in 2026 there are 4 at 2.00 and 1.00 a day and 10 at 2.20 and 1.10.
    assert total == D("96.00")
    by_account = {account: debit for _, day, account, debit, _ in moved(world) if day == "2025-12-31"}
    assert (by_account["8400"], by_account["8300"]) == (D("30.00"), D("15.00"))
    assert world.findings() == []


def test_a_long_period_is_deferred_again_at_each_end_of_a_year(world: World) -> None:
    billed(world, line(price="730.00"), starts_on=date(2025, 12, 31), interval_months=24)

    with clock.fixed_at(datetime(2027, 1, 5, 9, tzinfo=UTC)):
        post_deferral(year=2025, by=world.anna)
        post_deferral(year=2026, by=world.anna)

    with world.database.reading() as reading:
        amounts = {each.year: each.amount for each in reading.scalars(select(Deferral))}
    # 730 days: 1 in 2025, 365 in 2026, 364 in 2027.
    assert amounts == {2025: D("729.00"), 2026: D("364.00")}
    assert world.findings() == []


def test_datev_gets_the_deferral_without_its_own_tax(world: World) -> None:
    billed(world)
    post_deferral(year=2025, by=world.anna)

    with world.database.reading() as reading:
        ids = list(reading.scalars(select(JournalEntry.id).where(JournalEntry.kind == "manual")))
        rows = list(with_cent_rows(bookings(ids)))

    found = [(r.amount, r.side, r.account, r.contra_account, r.tax_key, r.is_reversal) for r in rows]
    assert found == [
        (D("273.00"), "S", "8400", "0990", "40", False),
        (D("273.00"), "S", "0990", "8400", "40", False),
    ]
    assert [row.document_no for row in rows] == ["RA-2025", "RA-2025"]


def test_the_pages_show_what_is_deferred_and_post_it(
    world: World, sign_in: Callable[..., FlaskClient]
) -> None:
    anna = sign_in("accounting")
    billed(world)
    page = shown(anna, "/deferrals/new")
    assert "273.00" in page
    assert "Post the deferral" in page
    assert "Nothing to defer" in shown(anna, "/deferrals/new?year=2024")
    assert "Enter a whole number from" in shown(anna, "/deferrals/new?year=99999999")

    answer = posted(anna, "/deferrals/new", year="2025")
    assert answer.status_code == 303
    page = shown(anna, answer.headers["Location"])
    assert "RA-2025" in page
    assert "2025-00000" in page
    assert "deferred already" in shown(anna, "/deferrals/new?year=2025")
    assert posted(anna, "/deferrals/new", year="2025").status_code == 422
    assert "RA-2025" in shown(anna, "/deferrals")
