"""Document pages: the chain strip shows the whole order, the highlighted verb is what comes next."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from suite.crm.leads.commands import LeadInput, create_lead
from suite.erp.deliveries.commands import deliver_order
from suite.erp.deliveries.returns import return_delivery
from suite.erp.invoices.commands import post_invoice
from suite.erp.invoices.corrections import credit_return
from suite.erp.invoices.drafts import invoice_order
from tests.web.clients import shown
from tests.world import D, World, line

SignIn = Callable[..., FlaskClient]


def test_a_step_to_come_leads_to_the_page_that_makes_it(world: World, sign_in: SignIn) -> None:
    lead = world.record(create_lead(LeadInput("Betten"), by=world.owner))
    page = shown(sign_in("sales"), f"/leads/{lead.public_id}")

    assert strip(page)["Quote"] == ("still to come", f"/leads/{lead.public_id}/quote")
    assert strip(page)["Order"] == ("still to come", "")


def test_a_step_that_was_left_out_is_not_still_to_come(world: World, sign_in: SignIn) -> None:
    invoice = world.record(world.posted_invoice())
    page = shown(sign_in("accounting"), f"/invoices/{invoice.public_id}")

    assert strip(page)["Order"] == ("not needed", "")
    assert strip(page)["Payment"] == ("still to come", f"/invoices/{invoice.public_id}/pay")


def test_a_delivery_shows_the_invoice_of_its_order_and_asks_for_no_other(
    world: World, sign_in: SignIn
) -> None:
    order = world.order(line(world.product(stock="5"), quantity="3"))
    delivery = world.record(deliver_order(order, by=world.owner))
    client = sign_in("accounting")
    assert primary(shown(client, f"/deliveries/{delivery.public_id}")) == ["Invoice this delivery"]

    invoice = world.record(post_invoice(invoice_order(order, by=world.owner), by=world.owner))
    page = shown(client, f"/deliveries/{delivery.public_id}")
    assert strip(page)["Invoice"][1] == f"/invoices/{invoice.public_id}"
    assert primary(page) == []
    assert "Invoice this delivery" not in page


def test_a_return_is_credited_once(world: World, sign_in: SignIn) -> None:
    product = world.product(stock="5")
    order = world.order(line(product, quantity="3"))
    delivery = deliver_order(order, by=world.owner)
    post_invoice(invoice_order(order, by=world.owner), by=world.owner)
    quantities = {world.lines(delivery)[0].id: D(1)}
    back = return_delivery(delivery, quantities=quantities, reason="defective", by=world.owner)
    url = f"/returns/{world.record(back).public_id}"
    client = sign_in("accounting")
    assert primary(shown(client, url)) == ["Credit the return"]

    credit_return(back, by=world.owner)
    assert primary(shown(client, url)) == []


def test_the_next_verb_of_a_draft_is_highlighted(world: World, sign_in: SignIn) -> None:
    invoice, quote = world.record(world.draft_invoice()), world.record(world.quote())
    client = sign_in("accounting", "sales")

    assert primary(shown(client, f"/invoices/{invoice.public_id}")) == ["Check and post"]
    assert primary(shown(client, f"/quotes/{quote.public_id}")) == ["Mark as sent"]


def strip(page: str) -> dict[str, tuple[str, str]]:
    """The chain strip: the last words of each step and where it leads."""
    steps = {}
    for step in re.findall(r'<li class="wing-.*?</li>', page, re.DOTALL):
        words = re.findall(r"<span[^>]*>([^<]+)</span>", step)
        link = re.search(r'href="([^"]*)"', step)
        steps[words[0].split(" ×")[0]] = (words[-1], link[1] if link else "")
    return steps


def primary(page: str) -> list[str]:
    """The words of the highlighted buttons of the page's content."""
    content = page.split('<main class="sheet"')[1].split("</main>")[0]
    found = re.findall(r'class="btn btn-primary[^>]*>(.*?)</(?:a|button)>', content, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", words).strip() for words in found]
