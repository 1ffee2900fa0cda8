"""Two people at one record: the second sees both versions, nothing typed is lost, and saving again is a choice."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal as D

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select
from werkzeug.test import TestResponse

from suite.admin.users.commands import add_user
from suite.crm.activities.commands import create_activity
from suite.crm.knowledge.commands import ArticleInput, create_article
from suite.crm.leads.commands import LeadInput, create_lead
from suite.crm.opportunities.commands import create_opportunity
from suite.erp.deliveries.commands import deliver_order
from suite.erp.orders.commands import create_order
from suite.master.parties.contacts import ContactInput, create_contact
from suite.master.prices.commands import create_price_list
from suite.model import User
from suite.web.words import record_url
from tests.faults.forms import forms_of
from tests.populated import PASSWORD
from tests.walk import Person
from tests.world import World, line

ROLES = ("sales", "service", "warehouse", "accounting", "purchasing", "management")


@dataclass(frozen=True)
class Case:
    """A record to change: how it is made, its form, and a text field with what both write."""

    make: Callable[[World], int]
    step: str
    field: str
    theirs: str
    mine: str


def order(world: World) -> int:
    """A draft order."""
    return create_order(party_id=world.customer(), lines=[line()], by=world.sven)


CASES = {
    "lead": Case(lambda w: create_lead(LeadInput("A"), by=w.sven), "edit", "subject", "Ihre", "Meine"),
    "opportunity": Case(
        lambda w: create_opportunity(subject="A", party_id=w.customer(), by=w.sven),
        "edit",
        "subject",
        "Ihre",
        "Meine",
    ),
    "activity": Case(lambda w: create_activity(subject="A", by=w.sven), "edit", "subject", "Ihre", "Meine"),
    "quote": Case(lambda w: w.quote(), "edit", "intro", "Ihre Worte", "Meine Worte"),
    "quote line": Case(lambda w: w.quote(), "edit", "lines-0-name", "Ihre Zeile", "Meine Zeile"),
    "order": Case(order, "edit", "order_reference", "Ihre 1", "Meine 2"),
    "confirmed order": Case(lambda w: w.order(), "change", "quantity-", "5", "7"),
    "invoice": Case(lambda w: w.draft_invoice(), "edit", "closing", "Ihre Worte", "Meine Worte"),
    "delivery": Case(
        lambda w: deliver_order(w.order(), ship=False, by=w.wanda),
        "edit",
        "closing",
        "Ihre Worte",
        "Meine Worte",
    ),
    "party": Case(lambda w: w.customer("Alt GmbH"), "edit", "name", "Ihre GmbH", "Meine GmbH"),
    "product": Case(lambda w: w.product("Alt"), "edit", "name", "Ihre Ware", "Meine Ware"),
    "contact": Case(
        lambda w: create_contact(w.customer(), ContactInput("Alt"), by=w.sven),
        "edit",
        "name",
        "Ihre",
        "Meine",
    ),
    "ticket": Case(lambda w: w.ticket("Alt", party_id=w.customer()), "edit", "subject", "Ihre", "Meine"),
    "article": Case(
        lambda w: create_article(ArticleInput("Alt", "Text"), by=w.ines), "edit", "title", "Ihre", "Meine"
    ),
    "price list": Case(lambda w: create_price_list("Alt", by=w.owner), "edit", "name", "Ihre", "Meine"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_second_sees_both_versions_and_decides(world: World, app: Flask, name: str) -> None:
    case = CASES[name]
    for login in ("erste", "zweite"):
        add_user(login=login, name=login.title(), roles=ROLES, password=PASSWORD, locale="en", by=world.owner)
    first, second = Person(app, "erste"), Person(app, "zweite")
    record = world.record(case.make(world))
    with app.test_request_context():
        url = f"{record_url(record)}/{case.step}"
    before = opened(first, url, case)
    stale = opened(second, url, case)

    saved = send(first, url, before, case, case.theirs)
    assert saved.status_code == 303, saved.get_data(as_text=True)
    version = world.record(record.id).version
    refused = send(second, url, stale, case, case.mine)

    assert refused.status_code == 422
    page = html.fromstring(refused.get_data(as_text=True))
    both = page.xpath("//section[@aria-labelledby='both-h']")[0].text_content()
    assert "Erste" in both or "erste" in both
    assert case.theirs in both
    assert case.mine in both
    again = opened_page(refused.get_data(as_text=True), url, case)
    assert again[field_in(again, case)] == case.mine
    assert world.record(record.id).version == version > record.version

    assert send(second, url, again, case, case.mine).status_code == 303

    assert opened(first, url, case)[field_in(again, case)] == case.mine
    assert world.findings() == []


def test_two_people_at_the_settings_of_the_company(world: World, app: Flask) -> None:
    for login in ("erste", "zweite"):
        add_user(login=login, name=login, roles=["admin"], password=PASSWORD, locale="en", by=world.owner)
    first, second = Person(app, "erste"), Person(app, "zweite")
    case = Case(lambda w: 0, "", "city", "Ihre Stadt", "Meine Stadt")
    before, stale = opened(first, "/settings", case), opened(second, "/settings", case)

    assert send(first, "/settings", before, case, case.theirs).status_code == 303
    refused = send(second, "/settings", stale, case, case.mine)

    assert refused.status_code == 422
    page = html.fromstring(refused.get_data(as_text=True))
    both = page.xpath("//section[@aria-labelledby='both-h']")[0].text_content()
    assert all(word in both for word in ("erste", case.theirs, case.mine))
    assert opened(first, "/settings", case)["city"] == case.theirs
    again = opened_page(refused.get_data(as_text=True), "/settings", case)
    assert again["city"] == case.mine
    assert send(second, "/settings", again, case, case.mine).status_code == 303
    assert opened(first, "/settings", case)["city"] == case.mine
    assert world.findings() == []


def test_two_people_at_the_roles_of_a_user(world: World, app: Flask) -> None:
    for login in ("erste", "zweite"):
        add_user(login=login, name=login, roles=["admin"], password=PASSWORD, locale="en", by=world.owner)
    first, second = Person(app, "erste"), Person(app, "zweite")
    add_user(login="ines", roles=["sales"], by=world.owner)
    with world.database.reading() as reading:
        url = f"/users/{reading.scalars(select(User.id).where(User.login == 'ines')).one()}"
    had = opened(second, url, Case(lambda w: 0, "", "had", "", ""))["had"]
    typed = {"had": had, "roles": ["sales", "auditor"], "csrf": second.csrf}

    taken = first.client.post(url, data=typed | {"roles": ["warehouse"], "csrf": first.csrf})
    assert taken.status_code == 303
    refused = second.client.post(url, data=typed)

    assert refused.status_code == 422
    page = html.fromstring(refused.get_data(as_text=True))
    assert "Somebody else changed the roles meanwhile to: Warehouse." in page.text_content()
    assert page.xpath("//input[@name='roles'][@checked]/@value") == ["sales", "auditor"]
    assert page.xpath("//input[@name='had']/@value") == ["warehouse"]
    assert second.client.post(url, data=typed | {"had": "warehouse"}).status_code == 303


def opened(person: Person, url: str, case: Case) -> dict[str, str]:
    """The fields of the form as it stands."""
    answer = person.get(url)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return opened_page(answer.get_data(as_text=True), url, case)


def opened_page(text: str, url: str, case: Case) -> dict[str, str]:
    """The fields of the form of a page that holds the field of the case."""
    for form in forms_of(text, url):
        if any(name.startswith(case.field) for name in form.fields):
            return form.fields
    raise AssertionError(f"{url} has no form with {case.field}")


def field_in(fields: dict[str, str], case: Case) -> str:
    """The name of the field of the case, with the number it has there."""
    return next(name for name in fields if name.startswith(case.field))


def send(person: Person, url: str, fields: dict[str, str], case: Case, text: str) -> TestResponse:
    """Save the form with another text in the field of the case."""
    changed = fields | {field_in(fields, case): text, "csrf": person.csrf, "action": "save"}
    return person.client.post(url, data={name: value for name, value in changed.items() if value})


@pytest.mark.parametrize("step", ["deliver", "change"])
def test_a_page_that_was_open_too_long_shows_the_record_as_it_is_and_takes_it_the_second_time(
    world: World, app: Flask, step: str
) -> None:
    add_user(login="erste", name="Erste", roles=ROLES, password=PASSWORD, locale="en", by=world.owner)
    person = Person(app, "erste")
    record = world.record(world.order(line(quantity="5")))
    with app.test_request_context():
        url = f"{record_url(record)}/{step}"
    case = Case(lambda w: 0, step, "quantity-", "", "")
    stale = opened(person, url, case)
    deliver_order(record.id, quantities={world.lines(record.id)[0].id: D(1)}, by=world.wanda)

    typed = stale | {field_in(stale, case): "4", "csrf": person.csrf, "action": "save"}
    refused = person.client.post(url, data=typed)

    assert refused.status_code == 422
    assert "Somebody else changed this meanwhile" in refused.get_data(as_text=True)
    again = opened_page(refused.get_data(as_text=True), url, case)
    assert again[field_in(again, case)] == "4"
    taken = person.client.post(url, data=again | {"csrf": person.csrf, "action": "save"})
    assert taken.status_code == 303, taken.get_data(as_text=True)
    assert world.findings() == []
