"""A company in which one text stands everywhere: in every field of every kind that takes text."""

from datetime import timedelta
from decimal import Decimal as D

from suite.base import clock
from suite.crm.activities.commands import create_activity
from suite.crm.leads.commands import LeadInput, create_lead, reject_lead
from suite.crm.opportunities.commands import create_opportunity, lose_opportunity
from suite.crm.quotes.commands import create_quote, reject_quote, send_quote
from suite.crm.tickets.choices import create_canned_text, create_category
from suite.crm.tickets.commands import TicketInput, create_ticket
from suite.crm.tickets.conversation import receive_message, remark_ticket
from suite.crm.tickets.mail_in import take_in
from suite.crm.tickets.messages import FileInput
from suite.crm.tickets.states import resolve_ticket
from suite.erp.contracts.commands import create_contract, start_contract
from suite.erp.contracts.content import ContractInput
from suite.erp.deliveries.commands import deliver_order
from suite.erp.deliveries.returns import return_delivery
from suite.erp.devices.commands import DeviceInput, create_device
from suite.erp.invoices.commands import cancel_invoice, post_invoice
from suite.erp.invoices.drafts import create_invoice
from suite.erp.orders.commands import confirm_order, create_order
from suite.erp.payments.commands import post_payment
from suite.erp.stock.commands import correct_stock, receive_product
from suite.erp.stock.needs import reserve_parts
from suite.erp.visits.planning import VisitInput, cancel_visit, plan_visit_for_ticket
from suite.erp.visits.work import WorkInput, report_visit, save_work
from suite.master.company.commands import edit_company
from suite.master.parties.commands import AddressInput, PartyInput, create_party
from suite.master.parties.contacts import ContactInput, create_contact
from suite.master.prices.commands import PriceInput, create_price_list, set_price
from suite.master.products.commands import ProductInput, create_product
from suite.shared.lines import LineInput
from suite.shared.notes import add_note
from tests.world import World


def taint(world: World, text: str) -> None:
    """One of everything, with `text` in each of its texts."""
    by = world.owner
    texts = dict.fromkeys(("company_name", "contact_name", "email", "phone", "street", "city", "need"), text)
    lead = create_lead(LeadInput(text, source=text, postcode=text, **texts), by=by)
    rejected = create_lead(LeadInput(text), by=by)
    reject_lead(rejected, reason=text, by=by)
    address = AddressInput(street=text, addition=text, postcode=text, city=text)
    places = [address, AddressInput("delivery", text, text, text, text)]
    party = create_party(PartyInput(text, tax_number=text, phone=text), addresses=places, by=by)
    create_contact(party, ContactInput(text, function=text, phone=text), by=by)
    product = create_product(ProductInput(text, text, base_price=D(5), stock_kept=True), number=None, by=by)
    receive_product(product, quantity=D(50), reason=text, by=by)
    correct_stock(product, counted=D(40), reason=text, by=by)
    price_list = create_price_list(f"{text} {party}", by=by)
    set_price(product, holder_id=price_list, price=PriceInput(unit_price=D(4)), by=by)
    deal = create_opportunity(subject=text, party_id=party, amount=D(5), by=by)
    lose_opportunity(create_opportunity(subject=text, by=by), reason=text, by=by)
    _documents(world, text, party, product)
    for record in (lead, party, product, deal):
        add_note(record, text=text, by=by)
        create_activity(subject=text, about_id=record, by=by)
    _service(world, text, party, product)
    own = {"register_entry": text, "managing_directors": text, "contact_name": text, "bank_name": text}
    edit_company(details=own | {"street": text, "city": text, "phone": text}, by=by)


def _documents(world: World, text: str, party: int, product: int) -> None:
    by = world.owner
    lines = [
        LineInput(product_id=product, name=text, description=text, quantity=D(2)),
        LineInput(kind="text", name=text),
    ]
    words = {"intro": text, "closing": text, "buyer_reference": text}
    quote = create_quote(party_id=party, lines=lines, **words, by=by)
    send_quote(quote, by=by)
    reject_quote(quote, reason=text, by=by)
    references = {"buyer_reference": text, "order_reference": text}
    order = create_order(party_id=party, lines=lines, **references, by=by)
    confirm_order(order, by=by)
    delivery = deliver_order(order, by=by)
    back = {world.lines(delivery)[0].id: D(1)}
    return_delivery(delivery, quantities=back, reason="other", remark=text, by=by)
    add_note(order, text=text, by=by)
    create_invoice(party_id=party, lines=lines, **words, order_reference=text, by=by)
    posted = post_invoice(create_invoice(party_id=party, lines=lines, **words, by=by), by=by)
    cancelled = post_invoice(create_invoice(party_id=party, lines=lines, **words, by=by), by=by)
    cancel_invoice(cancelled, reason=text, by=by)
    add_note(posted, text=text, by=by)
    post_payment(party_id=party, amount=D(3), reference=text, by=by)


def _service(world: World, text: str, party: int, product: int) -> None:
    """Tickets, devices, contracts and visits with the text in all they say."""
    by = world.owner
    create_category(name=text, by=by)
    create_canned_text(name=text, text=text, by=by)
    device = create_device(DeviceInput(text, site=text), party_id=party, serial=text, by=by)
    content = ContractInput(starts_on=clock.today(), subject=text, order_reference=text)
    lines = [LineInput(name=text, unit_price=D(5))]
    contract = start_contract(create_contract(content, party_id=party, lines=lines, by=by), by=by)
    values = {"party_id": party, "device_id": device, "contract_id": contract, "reporter_name": text}
    ticket = create_ticket(TicketInput(text, **values), text=text, by=by)
    remark_ticket(ticket, text=text, by=by)
    receive_message(ticket, text=text, author=text, files=[FileInput(text, b"x")], by=by)
    reserve_parts(ticket, {product: D(500)}, by=by)
    start = clock.now()
    planned = VisitInput(
        text,
        party,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        device_id=device,
        site=text,
        tasks=[text],
    )
    work = WorkInput(report=text, work_minutes=5)
    visits = [plan_visit_for_ticket(ticket, planned, by=by) for _ in range(3)]
    save_work(visits[0], work, by=by)
    report_visit(visits[1], work, signer_name=text, signature="[[[1,1],[2,2]]]", by=by)
    cancel_visit(visits[2], reason=text, by=by)
    resolve_ticket(create_ticket(TicketInput(text), text=text, by=by), solution=text, by=by)
    take_in(f"From: {text} <a@b.example>\r\nSubject: {text}\r\n\r\n{text}".encode())
