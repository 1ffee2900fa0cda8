"""A service call: the technician's phone with and without a connection, then release, bill, and the calendar."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect
from sqlalchemy import func, select

from suite.admin.users.commands import add_user
from suite.base import clock
from suite.base.event import Event
from suite.erp.stock.commands import transfer_stock
from suite.erp.stock.locations import create_location
from suite.erp.stock.needs import reserve_parts
from suite.erp.visits.planning import VisitInput, plan_visit_for_ticket
from suite.erp.visits.settings import set_technician, set_visit_articles
from suite.model import Location, User, Visit, VisitPart, VisitTask
from tests.browser.conftest import PASSWORD, Site, signed_in, watched
from tests.world import World

PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Call:
    """A ticket with today's visit of Tarik, and where it is shown."""

    world: World
    ticket: int
    visit: int

    @property
    def url(self) -> str:
        """The visit's address."""
        return f"/visits/{self.world.record(self.visit).public_id}"

    def saved(self) -> Visit:
        """The visit as the database has it."""
        with self.world.database.reading() as reading:
            return reading.get_one(Visit, self.visit)

    def saves(self) -> int:
        """How often the work was saved."""
        with self.world.database.reading() as reading:
            mine = (Event.record_id == self.visit) & (Event.verb == "visit.work")
            return reading.scalar(select(func.count()).select_from(Event).where(mine)) or 0


@pytest.fixture
def call(site: Site) -> Call:
    """A press that leaks, a seal reserved for it, a technician with a van."""
    world = site.world
    for login, name in (("tarik", "Tarik Technik"), ("tess", "Tess Technik")):
        add_user(login=login, name=name, roles=("service",), password=PASSWORD, locale="en", by=world.owner)
    create_location(code="VAN-T", name="Fahrzeug Tarik", use="van", by=world.wanda)
    with world.database.reading() as reading:
        users = dict(reading.execute(select(User.login, User.id)).all())
        van = reading.scalars(select(Location.id).where(Location.code == "VAN-T")).one()
    set_technician(users["tarik"], van_id=van, by=world.owner)
    set_technician(users["tess"], by=world.owner)
    seal = world.product("Dichtung", price="4", stock="20")
    transfer_stock(seal, quantity=Decimal(10), source="MAIN", target="VAN-T", by=world.wanda)
    world.product("Technikerstunde", price="80", number="STD", kind="service", unit="HUR")
    set_visit_articles(work="STD", travel="STD", by=world.owner)
    ticket = world.ticket("Presse tropft", party_id=world.customer("Muster & Söhne GmbH"))
    reserve_parts(ticket, {seal: Decimal(1)}, by=world.ines)
    start = clock.now().replace(minute=0, second=0, microsecond=0)
    planned = VisitInput(
        "Dichtung tauschen",
        world.record(ticket).party_id or 0,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        technician_id=users["tarik"],
        tasks=("Druck geprüft [bar]", "Probelauf"),
    )
    return Call(world, ticket, plan_visit_for_ticket(ticket, planned, by=world.ines))


@pytest.fixture
def phone(chromium: Browser, site: Site, call: Call) -> Iterator[Page]:
    """Tarik's phone, signed in."""
    problems: list[str] = []
    context = signed_in(chromium, site, "tarik", viewport=PHONE, has_touch=True)
    yield watched(context.new_page(), problems)
    context.close()
    assert problems == []


def says(page: Page, words: str) -> None:
    """Wait until the page says how the draft stands."""
    expect(page.locator("[data-saved]")).to_contain_text(words)


def is_saved(page: Page) -> None:
    """Wait until everything typed is saved."""
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^saved \d"))


