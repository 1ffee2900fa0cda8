"""Lots and serial numbers: entered at receipt, chosen at delivery, named at return, traced both ways."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from suite.base.errors import Refusal
from suite.erp.deliveries.commands import deliver_order, ship_delivery
from suite.erp.deliveries.returns import receive_return, return_delivery
from suite.erp.stock.commands import correct_stock, receive_product, transfer_stock
from suite.erp.stock.locations import create_location
from suite.master.products.commands import ProductInput, edit_product
from suite.model import Lot, LotLevel, Product
from suite.shared.line_lots import lots_of_lines
from suite.shared.lots import LotInput
from tests.web.clients import post_form
from tests.world import World, line


def serials(*codes: str) -> list[LotInput]:
    return [LotInput(code) for code in codes]


def pump(world: World, *codes: str, **values: object) -> int:
    """A product by serial number with these pieces in stock."""
    product = world.product("Pumpe", stock="0", tracking="serial", **values)
    if codes:
        receive_product(product, quantity=D(len(codes)), lots=serials(*codes), by=world.wanda)
    return product


def glue(world: World, *lots: LotInput) -> int:
    """A product by lot with these lots in stock."""
    product = world.product("Kleber", stock="0", tracking="lot")
    for lot in lots:
        receive_product(product, quantity=lot.quantity or D(0), lots=[lot], by=world.wanda)
    return product


def lying(world: World, product: int) -> dict[str, D]:
    """What lies of each lot."""
    with world.database.reading() as reading:
        wanted = select(Lot.code, LotLevel.on_hand).join(LotLevel, LotLevel.lot_id == Lot.id)
        rows = reading.execute(wanted.where(Lot.product_id == product, LotLevel.on_hand > 0)).all()
    found: dict[str, D] = {}
    for code, on_hand in rows:
        found[code] = found.get(code, D(0)) + on_hand
    return found


def went(world: World, document: int) -> dict[str, D]:
    """The lots a document's first line names."""
    with world.database.reading():
        rows = lots_of_lines([world_line.id for world_line in world.lines(document)])
    return {lot.code: quantity for parts in rows.values() for lot, quantity in parts}


@pytest.mark.parametrize(
    ("quantity", "lots", "code"),
    [
        ("2", [], "lots-missing"),
        ("2", serials("A1"), "serial-count"),
        ("1", serials("A1", "A2"), "serial-count"),
        ("2", serials("A1", "A1"), "lot-twice"),
        ("1", serials(" "), "lots-missing"),
        ("1", serials("K1"), "serial-taken"),
        ("0.5", serials("A1"), "serial-count"),
        ("2", [LotInput("A1", D(2))], "serial-count"),
    ],
)
def test_a_receipt_needs_one_new_serial_number_per_piece(
    world: World, quantity: str, lots: list[LotInput], code: str
) -> None:
    product = pump(world, "K1")

    with pytest.raises(Refusal) as refused:
        receive_product(product, quantity=D(quantity), lots=lots, by=world.wanda)

    assert (refused.value.code, refused.value.field) == (code, "lots")
    assert world.findings() == []


def test_lots_add_up_to_what_came_in_and_keep_one_expiry(world: World) -> None:
    product = glue(world, LotInput("L1", D(5), date(2027, 1, 31)))

    with pytest.raises(Refusal, match="lots-sum"):
        receive_product(product, quantity=D(5), lots=[LotInput("L2", D(4))], by=world.wanda)
    with pytest.raises(Refusal, match="lot-expiry"):
        again = [LotInput("L1", D(5), date(2027, 2, 28))]
        receive_product(product, quantity=D(5), lots=again, by=world.wanda)
    receive_product(product, quantity=D(3), lots=[LotInput("L1")], by=world.wanda)

    assert lying(world, product) == {"L1": 8}
    assert world.findings() == []


def test_untracked_goods_take_no_lots(world: World) -> None:
    with pytest.raises(Refusal, match="lots-not-tracked"):
        receive_product(world.product(stock="0"), quantity=D(1), lots=serials("A"), by=world.wanda)


def test_first_expired_leaves_first_else_first_received(world: World) -> None:
    product = glue(
        world,
        LotInput("OLD", D(3)),
        LotInput("LATE", D(3), date(2028, 1, 1)),
        LotInput("SOON", D(3), date(2027, 1, 1)),
    )
    order = world.order(line(product, "7"))

    delivery = deliver_order(order, by=world.wanda)

    assert went(world, delivery) == {"SOON": 3, "LATE": 3, "OLD": 1}
    assert lying(world, product) == {"OLD": 2}
    assert world.findings() == []


