"""From quote to payment: progress, states and money of the whole chain, on both engines."""

from decimal import Decimal as D

import pytest

from suite.base.errors import Refusal
from suite.crm.opportunities.commands import create_opportunity
from suite.crm.quotes.commands import send_quote
from suite.erp.deliveries.commands import deliver_order, ship_delivery
from suite.erp.deliveries.returns import return_delivery
from suite.erp.invoices.commands import (
    cancel_and_copy_invoice,
    cancel_invoice,
    post_credit_note,
    post_invoice,
)
from suite.erp.invoices.corrections import correct_invoice, credit_return
from suite.erp.invoices.drafts import invoice_delivery, invoice_order
from suite.erp.orders.commands import cancel_order, change_order, close_order, order_quote
from suite.erp.payments.commands import pay_invoice, post_payment, reverse_payment
from tests.world import World, line


def test_the_story_runs_from_quote_to_payment(world: World) -> None:
    goods = [
        world.product(price="10", stock="100"),
        world.product(price="12", stock="100", tax_class="reduced"),
    ]
    quote = world.quote(
        line(goods[0], "5"),
        line(goods[1], "3", discount_percent=D(10)),
        line(price="80", billing_basis="ordered"),
    )
    send_quote(quote, by=world.sven)

    order = order_quote(quote, by=world.sven)
    first, second, freight = world.lines(order)
    part = deliver_order(order, quantities={first.id: D(2)}, by=world.wanda)
    assert world.record(order).state == "part_delivered"
    deliver_order(order, by=world.wanda)
    invoice = invoice_order(order, by=world.anna)
    assert world.record(invoice).number is None
    post_invoice(invoice, by=world.anna)

    assert world.record(order).state == "invoiced"
    assert world.record(invoice).number == f"RE-{world.document(invoice).dated_on.year}-0001"
    assert world.document(invoice).gross_total == D("189.37")
    assert len(world.lines(part)) == 1
    back = return_delivery(
        part, quantities={world.lines(part)[0].id: D(1)}, reason="defective", by=world.wanda
    )
    credit = post_credit_note(credit_return(back, by=world.anna), by=world.anna)
    assert world.document(credit).gross_total == D("11.90")
    pay_invoice(invoice, amount=D("100"), by=world.anna)
    assert world.record(invoice).state == "part_paid"
    pay_invoice(invoice, by=world.anna)
    assert world.record(invoice).state == "paid"
    assert world.open_item(invoice).open == 0
    assert world.on_hand(goods[0]) == (D(96), D(0))
    assert world.findings() == []


def test_a_quote_is_ordered_once(world: World) -> None:
    quote = world.quote()
    order_quote(quote, by=world.sven)

    with pytest.raises(Refusal) as refused:
        order_quote(quote, by=world.sven)

    assert refused.value.code == "step-not-open"


def test_what_is_not_ordered_of_a_quote_lapses(world: World) -> None:
    quote = world.quote(line(price="10", quantity="4"), line(price="20"))
    first = world.lines(quote)[0]

    order = order_quote(quote, quantities={first.id: D(3)}, by=world.sven)

    assert [each.quantity for each in world.lines(order)] == [D(3)]
    assert world.document(order).net_total == D("30.00")


def test_the_second_of_two_drafts_over_the_same_goods_is_refused_with_the_rest_offered(world: World) -> None:
    order = world.order(line(price="10", quantity="5"))
    only = world.lines(order)[0]
    drafts = [deliver_order(order, quantities={only.id: D(4)}, ship=False, by=world.wanda) for _ in range(2)]
    ship_delivery(drafts[0], by=world.wanda)

    with pytest.raises(Refusal) as refused:
        ship_delivery(drafts[1], by=world.wanda)

    assert (refused.value.code, refused.value.params["open"]) == ("more-than-open", D(1))
    assert world.progress(only.id).delivered == D(4)


def test_two_invoice_drafts_of_one_delivery_bill_it_once(world: World) -> None:
    order = world.delivered_order()
    drafts = [invoice_order(order, by=world.anna) for _ in range(2)]
    post_invoice(drafts[0], by=world.anna)

    with pytest.raises(Refusal) as refused:
        post_invoice(drafts[1], by=world.anna)

    assert refused.value.code == "more-than-open"
    assert world.record(drafts[1]).number is None
    assert world.findings() == []