def sign(page: Page) -> None:
    """Draw a line with the pen."""
    canvas = page.locator("[data-signature]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=5)
    page.mouse.up()


def test_a_service_call_from_the_phone_to_the_posted_invoice(
    call: Call, phone: Page, colleague: Callable[[str], Page]
) -> None:
    phone.goto("/calendar")
    phone.get_by_role("link", name="Dichtung tauschen").click()
    phone.get_by_role("link", name="Work on site").click()
    phone.get_by_role("button", name="start the clock").click()
    phone.locator(".toast", has_text="Technician on site").wait_for()
    phone.get_by_label("Druck geprüft", exact=True).check()
    phone.get_by_label("Reading in bar").fill("1,8")
    phone.get_by_role("button", name="One more").first.click()
    is_saved(phone)

    phone.context.set_offline(True)
    phone.get_by_label("What was done?").fill("Dichtung getauscht")
    says(phone, "no connection")
    before = call.saves()
    phone.context.set_offline(False)
    is_saved(phone)
    assert call.saves() == before + 1
    assert call.saved().report == "Dichtung getauscht"

    phone.get_by_label("Work", exact=True).fill("0:45")
    phone.get_by_label("Probelauf").check()
    phone.get_by_label("Name in block letters").fill("W. Muster")
    sign(phone)
    phone.get_by_role("button", name="Sign and close").click()
    phone.locator(".toast", has_text="Report closed").wait_for()
    assert phone.evaluate("localStorage.length") == 0
    assert call.saved().signature
    with call.world.database.reading() as reading:
        [part] = reading.scalars(select(VisitPart).where(VisitPart.visit_id == call.visit))
        [task, _] = reading.scalars(select(VisitTask).where(VisitTask.visit_id == call.visit))
    assert (part.quantity, task.reading) == (1, "1,8")

    service = colleague("service")
    service.goto(call.url)
    service.get_by_role("link", name="Decide what is charged").click()
    service.get_by_role("button", name="Release").click()
    service.locator(".toast", has_text="Report released").wait_for()
    accounting = colleague("accounting")
    accounting.goto(call.url)
    accounting.get_by_role("button", name="Bill the visit").click()
    accounting.get_by_role("heading", name="Check and post").wait_for()
    accounting.get_by_role("button", name="Post", exact=True).click()
    accounting.get_by_role("heading", name="Invoice RE-").wait_for()
    strip = accounting.locator("ol.chain")
    for number in (call.world.record(call.ticket).number, call.world.record(call.visit).number, "RE-"):
        expect(strip).to_contain_text(str(number))
    assert call.world.findings() == []


def test_a_draft_survives_a_reload_without_connection_and_is_saved_once(call: Call, phone: Page) -> None:
    phone.goto(f"{call.url}/work")
    phone.context.set_offline(True)
    phone.get_by_label("What was done?").fill("Im Keller, ohne Netz")
    phone.get_by_role("button", name="One more").first.click()
    phone.get_by_label("Name in block letters").fill("W. Muster")
    sign(phone)
    says(phone, "no connection")
    phone.route(
        "**/work", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    phone.context.set_offline(False)
    phone.reload()

    expect(phone.get_by_label("What was done?")).to_have_value("Im Keller, ohne Netz")
    assert phone.locator("[name=signature]").input_value().startswith("[[[")
    phone.unroute("**/work")
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    is_saved(phone)

    assert call.saved().report == "Im Keller, ohne Netz"
    assert call.saves() == 1
    with call.world.database.reading() as reading:
        assert len(list(reading.scalars(select(VisitPart).where(VisitPart.visit_id == call.visit)))) == 1
    phone.reload()
    expect(phone.get_by_label("Name in block letters")).to_have_value("W. Muster")


@pytest.mark.parametrize("is_reloaded", [False, True])
def test_a_save_whose_answer_was_lost_costs_nothing(call: Call, phone: Page, is_reloaded: bool) -> None:
    lost: list[Request] = []

    def lose_answer(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        route.fetch()
        lost.append(route.request)
        route.abort()

    phone.goto(f"{call.url}/work")
    phone.route("**/work", lose_answer)
    phone.get_by_label("What was done?").fill("Erster Satz.")
    says(phone, "no connection")
    assert call.saved().report == "Erster Satz."
    phone.unroute("**/work")
    phone.get_by_label("What was done?").fill("Erster Satz. Zweiter Satz.")
    if is_reloaded:
        phone.reload()
        expect(phone.get_by_label("What was done?")).to_have_value("Erster Satz. Zweiter Satz.")
    is_saved(phone)
    expect(phone.get_by_label("What was done?")).to_have_value("Erster Satz. Zweiter Satz.")

    phone.wait_for_function("localStorage.length === 0")
    assert len(lost) == 1
    assert call.saved().report == "Erster Satz. Zweiter Satz."
    assert call.saves() == 2


def test_what_was_saved_elsewhere_meanwhile_is_shown_and_nothing_typed_is_lost(
    call: Call, phone: Page
) -> None:
    phone.goto(f"{call.url}/work")
    other = phone.context.new_page()
    other.goto(f"{call.url}/work")
    other.get_by_label("What was done?").fill("Vom Büro")
    other.get_by_role("button", name="Save", exact=True).click()
    other.locator(".toast", has_text="Work saved").wait_for()
    other.close()
    phone.evaluate("localStorage.clear()")

    phone.get_by_label("What was done?").fill("Vor Ort")

    says(phone, "Vom Büro")
    expect(phone.get_by_label("What was done?")).to_have_value("Vor Ort")


def test_a_visit_moves_in_the_calendar_by_mouse_and_without(call: Call, page: Page) -> None:
    page.goto("/calendar")
    lane = page.locator(".day-lane", has=page.locator(".day-head", has_text="Tess"))
    with page.expect_response("**/move"):
        page.locator("[data-visit]").drag_to(lane)
    expect(lane.locator("[data-visit]")).to_have_count(1)

    page.get_by_text("Move", exact=True).first.click()
    page.get_by_label("Technician").select_option(label="Tarik Technik")
    page.get_by_label("From").fill("6:30")
    page.get_by_role("button", name="Move").click()
    page.locator(".toast", has_text="Visit moved").wait_for()
    page.goto("/calendar")

    mine = page.locator(".day-lane", has=page.locator(".day-head", has_text="Tarik"))
    expect(mine.locator("[data-visit]")).to_contain_text("6:30")
