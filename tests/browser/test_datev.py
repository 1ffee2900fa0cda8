"""The look before a DATEV export, in a browser: what is wrong is said, then the batch is made and downloaded."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from suite.base import clock
from suite.master.company.commands import edit_company
from tests.browser.conftest import Site
from tests.exchange.extf import parse_extf
from tests.world import line


def test_from_the_look_to_the_file(site: Site, page: Page) -> None:
    world = site.world
    world.posted_invoice(line(price="100"), customer=world.customer("Łódź Handel"))
    draft = world.record(world.draft_invoice())
    today = clock.today().isoformat()

    page.goto("/datev")
    page.get_by_role("link", name="Export").first.click()
    page.get_by_label("From").fill(today)
    page.get_by_label("Until").fill(today)
    page.get_by_role("button", name="Check this range").click()
    page.get_by_text("consultant or client number missing").wait_for()
    assert page.get_by_role("button", name="Make the batch").count() == 0
    assert (
        page.get_by_role("link", name=draft.title).first.get_attribute("href")
        == f"/invoices/{draft.public_id}"
    )

    edit_company(details={"datev_consultant": 29098, "datev_client": 55003}, by=world.owner)
    page.reload()
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    page.get_by_role("button", name="Make the batch").click()
    page.get_by_role("heading", name="DATEV batch 1").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    file = parse_extf(Path(waiting.value.path()).read_bytes())
    assert waiting.value.suggested_filename.startswith("EXTF_Buchungsstapel_0001_")
    assert [cells[0] for cells in file.rows] == ["119,00"]
    assert file.rows[0][13] == "Lódz Handel"


def test_pages_of_the_books_are_accessible_and_fit_a_phone(site: Site, page: Page) -> None:
    world = site.world
    for _ in range(3):
        world.posted_invoice(customer=world.customer("Verwaltungsgenossenschaft Donaudampfschifffahrt eG"))
    year = clock.today().year

    for url in (
        "/journal",
        f"/journal/{year}-000001",
        "/accounts",
        "/accounts/8400",
        "/open-items",
        "/open-items?view=customers",
        "/datev",
        "/datev/new",
    ):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(url)
        assert [each["id"] for each in Axe().run(page).response["violations"]] == [], url
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, url
