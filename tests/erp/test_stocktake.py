"""Stocktakes: counts of several people, differences as of the time of the count, booked once."""

from collections.abc import Callable
from decimal import Decimal as D

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import select

from suite.base.command import Actor
from suite.base.errors import Conflict, NotPermitted, Refusal
from suite.erp.deliveries.commands import deliver_order
from suite.erp.stock.commands import correct_stock, receive_product, transfer_stock
from suite.erp.stock.counting import count_product, find_counted, withdraw_count
from suite.erp.stock.locations import create_location, internal_locations
from suite.erp.stock.stocktake_booking import book_stocktake
from suite.erp.stock.stocktakes import discard_stocktake, open_stocktake
from suite.model import Location, Lot, LotLevel, StockLevel, StockMove, StocktakeCount, StocktakeLine
from suite.shared.lots import LotInput
from tests.web.clients import post_form
from tests.world import World, actor, line


def lines(world: World, stocktake: int) -> dict[tuple[int, str], StocktakeLine]:
    with world.database.reading() as reading:
        wanted = select(StocktakeLine).where(StocktakeLine.stocktake_id == stocktake)
        return {(each.product_id, each.code): each for each in reading.scalars(wanted)}


def level(world: World, product: int, place: str = "MAIN") -> D:
    with world.database.reading() as reading:
        wanted = select(StockLevel.on_hand).join(Location, Location.id == StockLevel.location_id)
        found = reading.scalar(wanted.where(StockLevel.product_id == product, Location.code == place))
        return found or D(0)


def lot_level(world: World, code: str, place: str = "MAIN") -> D:
    with world.database.reading() as reading:
        wanted = select(LotLevel.on_hand).join(Lot, Lot.id == LotLevel.lot_id)
        wanted = wanted.join(Location, Location.id == LotLevel.location_id)
        return reading.scalar(wanted.where(Lot.code == code, Location.code == place)) or D(0)


def count(world: World, stocktake: int, product: int, quantity: str, code: str = "", **more: object) -> None:
    by = more.pop("by", world.wanda)
    count_product(stocktake, product_id=product, quantity=D(quantity), code=code, by=by, **more)  # type: ignore[arg-type]


@pytest.fixture
def ben() -> Actor:
    """Who counts with Wanda."""
    return actor("ben", "warehouse")


@pytest.fixture
def pump(world: World) -> int:
    """Goods by serial number, three in the main stock."""
    product = world.product("Pumpe", stock="0", tracking="serial")
    pieces = [LotInput(f"P-{n}") for n in (1, 2, 3)]
    receive_product(product, quantity=D(3), lots=pieces, by=world.wanda)
    return product


def test_all_that_lies_or_lay_there_is_to_be_counted(world: World, pump: int) -> None:
    here, gone = world.product(stock="5"), world.product(stock="2")
    correct_stock(gone, counted=D(0), reason="weg", by=world.wanda)
    world.product(stock="0")

    stocktake = open_stocktake(location="MAIN", by=world.wanda)

    wanted = {(here, ""), (gone, ""), (pump, "P-1"), (pump, "P-2"), (pump, "P-3")}
    assert set(lines(world, stocktake)) == wanted
    assert world.record(stocktake).number.startswith("IN-")
    assert world.findings() == []


def test_counts_of_several_add_up_and_one_replaces_only_ones_own(world: World, ben: Actor) -> None:
    product = world.product(stock="10")
    stocktake = open_stocktake(location="MAIN", product_ids=[product], by=world.wanda)

    count(world, stocktake, product, "4")
    count(world, stocktake, product, "3", by=ben)
    count(world, stocktake, product, "1")
    assert lines(world, stocktake)[product, ""].counted == 8
    count(world, stocktake, product, "6", is_replacing=True)
    assert lines(world, stocktake)[product, ""].counted == 9
    with world.database.reading() as reading:
        first = reading.scalars(select(StocktakeCount).order_by(StocktakeCount.id)).first()
    withdraw_count(stocktake, count_id=first.id, by=ben)

    assert (first.actor, lines(world, stocktake)[product, ""].counted) == ("ben", 6)
    assert world.findings() == []


def test_booking_corrects_the_level_and_names_the_stocktake(world: World) -> None:
    less, more, same = world.product(stock="10"), world.product(stock="4"), world.product(stock="7")
    stocktake = open_stocktake(location="MAIN", by=world.wanda)
    for product, quantity in ((less, "8"), (more, "5.5"), (same, "7")):
        count(world, stocktake, product, quantity)
    broken = lines(world, stocktake)[less, ""].id

    book_stocktake(stocktake, reasons={broken: "breakage"}, by=world.wanda)

    booked = lines(world, stocktake)
    assert [level(world, product) for product in (less, more, same)] == [8, D("5.5"), 7]
    assert (booked[less, ""].difference, booked[less, ""].reason) == (-2, "breakage")
    assert (booked[more, ""].difference, booked[more, ""].reason) == (D("1.5"), "found")
    assert (booked[same, ""].difference, booked[same, ""].reason) == (0, None)
    with world.database.reading() as reading:
        number = world.record(stocktake).number
        moves = reading.scalars(select(StockMove).where(StockMove.reason == number)).all()
    assert sorted(move.quantity for move in moves) == [D("1.5"), 2]
    assert world.record(stocktake).state == "booked"
    assert world.findings() == []


