"""GS1 codes as scanners send them, and where they may be scanned into."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D

import pytest
from flask.testing import FlaskClient

import suite.exchange.gs1.reading  # noqa: F401 - registers the reader
from suite.shared.scan import Scan, read_scan
from suite.web.editing import find_products
from tests.web.clients import post_form
from tests.world import World

GTIN = "04006381333931"
EXPIRY = date(2028, 1, 31)


@pytest.mark.parametrize(
    ("text", "scan"),
    [
        ("4006381333931", Scan(GTIN)),
        ("96385074", Scan("00000096385074")),
        ("036000291452", Scan("00036000291452")),
        ("14006381333938", Scan("14006381333938")),
        (f"01{GTIN}1728013110L1\x1d21S1", Scan(GTIN, "L1", "S1", EXPIRY)),
        (f"]C101{GTIN}21S1", Scan(GTIN, serial="S1")),
        (f"]d201{GTIN}10L1\u241d21S1", Scan(GTIN, "L1", "S1")),
        (f"(01){GTIN}(17)280131(10)L1(21)S1", Scan(GTIN, "L1", "S1", EXPIRY)),
        (f"https://id.gs1.org/01/{GTIN}/10/L1/21/S1", Scan(GTIN, "L1", "S1")),
        (f"(02){GTIN}(37)12(400)PO1", Scan(GTIN, quantity=D(12), order="PO1")),
        (f"01{GTIN}3103001250", Scan(GTIN, quantity=D("1.250"))),
        ("00340123450000000017", Scan(sscc="340123450000000017")),
        ("(410)4006381333931", Scan(ship_to="4006381333931")),
    ],
)
def test_a_code_says_what_it_says(text: str, scan: Scan) -> None:
    assert read_scan(text) == scan


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A00012",
        "2110",
        "10ABC",
        "4006381333930",
        "(01)04006381333930",
        "(01)",
        "x" * 301,
        "https://kontor.example",
    ],
)
def test_what_is_no_code_stays_text(text: str) -> None:
    assert read_scan(text) is None


def test_a_scanned_code_finds_its_article(sqlite_world: World) -> None:
    product = sqlite_world.product(gtin="4006381333931")

    with sqlite_world.database.reading():
        found = find_products({f"01{GTIN}21S1", GTIN, "4006381333931", "96385074"})

    assert found == {f"01{GTIN}21S1": product, GTIN: product, "4006381333931": product}


def test_a_scan_in_the_line_editor_keeps_its_serial_number(
    world: World, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in("sales")
    world.customer("Muster GmbH")
    world.product("Pumpe", gtin="4006381333931")

    fields = {"lines__0__article": f"(01){GTIN}(21)S1", "party": "Muster GmbH"}
    preview = post_form(client, "/lines/preview", **fields).get_json()
    made = post_form(client, "/orders/new", action="save", **fields)

    assert "S1" in preview["lines"]["0"]["description"]
    assert made.status_code == 303
    assert "Pumpe" in client.get(made.headers["Location"]).get_data(as_text=True)


def test_serial_numbers_are_scanned_at_receipt(world: World, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("warehouse")
    product = world.product("Pumpe", stock="0", tracking="serial")
    url = f"/products/{world.record(product).public_id}/stock"

    received = post_form(client, url, action="receive", quantity="2", lots=f"(01){GTIN}(21)S1\n01{GTIN}21S2")

    assert received.status_code == 303
    assert client.get(f"/lots?q=01{GTIN}21S2").status_code == 303
