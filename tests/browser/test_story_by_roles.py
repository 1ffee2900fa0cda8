"""The story of the product on its pages, each step done by whoever would do it: sales, warehouse, accounting."""

import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from suite.base import clock
from suite.base.job import run_one
from suite.master.company.commands import edit_company
from suite.master.prices.commands import PriceInput, set_price
from tests.browser.conftest import Site
from tests.exchange.extf import parse_extf
from tests.world import D, World

GROSS = "924.40"  # 570.00 and 19 % VAT, 230.00 and 7 % VAT
CREDIT = "42.84"  # one pan at 36.00 and 19 % VAT
LINES = (("P1", "10", ""), ("P2", "4", "10"), ("P3", "5", ""), ("P4", "20", ""), ("P5", "2", ""))
PRICES = ("36.00", "25.00", "12.00", "8.50", "60.00")


def test_from_a_lead_to_the_reconciled_payment(site: Site, colleague: Callable[[str], Page]) -> None:
    world = site.world
    products = stocked(world)
    customer = world.customer("Gasthof Linde")
    set_price(products[0], holder_id=customer, price=PriceInput(unit_price=D("36.00")), by=world.owner)
    edit_company(details={"datev_consultant": 29098, "datev_client": 55003}, by=world.owner)
    sales, warehouse, accounting = (colleague(role) for role in ("sales", "warehouse", "accounting"))

    won_lead(sales)
    quoted_on_the_pipeline(sales)
    order = ordered(site, sales)
    assert [world.on_hand(product) for product in products] == [
        (50, 10), (50, 4), (50, 5), (50, 20), (1, 1),
    ]  # fmt: skip

    first = delivered(site, warehouse, order, leave_out=("Kaffee", "Messer"))
    assert [world.on_hand(product) for product in products] == [
        (40, 0), (46, 0), (45, 0), (50, 20), (1, 1),
    ]  # fmt: skip
    receive(warehouse, world, products[4], "1")
    delivered(site, warehouse, order)
    assert [world.on_hand(product)[0] for product in products] == [40, 46, 45, 30, 0]

    invoice = invoiced(site, accounting, order)
    credited(warehouse, accounting, first)
    assert world.on_hand(products[0]) == (41, 0)
    paid(accounting, invoice)
    exported(accounting)
    assert world.findings() == []


def stocked(world: World) -> list[int]:
    """Five products, two of them at the reduced rate, the last one short."""
    rows = (("Pfanne", "40.00", "50"), ("Topf", "25.00", "50"), ("Kochbuch", "12.00", "50"))
    rows += (("Kaffee", "8.50", "50"), ("Messer", "60.00", "1"))
    reduced = {"Kochbuch", "Kaffee"}
    return [
        world.product(
            name,
            price=price,
            stock=stock,
            number=f"P{n}",
            tax_class="reduced" if name in reduced else "standard",
        )
        for n, (name, price, stock) in enumerate(rows, start=1)
    ]


def won_lead(sales: Page) -> None:
    """A lead comes in and becomes an opportunity of a known customer."""
    sales.goto("/leads")
    sales.get_by_role("link", name="Lead", exact=True).click()
    sales.get_by_label("Subject").fill("Küche ausstatten")
    sales.get_by_label("Company").fill("Gasthof Linde")
    sales.get_by_label("Expected amount").fill("900")
    sales.locator("button[value=save]").click()
    sales.get_by_role("link", name="Make an opportunity").click()
    sales.get_by_label("Customer").fill("Gasthof Linde")
    sales.get_by_role("button", name="Make an opportunity").click()
    sales.get_by_role("heading", name="Küche ausstatten").wait_for()


def quoted_on_the_pipeline(sales: Page) -> None:
    """The opportunity moves on the board; its quote gets five lines, priced and checked against the stock."""
    sales.goto("/pipeline")
    sales.get_by_label("Küche ausstatten: move").click()
    sales.get_by_role("button", name="→ Offer").click()
    offer = sales.get_by_role("region", name="Offer", exact=True)
    offer.get_by_role("link", name="Küche ausstatten").click()
    sales.get_by_role("link", name="Make a quote").click()
    expect(sales.get_by_label("Customer")).to_have_value("Gasthof Linde")
    for n, (article, quantity, discount) in enumerate(LINES, start=1):
        sales.get_by_label(f"Item, line {n}").fill(article)
        sales.get_by_label(f"Quantity, line {n}").fill(quantity)
        sales.get_by_label(f"Discount, line {n}").fill(discount)
        sales.keyboard.press("Enter")
    for n, price in enumerate(PRICES, start=1):
        expect(sales.get_by_label(f"Price, line {n}")).to_have_value(price)
    expect(sales.locator("tr[data-line='3'] [data-stock]")).to_have_text("free 50")
    expect(sales.locator("tr[data-line='4'] [data-stock]")).to_have_text("free 1 of 2")
    sales.get_by_label("Price, line 1").focus()
    sales.keyboard.press("F2")
    expect(sales.locator("tr[data-line='0'] .trace dl")).to_contain_text("Special price of the customer")
    expect(sales.locator(".totals .sum.num")).to_have_text(f"€{GROSS}")
    sales.locator("button[value=save]").click()
    sales.get_by_role("heading", name="Quote AN-").wait_for()


