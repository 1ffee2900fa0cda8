"""Pages for everybody: nothing for axe to find by day or by night, nothing to scroll sideways on the smallest phone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from suite.base import clock
from suite.crm.leads.commands import LeadInput, create_lead
from suite.crm.opportunities.commands import create_opportunity
from suite.crm.quotes.commands import send_quote
from suite.crm.tickets.choices import create_canned_text
from suite.crm.tickets.conversation import reply_ticket
from suite.erp.contracts.billing import bill_contract
from suite.erp.contracts.commands import create_contract, start_contract
from suite.erp.contracts.content import ContractInput
from suite.erp.invoices.commands import post_invoice
from suite.erp.stock.counting import count_product
from suite.erp.stock.stocktake_booking import book_stocktake
from suite.erp.stock.stocktakes import open_stocktake
from suite.master.parties.contacts import ContactInput, create_contact
from suite.portal.commands import invite_contact
from tests.browser.conftest import Site
from tests.populated import Populated, populate
from tests.world import D, World, line

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrik Süderbrook eG"


@pytest.fixture(scope="module")
def axe() -> Axe:
    """The checker."""
    return Axe()


@pytest.fixture
def pages(site: Site) -> dict[str, str]:
    """One page of each kind, with long words and large sums in it."""
    world = site.world
    customer = world.customer(LONG)
    create_contact(
        customer, ContactInput(LONG, function=LONG, email="name" * 9 + "@kunde.example"), by=world.owner
    )
    product = world.product(LONG, price="1234567.89", stock="3")
    goods = line(product=product, quantity="2", price=None)
    order = world.order(goods, line(name=LONG, price="99999.99"), customer=customer)
    world.posted_invoice(line(name=LONG, price="1234567.89"), customer=customer)
    draft = world.draft_invoice(line(name=LONG), customer=customer)
    billed_on = clock.today() - timedelta(days=365)
    contract = create_contract(
        ContractInput(starts_on=billed_on, subject=LONG, contingent_minutes=60),
        party_id=customer,
        lines=[line(name=LONG, price="1234567.89")],
        by=world.owner,
    )
    start_contract(contract, by=world.owner)
    post_invoice(
        bill_contract(contract, dated_on=billed_on, by=world.owner), dated_on=billed_on, by=world.owner
    )
    lead = create_lead(LeadInput(LONG, company_name=LONG, need=LONG * 3), by=world.owner)
    create_opportunity(subject=LONG, party_id=customer, amount=D("1234567.89"), by=world.owner)
    ticket = world.ticket(LONG, text=LONG * 3, party_id=customer, reporter_name=LONG, is_complaint=True)
    reply_ticket(ticket, text=LONG, by=world.ines)
    create_canned_text(name=LONG, text=LONG, by=world.owner)
    booked, counting = stocktakes(world, product)
    return {
        "today": "/",
        "list": "/orders",
        "leads": "/leads",
        "nothing in a list": "/returns",
        "document": address(world, "orders", order),
        "lead": address(world, "leads", lead),
        "party": address(world, "parties", customer),
        "product": address(world, "products", product),
        "editor": f"{address(world, 'orders', order)}/change",
        "delivery form": f"{address(world, 'orders', order)}/deliver",
        "form": "/parties/new",
        "post": f"{address(world, 'invoices', draft)}/post",
        "payment": "/payments/new",
        "board": "/pipeline",
        "search": "/search?q=fabrik",
        "journal": "/journal",
        "trial balance": "/accounts",
        "open items": "/open-items",
        "datev": "/datev/new",
        "stock": "/stock",
        "stocktakes": "/stocktakes",
        "new stocktake": "/stocktakes/new",
        "booked stocktake": address(world, "stocktakes", booked),
        "stocktake": address(world, "stocktakes", counting),
        "counting": f"{address(world, 'stocktakes', counting)}/count",
        "differences": f"{address(world, 'stocktakes', counting)}/book",
        "labels": f"{address(world, 'products', product)}/labels",
        "contract": address(world, "contracts", contract),
        "contract form": "/contracts/new",
        "notice": f"{address(world, 'contracts', contract)}/cancel",
        "prices of a contract": f"{address(world, 'contracts', contract)}/adjust",
        "prices of several contracts": "/contracts/adjust",
        "billing run": "/contracts/run",
        "contracts": "/contracts",
        "deferral": f"/deferrals/new?year={billed_on.year}",
        "deferrals": "/deferrals",
        "settings": "/settings",
        "tickets": "/tickets?filter=1",
        "ticket": address(world, "tickets", ticket),
        "ticket form": "/tickets/new",
        "step of a ticket": f"{address(world, 'tickets', ticket)}/resolve",
        "choices of tickets": "/settings/tickets",
        "service levels": "/settings/service-levels",
        "calendar": "/settings/calendars/1",
        "service level": "/settings/service-levels/STANDARD",
        "error": "/orders/nothing",
    }


def stocktakes(world: World, product: int) -> tuple[int, int]:
    """One that is booked and one with counted and uncounted goods."""
    world.product(LONG * 2, stock="1234567")
    both = [open_stocktake(location="MAIN", by=world.wanda)]
    count_product(both[0], product_id=product, quantity=D("1234567.5"), by=world.wanda)
    book_stocktake(both[0], by=world.wanda)
    both.append(open_stocktake(location="MAIN", by=world.wanda))
    count_product(both[1], product_id=product, quantity=D("2.25"), by=world.owner)
    return both[0], both[1]


@pytest.fixture
def served(site: Site) -> Populated:
    """A company with something of everything."""
    return populate(site.world)


@pytest.fixture
def service_pages(served: Populated) -> dict[str, str]:
    """The pages of service, stock and recurring work."""
    world, ids = served.world, served.ids
    ticket = address(world, "tickets", ids["ticket"])
    visit = address(world, "visits", ids["visit"])
    return {
        "tickets": "/tickets",
        "ticket with visits": ticket,
        "complaint": address(world, "tickets", ids["complaint"]),
        "parts of a ticket": f"{ticket}/reserve",
        "visit of a ticket": f"{ticket}/visit",
        "calendar of a day": "/calendar",
        "calendar of a week": "/calendar?view=week",
        "visits": "/visits",
        "visit": visit,
        "visit billed": address(world, "visits", ids["visit_done"]),
        "work on site": f"{visit}/work",
        "work under way": f"{address(world, 'visits', ids['visit_under_way'])}/work",
        "planning": f"{visit}/plan",
        "release": f"{address(world, 'visits', ids['visit_reported'])}/release",
        "needs": "/needs",
        "technicians": "/settings/visits",
        "locations": "/locations",
        "stock": "/stock",
        "lots": "/lots",
        "lot": "/lots/1",
        "devices": "/devices",
        "device": address(world, "devices", ids["device"]),
        "contracts": "/contracts",
        "contract": address(world, "contracts", ids["contract"]),
        "billing run": "/contracts/run",
        "promises": "/promises",
        "articles": "/knowledge",
        "article": address(world, "knowledge", ids["article"]),
        "article form": f"{address(world, 'knowledge', ids['article'])}/edit",
    }


@pytest.fixture
def guest(chromium: Browser, site: Site, served: Populated) -> Iterator[Page]:
    """A customer's contact in the portal."""
    world = served.world
    contact = create_contact(
        served.ids["customer"], ContactInput(LONG, email="kim@kunde.example"), by=world.owner
    )
    way = invite_contact(contact, locale="en", by=world.owner)
    context = chromium.new_context(base_url=site.url, locale="en-GB")
    page = context.new_page()
    page.goto(f"/portal/enter/{way.token}")
    page.fill("#f-code", way.code)
    page.click("[data-primary]")
    page.wait_for_url("**/portal")
    yield page
    context.close()


