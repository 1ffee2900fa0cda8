"""Many at once: real server processes, real client processes, and what must be true whoever is first."""

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from decimal import Decimal as D
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from suite.admin.users.commands import add_user
from suite.base.db import use_database
from suite.base.errors import Refusal
from suite.erp.deliveries.commands import deliver_order
from suite.erp.deliveries.returns import return_delivery
from suite.erp.invoices.commands import cancel_invoice, post_credit_note, post_invoice
from suite.erp.invoices.corrections import correct_invoice, credit_return
from suite.erp.invoices.drafts import create_invoice, invoice_delivery, invoice_order
from suite.erp.orders.commands import cancel_order, change_order, close_order, confirm_order, create_order
from suite.erp.payments.commands import allocate_payment, pay_invoice, post_payment, reverse_payment
from suite.erp.stock.commands import correct_stock, receive_product
from suite.erp.stock.counting import count_product
from suite.erp.stock.locations import create_location, edit_location, internal_locations
from suite.erp.stock.stocktake_booking import book_stocktake
from suite.erp.stock.stocktakes import open_stocktake
from suite.master.products.commands import ProductInput, create_product, edit_product
from suite.model import (
    Document,
    JournalEntry,
    JournalLine,
    Location,
    Payment,
    Record,
    RecordLink,
    StocktakeLine,
)
from suite.shared.lots import LotInput
from tests.world import World, line

ROOT = Path(__file__).parents[2]
PASSWORD = "ein langes Passwort"
INVOICES, CLIENTS = 400, 16
Post = tuple[str, dict[str, str]]


