"""DATEV batches: what goes out once, what again, and that the ledger comes out to the cent, on both engines."""

import random
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from suite.base import clock
from suite.base.db import use_database, write_transaction
from suite.base.errors import NotPermitted, Refusal
from suite.cli import main
from suite.erp.datev.commands import export_datev, repeat_datev
from suite.erp.datev.queries import batch_files, preflight
from suite.erp.invoices.commands import cancel_invoice, post_credit_note
from suite.erp.invoices.corrections import correct_invoice
from suite.erp.journal.posting import Entry, Posting, post_entry
from suite.erp.payments.commands import pay_invoice, post_payment, reverse_payment
from suite.master.company.commands import edit_company
from suite.model import Account, DatevBatch, DatevBatchEntry, JournalEntry, JournalLine
from tests.exchange.extf import Extf, booked, parse_extf
from tests.web.clients import shown, token_of
from tests.world import World, line

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(autouse=True)
def _numbers(world: World) -> None:
    edit_company(details={"datev_consultant": 29098, "datev_client": 55003}, by=world.owner)


@pytest.fixture(autouse=True)
def _november() -> object:
    with clock.fixed_at(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        yield


def export(world: World, **values: object) -> int:
    from_date, until_date = YEAR
    return export_datev(**({"from_date": from_date, "until_date": until_date} | values), by=world.anna)  # type: ignore[arg-type]


def files(world: World, batch: int) -> dict[str, bytes]:
    with world.database.reading():
        return {name: b"".join(content) for name, content in batch_files(batch, by=world.anna)}


def only_file(world: World, batch: int) -> Extf:
    return parse_extf(next(iter(files(world, batch).values())))


def batch_row(world: World, batch: int) -> DatevBatch:
    with world.database.reading() as reading:
        return reading.get_one(DatevBatch, batch)


def journal_balances(world: World) -> dict[str, D]:
    with world.database.reading() as reading:
        wanted = select(
            JournalLine.account, func.sum(JournalLine.debit), func.sum(JournalLine.credit)
        ).group_by(JournalLine.account)
        found = {account: (debit - credit) for account, debit, credit in reading.execute(wanted)}
    return {account: value for account, value in found.items() if value}


def test_the_same_range_with_nothing_new_gives_the_last_batch_byte_for_byte(world: World) -> None:
    world.posted_invoice(line(price="100"))
    first = export(world)
    before = files(world, first)

    assert export(world) == first
    assert files(world, first) == before
    assert list(before) == ["EXTF_Buchungsstapel_0001_2026.csv"]
    assert (batch_row(world, first).rows, batch_row(world, first).debit_total) == (1, D("119.00"))


def test_new_entries_make_a_delta_batch(world: World) -> None:
    world.posted_invoice(line(price="100"))
    first = export(world)
    invoice = world.posted_invoice(line(price="50"))
    second = export(world)

    number = world.record(invoice).number
    assert second != first
    assert [cells[10] for cells in only_file(world, second).rows] == [number]
    assert export(world) == second


def test_a_full_batch_takes_all_again_and_counts_what_was_new(world: World) -> None:
    world.posted_invoice(line(price="100"))
    export(world)
    world.posted_invoice(line(price="50"))
    full = export(world, is_full=True)

    assert len(only_file(world, full).rows) == 2
    assert batch_row(world, full).is_full
    assert export(world) == full
    with world.database.reading() as reading:
        wanted = select(DatevBatchEntry.is_repeat).where(DatevBatchEntry.batch_id == full)
        assert sorted(reading.scalars(wanted)) == [False, True]
    assert world.findings() == []


def test_a_batch_is_given_out_again_by_its_number(world: World) -> None:
    world.posted_invoice()
    first = export(world)
    world.posted_invoice()
    export(world)

    assert repeat_datev(number=1, by=world.anna) == first
    with pytest.raises(Refusal) as refused:
        repeat_datev(number=9, by=world.anna)
    assert refused.value.code == "not-found"


def test_what_stands_against_an_export_is_said(world: World) -> None:
    def code(**values: object) -> str:
        with pytest.raises(Refusal) as refused:
            export(world, **values)
        return refused.value.code

    assert code() == "datev-nothing-new"
    world.posted_invoice()
    export(world)
    assert code(version=12) == "datev-other-format"
    assert code(from_date=date(2026, 2, 1)) == "datev-nothing-new"
    assert code(until_date=date(2025, 1, 1)) == "range-backwards"
    assert code(version=11) == "choice-unknown"
    assert code(encoding="latin-9") == "choice-unknown"
    edit_company(details={"datev_client": None}, by=world.owner)
    assert code(is_full=True) == "datev-numbers-missing"


def test_only_who_may_exports(world: World) -> None:
    for by in (world.sven, world.wanda):
        with pytest.raises(NotPermitted):
            export_datev(from_date=YEAR[0], until_date=YEAR[1], by=by)
        with world.database.reading(), pytest.raises(NotPermitted):
            preflight(from_date=YEAR[0], until_date=YEAR[1], encoding="cp1252", by=by)


def test_a_fiscal_year_has_a_file_of_its_own(world: World) -> None:
    with clock.fixed_at(datetime(2025, 12, 30, 9, tzinfo=UTC)):
        world.posted_invoice(line(price="10"), dated_on=date(2025, 12, 30))
    world.posted_invoice(line(price="20"))
    batch = export(world, from_date=date(2025, 12, 1), until_date=date(2026, 11, 30))

    headers = [parse_extf(content).header[12:16] for content in files(world, batch).values()]
    assert headers == [
        ["20250101", "4", "20251201", "20251231"],
        ["20260101", "4", "20260101", "20261130"],
    ]


def test_a_file_has_at_most_so_many_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suite.erp.datev.commands.MOST_ROWS", 2)
    for _ in range(3):
        world.posted_invoice()
    batch = export(world)

    parts = files(world, batch)
    assert {name: len(parse_extf(content).rows) for name, content in parts.items()} == {
        "EXTF_Buchungsstapel_0001_2026.csv": 2,
        "EXTF_Buchungsstapel_0001_2026_2.csv": 1,
    }


def test_two_exports_at_once_never_send_an_entry_twice(world: World) -> None:
    for _ in range(6):
        world.posted_invoice()
    start, made, errors = threading.Barrier(4), [], []

    def run(is_full: bool) -> None:
        with use_database(world.database), clock.fixed_at(datetime(2026, 11, 20, 9, tzinfo=UTC)):
            start.wait(10)
            try:
                made.append(export(world, is_full=is_full))
            except Refusal as refusal:
                errors.append(refusal.code)

    threads = [threading.Thread(target=run, args=(n == 0,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert errors == []
    assert len(made) == 4
    with world.database.reading() as reading:
        first = select(func.count()).where(DatevBatchEntry.is_repeat == False)  # noqa: E712 - PostgreSQL takes no parameter after IS
        assert reading.execute(first).scalar_one() == 6
    assert world.findings() == []


def test_a_cancellation_is_a_general_reversal(world: World) -> None:
    cancel_invoice(world.posted_invoice(line(price="100")), by=world.anna)
    rows = only_file(world, export(world)).rows

    assert [(cells[1], cells[117]) for cells in rows] == [("S", ""), ("H", "1")]


def test_tax_that_differs_by_a_cent_is_moved_by_a_row_of_its_own(world: World) -> None:
    invoice = world.posted_invoice(line(price="100"))
    with world.database.reading() as reading:
        debtor = reading.scalars(select(Account.number).where(Account.kind == "debtor")).one()
    postings = [
        Posting(debtor, D("119.00")),
        Posting("8400", D("-99.99"), "DE_S19"),
        Posting("1776", D("-19.01"), "DE_S19"),
    ]
    entry = Entry("invoice", invoice, date(2026, 11, 20), date(2026, 11, 20), "RE-9", "Cent", postings)
    with write_transaction():
        post_entry(entry, by=world.anna)

    file = only_file(world, export(world))
    assert [cells[8] for cells in file.rows] == ["", "", "40"]
    assert booked(file) == journal_balances(world)


@pytest.mark.parametrize("seed", range(3))
def test_datev_comes_to_our_ledger_to_the_cent(world: World, seed: int) -> None:
    chance = random.Random(seed)
    customers = [world.customer(), world.customer(country="AT", vat_id="ATU13585627"), world.customer()]
    book = world.product(price="17.77", tax_class="reduced")
    for _ in range(12):
        play_something(world, chance, chance.choice(customers), book)

    file = only_file(world, export(world))
    assert booked(file) == journal_balances(world)
    with world.database.reading():
        found = preflight(
            from_date=YEAR[0], until_date=YEAR[1], encoding="cp1252", is_full=True, by=world.anna
        )
    assert (found.rows, found.total) == (
        len(file.rows),
        sum(D(c[0].replace(",", ".")) for c in file.rows),
    )
    assert world.findings() == []


def play_something(world: World, chance: random.Random, customer: int, book: int) -> None:
    """An invoice, and perhaps what follows one."""
    lines = [
        line(price=str(D(chance.randint(1, 99999)) / 100), quantity=str(chance.randint(1, 9)))
        for _ in range(chance.randint(1, 4))
    ]
    lines.append(line(book, str(chance.randint(1, 5)), discount_percent=D(chance.choice([0, 3, 10]))))
    invoice = world.posted_invoice(
        *lines, customer=customer, header_discount_percent=D(chance.choice([0, 7]))
    )
    follows = chance.choice(["nothing", "pay", "part", "cancel", "correct", "reverse", "more"])
    if follows == "pay":
        pay_invoice(invoice, by=world.anna)
    elif follows == "part":
        pay_invoice(invoice, amount=D("0.50"), by=world.anna)
    elif follows == "cancel":
        cancel_invoice(invoice, by=world.anna)
    elif follows == "correct":
        first = world.lines(invoice)[0]
        post_credit_note(
            correct_invoice(
                invoice, reductions={first.id: (first.unit_price / 3).quantize(D("0.01"))}, by=world.anna
            ),
            by=world.anna,
        )
    elif follows == "reverse":
        reverse_payment(pay_invoice(invoice, by=world.anna), by=world.anna)
    elif follows == "more":
        post_payment(party_id=customer, amount=D("12.34"), by=world.anna)


def test_the_preflight_names_what_to_look_at(world: World) -> None:
    world.posted_invoice(customer=world.customer("Łódź Handel"))
    draft = world.draft_invoice()
    with world.database.reading():
        found = preflight(from_date=YEAR[0], until_date=YEAR[1], encoding="cp1252", by=world.anna)

    assert (found.entries, found.rows, found.total) == (1, 1, D("119.00"))
    assert [record.id for record in found.drafts] == [draft]
    assert set(found.replaced.found) == {("Ł", "L"), ("ź", "z")}
    assert not found.is_clean
    with world.database.reading() as reading:
        assert reading.execute(select(func.count()).select_from(DatevBatch)).scalar_one() == 0
        assert reading.execute(select(func.count()).select_from(JournalEntry)).scalar_one() == 1


def test_the_command_line_writes_the_same_bytes(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SUITE_DATABASE_URL", world.database.url.render_as_string(hide_password=False))
    world.posted_invoice()
    batch = export(world)
    name, content = next(iter(files(world, batch).items()))
    arguments = ["export", "datev", "--from", "2026-01-01", "--to", "2026-12-31", "--out"]

    assert main([*arguments, str(tmp_path / "range")]) == 0
    assert main(["export", "datev", "--batch", "1", "--out", str(tmp_path / "batch")]) == 0
    assert (tmp_path / "range" / name).read_bytes() == content
    assert (tmp_path / "batch" / name).read_bytes() == content
    assert main([*arguments, str(tmp_path / "full"), "--full"]) == 0
    assert [each.name for each in (tmp_path / "full").iterdir()] == ["EXTF_Buchungsstapel_0002_2026.csv"]
    capsys.readouterr()

    assert main(["export", "datev", "--batch", "7", "--out", str(tmp_path / "none")]) == 1
    assert main(["export", "datev", "--from", "2026-01-01", "--out", str(tmp_path / "none")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert not (tmp_path / "none").exists()


def test_the_page_looks_first_and_then_makes_the_batch(
    world: World, sign_in: Callable[..., FlaskClient]
) -> None:
    world.posted_invoice(line(price="100"), customer=world.customer("Łódź Handel"))
    draft = world.record(world.draft_invoice())
    client = sign_in("accounting")
    days = "from_date=2026-11-01&until_date=2026-11-30"

    page = shown(client, f"/datev/new?{days}")
    assert f"/invoices/{draft.public_id}" in page
    assert all(words in page for words in ("one draft is not posted", "2 characters are replaced", "€119.00"))
    assert "Nothing went to DATEV yet" in shown(client, "/datev")
    given = {"from_date": "2026-11-01", "until_date": "2026-11-30", "version": "12", "encoding": "utf-8"}
    answer = client.post("/datev/new", data=given | {"csrf": token_of(page)})
    assert answer.status_code == 303

    batch = shown(client, answer.location)
    assert "EXTF_Buchungsstapel_0001_2026.csv" in batch
    got = client.get(answer.location.split("?")[0] + "/files/1")
    assert got.headers["Content-Disposition"] == 'attachment; filename="EXTF_Buchungsstapel_0001_2026.csv"'
    with world.database.reading() as reading:
        made = reading.scalars(select(DatevBatch.id)).one()
    assert got.data == files(world, made)["EXTF_Buchungsstapel_0001_2026.csv"]
    assert len(parse_extf(got.data).names) == 124
    assert client.get(answer.location.split("?")[0] + "/files/2").status_code == 404
    assert "the last batch made for it is shown again" in shown(client, f"/datev/new?{days}")
    assert "Batch 1" in shown(client, "/journal/2026-000001")


def test_the_page_says_what_is_wrong_with_a_range(world: World, sign_in: Callable[..., FlaskClient]) -> None:
    edit_company(details={"datev_client": None}, by=world.owner)
    world.posted_invoice()
    client = sign_in("accounting")

    assert "The last day is before the first one." in shown(
        client, "/datev/new?from_date=2026-02-01&until_date=2026-01-01"
    )
    assert "consultant or client number missing" in shown(
        client, "/datev/new?from_date=2026-11-01&until_date=2026-11-30"
    )
    assert "is not a date" in shown(client, "/datev/new?from_date=soon")
    assert "offered values" in shown(client, "/datev/new?version=9")
    answer = client.post(
        "/datev/new",
        data={
            "from_date": "2026-11-01",
            "until_date": "2026-11-30",
            "csrf": token_of(shown(client, "/datev")),
        },
    )
    assert answer.status_code == 422
    assert "Consultant and client number of DATEV are missing" in answer.text


def test_pages_of_datev_are_for_accounting(world: World, sign_in: Callable[..., FlaskClient]) -> None:
    world.posted_invoice()
    export(world)
    sales, auditor = sign_in("sales"), sign_in("auditor")

    assert (sales.get("/datev").status_code, sales.get("/datev/new").status_code) == (403, 403)
    assert (auditor.get("/datev").status_code, auditor.get("/datev/new").status_code) == (200, 403)