@pytest.fixture
def portal_pages(served: Populated) -> dict[str, str]:
    """Every kind of page a customer sees."""
    world, ids = served.world, served.ids
    quote = world.quote(customer=ids["customer"])
    send_quote(quote, by=world.sven)

    def own(path: str, name: str) -> str:
        return "/portal" + address(world, path, ids[name])

    return {
        "overview": "/portal",
        "quotes": "/portal/quotes",
        "quote": f"/portal{address(world, 'quotes', quote)}",
        "acceptance": f"/portal{address(world, 'quotes', quote)}/accept",
        "refusal": f"/portal{address(world, 'quotes', quote)}/decline",
        "invoice": own("invoices", "invoice"),
        "delivery": own("deliveries", "delivery"),
        "tickets": "/portal/tickets",
        "ticket": own("tickets", "ticket"),
        "rating": own("tickets", "closed_ticket"),
        "new ticket": "/portal/tickets/new",
        "answers": "/portal/knowledge",
        "answer": own("knowledge", "article"),
        "devices": "/portal/devices",
        "device": own("devices", "device"),
        "contracts": "/portal/contracts",
        "contract": own("contracts", "contract"),
        "shop": "/portal/shop",
        "request for a link": "/portal/login",
    }


@pytest.fixture
def door(chromium: Browser, site: Site) -> Iterator[Page]:
    """A browser nobody is signed in with."""
    context = chromium.new_context(base_url=site.url, locale="en-GB")
    yield context.new_page()
    context.close()