@pytest.fixture
def ports(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The company served: by one process on SQLite, by two on PostgreSQL; Olga may do everything."""
    monkeypatch.setenv("SUITE_SECRET_KEY", uuid.uuid4().hex)
    roles = ("sales", "warehouse", "accounting", "purchasing")
    add_user(login="olga", name="Olga Ohm", roles=roles, password=PASSWORD, locale="en", by=world.owner)
    url = world.database.url.render_as_string(hide_password=False)
    with ExitStack() as stack:
        yield [stack.enter_context(_served(url)) for _ in range(1 if world.database.is_sqlite else 2)]


@contextmanager
def _served(url: str) -> Iterator[int]:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.serving", url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def sent(ports: Sequence[int], jobs: Sequence[Sequence[Post]]) -> list[list[tuple[int, str]]]:
    """One client process per job, all sending at the same word; (status, location) per post."""
    clients = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.client"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in jobs
    ]
    try:
        for number, (client, posts) in enumerate(zip(clients, jobs, strict=True)):
            job = {"port": ports[number % len(ports)], "login": "olga", "password": PASSWORD, "posts": posts}
            client.stdin.write(json.dumps(job) + "\n")
            client.stdin.flush()
        for client in clients:
            assert client.stdout.readline() == "ready\n"
        for client in clients:
            client.stdin.write("go\n")
            client.stdin.flush()
        return [[tuple(answer) for answer in json.loads(client.stdout.readline())] for client in clients]
    finally:
        for client in clients:
            client.kill()
            client.wait()
            client.stdin.close()
            client.stdout.close()


def path(world: World, record_id: int, verb: str) -> str:
    """Where the page posts a verb of a record."""
    record = world.record(record_id)
    folder = {"credit_note": "credit-notes", "delivery": "deliveries"}.get(record.kind, f"{record.kind}s")
    return f"/{folder}/{record.public_id}/{verb}"


def at_once(world: World, *acts: Callable[[], Any]) -> list[Any]:
    """Do all acts in threads at the same moment; the result or the refusal of each."""
    start = Barrier(len(acts))

    def do(act: Callable[[], Any]) -> Any:
        with use_database(world.database):
            start.wait(timeout=20)
            try:
                return act()
            except Refusal as refusal:
                return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def refused(results: Sequence[Any]) -> list[str]:
    """The codes of what was refused."""
    return [result.code for result in results if isinstance(result, Refusal)]


def count(world: World, table: type, *where: Any) -> int:
    """How many rows there are."""
    with world.database.reading() as reading:
        return reading.scalar(select(func.count()).select_from(table).where(*where)) or 0


def test_sixteen_clients_posting_four_hundred_invoices_get_one_to_four_hundred(
    world: World, ports: list[int]
) -> None:
    customer = world.customer()
    drafts = [
        create_invoice(party_id=customer, lines=[line(price="9.99")], by=world.anna) for _ in range(INVOICES)
    ]
    posts = [(path(world, draft, "post"), {}) for draft in drafts]

    answers = sent(ports, [posts[client::CLIENTS] for client in range(CLIENTS)])

    assert {status for client in answers for status, _ in client} == {303}
    with world.database.reading() as reading:
        numbers = sorted(reading.scalars(select(Document.number).where(Document.kind == "invoice")))
        year = reading.scalars(select(Document.dated_on).limit(1)).one().year
        sequence = list(reading.scalars(select(JournalEntry.seq).order_by(JournalEntry.seq)))
        balance = reading.scalar(select(func.sum(JournalLine.debit) - func.sum(JournalLine.credit)))
    assert numbers == [f"RE-{year}-{n:04}" for n in range(1, INVOICES + 1)]
    assert sequence == list(range(1, INVOICES + 1))
    assert balance == 0
    assert world.findings() == []


def test_forty_clients_after_fifty_pieces_never_get_more(world: World, ports: list[int]) -> None:
    product = world.product(stock="0")
    customer = world.customer()
    orders = [world.order(line(product, str(1 + n % 4)), customer=customer) for n in range(40)]
    receive_product(product, quantity=D(50), by=world.wanda)

    posts = [
        [(path(world, order, "deliver"), {f"quantity-{world.lines(order)[0].id}": str(1 + n % 4)})]
        for n, order in enumerate(orders)
    ]
    answers = sent(ports, posts)

    taken = sum(1 + n % 4 for n, client in enumerate(answers) if client[0][0] == 303)
    assert {client[0][0] for client in answers} == {303, 422}
    assert world.on_hand(product) == (D(50 - taken), D(0))
    assert 47 <= taken <= 50  # who still wanted 1 to 4 pieces found fewer
    assert world.findings() == []


def test_two_clients_invoicing_one_delivery_never_bill_it_twice(world: World, ports: list[int]) -> None:
    customer = world.customer()
    orders = [world.delivered_order(line(price="10", quantity="3"), customer=customer) for _ in range(12)]
    drafts = [[invoice_order(order, by=world.anna) for _ in range(2)] for order in orders]

    answers = sent(ports, [[(path(world, pair[n], "post"), {}) for pair in drafts] for n in range(2)])

    for mine, theirs in zip(*answers, strict=True):
        assert sorted([mine[0], theirs[0]]) == [303, 422]
    assert all(world.progress(world.lines(order)[0].id).invoiced == D(3) for order in orders)
    assert world.findings() == []


def test_one_form_sent_twice_at_once_acts_once(world: World, ports: list[int]) -> None:
    customer = world.customer()
    quotes = [world.quote(customer=customer) for _ in range(6)]
    drafts = [world.draft_invoice(customer=customer) for _ in range(6)]
    owed = [world.posted_invoice(line(price="100"), customer=customer) for _ in range(6)]
    posts: list[Post] = [(path(world, quote, "order"), {}) for quote in quotes]
    posts += [(path(world, draft, "post"), {}) for draft in drafts]
    posts += [(path(world, invoice, "pay"), {"amount": "20", "paid_on": "heute"}) for invoice in owed]
    keyed = [(where, fields | {"request_key": uuid.uuid4().hex}) for where, fields in posts]

    answers = sent(ports, [keyed, keyed])

    assert answers[0] == answers[1]  # the twin is led to the same place
    assert {status for status, _ in answers[0]} == {303}
    assert count(world, Record, Record.kind == "order") == len(quotes)
    assert count(world, Payment) == len(owed)
    assert count(world, JournalEntry) == len(drafts) + 2 * len(owed)
    assert world.findings() == []


def test_eight_payments_at_once_settle_an_invoice_once(world: World) -> None:
    invoice = world.posted_invoice(line(price="100"))
    item = world.open_item(invoice)

    results = at_once(
        world,
        *[
            partial(
                post_payment,
                party_id=item.party_id,
                amount=D("119"),
                allocations={item.id: D("119")},
                by=world.anna,
            )
        ]
        * 8,
    )

    assert refused(results) == ["more-than-open-amount"] * 7
    assert count(world, Payment) == 1
    assert world.findings() == []


def test_an_order_is_not_delivered_after_it_was_closed_at_the_same_moment(world: World) -> None:
    customer = world.customer()
    for _ in range(6):
        product = world.product(stock="10")
        order = world.order(line(product, "10"), customer=customer)
        only = world.lines(order)[0].id
        deliver_order(order, quantities={only: D(4)}, by=world.wanda)

        results = at_once(
            world,
            partial(deliver_order, order, by=world.wanda),
            partial(close_order, order, by=world.sven),
            partial(change_order, order, quantities={only: D(7)}, by=world.sven),
        )

        on_hand, reserved = world.on_hand(product)
        progress = world.progress(only)
        assert on_hand == 10 - progress.delivered
        assert reserved <= progress.ordered - progress.delivered
        assert set(refused(results)) <= {"step-not-open", "below-progress", "nothing-to-deliver"}
    assert world.findings() == []


def test_of_two_people_who_take_the_same_piece_the_second_is_refused(world: World) -> None:
    product, customer = world.product(stock="0", tracking="serial"), world.customer()
    for n in range(6):
        code, other = f"S{n}", f"T{n}"
        receive_product(product, quantity=D(2), lots=[LotInput(code), LotInput(other)], by=world.wanda)
        orders = [world.order(line(product, "1"), customer=customer) for _ in range(2)]
        wanted = {order: {world.lines(order)[0].id: [LotInput(code)]} for order in orders}

        results = at_once(
            world, *[partial(deliver_order, order, lots=wanted[order], by=world.wanda) for order in orders]
        )

        assert refused(results) == ["lot-not-there"]
        deliver_order(orders[0] if isinstance(results[0], Refusal) else orders[1], by=world.wanda)
    assert world.findings() == []


def test_a_number_comes_in_once_and_a_place_that_is_closed_takes_no_promise(world: World) -> None:
    product, customer = world.product(stock="0", tracking="serial"), world.customer()
    create_location(code="HALL2", name="Halle 2", by=world.wanda)
    hall = next(place.id for place in _places(world) if place.code == "HALL2")
    for n in range(6):
        lots = [LotInput(f"S{n}")]
        receive = partial(
            receive_product, product, quantity=D(1), location="HALL2", lots=lots, by=world.wanda
        )
        draft = create_order(party_id=customer, lines=[line(product, "1")], by=world.sven)

        results = at_once(
            world,
            receive,
            receive,
            partial(confirm_order, draft, by=world.sven),
            partial(edit_location, hall, name="Halle 2", use="quarantine", by=world.wanda),
        )

        assert set(refused(results)) <= {"serial-taken", "location-reserved", "stock-moved-meanwhile"}
        assert refused(results).count("serial-taken") == 1
        assert world.findings() == []
        if world.record(draft).state == "confirmed":
            cancel_order(draft, by=world.sven)
        edit_location(hall, name="Halle 2", use="stock", by=world.wanda)


def _places(world: World) -> list[Location]:
    with world.database.reading():
        return internal_locations()


def test_confirming_counting_and_receiving_at_once_keeps_reservations_within_stock(world: World) -> None:
    product = world.product(stock="30")
    customer = world.customer()
    drafts = [create_order(party_id=customer, lines=[line(product, "7")], by=world.sven) for _ in range(6)]

    results = at_once(
        world,
        *[partial(confirm_order, draft, by=world.sven) for draft in drafts],
        partial(correct_stock, product, counted=D(11), reason="gezählt", by=world.wanda),
        partial(receive_product, product, quantity=D(3), by=world.wanda),
    )

    assert refused(results) == []
    on_hand, reserved = world.on_hand(product)
    assert on_hand in (D(11), D(14))
    assert reserved <= on_hand
    assert world.findings() == []


def test_a_stocktake_is_booked_once_whoever_is_first(world: World) -> None:
    less, more = world.product(stock="30"), world.product(stock="5")
    stocktake = open_stocktake(location="MAIN", by=world.wanda)
    count_product(stocktake, product_id=less, quantity=D(20), by=world.wanda)
    count_product(stocktake, product_id=more, quantity=D(6), by=world.wanda)

    results = at_once(
        world,
        *[partial(book_stocktake, stocktake, by=by) for by in (world.wanda, world.owner) * 3],
        partial(receive_product, less, quantity=D(4), by=world.wanda),
        partial(receive_product, more, quantity=D(2), by=world.wanda),
    )

    assert refused(results) == ["step-not-open"] * 5
    assert (world.on_hand(less)[0], world.on_hand(more)[0]) == (24, 8)
    assert world.findings() == []


def test_goods_and_counts_at_once_end_in_what_is_there(world: World) -> None:
    product = world.product(stock="50")
    orders = [world.order(line(product, "5")) for _ in range(4)]
    stocktake = open_stocktake(location="MAIN", by=world.wanda)

    results = at_once(
        world,
        *[partial(count_product, stocktake, product_id=product, quantity=D(10), by=world.wanda)] * 4,
        *[partial(deliver_order, order, by=world.wanda) for order in orders],
    )
    line_ = _line_of(world, stocktake)
    book_stocktake(stocktake, by=world.wanda)

    assert refused(results) == []
    assert line_.counted == 40
    assert world.on_hand(product)[0] == 40 + 30 - line_.level
    assert world.findings() == []


def test_of_two_stocktakes_of_the_same_goods_at_once_one_is_opened(world: World) -> None:
    world.product(stock="5")

    results = at_once(world, *[partial(open_stocktake, location="MAIN", by=world.wanda)] * 4)

    assert refused(results) == ["stocktake-open-already"] * 3
    assert world.findings() == []


def _line_of(world: World, stocktake: int) -> StocktakeLine:
    with world.database.reading() as reading:
        return reading.scalars(select(StocktakeLine).where(StocktakeLine.stocktake_id == stocktake)).one()


def test_cancelling_correcting_and_crediting_at_once_never_takes_back_more_than_was_billed(
    world: World,
) -> None:
    customer = world.customer()
    for _ in range(5):
        order = world.delivered_order(line(price="50", quantity="2"), customer=customer)
        delivery = _targets(world, order)[0]
        invoice = post_invoice(invoice_delivery(delivery, by=world.anna), by=world.anna)
        only = world.lines(invoice)[0].id
        lower = correct_invoice(invoice, reductions={only: D(30)}, by=world.anna)
        back = return_delivery(
            delivery, quantities={world.lines(delivery)[0].id: D(2)}, reason="other", by=world.wanda
        )
        credit = credit_return(back, by=world.anna)

        results = at_once(
            world,
            partial(cancel_invoice, invoice, by=world.anna),
            partial(post_credit_note, lower, by=world.anna),
            partial(post_credit_note, credit, by=world.anna),
            partial(pay_invoice, invoice, by=world.anna),
        )

        known = {"more-than-billed", "more-than-open", "step-not-open", "invoice-has-credits", "nothing-open"}
        assert set(refused(results)) <= known
        assert world.findings() == []


def test_reversing_and_allocating_a_payment_at_once_ends_whole(world: World) -> None:
    customer = world.customer()
    for _ in range(5):
        invoices = [world.posted_invoice(line(price="100"), customer=customer) for _ in range(2)]
        payment = post_payment(party_id=customer, amount=D("238"), by=world.anna)
        items = [world.open_item(invoice).id for invoice in invoices]

        results = at_once(
            world,
            partial(reverse_payment, payment, by=world.anna),
            partial(reverse_payment, payment, by=world.anna),
            *[
                partial(allocate_payment, payment, allocations={item: D("119")}, by=world.anna)
                for item in items
            ],
        )

        assert world.record(payment).state == "reversed"
        assert [world.open_item(invoice).open for invoice in invoices] == [D("119"), D("119")]
        assert refused(results).count("step-not-open") >= 1
    assert world.findings() == []


def test_numbers_of_two_kinds_drawn_at_once_leave_no_gap(world: World) -> None:
    customer = world.customer()

    acts = [partial(world.order, customer=customer) for _ in range(6)]
    acts += [
        partial(create_product, ProductInput(f"Neues {n}", base_price=D(1)), by=world.owner) for n in range(6)
    ]

    results = at_once(world, *acts)

    assert refused(results) == []
    with world.database.reading() as reading:
        for kind in ("order", "product"):
            wanted = select(Record.number).where(Record.kind == kind)
            ends = sorted(int(number[-4:]) for number in reading.scalars(wanted))
            assert [end - ends[0] for end in ends] == list(range(6))


def test_sixty_writers_of_one_process_each_get_their_turn(world: World) -> None:
    products = [world.product(f"Artikel {n}", stock="0") for n in range(3)]

    results = at_once(
        world,
        *[partial(receive_product, products[n % 3], quantity=D(1), by=world.wanda) for n in range(60)],
    )

    assert refused(results) == []
    assert [world.on_hand(product)[0] for product in products] == [D(20)] * 3


def test_of_two_changes_made_on_the_same_version_at_once_one_is_told(world: World) -> None:
    for name in ("Erste", "Zweite", "Dritte", "Vierte"):
        product = world.product(name)

        results = at_once(
            world,
            *[
                partial(edit_product, product, ProductInput(f"{name} {n}"), version=1, by=world.owner)
                for n in range(4)
            ],
        )

        assert refused(results) == ["changed-meanwhile"] * 3
        assert world.record(product).version == 2


def _targets(world: World, record_id: int) -> list[int]:
    with world.database.reading() as reading:
        wanted = select(RecordLink.target_id).join(Record, Record.id == RecordLink.target_id)
        return list(
            reading.scalars(wanted.where(RecordLink.source_id == record_id, Record.kind == "delivery"))
        )
