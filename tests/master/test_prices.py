"""Prices: which one wins on which day, compared with a slow reading of the rules; refusals; pages."""

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from suite.base import clock
from suite.base.db import database
from suite.base.errors import NotFound, NotPermitted, Refusal
from suite.master.parties.commands import PartyInput, edit_party
from suite.master.prices.commands import (
    PriceInput,
    create_price_list,
    edit_price_list,
    end_price,
    set_price,
)
from suite.model import Party, Price, Product
from suite.shared.pricing import find_prices
from tests.visitor import Visitor
from tests.world import World, line

D = Decimal
START = date(2026, 3, 1)
DAYS = 20
_names = itertools.count(1)


@dataclass(frozen=True)
class Setting:
    """One `price.set` of the property test: for the customer or the list, days counted from START."""

    customer: bool
    scale: int
    start: int
    length: int | None
    value: int
    percent: bool


settings_of_prices = st.lists(
    st.builds(
        Setting,
        customer=st.booleans(),
        scale=st.sampled_from([0, 5, 10]),
        start=st.integers(0, DAYS - 1),
        length=st.one_of(st.none(), st.integers(0, 8)),
        value=st.integers(0, 100),
        percent=st.booleans(),
    ),
    max_size=8,
)


def oracle(made: list[Setting], day: int, quantity: int, base: Decimal) -> Decimal:
    """The rules read slowly: keep for every level, scale and day what was said of that day."""
    for customer in (True, False):
        for scale in (10, 5, 0):
            alive: list[Setting] = []
            for new in (each for each in made if each.customer == customer and each.scale == scale):
                alive = [old for old in alive if old.start != new.start]
                if new.length is None and day >= new.start:
                    alive = [old for old in alive if old.start > new.start]
                if new.start <= day and (new.length is None or day <= new.start + new.length):
                    alive.append(new)
                elif new.start > day:
                    continue
            if alive and quantity >= scale:
                best = max(alive, key=lambda each: each.start)
                return base * (100 - best.value) / 100 if best.percent else D(best.value)
    return base


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=settings_of_prices, day=st.integers(0, DAYS + 5), quantity=st.integers(1, 12))
def test_the_price_that_wins_is_the_one_the_rules_say(
    sqlite_world: World, made: list[Setting], day: int, quantity: int
) -> None:
    world = sqlite_world
    product = world.product(price="200")
    price_list = create_price_list(f"Liste {next(_names)}", by=world.owner)
    customer = world.customer(price_list_id=price_list)
    with clock.fixed_at(datetime(2026, 3, 1, 9, tzinfo=UTC)):
        for each in made:
            set_price(
                product,
                holder_id=customer if each.customer else price_list,
                price=_input(each),
                by=world.owner,
            )

    with database().reading() as reading:
        wanted = [(reading.get_one(Product, product), D(quantity))]
        found = find_prices(reading.get_one(Party, customer), wanted, START + timedelta(days=day))

    assert found[0].unit_price == oracle(made, day, quantity, D(200))


def test_a_price_of_a_list_reaches_the_order_of_its_customer(world: World) -> None:
    product = world.product(price="10")
    gold = create_price_list("Gold", by=world.owner)
    customer = world.customer(price_list_id=gold)

    set_price(product, holder_id=gold, price=PriceInput(percent_off=D(5)), by=world.owner)
    set_price(product, holder_id=gold, price=PriceInput(D(10), unit_price=D(8)), by=world.owner)
    order = world.order(line(product, "3"), line(product, "10"), customer=customer)

    assert [each.unit_price for each in world.lines(order)] == [D("9.5"), D(8)]


def test_a_new_price_without_end_ends_the_one_before(world: World) -> None:
    product, customer = world.product(), world.customer()
    tomorrow = clock.today() + timedelta(days=1)

    set_price(product, holder_id=customer, price=PriceInput(unit_price=D(9)), by=world.owner)
    later = PriceInput(unit_price=D(8), valid_from=tomorrow)
    set_price(product, holder_id=customer, price=later, by=world.owner)

    assert _rows(product) == [(D(9), clock.today(), clock.today()), (D(8), tomorrow, None)]


def test_the_same_first_day_corrects_the_price_in_place(world: World) -> None:
    product, customer = world.product(), world.customer()

    for value in (9, 7):
        set_price(product, holder_id=customer, price=PriceInput(unit_price=D(value)), by=world.owner)

    assert _rows(product) == [(D(7), clock.today(), None)]


def test_ending_keeps_today_and_removes_what_never_began(world: World) -> None:
    product, customer = world.product(), world.customer()
    later = clock.today() + timedelta(days=9)
    offer = PriceInput(unit_price=D(5), valid_from=later, valid_until=later)
    set_price(product, holder_id=customer, price=PriceInput(unit_price=D(9)), by=world.owner)
    set_price(product, holder_id=customer, price=offer, by=world.owner)

    for price_id in _ids(product):
        end_price(product, price_id=price_id, by=world.owner)

    assert _rows(product) == [(D(9), clock.today(), clock.today())]