def test_what_moved_after_the_count_is_taken_into_account(world: World) -> None:
    product = world.product(stock="10")
    order = world.order(line(product, "3"))
    stocktake = open_stocktake(location="MAIN", by=world.wanda)
    count(world, stocktake, product, "9")
    deliver_order(order, by=world.wanda)
    receive_product(product, quantity=D(20), by=world.wanda)

    book_stocktake(stocktake, by=world.wanda)

    assert level(world, product) == 9 - 3 + 20
    assert world.findings() == []


def test_what_moved_between_two_counts_is_pointed_out(world: World, ben: Actor) -> None:
    product = world.product(stock="10")
    stocktake = open_stocktake(location="MAIN", by=world.wanda)
    count(world, stocktake, product, "6")
    receive_product(product, quantity=D(5), by=world.wanda)
    count(world, stocktake, product, "9", by=ben)

    found = lines(world, stocktake)[product, ""]
    book_stocktake(stocktake, by=world.wanda)

    assert (found.is_moved, found.counted, found.level) == (True, 15, 15)
    assert level(world, product) == 15
    assert world.findings() == []


def test_a_count_that_cannot_be_right_any_more_is_refused_by_name(world: World) -> None:
    sold, corrected = world.product("Kiste", stock="10"), world.product("Kasten", stock="10")
    order = world.order(line(sold, "9"))
    stocktake = open_stocktake(location="MAIN", by=world.wanda)
    count(world, stocktake, sold, "2")
    count(world, stocktake, corrected, "8")
    deliver_order(order, by=world.wanda)
    correct_stock(corrected, counted=D(8), reason="nachgezählt", by=world.wanda)

    with pytest.raises(Refusal) as refused:
        book_stocktake(stocktake, by=world.wanda)
    assert [(each.code, each.params["name"]) for each in refused.value.problems] == [
        ("stocktake-moved-meanwhile", "Kiste"),
        ("stocktake-corrected-meanwhile", "Kasten"),
    ]
    assert (level(world, sold), level(world, corrected)) == (1, 8)
    count(world, stocktake, sold, "1", is_replacing=True)
    count(world, stocktake, corrected, "8", is_replacing=True)
    book_stocktake(stocktake, by=world.wanda)

    assert (level(world, sold), level(world, corrected)) == (1, 8)
    assert world.findings() == []


@pytest.mark.parametrize(("choice", "left"), [("leave", 7), ("zero", 0)])
def test_what_nobody_counted_is_left_or_counted_as_nothing(world: World, choice: str, left: int) -> None:
    counted, uncounted = world.product(stock="5"), world.product(stock="7")
    promised = world.order(line(uncounted, "4"))
    stocktake = open_stocktake(location="MAIN", by=world.wanda)
    count(world, stocktake, counted, "5")

    book_stocktake(stocktake, uncounted=choice, by=world.wanda)

    assert (level(world, counted), level(world, uncounted)) == (5, left)
    assert world.record(promised).state == "confirmed"
    assert world.findings() == []


def test_a_missing_piece_goes_and_one_known_elsewhere_comes(world: World, pump: int) -> None:
    create_location(code="VAN-1", name="Fahrzeug", use="van", by=world.wanda)
    transfer_stock(pump, quantity=D(1), source="MAIN", target="VAN-1", lots=[LotInput("P-3")], by=world.wanda)
    stocktake = open_stocktake(location="MAIN", by=world.wanda)
    for code in ("P-1", "P-3", "P-9"):
        count(world, stocktake, pump, "1", code)
    count(world, stocktake, pump, "0")

    book_stocktake(stocktake, by=world.wanda)

    assert [lot_level(world, f"P-{n}") for n in (1, 2, 3, 9)] == [1, 0, 1, 1]
    assert lot_level(world, "P-3", "VAN-1") == 0
    assert (level(world, pump), level(world, pump, "VAN-1")) == (3, 0)
    assert world.findings() == []


