"""From an open lead to a posted invoice with delivery: few submits, few screens."""

from playwright.sync_api import Page

from suite.crm.leads.commands import LeadInput, create_lead
from tests.browser.conftest import Site

MOST_SUBMITS = 7
MOST_SCREENS = 3


class Count:
    """Counts forms that are sent by POST, and the distinct pages shown between the first and the last."""

    def __init__(self, page: Page) -> None:
        self.submits = 0
        self.screens: list[str] = []
        page.on("request", self._request)
        page.on("framenavigated", lambda frame: self.screens.append(frame.url.split("?")[0]))

    def _request(self, request: object) -> None:
        if request.method == "POST" and request.is_navigation_request():  # type: ignore[attr-defined]
            self.submits += 1

    def between(self) -> list[str]:
        """The pages shown without the one landed on."""
        return list(dict.fromkeys(self.screens))[:-1]


def test_from_lead_to_posted_invoice_with_delivery(site: Site, page: Page) -> None:
    world = site.world
    product = world.product("Pfanne", price="40.00", stock="10")
    lead = create_lead(
        LeadInput(
            "Pfannen für die Küche",
            company_name="Gasthof Linde",
            street="Am Markt 1",
            postcode="24103",
            city="Kiel",
        ),
        by=world.owner,
    )
    page.goto(f"/leads/{world.record(lead).public_id}")
    count = Count(page)

    page.get_by_role("link", name="Make a quote").click()
    page.get_by_label("Item, line 1").fill(world.record(product).number)
    page.get_by_label("Quantity, line 1").fill("3")
    page.get_by_role("button", name="Save and order").click()
    page.get_by_role("heading", name="Order AB-").wait_for()
    page.get_by_role("button", name="Deliver and invoice").click()
    page.get_by_role("heading", name="Check and post").wait_for()
    page.get_by_role("button", name="Post", exact=True).click()
    page.get_by_role("heading", name="Invoice RE-").wait_for()

    assert "142.80" in page.content()  # 3 × 40.00 and 19 % VAT
    assert count.submits <= MOST_SUBMITS, count.submits
    assert len(count.between()) <= MOST_SCREENS, count.between()
    assert world.on_hand(product) == (7, 0)
    assert world.findings() == []


def test_a_lead_of_a_known_customer_is_quoted_to_that_customer(site: Site, page: Page) -> None:
    world = site.world
    world.customer("Hotel Hafen")
    lead = create_lead(LeadInput("Betten", company_name="Hotel Hafen"), by=world.owner)

    page.goto(f"/leads/{world.record(lead).public_id}/quote")
    page.get_by_label("Name, line 1").fill("Beratung")
    page.get_by_label("Price, line 1").fill("100")
    page.locator("button[value=save]").click()
    page.get_by_role("heading", name="Quote AN-").wait_for()
    page.goto("/parties")

    assert page.locator("table[data-list] tbody tr").count() == 1
    assert page.get_by_role("link", name="Hotel Hafen").count() == 1
