"""The small verbs beside the main road: changing, reopening, discarding, blocking, users and settings."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import select

from suite.admin.users.commands import (
    add_user,
    change_password,
    disable_user,
    enable_user,
    reset_password,
    set_user_roles,
)
from suite.base import clock
from suite.base.errors import Refusal
from suite.crm.activities.commands import create_activity, edit_activity, finish_activity, reopen_activity
from suite.crm.leads.commands import LeadInput, create_lead, edit_lead, qualify_lead, reject_lead, reopen_lead
from suite.crm.opportunities.commands import (
    create_opportunity,
    edit_opportunity,
    lose_opportunity,
    move_opportunity,
    reopen_opportunity,
)
from suite.crm.quotes.commands import (
    accept_quote,
    copy_quote,
    create_quote,
    discard_quote,
    edit_quote,
    quote_lead,
    quote_opportunity,
    send_quote,
)
from suite.erp.deliveries.commands import deliver_order, edit_delivery
from suite.erp.deliveries.returns import discard_return, receive_return, return_delivery
from suite.erp.invoices.corrections import correct_invoice, discard_credit_note
from suite.erp.invoices.drafts import deliver_and_invoice_order
from suite.erp.orders.commands import create_order, discard_order, edit_order, reserve_order
from suite.erp.stock.commands import receive_product
from suite.master.company.commands import edit_company, edit_number_range
from suite.master.parties.commands import PartyInput, block_party, edit_party, unblock_party
from suite.master.products.commands import retire_product, revive_product
from suite.model import Company, User
from suite.shared.roles import system_actor
from suite.shared.winning import win_opportunity
from tests.world import World, line


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    """The code of a refusal."""
    return refused.value.code


def test_a_lead_is_changed_qualified_rejected_reopened_and_quoted(world: World) -> None:
    lead = create_lead(LeadInput("Anfrage"), by=world.sven)
    edit_lead(lead, LeadInput("Anfrage Regale", company_name="Nord"), version=1, by=world.sven)
    qualify_lead(lead, by=world.sven)
    reject_lead(lead, reason="zu klein", by=world.sven)
    assert world.record(lead).state == "rejected"
    reopen_lead(lead, by=world.sven)

    quote = quote_lead(lead, lines=[line(price="10")], by=world.sven)

    assert world.record(lead).title == "Anfrage Regale"
    assert world.record(lead).state == "converted"
    assert world.record(quote).title == "Nord"
    with pytest.raises(Refusal) as refused:
        quote_lead(lead, lines=[line(price="10")], by=world.sven)
    assert code_of(refused) == "step-not-open"


def test_an_opportunity_is_moved_changed_quoted_won_lost_and_reopened(world: World) -> None:
    values = {"subject": "Ausbau", "party_id": world.customer(), "amount": D(500)}
    deal = create_opportunity(**values, by=world.sven)
    move_opportunity(deal, stage="offer", by=world.sven)
    edit_opportunity(deal, **values | {"amount": D(700)}, probability=D(60), by=world.sven)
    quote_opportunity(deal, lines=[line(price="700")], by=world.sven)
    assert world.record(deal).sort_amount == D(700)
    lose_opportunity(deal, reason="zu teuer", by=world.sven)
    reopen_opportunity(deal, by=world.sven)

    win_opportunity(deal, by=world.sven)

    assert world.record(deal).state == "won"
    with pytest.raises(Refusal) as refused:
        move_opportunity(deal, stage="offer", by=world.sven)
    assert code_of(refused) == "step-not-open"


def test_a_quote_does_not_end_before_its_date(world: World) -> None:
    quote = world.quote()
    yesterday = clock.today() - timedelta(days=1)

    with pytest.raises(Refusal) as refused:
        create_quote(party_id=world.customer(), lines=[line()], valid_until=yesterday, by=world.sven)
    assert (code_of(refused), refused.value.field) == ("range-backwards", "valid_until")
    with pytest.raises(Refusal) as refused:
        edit_quote(quote, lines=[line()], dated_on=clock.today(), valid_until=yesterday, by=world.sven)
    assert (code_of(refused), refused.value.field) == ("range-backwards", "valid_until")


def test_a_sent_quote_that_is_changed_is_a_new_revision(world: World) -> None:
    quote = world.quote(line(price="10"))
    send_quote(quote, by=world.sven)

    edit_quote(quote, lines=[line(price="12")], dated_on=clock.today(), by=world.sven)

    assert (world.document(quote).revision, world.record(quote).state) == (2, "draft")
    send_quote(quote, by=world.sven)
    accept_quote(quote, by=world.sven)
    copy = copy_quote(quote, by=world.sven)
    assert world.document(copy).net_total == D("12.00")
    discard_quote(copy, by=world.sven)
    with pytest.raises(Refusal) as refused:
        discard_quote(quote, by=world.sven)
    assert code_of(refused) == "step-not-open"


def test_a_draft_order_is_changed_and_discarded(world: World) -> None:
    order = create_order(party_id=world.customer(), lines=[line(price="10")], by=world.sven)
    until = clock.today() + timedelta(days=7)
    edit_order(order, lines=[line(price="20")], promised_on=until, by=world.sven)
    assert (world.document(order).net_total, world.record(order).due_date) == (D("20.00"), until)

    discard_order(order, by=world.sven)

    with pytest.raises(Refusal) as refused:
        edit_order(order, lines=[line()], by=world.sven)
    assert code_of(refused) == "step-not-open"
    assert world.findings() == []


def test_what_was_missing_is_reserved_when_it_came(world: World) -> None:
    product = world.product(stock="2")
    order = world.order(line(product, "5"))
    assert world.on_hand(product) == (D(2), D(2))
    receive_product(product, quantity=D(10), by=world.wanda)

    reserve_order(order, by=world.sven)

    assert world.on_hand(product) == (D(12), D(5))
    assert world.findings() == []


def test_delivering_and_invoicing_at_once_leaves_a_draft_over_all_that_is_open(world: World) -> None:
    order = world.order(line(price="10", quantity="3"))

    draft = deliver_and_invoice_order(order, by=world.owner)

    assert world.record(draft).state == "draft"
    assert world.document(draft).net_total == D("30.00")
    assert world.record(order).state == "delivered"


def test_a_draft_delivery_is_changed_until_it_is_shipped(world: World) -> None:
    order = world.order(line(price="10"))
    delivery = deliver_order(order, ship=False, by=world.wanda)
    on = clock.today() - timedelta(days=1)

    edit_delivery(delivery, dated_on=on, closing="an der Rampe", by=world.wanda)

    assert (world.document(delivery).dated_on, world.document(delivery).closing) == (on, "an der Rampe")


def test_an_announced_return_comes_or_is_thrown_away(world: World) -> None:
    product = world.product(stock="5")
    order = world.order(line(product, "4"))
    delivery = deliver_order(order, by=world.wanda)
    returned = {world.lines(delivery)[0].id: D(1)}
    backs = [
        return_delivery(delivery, quantities=returned, reason="other", receive=False, by=world.wanda)
        for _ in range(2)
    ]
    assert world.on_hand(product)[0] == D(1)

    receive_return(backs[0], by=world.wanda)
    discard_return(backs[1], by=world.wanda)

    assert world.on_hand(product)[0] == D(2)
    assert world.progress(world.lines(order)[0].id).returned == D(1)
    assert world.findings() == []


def test_a_draft_correction_is_thrown_away_without_a_number(world: World) -> None:
    invoice = world.posted_invoice(line(price="50"))
    draft = correct_invoice(invoice, reductions={world.lines(invoice)[0].id: D(5)}, by=world.anna)

    discard_credit_note(draft, by=world.anna)

    assert (world.record(draft).state, world.record(draft).number) == ("discarded", None)
    assert world.findings() == []


def test_an_activity_is_changed_done_and_opened_again(world: World) -> None:
    activity = create_activity(subject="Anrufen", by=world.sven)
    edit_activity(activity, subject="Zurückrufen", kind="call", due_on=clock.today(), by=world.sven)
    finish_activity(activity, by=world.sven)
    reopen_activity(activity, by=world.sven)

    assert (world.record(activity).title, world.record(activity).state) == ("Zurückrufen", "open")


def test_nothing_new_is_made_for_a_blocked_party(world: World) -> None:
    party = world.customer("Alt GmbH")
    edit_party(party, PartyInput("Neu GmbH"), version=1, by=world.sven)
    assert world.record(party).title == "Neu GmbH"
    block_party(party, by=world.sven)
    with pytest.raises(Refusal):
        world.quote(customer=party)

    unblock_party(party, by=world.sven)

    assert world.quote(customer=party)


def test_a_retired_product_is_offered_again(world: World) -> None:
    product = world.product()
    retire_product(product, by=world.owner)
    with pytest.raises(Refusal) as refused:
        retire_product(product, by=world.owner)
    assert code_of(refused) == "step-not-open"

    revive_product(product, by=world.owner)

    assert world.record(product).state == "active"


def test_the_company_changes_its_own_data_and_numbers(world: World) -> None:
    by = system_actor("admin", door="test")
    edit_company(details={"name": "Neue Firma GmbH"}, by=by)
    edit_number_range("order", pattern="AB{year}-{n:05}", by=by)

    order = world.order()

    assert world.record(order).number == f"AB{clock.today().year}-00001"
    with world.database.reading() as reading:
        assert reading.scalars(select(Company.name)).one() == "Neue Firma GmbH"
    with pytest.raises(Refusal) as refused:
        edit_number_range("quote", pattern="AB{year}-{n:05}", by=by)
    assert code_of(refused) == "pattern-taken"


def test_users_get_roles_are_shut_out_and_let_in(world: World) -> None:
    by = system_actor("admin", door="test")
    first = add_user(login="ines", roles=["service"], by=by)
    with world.database.reading() as reading:
        ines = reading.scalars(select(User.id)).one()
    set_user_roles(ines, roles=["sales", "service"], by=by)
    disable_user(ines, by=by)
    enable_user(ines, by=by)

    assert reset_password(ines, by=by) != first
    with pytest.raises(Refusal):
        change_password(old=first, new="ein ganz anderes Wort", by=by)
    with world.database.reading() as reading:
        user = reading.get_one(User, ines)
        assert user.active
        assert {role.role for role in user.roles} == {"sales", "service"}
