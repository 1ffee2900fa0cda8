"""The line editor: computed by the server, quick by keyboard, forgiving when pasted into."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site


@pytest.fixture
def editor(site: Site, page: Page) -> Page:
    """A new quote for a customer; products P1 (in stock) and P2."""
    world = site.world
    world.customer("Hotel Hafen GmbH")
    world.product("Pfanne", price="40.00", stock="5", number="P1", gtin="4006381333931")
    world.product("Topf", price="12.50", number="P2")
    page.goto("/quotes/new")
    page.get_by_label("Customer").fill("hafen")
    page.get_by_role("option", name="Hotel Hafen GmbH").click()
    return page


def test_a_product_brings_name_price_stock_and_totals(editor: Page) -> None:
    editor.get_by_label("Item, line 1").fill("pfan")
    expect(editor.locator(".picker")).to_contain_text("P1 Pfanne")
    editor.keyboard.press("Enter")

    expect(editor.get_by_label("Name, line 1")).to_have_value("Pfanne")
    expect(editor.get_by_label("Price, line 1")).to_have_value("40.00")
    expect(editor.get_by_text("free 5")).to_be_visible()
    expect(editor.locator(".totals .sum.num")).to_have_text("€47.60")


def test_enter_adds_a_line_and_alt_arrow_moves_it(editor: Page) -> None:
    for place, article in ((1, "P1"), (2, "P2")):
        editor.get_by_label(f"Item, line {place}").fill(article)
        editor.get_by_label(f"Quantity, line {place}").fill("2")
        editor.keyboard.press("Enter")
    expect(editor.get_by_label("Quantity, line 3")).to_be_focused()
    expect(editor.get_by_label("Name, line 2")).to_have_value("Topf")

    editor.get_by_label("Quantity, line 2").focus()
    editor.keyboard.press("Alt+ArrowUp")

    expect(editor.locator("tr[data-line='0'] [name$='-name']")).to_have_value("Topf")
    editor.locator("button[value=save]").click()
    expect(editor.locator("tbody tr").first).to_contain_text("Topf")


def test_f2_shows_how_the_price_came_about(editor: Page) -> None:
    editor.get_by_label("Item, line 1").fill("P1")
    editor.keyboard.press("Tab")
    expect(editor.get_by_label("Price, line 1")).to_have_value("40.00")

    editor.get_by_label("Price, line 1").focus()
    editor.keyboard.press("F2")

    expect(editor.locator(".trace dl")).to_be_visible()
    expect(editor.locator(".trace dl")).to_contain_text("40")


def test_rows_pasted_from_a_spreadsheet_become_lines(editor: Page) -> None:
    editor.get_by_label("Item, line 1").focus()
    editor.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "Artikel\\tMenge\\nP1\\t3\\nP2\\t4\\t11.00\\t10\\n");
            const paste = { clipboardData: data, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", paste));
        }"""
    )

    expect(editor.get_by_label("Name, line 2")).to_have_value("Topf")
    expect(editor.locator("tr[data-line='1'] [data-net]")).to_have_text("39.60")
    expect(editor.locator(".totals .sum.num")).to_have_text("€189.92")


def test_a_scanned_gtin_counts_its_line_up(editor: Page) -> None:
    for place in (1, 2):
        editor.get_by_label(f"Item, line {place}").fill("4006381333931")
        editor.keyboard.press("Enter")
        expect(editor.get_by_label("Item, line 1")).to_have_value("P1")

    expect(editor.get_by_label("Quantity, line 1")).to_have_value("2")
    expect(editor.get_by_label("Item, line 2")).to_have_value("")


def test_a_wrong_amount_is_said_at_its_field_and_nothing_typed_is_lost(editor: Page) -> None:
    editor.get_by_label("Item, line 1").fill("P1")
    editor.get_by_label("Quantity, line 1").fill("1e99")
    editor.get_by_label("Text above the lines").fill("Sehr geehrte Damen und Herren")
    editor.locator("button[value=save]").click()

    expect(editor.get_by_role("alert")).to_contain_text("is not a number")
    expect(editor.get_by_label("Quantity, line 1")).to_have_value("1e99")
    expect(editor.get_by_label("Text above the lines")).to_have_value("Sehr geehrte Damen und Herren")
    expect(editor.get_by_label("Customer")).to_have_value("Hotel Hafen GmbH")
