"""The books on screen: what the pages say, who may read them, and how many queries they take."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from suite.base import clock
from suite.erp.invoices.commands import cancel_invoice
from suite.erp.journal.accounts import is_result_account, trial_balance
from suite.erp.journal.open_items import ageing
from suite.erp.payments.commands import pay_invoice, reverse_payment
from tests.web.clients import posted_csv, shown
from tests.world import World, line

MOST_QUERIES = 14


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with clock.fixed_at(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def anna(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("accounting")


def test_the_journal_lists_entries_and_finds_them_by_number(world: World, anna: FlaskClient) -> None:
    first = world.record(world.posted_invoice(line(price="100"))).number
    second = world.record(world.posted_invoice(line(price="50"))).number

    page = shown(anna, "/journal")
    assert page.index("2026-000002") < page.index("2026-000001")
    assert "119.00" in page
    page = shown(anna, f"/journal?q={second}")
    assert second in page
    assert first not in page
    assert "Nothing matches" in shown(anna, "/journal?until=2026-01-31")
    assert "not a date" in shown(anna, "/journal?from=soon")


def test_the_journal_pages_by_key(world: World, anna: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suite.erp.journal.views.PAGE", 2)
    for _ in range(5):
        world.posted_invoice()

    seen, url = [], "/journal"
    for _ in range(3):
        page = shown(anna, url)
        seen += [part.split("<")[0] for part in page.split("/journal/2026-00000")[1:]]
        url = (
            page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
            if 'rel="next"' in page
            else ""
        )
    assert [text.split('">')[1] for text in seen] == [f"2026-00000{n}" for n in (5, 4, 3, 2, 1)]
    assert url == ""
    assert "2026-000005" in shown(anna, "/journal?after=nonsense")


def test_an_entry_shows_lines_seal_document_and_its_reversal(world: World, anna: FlaskClient) -> None:
    invoice = world.posted_invoice(line(price="100"))
    payment = pay_invoice(invoice, by=world.anna)
    reverse_payment(payment, by=world.anna)
    record = world.record(invoice)

    page = shown(anna, "/journal/2026-000001")
    assert f"/invoices/{record.public_id}" in page
    assert all(text in page for text in ("8400", "1776", "119.00", "19.00", "as it was sealed"))
    assert "not as it was sealed" not in page
    assert "Reversed by" in shown(anna, "/journal/2026-000002")
    assert "/journal/2026-000002" in shown(anna, "/journal/2026-000003")
    assert anna.get("/journal/2026-999999").status_code == 404


def test_documents_lead_to_their_entries(world: World, anna: FlaskClient) -> None:
    invoice = world.posted_invoice(line(price="100"))
    payment = pay_invoice(invoice, by=world.anna)
    other = world.posted_invoice()
    credit = cancel_invoice(other, by=world.anna)

    for record_id, path, entry in (
        (invoice, "invoices", 1),
        (payment, "payments", 2),
        (credit, "credit-notes", 4),
    ):
        page = shown(anna, f"/{path}/{world.record(record_id).public_id}")
        assert f'href="/journal/2026-00000{entry}"' in page


def test_the_trial_balance_comes_to_nothing(world: World, anna: FlaskClient) -> None:
    with clock.fixed_at(datetime(2025, 6, 30, 9, tzinfo=UTC)):
        world.posted_invoice(line(price="1000"), dated_on=date(2025, 6, 30))
    world.posted_invoice(line(price="100"))

    page = shown(anna, "/accounts")
    assert "the books balance" in page
    with world.database.reading():
        balance = trial_balance(from_date=date(2026, 1, 1), until_date=date(2026, 12, 31), by=world.anna)
        rows = {row.number: row for row in balance.ledger}
        assert (rows["8400"].opening, rows["8400"].closing) == (D(0), D("-100.00"))
        assert (rows["1776"].opening, rows["1776"].closing) == (D("-190.00"), D("-209.00"))
        assert balance.carried.opening == D("-1000.00")
        assert balance.debtors_sum.closing == D("1309.00")
        assert (balance.total.opening, balance.total.closing) == (0, 0)
        assert balance.total.debit == balance.total.credit == D("119.00")
    assert "Result of earlier years" in page
    assert "10001" in shown(anna, "/accounts?view=debtors")
    sums = posted_csv(anna, "/accounts")[-1]
    assert sums[1:] == ["Sum", "0.00", "119.00", "119.00", "0.00"]


def test_a_period_backwards_is_said(anna: FlaskClient) -> None:
    assert "The last day is before the first one." in shown(
        anna, "/accounts?from=2026-05-01&until=2026-04-01"
    )


def test_only_accounts_of_profit_and_loss_begin_anew(world: World) -> None:
    with world.database.reading():
        found = [n for n in ("0400", "1200", "1776", "2650", "3400", "3980", "8400", "9000", "10000")
                 if is_result_account(n)]  # fmt: skip
    assert found == ["2650", "3400", "8400"]


def test_a_sheet_carries_its_balance_from_page_to_page(
    world: World, anna: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suite.erp.journal.views.PAGE", 2)
    for price in ("100", "200", "300"):
        world.posted_invoice(line(price=price))

    first = shown(anna, "/accounts/8400")
    assert "−300.00" in first
    url = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "−600.00" in shown(anna, url)
    assert posted_csv(anna, "/accounts/8400")[-1][-1] == "−600.00"
    assert anna.get("/accounts/99999").status_code == 404


def test_open_items_say_how_old_they_are(world: World, anna: FlaskClient) -> None:
    customer = world.customer("Gasthof Linde")
    for days in (200, 100, 45, 15, 0):
        day = date(2026, 11, 20) - timedelta(days=days)
        with clock.fixed_at(datetime(day.year, day.month, day.day, 9, tzinfo=UTC)):
            world.posted_invoice(line(price="100"), customer=customer, dated_on=day)
    paid = world.posted_invoice(line(price="10"))
    pay_invoice(paid, amount=D("20.00"), by=world.anna)

    page = shown(anna, "/open-items")
    assert "186 days overdue" in page
    assert "−8.10" in page
    assert "119.00" in shown(anna, "/open-items?view=customers")
    assert "Gasthof Linde" in shown(anna, f"/open-items?party={world.record(customer).public_id}")
    with world.database.reading():
        found = ageing(by=world.anna)
    assert found.buckets == (D("119.00"),) * 5
    assert (found.credits, found.overdue) == (D("8.10"), D("476.00"))
    assert len(posted_csv(anna, "/open-items")) == 7
    assert len(posted_csv(anna, "/open-items?view=overdue")) == 5


@pytest.mark.parametrize(
    "url", ["/journal", "/journal/2026-000001", "/accounts", "/accounts/8400", "/open-items"]
)
def test_only_who_may_read_the_books_sees_them(
    world: World, sign_in: Callable[..., FlaskClient], url: str
) -> None:
    world.posted_invoice()

    assert sign_in("sales").get(url).status_code == 403
    assert sign_in("auditor").get(url).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "/journal",
        "/journal/2026-000001",
        "/accounts",
        "/accounts/8400",
        "/open-items",
        "/open-items?view=customers",
    ],
)
def test_pages_take_a_bounded_number_of_queries(
    world: World, app: Flask, anna: FlaskClient, url: str
) -> None:
    for _ in range(2):
        world.posted_invoice(customer=world.customer())
    few = queries(app, lambda: shown(anna, url))
    for _ in range(5):
        world.posted_invoice(customer=world.customer())

    assert queries(app, lambda: shown(anna, url)) == few <= MOST_QUERIES


def queries(app: Flask, act: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(*arguments: object) -> None:
        statement = str(arguments[2])
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            seen.append(statement)

    engine = app.extensions["kontor"].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)