def test_chosen_serial_numbers_leave(world: World) -> None:
    product = pump(world, "S1", "S2", "S3")
    order = world.order(line(product, "2"))
    only = world.lines(order)[0].id

    delivery = deliver_order(order, lots={only: serials("S3", "S1")}, by=world.wanda)

    assert went(world, delivery) == {"S1": 1, "S3": 1}
    assert lying(world, product) == {"S2": 1}
    assert world.findings() == []


@pytest.mark.parametrize(
    ("lots", "code"),
    [
        (serials("S1"), "serial-count"),
        (serials("S1", "S2", "S3"), "serial-count"),
        (serials("S1", "X9"), "lot-not-there"),
        (serials("S1", "GONE"), "lot-not-there"),
    ],
)
def test_a_delivery_names_exactly_the_pieces_that_are_there(
    world: World, lots: list[LotInput], code: str
) -> None:
    product = pump(world, "S1", "S2", "S3", "GONE")
    correct_stock(product, counted=D(0), lot="GONE", reason="Bruch", by=world.wanda)
    order = world.order(line(product, "2"))
    only = world.lines(order)[0].id

    with pytest.raises(Refusal) as refused:
        deliver_order(order, lots={only: lots}, by=world.wanda)

    assert (refused.value.code, refused.value.field) == (code, f"lots-{only}")
    assert world.findings() == []


def test_a_prepared_delivery_ships_what_was_chosen_and_says_when_it_is_gone(world: World) -> None:
    product = pump(world, "S1", "S2")
    first, second = world.order(line(product, "1")), world.order(line(product, "1"))
    draft = deliver_order(first, lots={world.lines(first)[0].id: serials("S2")}, ship=False, by=world.wanda)
    deliver_order(second, lots={world.lines(second)[0].id: serials("S2")}, by=world.wanda)

    with pytest.raises(Refusal, match="lot-not-there"):
        ship_delivery(draft, by=world.wanda)

    assert world.findings() == []


def test_goods_elsewhere_than_reserved_leave_and_the_promise_is_used_up(world: World) -> None:
    create_location(code="HALL2", name="Halle 2", by=world.wanda)
    product = pump(world, "S1")
    order = world.order(line(product, "1"))
    receive_product(product, quantity=D(1), location="HALL2", lots=serials("S2"), by=world.wanda)

    deliver_order(order, lots={world.lines(order)[0].id: serials("S2")}, by=world.wanda)

    assert lying(world, product) == {"S1": 1}
    assert world.findings() == []


def test_only_what_went_out_comes_back_and_only_once(world: World) -> None:
    product = pump(world, "S1", "S2", "S3")
    order = world.order(line(product, "2"))
    delivery = deliver_order(order, by=world.wanda)
    only = world.lines(delivery)[0].id

    def take_back(lots: list[LotInput], receive: bool = True) -> int:
        return return_delivery(
            delivery,
            quantities={only: D(1)},
            lots={only: lots},
            reason="defective",
            receive=receive,
            by=world.wanda,
        )

    for lots, code in ((serials("S3"), "lot-not-delivered"), ([], "lots-missing")):
        with pytest.raises(Refusal, match=code):
            take_back(lots)
    announced = take_back(serials("S1"), receive=False)
    back = take_back(serials("S1"))
    with pytest.raises(Refusal, match="lot-not-delivered"):
        receive_return(announced, by=world.wanda)
    rest = return_delivery(delivery, quantities={only: D(1)}, reason="other", by=world.wanda)

    assert (went(world, back), went(world, rest)) == ({"S1": 1}, {"S2": 1})
    assert lying(world, product) == {"S1": 1, "S2": 1, "S3": 1}
    assert world.findings() == []


def test_a_piece_at_a_customer_is_not_received_from_a_supplier(world: World) -> None:
    product = pump(world, "S1")
    deliver_order(world.order(line(product, "1")), by=world.wanda)

    with pytest.raises(Refusal, match="serial-taken"):
        receive_product(product, quantity=D(1), lots=serials("S1"), by=world.wanda)