def test_each_delivery_can_be_invoiced_alone(world: World) -> None:
    order = world.order(line(price="10", quantity="10"))
    only = world.lines(order)[0]
    first = deliver_order(order, quantities={only.id: D(6)}, by=world.wanda)
    deliver_order(order, by=world.wanda)

    invoice = post_invoice(invoice_delivery(first, by=world.anna), by=world.anna)

    assert world.document(invoice).net_total == D("60.00")
    assert world.progress(only.id).invoiced == D(6)
    assert world.record(order).state == "part_invoiced"


def test_several_orders_of_a_customer_become_one_invoice(world: World) -> None:
    customer = world.customer()
    orders = [world.delivered_order(line(price=price), customer=customer) for price in ("10", "20")]

    invoice = post_invoice(invoice_order(orders[0], more_orders=[orders[1]], by=world.anna), by=world.anna)

    assert world.document(invoice).net_total == D("30.00")
    assert [world.record(order).state for order in orders] == ["invoiced", "invoiced"]


def test_orders_of_two_customers_are_not_gathered(world: World) -> None:
    orders = [world.delivered_order() for _ in range(2)]

    with pytest.raises(Refusal) as refused:
        invoice_order(orders[0], more_orders=[orders[1]], by=world.anna)

    assert refused.value.code == "orders-differ"


def test_a_cancelled_invoice_opens_its_deliveries_again(world: World) -> None:
    order, invoice = world.invoiced_order(line(price="50"))

    copy = cancel_and_copy_invoice(invoice, reason="falsche Adresse", by=world.anna)

    assert world.record(invoice).state == "cancelled"
    assert world.open_item(invoice).open == 0
    post_invoice(copy, by=world.anna)
    assert world.record(order).state == "invoiced"
    assert world.findings() == []


def test_an_invoice_is_cancelled_once(world: World) -> None:
    invoice = world.posted_invoice()
    cancel_invoice(invoice, by=world.anna)

    with pytest.raises(Refusal) as refused:
        cancel_invoice(invoice, by=world.anna)

    assert refused.value.code == "step-not-open"


def test_a_price_correction_never_takes_back_more_than_was_billed(world: World) -> None:
    invoice = world.posted_invoice(line(price="50", quantity="2"))
    only = world.lines(invoice)[0]
    drafts = [correct_invoice(invoice, reductions={only.id: D(30)}, by=world.anna) for _ in range(2)]
    post_credit_note(drafts[0], by=world.anna)

    with pytest.raises(Refusal) as refused:
        post_credit_note(drafts[1], by=world.anna)

    assert refused.value.code == "more-than-billed"
    assert world.findings() == []


def test_returned_goods_are_credited_once(world: World) -> None:
    order, _ = world.invoiced_order(line(price="10", quantity="5"))
    delivery = _deliveries(world, order)[0]
    returned = {world.lines(delivery)[0].id: D(2)}
    back = return_delivery(delivery, quantities=returned, reason="not_needed", by=world.wanda)
    drafts = [credit_return(back, by=world.anna) for _ in range(2)]
    post_credit_note(drafts[0], by=world.anna)

    with pytest.raises(Refusal) as refused:
        post_credit_note(drafts[1], by=world.anna)

    assert refused.value.code == "more-than-open"
    assert world.findings() == []


def test_more_than_was_delivered_does_not_come_back(world: World) -> None:
    order = world.delivered_order(line(price="10", quantity="5"))
    delivery = _deliveries(world, order)[0]

    with pytest.raises(Refusal) as refused:
        return_delivery(
            delivery, quantities={world.lines(delivery)[0].id: D(6)}, reason="other", by=world.wanda
        )

    assert refused.value.params["open"] == D(5)


def test_an_ordered_quantity_never_falls_below_what_was_delivered(world: World) -> None:
    product = world.product(stock="20")
    order = world.order(line(product, "10"))
    only = world.lines(order)[0]
    deliver_order(order, quantities={only.id: D(4)}, by=world.wanda)

    with pytest.raises(Refusal) as refused:
        change_order(order, quantities={only.id: D(3)}, by=world.sven)
    assert refused.value.code == "below-progress"
    change_order(order, quantities={only.id: D(6)}, by=world.sven)

    assert world.document(order).net_total == D("60.00")
    assert world.on_hand(product) == (D(16), D(2))
    assert world.findings() == []