def test_axe_finds_nothing_by_day_and_by_night(page: Page, axe: Axe, pages: dict[str, str]) -> None:
    for name, url in pages.items():
        page.goto(url)
        assert findings(page, axe) == [], name


def test_axe_finds_nothing_at_the_door(door: Page, axe: Axe) -> None:
    door.goto("/login")
    assert findings(door, axe) == []
    door.get_by_role("button", name="Sign in").click()
    door.get_by_text("password").first.wait_for()
    assert findings(door, axe) == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_page_scrolls_sideways_on_the_smallest_phone(
    site: Site, page: Page, pages: dict[str, str], language: str
) -> None:
    page.context.add_cookies([{"name": "kontor_locale", "value": language, "url": site.url}])
    page.set_viewport_size({"width": 320, "height": 640})
    for name, url in pages.items():
        page.goto(url)
        assert page.locator("html").get_attribute("lang") == language
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name


@pytest.mark.parametrize("language", ["en", "de"])
def test_pages_of_service_and_stock_are_for_everybody(
    site: Site, page: Page, axe: Axe, service_pages: dict[str, str], language: str
) -> None:
    page.context.add_cookies([{"name": "kontor_locale", "value": language, "url": site.url}])
    _look_at(page, axe, service_pages)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_portal_is_for_everybody(
    site: Site, guest: Page, axe: Axe, portal_pages: dict[str, str], language: str
) -> None:
    guest.context.add_cookies([{"name": "kontor_locale", "value": language, "url": site.url}])
    _look_at(guest, axe, portal_pages)


def _look_at(page: Page, axe: Axe, pages: dict[str, str]) -> None:
    """Axe finds nothing at a desk, and nothing is wider than the smallest phone."""
    for name, url in pages.items():
        page.set_viewport_size({"width": 1440, "height": 900})
        answer = page.goto(url)
        assert answer is not None and answer.status == 200, name
        assert findings(page, axe) == [], name
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name


def test_each_field_of_a_line_can_be_reached_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/quotes/new")

    for label in ("Item", "Name", "Quantity", "Unit", "Price", "Discount", "VAT"):
        field = page.get_by_label(f"{label}, line 1")
        box = field.bounding_box()
        assert box is not None and box["width"] >= 44 and box["height"] >= 36, label
        assert box["x"] >= 0 and box["x"] + box["width"] <= 320, label


def findings(page: Page, axe: Axe) -> list[str]:
    """What axe finds in light and dark, one line each."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for violation in axe.run(page).response["violations"]:
            found += [f"{scheme} {violation['id']} {node['target']}" for node in violation["nodes"]]
    return found


def address(world: World, path: str, record_id: int) -> str:
    """Where a record is shown."""
    return f"/{path}/{world.record(record_id).public_id}"