@pytest.mark.parametrize(
    ("price", "code"),
    [
        (PriceInput(), "price-one-form"),
        (PriceInput(unit_price=D(1), percent_off=D(1)), "price-one-form"),
        (PriceInput(unit_price=D(-1)), "price-range"),
        (PriceInput(unit_price=D("0.0000001")), "price-range"),
        (PriceInput(percent_off=D(101)), "percent-range"),
        (PriceInput(D(-1), unit_price=D(1)), "scale-range"),
        (PriceInput(D("NaN"), unit_price=D(1)), "scale-range"),
        (PriceInput(unit_price=D(1), valid_from=date(2020, 1, 1)), "price-backdated"),
        (
            PriceInput(unit_price=D(1), valid_from=date(9000, 1, 2), valid_until=date(9000, 1, 1)),
            "price-ends-before",
        ),
    ],
)
def test_a_wrong_price_is_refused(sqlite_world: World, price: PriceInput, code: str) -> None:
    product, customer = sqlite_world.product(), sqlite_world.customer()

    with pytest.raises(Refusal) as refused:
        set_price(product, holder_id=customer, price=price, by=sqlite_world.owner)

    assert refused.value.code == code
    assert _rows(product) == []


def test_prices_of_nobody_names_twice_and_strangers_are_refused(sqlite_world: World) -> None:
    world = sqlite_world
    product, customer = world.product(), world.customer()
    gold = create_price_list("Gold", by=world.owner)
    silver = create_price_list("Silber", by=world.owner)
    price = PriceInput(unit_price=D(1))

    refusals: list[tuple[type[Refusal], object]] = [
        (NotFound, lambda: set_price(product, holder_id=product, price=price, by=world.owner)),
        (NotFound, lambda: set_price(customer, holder_id=customer, price=price, by=world.owner)),
        (NotFound, lambda: end_price(product, price_id=77, by=world.owner)),
        (NotPermitted, lambda: set_price(product, holder_id=customer, price=price, by=world.sven)),
        (Refusal, lambda: create_price_list("Gold", by=world.owner)),
        (Refusal, lambda: edit_price_list(silver, name="Gold", by=world.owner)),
        (Refusal, lambda: edit_party(customer, PartyInput("K", price_list_id=9999), by=world.owner)),
    ]

    for kind, act in refusals:
        with pytest.raises(kind):
            act()  # type: ignore[operator]
    assert gold != silver and _rows(product) == []


def test_the_pages_set_show_and_end_prices(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    product, customer = world.product("Dübel", price="3"), world.customer("Käufer AG")
    buyer = Visitor(world, "purchasing", monkeypatch=monkeypatch)
    of_product = f"/products/{world.record(product).public_id}"
    of_party = f"/parties/{world.record(customer).public_id}"

    made = buyer.post("/price-lists/new", name="Handwerk")
    of_list = made.location.split("?")[0]
    wrong = buyer.post(f"{of_list}/price", article="nichts", unit_price="2,50", from_quantity="10")
    by_list = buyer.post(f"{of_list}/price", article="Dübel", unit_price="2.50", from_quantity="10")
    by_product = buyer.post(f"{of_product}/price", party="Käufer AG", percent_off="12.5")

    assert (
        wrong.status_code == 422
        and "There is no such product." in wrong.text
        and 'value="2,50"' in wrong.text
    )
    assert (by_list.status_code, by_product.status_code) == (303, 303)
    assert "2.50" in buyer.get(of_list).text and "Dübel" in buyer.get(of_list).text
    assert "−12.5%" in buyer.get(of_party).text
    assert "Handwerk" in buyer.get(of_product).text and "Käufer AG" in buyer.get(of_product).text
    for price_id in _ids(product):
        assert buyer.post(f"{of_product}/end-price", price=str(price_id)).status_code == 303
    assert buyer.post(f"{of_party}/end-price", price="999").status_code == 404
    assert all(until == clock.today() for _, _, until in _rows(product))
    assert "Price lists" in buyer.get("/price-lists").text


def test_sales_reads_prices_and_cannot_set_them(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = sqlite_world
    product, customer = world.product(), world.customer()
    set_price(product, holder_id=customer, price=PriceInput(unit_price=D(9)), by=world.owner)
    seller = Visitor(world, "sales", monkeypatch=monkeypatch)
    url = f"/products/{world.record(product).public_id}"

    page = seller.get(url)

    assert "9.00" in page.text and "Set a price" not in page.text
    assert seller.get(f"{url}/price").status_code == 403
    assert seller.post(f"{url}/end-price", price=str(_ids(product)[0])).status_code == 403


def _input(each: Setting) -> PriceInput:
    start = START + timedelta(days=each.start)
    return PriceInput(
        from_quantity=D(each.scale),
        unit_price=None if each.percent else D(each.value),
        percent_off=D(each.value) if each.percent else None,
        valid_from=start,
        valid_until=None if each.length is None else start + timedelta(days=each.length),
    )


def _rows(product: int) -> list[tuple[Decimal | None, date, date | None]]:
    wanted = select(Price).where(Price.product_id == product).order_by(Price.valid_from, Price.id)
    with database().reading() as reading:
        return [(row.unit_price, row.valid_from, row.valid_until) for row in reading.scalars(wanted)]


def _ids(product: int) -> list[int]:
    with database().reading() as reading:
        return list(reading.scalars(select(Price.id).where(Price.product_id == product).order_by(Price.id)))