def test_a_piece_is_counted_once_and_not_while_a_customer_has_it(world: World, pump: int, ben: Actor) -> None:
    order = world.order(line(pump, "1"))
    first = world.lines(order)[0].id
    deliver_order(order, quantities={first: D(1)}, lots={first: [LotInput("P-1")]}, by=world.wanda)
    stocktake = open_stocktake(location="MAIN", by=world.wanda)
    count(world, stocktake, pump, "1", "P-2")

    for code, by, refusal in (("P-2", ben, "serial-counted-twice"), ("P-1", ben, "serial-at-customer")):
        with pytest.raises(Refusal, match=refusal):
            count(world, stocktake, pump, "1", code, by=by)
    with pytest.raises(Refusal, match="lots-missing"):
        count(world, stocktake, pump, "2")

    assert lines(world, stocktake)[pump, "P-2"].counted == 1
    assert (pump, "P-1") not in lines(world, stocktake)


def test_lots_are_corrected_each_for_itself(world: World) -> None:
    glue = world.product(stock="0", tracking="lot")
    receive_product(glue, quantity=D(10), lots=[LotInput("L-1", D(6)), LotInput("L-2", D(4))], by=world.wanda)
    stocktake = open_stocktake(location="MAIN", by=world.wanda)
    count(world, stocktake, glue, "5", "L-1")
    count(world, stocktake, glue, "1", "L-3")

    book_stocktake(stocktake, by=world.wanda)

    assert [lot_level(world, f"L-{n}") for n in (1, 2, 3)] == [5, 4, 1]
    assert level(world, glue) == 10
    assert world.findings() == []


def test_goods_are_in_one_open_stocktake_of_a_place(world: World) -> None:
    one, other = world.product("Kiste", stock="5"), world.product(stock="5")
    first = open_stocktake(location="MAIN", product_ids=[one], by=world.wanda)
    second = open_stocktake(location="MAIN", product_ids=[other], by=world.wanda)

    for refused in (
        lambda: open_stocktake(location="MAIN", by=world.wanda),
        lambda: count(world, second, one, "5"),
    ):
        with pytest.raises(Refusal, match="stocktake-open-already"):
            refused()
    discard_stocktake(first, by=world.wanda)
    count(world, second, one, "4")
    book_stocktake(second, by=world.wanda)

    assert level(world, one) == 4
    assert world.findings() == []


def test_a_booked_or_discarded_stocktake_is_final(world: World) -> None:
    product = world.product(stock="5")
    booked = open_stocktake(location="MAIN", by=world.wanda)
    count(world, booked, product, "5")
    book_stocktake(booked, by=world.wanda)
    discarded = discard_stocktake(open_stocktake(location="MAIN", by=world.wanda), by=world.wanda)

    for stocktake in (booked, discarded):
        for act in (
            lambda each: count(world, each, product, "1"),
            lambda each: withdraw_count(each, count_id=1, by=world.wanda),
            lambda each: book_stocktake(each, by=world.wanda),
            lambda each: discard_stocktake(each, by=world.wanda),
        ):
            with pytest.raises(Refusal, match="step-not-open"):
                act(stocktake)


def test_whoever_looked_before_the_last_count_looks_again(world: World) -> None:
    product = world.product(stock="5")
    stocktake = open_stocktake(location="MAIN", by=world.wanda)
    seen = world.record(stocktake).version
    count(world, stocktake, product, "3")

    with pytest.raises(Conflict):
        book_stocktake(stocktake, version=seen, by=world.wanda)
    with pytest.raises(NotPermitted):
        book_stocktake(stocktake, by=world.sven)

    assert level(world, product) == 5


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"product_id": 0}, "product-unknown"),
        ({"quantity": D("-1")}, "quantity-range"),
        ({"code": "L-1"}, "lots-not-tracked"),
    ],
)
def test_a_count_that_says_nothing_usable_is_refused(
    world: World, values: dict[str, object], code: str
) -> None:
    product = world.product(stock="5")
    stocktake = open_stocktake(location="MAIN", by=world.wanda)
    given = {"product_id": product, "quantity": D(1)} | values

    with pytest.raises(Refusal, match=code):
        count_product(stocktake, **given, by=world.wanda)  # type: ignore[arg-type]


def test_codes_are_found_as_article_gtin_name_or_piece(world: World, pump: int) -> None:
    product = world.product("Kiste", number="A-77", stock="1", gtin="4006381333931")
    with world.database.reading():
        found = [find_counted(text) for text in ("A-77", "4006381333931", "Kiste", "P-2", "nichts")]

    assert found == [(product, ""), (product, ""), (product, ""), (pump, "P-2"), None]