def ordered(site: Site, sales: Page) -> str:
    """The quote goes out as PDF, is accepted and becomes the order as it stands; returns the order's address."""
    sales.get_by_role("button", name="Mark as sent").click()
    sales.get_by_text("The quote is with the customer").wait_for()
    assert GROSS.replace(".", ",") in paper(site, sales), "the customer reads German"
    sales.get_by_role("button", name="Accepted").click()
    sales.get_by_text("The customer accepted").wait_for()
    sales.get_by_role("button", name="Make the order").click()
    sales.get_by_role("heading", name="Order AB-").wait_for()
    assert f"€{GROSS}" in sales.content()
    return address(sales)


def delivered(site: Site, warehouse: Page, order: str, leave_out: tuple[str, ...] = ()) -> str:
    """What is open is shipped but for what is left out; returns the delivery's address."""
    warehouse.goto(f"{order}/deliver")
    for name in leave_out:
        warehouse.get_by_label(f"Deliver now, {name}").fill("0")
    warehouse.get_by_role("button", name="Ship").click()
    warehouse.get_by_role("heading", name="Delivery LS-").wait_for()
    note = paper(site, warehouse)
    assert ("Messer" in note) is not bool(leave_out)
    assert "Lieferschein" in note
    return address(warehouse)


def receive(warehouse: Page, world: World, product: int, quantity: str) -> None:
    """Goods come in."""
    warehouse.goto(f"/products/{world.record(product).public_id}/stock")
    warehouse.get_by_label("Quantity").fill(quantity)
    warehouse.get_by_role("button", name="Receive", exact=True).click()
    warehouse.get_by_role("status").wait_for()


def invoiced(site: Site, accounting: Page, order: str) -> str:
    """What was delivered is invoiced, looked at and posted; returns the invoice's address."""
    accounting.goto(order)
    accounting.get_by_role("button", name="Invoice what is open").click()
    accounting.get_by_role("heading", name="Check and post").wait_for()
    expect(accounting.get_by_text("nothing stops posting")).to_be_visible()
    expect(accounting.get_by_label("Preview")).to_contain_text(GROSS)
    accounting.get_by_role("button", name="Post", exact=True).click()
    accounting.get_by_role("heading", name="Invoice RE-").wait_for()
    invoice = address(accounting)
    assert GROSS.replace(".", ",") in paper(site, accounting)
    xml = accounting.get_by_role("link", name=re.compile(r"RE-.*\.xml"))
    assert f">{GROSS}<" in downloaded(accounting, str(xml.get_attribute("href"))).decode()
    accounting.get_by_role("link", name="Entry ").click()
    expect(accounting.get_by_role("table").first).to_contain_text("8300")
    expect(accounting.get_by_role("table").first).to_contain_text(GROSS)
    return invoice


def credited(warehouse: Page, accounting: Page, delivery: str) -> None:
    """One piece comes back and is credited at the price it was billed."""
    warehouse.goto(f"{delivery}/return")
    for name, quantity in (("Pfanne", "1"), ("Topf", "0"), ("Kochbuch", "0")):
        warehouse.get_by_label(f"Came back, {name}").fill(quantity)
    warehouse.get_by_role("button", name="Receive goods").click()
    warehouse.get_by_role("heading", name="Return RT-").wait_for()

    accounting.goto(address(warehouse))
    accounting.get_by_role("button", name="Credit the return").click()
    accounting.get_by_role("heading", name="Check and post").wait_for()
    accounting.get_by_role("button", name="Post", exact=True).click()
    accounting.get_by_role("heading", name="Credit note RE-").wait_for()
    assert f"€{CREDIT}" in accounting.content()


def paid(accounting: Page, invoice: str) -> None:
    """A part is paid, then the rest."""
    left = Decimal(GROSS) - Decimal(CREDIT)
    for amount, state in (("500.00", "partly paid"), (str(left - 500), "paid")):
        accounting.goto(invoice)
        accounting.get_by_role("link", name="Record payment").click()
        accounting.get_by_label("Amount, €").fill(amount)
        accounting.get_by_label(re.compile("^Settle RE-")).fill(amount)
        accounting.get_by_role("button", name="Post", exact=True).click()
        accounting.get_by_role("heading", name="Payment ZA-").wait_for()
        accounting.goto(invoice)
        expect(accounting.locator(".head .state")).to_have_text(state)


def exported(accounting: Page) -> None:
    """The day goes to DATEV."""
    today = clock.today().isoformat()
    accounting.goto("/datev")
    accounting.get_by_role("link", name="Export").first.click()
    accounting.get_by_label("From").fill(today)
    accounting.get_by_label("Until").fill(today)
    accounting.get_by_role("button", name="Check this range").click()
    accounting.get_by_role("button", name="Make the batch").click()
    accounting.get_by_role("heading", name="DATEV batch 1").wait_for()
    with accounting.expect_download() as waiting:
        accounting.get_by_role("link", name="Download").click()
    file = parse_extf(Path(waiting.value.path()).read_bytes())
    amounts = sorted(cells[0] for cells in file.rows)
    assert amounts == ["246,10", "381,56", "42,84", "500,00", "678,30"]


def paper(site: Site, page: Page) -> str:
    """The text of the PDF behind the page's button, once its job is done."""
    while run_one(site.world.database):
        pass
    link = str(page.get_by_role("link", name="PDF", exact=True).get_attribute("href"))
    content = downloaded(page, link)
    assert content.startswith(b"%PDF")
    return " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(content)).pages)


def downloaded(page: Page, link: str) -> bytes:
    """What a link of the page leads to, for whoever is signed in there."""
    answer = page.request.get(link)
    assert answer.status == 200
    return answer.body()


def address(page: Page) -> str:
    """The address of the page without what was done on it."""
    return page.url.split("?")[0]
