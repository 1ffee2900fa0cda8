"""Labels: what is printed is read back by a scanner from the pixels."""

import io
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from decimal import Decimal as D

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from suite.base.errors import Refusal
from suite.erp.stock.commands import receive_product
from suite.erp.stock.counting import find_counted
from suite.erp.stock.labels import labels_in_stock, product_label, sheets
from suite.exchange.gs1.drawing import gtin_bars, lot_matrix, plain_bars
from suite.model import Lot
from suite.shared.lots import LotInput
from suite.shared.scan import read_scan
from tests.web.clients import post_form
from tests.world import World

GTIN = "4006381333931"


@pytest.fixture(autouse=True)
def poppler() -> None:
    """What makes pixels of a PDF."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is not installed")


def pages(pdf: bytes) -> list[tuple[int, int]]:
    """The sizes of the pages in millimetres."""
    boxes = [page.mediabox for page in PdfReader(io.BytesIO(pdf)).pages]
    return [
        (int(float(box.width) * 25.4 / 72 + 0.5), int(float(box.height) * 25.4 / 72 + 0.5)) for box in boxes
    ]


def codes(pdf: bytes) -> list[str]:
    """What a scanner reads on the first page, as it would send it."""
    done = subprocess.run(
        ["pdftoppm", "-r", "300", "-png", "-f", "1", "-l", "1", "-"],
        input=pdf,
        capture_output=True,
        check=True,
    )
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(done.stdout)).convert("L"))
    return sorted(f"{each.symbology_identifier}{each.bytes.decode()}" for each in found)


def lot_id(world: World, code: str) -> int:
    with world.database.reading() as reading:
        return reading.scalars(select(Lot.id).where(Lot.code == code)).one()


def test_the_label_of_a_product_holds_its_gtin(world: World, sign_in: Callable[..., FlaskClient]) -> None:
    product = world.record(world.product("Säge & Söhne " * 8, number="S-1", gtin=GTIN, stock="1"))
    client = sign_in("warehouse")

    made = post_form(client, f"/products/{product.public_id}/labels", copies="2", paper="label", start="1")

    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    assert pages(made.data) == [(62, 29), (62, 29)]
    assert [each[3:] for each in codes(made.data)] == [GTIN]


def test_a_product_without_gtin_has_its_article_number(
    world: World, sign_in: Callable[..., FlaskClient]
) -> None:
    product = world.record(world.product("Kiste", number="A-77", stock="1"))
    client = sign_in("warehouse")

    made = post_form(client, f"/products/{product.public_id}/labels", copies="30", paper="sheet", start="23")

    assert pages(made.data) == [(210, 297)] * 3
    assert [each[3:] for each in codes(made.data)] == ["A-77"] * 2


def test_the_label_of_a_lot_is_read_back_as_what_it_is(
    world: World, sign_in: Callable[..., FlaskClient]
) -> None:
    product = world.product("Kleber", stock="0", tracking="lot", gtin=GTIN)
    lots = [LotInput("L-1/B", D(4), date(2027, 3, 31))]
    receive_product(product, quantity=D(4), lots=lots, by=world.wanda)
    client = sign_in("warehouse")

    made = post_form(client, f"/lots/{lot_id(world, 'L-1/B')}/labels", copies="1", paper="label", start="1")
    (code,) = codes(made.data)
    scan = read_scan(code)

    assert code.startswith("]d2")
    assert (scan.gtin, scan.lot, scan.expires_on) == (f"0{GTIN}", "L-1/B", date(2027, 3, 31))


def test_each_piece_in_stock_gets_its_label(world: World, sign_in: Callable[..., FlaskClient]) -> None:
    with_gtin = world.product("Pumpe", stock="0", tracking="serial", gtin=GTIN)
    without = world.product("Ventil", stock="0", tracking="serial")
    for product, letter in ((with_gtin, "P"), (without, "V")):
        pieces = [LotInput(f"{letter}-{n}") for n in range(3)]
        receive_product(product, quantity=D(3), lots=pieces, by=world.wanda)
    client = sign_in("warehouse")
    posted = {"what": "lots", "copies": "1", "paper": "sheet", "start": "1"}

    page = f"/products/{world.record(with_gtin).public_id}/labels"
    scans = [read_scan(code) for code in codes(post_form(client, page, **posted).data)]
    page = f"/products/{world.record(without).public_id}/labels"
    plain = [code[3:] for code in codes(post_form(client, page, **posted).data)]

    assert sorted(scan.serial for scan in scans) == ["P-0", "P-1", "P-2"]
    assert plain == ["V-0", "V-1", "V-2"]
    with world.database.reading():
        assert find_counted(plain[1]) == (without, "V-1")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"copies": "0"}, "copies"),
        ({"copies": "241"}, "copies"),
        ({"start": "25", "paper": "sheet"}, "start"),
    ],
)
def test_what_cannot_be_printed_is_said_at_its_field(
    world: World, sign_in: Callable[..., FlaskClient], values: dict[str, str], field: str
) -> None:
    product = world.record(world.product("Kiste", number="A-77"))
    client = sign_in("warehouse")
    posted = {"copies": "1", "paper": "label", "start": "1"} | values

    answer = post_form(client, f"/products/{product.public_id}/labels", **posted)

    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.get_data(as_text=True)


def test_signs_gs1_does_not_know_are_refused(sqlite_world: World) -> None:
    for draw in (
        lambda: lot_matrix(GTIN, lot="Größe 7"),
        lambda: lot_matrix(GTIN, serial="x" * 21),
        lambda: gtin_bars("12345"),
        lambda: plain_bars("ж"),
    ):
        with pytest.raises(Refusal, match="label-characters"):
            draw()
    untracked = sqlite_world.product("Kiste", number="A-1", gtin=f"0{GTIN}")
    with sqlite_world.database.reading():
        label = product_label(untracked, by=sqlite_world.wanda)
        with pytest.raises(Refusal, match="labels-none"):
            labels_in_stock(untracked, by=sqlite_world.wanda)
    assert label.drawing.text == GTIN
    assert [len(each) for each in sheets([label], copies=30, start=24)] == [24, 24, 5]