def test_closing_an_order_gives_its_reservations_back(world: World) -> None:
    product = world.product(stock="20")
    order = world.order(line(product, "10"))
    deliver_order(order, quantities={world.lines(order)[0].id: D(4)}, by=world.wanda)

    close_order(order, by=world.sven)

    assert world.on_hand(product) == (D(16), D(0))
    with pytest.raises(Refusal):
        deliver_order(order, by=world.wanda)


def test_a_delivered_order_is_not_cancelled(world: World) -> None:
    order = world.delivered_order()

    with pytest.raises(Refusal) as refused:
        cancel_order(order, by=world.sven)

    assert refused.value.code == "step-not-open"


def test_goods_that_are_not_there_are_not_shipped(world: World) -> None:
    product = world.product(stock="3")
    order = world.order(line(product, "5"))

    with pytest.raises(Refusal) as refused:
        deliver_order(order, by=world.wanda)

    assert (refused.value.code, refused.value.params["available"]) == ("not-enough-stock", D(3))
    assert world.on_hand(product) == (D(3), D(3))


def test_a_reversed_payment_opens_exactly_what_it_closed(world: World) -> None:
    customer = world.customer()
    invoices = [world.posted_invoice(line(price=price), customer=customer) for price in ("100", "50")]
    items = [world.open_item(invoice) for invoice in invoices]
    payment = post_payment(
        party_id=customer,
        amount=D("150"),
        allocations={items[0].id: D("119"), items[1].id: D("31")},
        by=world.anna,
    )
    assert [world.record(invoice).state for invoice in invoices] == ["paid", "part_paid"]

    reverse_payment(payment, by=world.anna)

    assert [world.open_item(invoice).open for invoice in invoices] == [D("119"), D("59.50")]
    assert world.record(payment).state == "reversed"
    assert world.findings() == []


def test_a_payment_never_settles_more_than_is_open(world: World) -> None:
    invoice = world.posted_invoice(line(price="100"))
    item = world.open_item(invoice)

    with pytest.raises(Refusal) as refused:
        post_payment(party_id=item.party_id, amount=D("200"), allocations={item.id: D("150")}, by=world.anna)

    assert (refused.value.code, refused.value.params["open"]) == ("more-than-open-amount", D("119.00"))


def test_a_payment_of_another_customer_settles_nothing_here(world: World) -> None:
    item = world.open_item(world.posted_invoice())

    with pytest.raises(Refusal) as refused:
        post_payment(
            party_id=world.customer(), amount=D("119"), allocations={item.id: D("119")}, by=world.anna
        )

    assert refused.value.code == "allocation-crosses-accounts"


def test_sales_may_not_post_an_invoice(world: World) -> None:
    invoice = world.draft_invoice()

    with pytest.raises(Refusal) as refused:
        post_invoice(invoice, by=world.sven)

    assert refused.value.code == "not-permitted"
    assert world.record(invoice).state == "draft"


def test_the_same_request_sent_twice_acts_once(world: World) -> None:
    invoice = world.posted_invoice(line(price="100"))

    first = pay_invoice(invoice, amount=D("20"), by=world.anna, request_key="key-1")
    second = pay_invoice(invoice, amount=D("20"), by=world.anna, request_key="key-1")

    assert first == second
    assert world.open_item(invoice).open == D("99.00")
    with pytest.raises(Refusal) as refused:
        pay_invoice(invoice, amount=D("30"), by=world.anna, request_key="key-1")
    assert refused.value.code == "request-key-reused"


def _deliveries(world: World, order: int) -> list[int]:
    from sqlalchemy import select

    from suite.model import Record, RecordLink

    with world.database.reading() as reading:
        wanted = select(Record.id).join(RecordLink, RecordLink.target_id == Record.id)
        return list(reading.scalars(wanted.where(RecordLink.source_id == order, Record.kind == "delivery")))


def test_an_ordered_quote_wins_its_opportunity(world: World) -> None:
    customer = world.customer()
    opportunity = create_opportunity(subject="Küche", party_id=customer, by=world.sven)
    quote = world.quote(customer=customer, opportunity_id=opportunity)

    order_quote(quote, by=world.sven)

    assert world.record(opportunity).state == "won"
    assert world.findings() == []