def test_the_pages_lead_from_opening_to_the_report(
    world: World, sign_in: Callable[..., FlaskClient], pump: int
) -> None:
    world.product("Kiste", number="A-77", stock="12", gtin="04006381333931")
    client = sign_in("warehouse")
    made = post_form(client, "/stocktakes/new", location="MAIN", articles="")
    page = made.headers["Location"].split("?")[0]

    scanned = "]d201040063813339313711"
    assert post_form(client, f"{page}/count", scan=scanned, action="add").status_code == 303
    assert post_form(client, f"{page}/count", scan="P-1", action="add").status_code == 303
    unknown = post_form(client, f"{page}/count", scan="Quatsch", action="add")
    counting = client.get(f"{page}/count").get_data(as_text=True)
    review = client.get(f"{page}/book").get_data(as_text=True)
    booked = post_form(client, f"{page}/book", uncounted="zero", action="book")
    report = client.get(page).get_data(as_text=True)
    file = post_form(client, f"{page}/differences")

    assert (unknown.status_code, "Quatsch" in unknown.get_data(as_text=True)) == (422, True)
    assert "2 of 4 are counted" in counting
    assert "Counts add up" in counting
    assert "−1" in review and "shrinkage" in review
    assert booked.status_code == 303
    assert "counted as 0" in report and "booked" in report
    assert "A-77;Kiste;;H87;12;11;" in file.get_data(as_text=True).replace('"', "").replace(",", ";")
    assert (level(world, pump), lot_level(world, "P-1")) == (1, 1)
    assert world.findings() == []


def test_management_reads_a_stocktake_and_changes_nothing(
    world: World, sign_in: Callable[..., FlaskClient]
) -> None:
    world.product(stock="5")
    stocktake = world.record(open_stocktake(location="MAIN", by=world.wanda))
    client = sign_in("management")
    page = f"/stocktakes/{stocktake.public_id}"

    assert client.get(page).status_code == 200
    assert client.get(f"{page}/count").status_code == 403
    assert post_form(client, f"{page}/book", uncounted="zero").status_code == 403


STEPS = st.lists(
    st.tuples(st.sampled_from(["wanda", "ben", "replace", "receive", "take"]), st.integers(0, 12)),
    min_size=1,
    max_size=10,
)


@seed(20261125)
@settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(start=st.integers(0, 12), steps=STEPS)
def test_after_booking_a_level_is_what_was_counted_and_what_moved_since(
    world: World, ben: Actor, start: int, steps: list[tuple[str, int]]
) -> None:
    take_stock_as_told(world, ben, start, steps)


def take_stock_as_told(world: World, ben: Actor, start: int, steps: list[tuple[str, int]]) -> None:
    """Count while goods come and go, book, and compare with what must be there."""
    if places_of_ours(world) < 2:
        create_location(code="HALL2", name="Halle 2", by=world.wanda)
    product = world.product(stock=str(start))
    stocktake = open_stocktake(location="MAIN", product_ids=[product], by=world.wanda)
    books, at_count, counted = start, None, dict[str, int]()
    for what, n in steps:
        if what == "receive" and n:
            receive_product(product, quantity=D(n), by=world.wanda)
            books += n
        elif what == "take" and min(n, books):
            taken = min(n, books)
            transfer_stock(product, quantity=D(taken), source="MAIN", target="HALL2", by=world.wanda)
            books -= taken
        elif what in ("wanda", "ben", "replace"):
            who = "ben" if what == "ben" else "wanda"
            count(
                world,
                stocktake,
                product,
                str(n),
                by=ben if who == "ben" else world.wanda,
                is_replacing=what == "replace",
            )
            counted[who] = n if what == "replace" else counted.get(who, 0) + n
            at_count = books

    expected = books if at_count is None else sum(counted.values()) + books - at_count
    if expected < 0:
        with pytest.raises(Refusal, match="stocktake-moved-meanwhile"):
            book_stocktake(stocktake, by=world.wanda)
        discard_stocktake(stocktake, by=world.wanda)
        assert level(world, product) == books
    else:
        book_stocktake(stocktake, by=world.wanda)
        assert level(world, product) == expected
    assert [each for each in world.findings() if each.check.startswith(("stock", "lot"))] == []


def places_of_ours(world: World) -> int:
    """How many places of ours there are."""
    with world.database.reading():
        return len(internal_locations())


def test_a_page_opened_before_the_last_count_shows_it_and_books_the_second_time(
    world: World, sign_in: Callable[..., FlaskClient]
) -> None:
    product = world.product("Kiste", stock="12")
    stocktake = open_stocktake(location="MAIN", by=world.wanda)
    stale = world.record(stocktake)
    count(world, stocktake, product, "11")
    client = sign_in("warehouse")
    page = f"/stocktakes/{stale.public_id}/book"

    refused = post_form(client, page, version=str(stale.version), uncounted="leave", action="book")
    now = str(world.record(stocktake).version)
    taken = post_form(client, page, version=now, uncounted="leave", action="book")

    assert (refused.status_code, taken.status_code) == (422, 303)
    assert "Somebody else changed this meanwhile" in refused.get_data(as_text=True)
    assert "Kiste" in refused.get_data(as_text=True)
    assert f'name="version" value="{now}"' in refused.get_data(as_text=True)
    assert level(world, product) == 11
