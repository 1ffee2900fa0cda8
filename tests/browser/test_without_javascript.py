"""Every page works without JavaScript: from a quote to its posted invoice, and an opportunity along the pipeline."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from suite.crm.opportunities.commands import create_opportunity
from tests.browser.conftest import Site, signed_in
from tests.world import D


@pytest.fixture
def plain(chromium: Browser, site: Site) -> Iterator[Page]:
    """Olga's browser with JavaScript switched off."""
    context = signed_in(chromium, site, "olga", java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_from_a_quote_to_the_paid_invoice(site: Site, plain: Page) -> None:
    world = site.world
    world.customer("Hotel Hafen")
    pan = world.product("Pfanne", price="40.00", stock="10", number="P1")
    world.product("Kochbuch", price="12.00", number="P2", tax_class="reduced")

    plain.goto("/quotes/new")
    plain.get_by_label("Customer").fill("hafen")
    for n, (article, quantity) in enumerate((("P1", "3"), ("P2", "2")), start=1):
        plain.get_by_label(f"Item, line {n}").fill(article)
        plain.get_by_label(f"Quantity, line {n}").fill(quantity)
    plain.get_by_role("button", name="Compute").click()
    expect(plain.get_by_label("Name, line 1")).to_have_value("Pfanne")
    expect(plain.get_by_text("free 10")).to_be_visible()
    expect(plain.locator(".totals .sum.num")).to_have_text("€168.48")
    plain.get_by_role("button", name="More lines").click()
    plain.get_by_label("Name, line 3").fill("Einweisung")
    plain.get_by_label("Price, line 3").fill("50")
    plain.locator("button[value=save]").click()

    plain.get_by_role("button", name="Make the order").click()
    plain.get_by_role("link", name="Deliver", exact=True).click()
    plain.get_by_label("Deliver now, Pfanne").fill("1")
    plain.get_by_role("button", name="Ship").click()
    plain.get_by_role("button", name="Invoice this delivery").click()
    expect(plain.get_by_role("heading", name="Check and post")).to_be_visible()
    plain.get_by_role("button", name="Post", exact=True).click()

    expect(plain.get_by_role("heading", name="Invoice RE-")).to_be_visible()
    assert "€132.78" in plain.content()  # 40.00 and 50.00 with 19 %, 24.00 with 7 % VAT
    plain.get_by_role("link", name="Record payment").click()
    plain.get_by_role("button", name="Post", exact=True).click()
    expect(plain.get_by_role("heading", name="Payment ZA-")).to_be_visible()
    assert world.on_hand(pan) == (9, 2)
    assert world.findings() == []


def test_an_opportunity_moves_along_the_pipeline(site: Site, plain: Page) -> None:
    create_opportunity(subject="Küche", amount=D("900"), by=site.world.owner)

    plain.goto("/pipeline")
    plain.get_by_label("Küche: move").click()
    plain.get_by_role("button", name="→ Negotiation").click()

    lane = plain.get_by_role("region", name="Negotiation", exact=True)
    expect(lane.get_by_role("link", name="Küche")).to_be_visible()


def test_counting_on_a_phone(site: Site, plain: Page) -> None:
    world = site.world
    pan = world.product("Pfanne", stock="12", number="P1", gtin="4006381333931")
    world.product("Topf", stock="3", number="P2")
    plain.set_viewport_size({"width": 390, "height": 844})

    plain.goto("/stocktakes/new")
    plain.get_by_role("button", name="Begin to count").click()
    plain.get_by_role("link", name="Count", exact=True).first.click()
    for code, quantity in (("4006381333931", "8"), ("(01)04006381333931(37)3", "")):
        plain.get_by_label("Article").fill(code)
        plain.get_by_label("Quantity").fill(quantity)
        plain.get_by_role("button", name="Add").click()
    expect(plain.get_by_text("together 11")).to_have_count(2)
    plain.get_by_role("link", name="Topf").click()
    plain.get_by_label("Quantity").fill("4")
    plain.get_by_role("button", name="Replace mine").click()
    expect(plain.get_by_text("2 of 2 are counted.")).to_be_visible()

    plain.goto(plain.url.split("/count")[0] + "/book")
    plain.get_by_label("Reason, Pfanne").select_option("breakage")
    plain.get_by_role("button", name="Book the differences").click()
    expect(plain.get_by_text("breakage")).to_be_visible()
    assert world.on_hand(pan)[0] == 11