def test_counting_and_moving_name_the_lot(world: World) -> None:
    create_location(code="VAN-1", name="Fahrzeug", use="van", by=world.wanda)
    product = pump(world, "S1", "S2")
    bulk = glue(world, LotInput("L1", D(4)), LotInput("L2", D(4)))

    transfer_stock(product, quantity=D(1), source="MAIN", target="VAN-1", lots=serials("S2"), by=world.wanda)
    transfer_stock(bulk, quantity=D(5), source="MAIN", target="VAN-1", by=world.wanda)
    correct_stock(bulk, counted=D(1), lot="L2", reason="gezählt", by=world.wanda)
    correct_stock(bulk, counted=D(2), lot="L9", reason="gefunden", by=world.wanda)

    with pytest.raises(Refusal, match="lot-not-there"):
        transfer_stock(
            product, quantity=D(1), source="MAIN", target="VAN-1", lots=serials("S2"), by=world.wanda
        )
    for counted, lot, code in (
        ("1", "", "lots-missing"),
        ("2", "S1", "serial-one"),
        ("1", "S2", "serial-taken"),
    ):
        with pytest.raises(Refusal, match=code):
            correct_stock(product, counted=D(counted), lot=lot, reason="gezählt", by=world.wanda)
    assert lying(world, bulk) == {"L1": 4, "L2": 2, "L9": 2}
    assert world.findings() == []


def test_tracking_changes_only_while_nothing_lies_there(world: World) -> None:
    product = world.product("Pumpe", stock="1")
    wanted = ProductInput("Pumpe", stock_kept=True, tracking="serial")

    with pytest.raises(Refusal, match="product-tracked-with-stock"):
        edit_product(product, wanted, by=world.owner)
    order = world.order(line(product, "1"))
    delivery = deliver_order(order, by=world.wanda)
    edit_product(product, wanted, by=world.owner)
    only = world.lines(delivery)[0].id

    with pytest.raises(Refusal, match="lots-missing"):
        return_delivery(delivery, quantities={only: D(1)}, reason="other", by=world.wanda)
    return_delivery(
        delivery, quantities={only: D(1)}, lots={only: serials("N1")}, reason="other", by=world.wanda
    )

    assert lying(world, product) == {"N1": 1}
    assert world.findings() == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"tracking": "serial"}, "tracking-needs-stock"),
        ({"tracking": "colour"}, "choice-unknown"),
        ({"warranty_months": 601}, "warranty-range"),
    ],
)
def test_a_product_is_tracked_only_in_stock(world: World, values: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        edit_product(world.product(), ProductInput("Pumpe", **values), by=world.owner)


def test_pages_enter_choose_and_trace_serial_numbers(
    world: World, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in("warehouse")
    product = pump(world)
    url = f"/products/{world.record(product).public_id}/stock"

    missing = post_form(client, url, action="receive", quantity="2", lots="S1")
    received = post_form(client, url, action="receive", quantity="2", lots="S1\r\nS2\r\n")
    order = world.order(line(product, "1"))
    page = client.get(f"/orders/{world.record(order).public_id}/deliver").get_data(as_text=True)
    only = world.lines(order)[0].id
    fields = {f"quantity__{only}": "1", f"lots__{only}": "S2", "action": "ship"}
    shipped = post_form(client, f"/orders/{world.record(order).public_id}/deliver", **fields)

    assert (missing.status_code, received.status_code, shipped.status_code) == (422, 303, 303)
    assert "Empty means as proposed: S1" in page
    delivery = client.get(shipped.headers["Location"]).get_data(as_text=True)
    assert "S2</a>" in delivery
    found = client.get("/lots?q=S2")
    assert found.status_code == 303
    story = client.get(found.headers["Location"]).get_data(as_text=True)
    assert "Lieferanten" in story and "LS-" in story and "Kunde" in story
    assert ">S1<" in client.get("/lots?q=S").get_data(as_text=True)


def test_a_lot_is_typed_with_quantity_and_expiry(world: World, sign_in: Callable[..., FlaskClient]) -> None:
    client, product = sign_in("warehouse"), glue(world)
    url = f"/products/{world.record(product).public_id}/stock"

    received = post_form(client, url, action="receive", quantity="5", lots="L1; 3; 31.01.2027\nL2\t2")
    wrong = post_form(client, url, action="receive", quantity="5", lots="L1; viel")

    assert (received.status_code, wrong.status_code) == (303, 422)
    assert lying(world, product) == {"L1": 3, "L2": 2}
    with world.database.reading() as reading:
        assert reading.get_one(Product, product).tracking == "lot"
        of_one = select(Lot.expires_on).where(Lot.code == "L1")
        assert reading.scalars(of_one).one() == date(2027, 1, 31)
