"""A company with a record of every kind in most states: what tests that walk over everything walk over."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from suite.admin.users.commands import add_user
from suite.base import clock
from suite.base.db import Model, use_session, write_transaction
from suite.base.event import EventValue
from suite.crm.activities.commands import create_activity, finish_activity
from suite.crm.knowledge.commands import (
    ArticleInput,
    cite_article,
    create_article,
    publish_article,
    retire_article,
)
from suite.crm.leads.commands import LeadInput, convert_lead, create_lead, reject_lead
from suite.crm.opportunities.commands import create_opportunity, lose_opportunity
from suite.crm.quotes.commands import reject_quote, send_quote
from suite.crm.tickets.choices import create_canned_text, create_category
from suite.crm.tickets.conversation import receive_message, remark_ticket, reply_ticket
from suite.crm.tickets.joining import merge_ticket, split_ticket
from suite.crm.tickets.mail_in import take_in
from suite.crm.tickets.messages import FileInput
from suite.crm.tickets.states import close_ticket, resolve_ticket, wait_for_customer
from suite.erp.contracts.adjustment import adjust_contract
from suite.erp.contracts.billing import bill_contract
from suite.erp.contracts.commands import cancel_contract, create_contract, end_contract, start_contract
from suite.erp.contracts.content import ContractInput
from suite.erp.contracts.deferral import post_deferral
from suite.erp.datev.commands import export_datev
from suite.erp.deliveries.commands import deliver_order
from suite.erp.deliveries.returns import return_delivery
from suite.erp.devices.commands import DeviceInput, create_device, retire_device
from suite.erp.invoices.commands import cancel_invoice, post_credit_note, post_invoice
from suite.erp.invoices.corrections import correct_invoice, credit_return
from suite.erp.invoices.drafts import discard_invoice, invoice_delivery, invoice_order
from suite.erp.orders.commands import close_order, create_order, order_quote
from suite.erp.payments.commands import pay_invoice, post_payment, reverse_payment
from suite.erp.stock.commands import correct_stock, receive_product, transfer_stock
from suite.erp.stock.counting import count_product, withdraw_count
from suite.erp.stock.locations import create_location
from suite.erp.stock.needs import reserve_parts
from suite.erp.stock.stocktake_booking import book_stocktake
from suite.erp.stock.stocktakes import discard_stocktake, open_stocktake
from suite.erp.visits.billing import invoice_visit, release_visit
from suite.erp.visits.photos import add_photos
from suite.erp.visits.planning import VisitInput, cancel_visit, plan_visit_for_ticket
from suite.erp.visits.settings import set_technician, set_visit_articles
from suite.erp.visits.work import PartInput as PartUsed
from suite.erp.visits.work import WorkInput, report_visit, start_visit
from suite.master.company.commands import edit_company
from suite.master.products.spare_parts import PartInput, set_spare_parts
from suite.model import Location, StocktakeCount, TicketMessage, User
from suite.shared.complaints import link_ticket
from suite.shared.contingent import use_contingent
from suite.shared.lots import LotInput
from suite.shared.notes import add_note
from suite.shared.verification import Finding, verify
from tests.world import World, line

PASSWORD = "ein langes Passwort"


@dataclass
class Populated:
    """The world and the ids of what is in it, by a short name."""

    world: World
    ids: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def undone(self) -> Iterator[Connection]:
        """A write connection whose work is rolled back in the end."""
        engine = self.world.database.engine
        with engine.connect().execution_options(sqlite_begin="IMMEDIATE", writing=True) as connection:
            with connection.begin() as transaction:
                yield connection
                transaction.rollback()

    def findings(self, connection: Connection) -> list[Finding]:
        """What `verify` finds on a connection, uncommitted changes included."""
        with Session(connection, autoflush=False) as opened, use_session(self.world.database, opened):
            return list(verify())


def populate(world: World) -> Populated:
    """Play a small year: everything the commands can leave behind."""
    made = Populated(world)
    _sell(made)
    _contract(made)
    _track(made)
    _take_stock(made)
    _install(made)
    _settle(made)
    _court(made)
    _serve(made)
    _know(made)
    _visit(made)
    _export(made)
    _forget(made)
    return made


def _sell(made: Populated) -> None:
    world, ids = made.world, made.ids
    ids["customer"] = customer = world.customer("Muster & Söhne GmbH")
    ids["product"] = product = world.product("Schraube M8", price="1.25", stock="500")
    ids["other_product"] = world.product("Mutter M8", price="0.99", stock="20", tax_class="reduced")
    lines = (line(product, "40"), line(ids["other_product"], "6"), line(price="80", billing_basis="ordered"))
    ids["quote"] = quote = world.quote(*lines, customer=customer)
    send_quote(quote, by=world.sven)
    ids["order"] = order = order_quote(quote, by=world.sven)
    first = world.lines(order)[0].id
    ids["delivery"] = deliver_order(order, quantities={first: D(15)}, by=world.wanda)
    ids["second_delivery"] = deliver_order(order, by=world.wanda)
    ids["invoice"] = post_invoice(invoice_delivery(ids["delivery"], by=world.anna), by=world.anna)
    ids["second_invoice"] = post_invoice(invoice_order(order, by=world.anna), by=world.anna)
    ids["reserving_order"] = world.order(line(product, "30"), customer=customer)
    ids["draft_delivery"] = deliver_order(ids["reserving_order"], ship=False, by=world.wanda)
    ids["draft_order"] = create_order(party_id=customer, lines=[line()], by=world.sven)
    ids["closed_order"] = world.order(line(product, "5"), customer=customer)
    deliver_order(
        ids["closed_order"], quantities={world.lines(ids["closed_order"])[0].id: D(2)}, by=world.wanda
    )
    close_order(ids["closed_order"], by=world.sven)
    correct_stock(ids["other_product"], counted=D(12), reason="gezählt", by=world.wanda)
    back = {world.lines(ids["delivery"])[0].id: D(3)}
    ids["return"] = return_delivery(ids["delivery"], quantities=back, reason="defective", by=world.wanda)
    back = {world.lines(ids["second_delivery"])[0].id: D(1)}
    ids["draft_return"] = return_delivery(
        ids["second_delivery"], quantities=back, reason="other", receive=False, by=world.wanda
    )


def _contract(made: Populated) -> None:
    """A contract billed last year and this, with what was deferred between; drafts and ended ones beside."""
    world, ids, today = made.world, made.ids, clock.today()
    last_year = today.year - 1
    yearly = ContractInput(
        starts_on=date(last_year, 7, 1),
        subject="Wartung Heizung",
        labour="contingent",
        contingent_minutes=240,
    )
    lines = [line(price="1200", name="Wartung")]
    ids["contract"] = contract = create_contract(yearly, party_id=ids["customer"], lines=lines, by=world.sven)
    start_contract(contract, by=world.sven)
    ids["contract_invoice"] = bill_contract(contract, dated_on=date(last_year, 12, 1), by=world.anna)
    post_invoice(ids["contract_invoice"], dated_on=date(last_year, 12, 1), by=world.anna)
    ids["deferral"] = post_deferral(year=last_year, by=world.anna)
    ids["contract_draft_invoice"] = bill_contract(contract, by=world.anna)
    ids["freed_invoice"] = discard_invoice(bill_contract(contract, by=world.anna), by=world.anna)
    adjust_contract(contract, from_on=date(last_year + 2, 7, 1), percent=D(3), by=world.sven)
    with write_transaction():
        use_contingent(contract, record_id=ids["customer"], minutes=90, on=today)
    ids["draft_contract"] = create_contract(yearly, party_id=ids["customer"], lines=lines, by=world.sven)
    ids["ended_contract"] = ended = create_contract(
        ContractInput(
            starts_on=date(last_year, 1, 1), subject="Miete", first_term_months=6, renewal_months=0
        ),
        party_id=ids["customer"],
        lines=lines,
        by=world.sven,
    )
    start_contract(ended, by=world.sven)
    ids["ended_invoice"] = bill_contract(ended, by=world.anna)
    end_contract(ended, by=world.anna)
    ids["ending_contract"] = create_contract(yearly, party_id=ids["customer"], lines=lines, by=world.sven)
    start_contract(ids["ending_contract"], by=world.sven)
    cancel_contract(ids["ending_contract"], by=world.sven)


def _track(made: Populated) -> None:
    """Goods by lot and by serial number, at several places."""
    world, ids = made.world, made.ids
    create_location(code="VAN-1", name="Fahrzeug Ines", use="van", by=world.wanda)
    create_location(code="QUAR", name="Sperrlager", use="quarantine", by=world.wanda)
    ids["tracked"] = pump = world.product(
        "Pumpe P1", price="250", stock="0", tracking="serial", warranty_months=24
    )
    pieces = [LotInput(f"P1-{n:03}") for n in range(1, 7)]
    receive_product(pump, quantity=D(6), lots=pieces, by=world.wanda)
    ids["by_lot"] = glue = world.product("Kleber K", price="9", stock="0", tracking="lot")
    receive_product(glue, quantity=D(10), lots=[LotInput("L-1", D(10))], by=world.wanda)
    transfer_stock(pump, quantity=D(1), source="MAIN", target="VAN-1", by=world.wanda)
    ids["tracked_order"] = order = world.order(line(pump, "3"), line(glue, "4"), customer=ids["customer"])
    first = {world.lines(order)[0].id: D(2), world.lines(order)[1].id: D(4)}
    ids["tracked_delivery"] = deliver_order(order, quantities=first, by=world.wanda)
    back = {world.lines(ids["tracked_delivery"])[0].id: D(1)}
    lots = {world.lines(ids["tracked_delivery"])[0].id: [LotInput("P1-003")]}
    ids["tracked_return"] = return_delivery(
        ids["tracked_delivery"],
        quantities=back,
        lots=lots,
        reason="defective",
        location="QUAR",
        by=world.wanda,
    )


def _take_stock(made: Populated) -> None:
    """A stocktake that is booked, one that is being counted, one that was given up."""
    world, ids = made.world, made.ids
    loose = ids["loose"] = world.product("Dübel", price="0.10", stock="60")
    both = [loose, ids["tracked"]]
    ids["stocktake"] = booked = open_stocktake(location="MAIN", product_ids=both, by=world.wanda)
    count_product(booked, product_id=loose, quantity=D(30), by=world.wanda)
    count_product(booked, product_id=loose, quantity=D(28), by=world.owner)
    count_product(booked, product_id=ids["tracked"], quantity=D(1), code="P1-004", by=world.wanda)
    count_product(booked, product_id=ids["tracked"], quantity=D(1), code="P1-099", by=world.wanda)
    book_stocktake(booked, by=world.wanda)
    ids["open_stocktake"] = counting = open_stocktake(location="MAIN", by=world.wanda)
    for product, quantity in ((loose, D(57)), (ids["product"], D(1)), (ids["product"], D(2))):
        count_product(counting, product_id=product, quantity=quantity, by=world.wanda)
    with world.database.reading() as reading:
        last = reading.scalars(select(StocktakeCount.id).order_by(StocktakeCount.id.desc()).limit(1)).one()
    withdraw_count(counting, count_id=last, by=world.wanda)
    ids["discarded_stocktake"] = discard_stocktake(
        open_stocktake(location="VAN-1", by=world.wanda), by=world.wanda
    )


def _install(made: Populated) -> None:
    """Devices entered by hand, and the parts that fit."""
    world, ids = made.world, made.ids
    device = DeviceInput("Kessel im Keller", site="Keller", bought_on=clock.today())
    ids["device"] = create_device(device, party_id=ids["customer"], serial="K-77", by=world.owner)
    ids["retired_device"] = create_device(
        DeviceInput("Alter Kessel"), party_id=ids["customer"], by=world.owner
    )
    retire_device(ids["retired_device"], by=world.owner)
    set_spare_parts(ids["tracked"], [PartInput(ids["by_lot"], D(2), "Dichtung")], by=world.owner)


def _settle(made: Populated) -> None:
    world, ids = made.world, made.ids
    ids["credit_note"] = post_credit_note(credit_return(ids["return"], by=world.anna), by=world.anna)
    ids["cancelled"] = world.posted_invoice(line(price="33.33", quantity="3"), customer=ids["customer"])
    ids["cancellation"] = cancel_invoice(ids["cancelled"], reason="doppelt", by=world.anna)
    ids["corrected"] = world.posted_invoice(line(price="50", quantity="2"), customer=ids["customer"])
    only = world.lines(ids["corrected"])[0].id
    lower = correct_invoice(ids["corrected"], reductions={only: D(5)}, by=world.anna)
    ids["price_correction"] = post_credit_note(lower, by=world.anna)
    ids["draft_credit"] = correct_invoice(ids["corrected"], reductions={only: D(1)}, by=world.anna)
    ids["draft_invoice"] = world.draft_invoice(customer=ids["customer"])
    ids["paid"] = world.posted_invoice(line(price="20"), customer=ids["customer"])
    ids["payment"] = pay_invoice(ids["paid"], by=world.anna)
    ids["part_payment"] = pay_invoice(ids["second_invoice"], amount=D("10"), by=world.anna)
    ids["reversed"] = pay_invoice(ids["invoice"], amount=D("5"), by=world.anna)
    reverse_payment(ids["reversed"], by=world.anna)
    ids["on_account"] = post_payment(party_id=ids["customer"], amount=D("77"), by=world.anna)


def _court(made: Populated) -> None:
    world, ids = made.world, made.ids
    ids["lead"] = create_lead(LeadInput("Anfrage Regale", company_name="Lagerhaus Nord"), by=world.sven)
    ids["converted_lead"] = create_lead(LeadInput("Anfrage Kisten", company_name="Kistenwerk"), by=world.sven)
    ids["opportunity"] = convert_lead(ids["converted_lead"], by=world.sven)
    ids["rejected_lead"] = create_lead(LeadInput("Werbung"), by=world.sven)
    reject_lead(ids["rejected_lead"], reason="kein Bedarf", by=world.sven)
    ids["lost"] = create_opportunity(
        subject="Altes", party_id=ids["customer"], amount=D("900"), by=world.sven
    )
    lose_opportunity(ids["lost"], reason="zu teuer", by=world.sven)
    ids["draft_quote"] = world.quote(customer=ids["customer"])
    ids["rejected_quote"] = world.quote(customer=ids["customer"])
    reject_quote(ids["rejected_quote"], reason="zu teuer", by=world.sven)
    ids["activity"] = create_activity(subject="Anrufen", about_id=ids["customer"], by=world.sven)
    ids["done_activity"] = create_activity(subject="Angebot prüfen", by=world.sven)
    finish_activity(ids["done_activity"], by=world.sven)
    add_note(ids["order"], text="Bitte vor zehn Uhr liefern", by=world.sven)


def _serve(made: Populated) -> None:
    world, ids = made.world, made.ids
    create_category(name="Störung", by=world.owner)
    create_canned_text(name="Danke", text="Danke für Ihre Nachricht.", by=world.owner)
    customer = ids["customer"]
    ids["ticket"] = ticket = world.ticket("Presse steht", party_id=customer, reporter_name="Wiebke Muster")
    reply_ticket(ticket, text="Welche Anzeige sehen Sie?", then="wait_customer", by=world.ines)
    picture = FileInput("anzeige.txt", b"E 74", "text/plain")
    receive_message(ticket, text="E 74", files=[picture], by=world.ines)
    remark_ticket(ticket, text="Sensor?", by=world.ines)
    ids["split_ticket"] = split_ticket(
        ticket, message_id=_last_message(world, ticket), subject="Sensor", by=world.ines
    )
    ids["new_ticket"] = world.ticket("Frage zur Rechnung")
    ids["complaint"] = complaint = world.ticket("Falsche Ware", party_id=customer, is_complaint=True)
    link_ticket(complaint, other_id=ids["delivery"], by=world.ines)
    wait_for_customer(complaint, by=world.ines)
    ids["merged_ticket"] = world.ticket("Presse steht immer noch", party_id=customer)
    merge_ticket(ids["merged_ticket"], target_id=ticket, by=world.ines)
    ids["resolved_ticket"] = world.ticket("Neustart", party_id=customer)
    resolve_ticket(ids["resolved_ticket"], solution="Neu gestartet", by=world.ines)
    ids["closed_ticket"] = closed = world.ticket("Lautes Geräusch", party_id=customer)
    resolve_ticket(closed, solution="Lager geschmiert", by=world.ines)
    close_ticket(closed, by=world.ines)


def _know(made: Populated) -> None:
    """Articles in every state; one helped with a ticket."""
    ids, by = made.ids, made.world.ines
    public = ArticleInput("Presse zeigt E 74", "Sensor reinigen.\n\nDann neu starten.", is_public=True)
    ids["article"] = publish_article(create_article(public, by=by), by=by)
    cite_article(ids["ticket"], article_id=ids["article"], by=by)
    internal = ArticleInput("Presse am Abend", "Wer hat Dienst? Siehe Plan.")
    ids["internal_article"] = publish_article(create_article(internal, by=by), by=by)
    ids["draft_article"] = create_article(
        ArticleInput("The press is loud", "To be written", language="en", is_public=True), by=by
    )
    ids["retired_article"] = create_article(ArticleInput("Alte Presse", "Vorbei", is_public=True), by=by)
    retire_article(ids["retired_article"], by=by)


def _visit(made: Populated) -> None:
    """A technician's days: planned, under way, reported, released, billed and called off; a mail that came in."""
    world, ids = made.world, made.ids
    add_user(login="technik", name="Tarik Technik", roles=("service",), password=PASSWORD, by=world.owner)
    create_location(code="VAN-T", name="Fahrzeug Tarik", use="van", by=world.wanda)
    with world.database.reading() as reading:
        user = reading.scalars(select(User.id).where(User.login == "technik")).one()
        van = reading.scalars(select(Location.id).where(Location.code == "VAN-T")).one()
    set_technician(user, skills="Kälteschein", van_id=van, by=world.owner)
    part = world.product("Dichtung", price="4", stock="40")
    world.product("Technikerstunde", price="80", number="STD", kind="service", unit="HUR")
    set_visit_articles(work="STD", travel="STD", by=world.owner)
    transfer_stock(part, quantity=D(20), source="MAIN", target="VAN-T", by=world.wanda)
    reserve_parts(ids["ticket"], {part: D(30)}, by=world.ines)

    def plan(subject: str) -> int:
        start = clock.now().replace(minute=0, second=0, microsecond=0)
        visit = VisitInput(
            subject,
            ids["customer"],
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            technician_id=user,
            tasks=("Druck geprüft [bar]", "Probelauf"),
        )
        return plan_visit_for_ticket(ids["ticket"], visit, by=world.ines)

    work = WorkInput(travel_minutes=20, work_minutes=45, report="Dichtung", parts=[PartUsed(part, D(1))])
    ids["visit"] = plan("Dichtung tauschen")
    ids["visit_under_way"] = start_visit(plan("Leck suchen"), by=world.ines)
    add_photos(ids["visit_under_way"], [("leck.jpg", b"\xff\xd8\xffbild")], by=world.ines)
    ids["visit_cancelled"] = cancel_visit(plan("Abgesagt"), reason="Kunde krank", by=world.ines)
    closed = [report_visit(plan(f"Einsatz {n}"), work, is_absent=True, by=world.ines) for n in range(3)]
    ids["visit_reported"], ids["visit_released"], ids["visit_done"] = closed
    release_visit(ids["visit_released"], by=world.owner)
    release_visit(ids["visit_done"], by=world.owner)
    ids["visit_invoice"] = post_invoice(invoice_visit(ids["visit_done"], by=world.anna), by=world.anna)
    take_in(b"From: kim@kunde.example\r\nSubject: Hilfe\r\n\r\nEs tropft.")


def _last_message(world: World, ticket_id: int) -> int:
    with world.database.reading() as reading:
        wanted = select(TicketMessage.id).where(TicketMessage.ticket_id == ticket_id)
        return reading.scalars(wanted.order_by(TicketMessage.id.desc()).limit(1)).one()


def _export(made: Populated) -> None:
    """Everything posted went to DATEV once."""
    owner, today = made.world.owner, clock.today()
    edit_company(details={"datev_consultant": 1001, "datev_client": 1}, by=owner)
    made.ids["datev_batch"] = export_datev(
        from_date=today.replace(month=1, day=1), until_date=today, by=owner
    )


def _forget(made: Populated) -> None:
    """The values of one event erased, as Art. 17 GDPR may demand."""
    with write_transaction() as current:
        erased = update(EventValue).where(
            EventValue.event_id == select(EventValue.event_id).limit(1).scalar_subquery()
        )
        current.execute(erased.values(before=None, after=None, erased_at=clock.now()))


def rows_of(connection: Connection) -> dict[str, set[str]]:
    """Every row of every table, as texts."""
    found: dict[str, set[str]] = {}
    for name in Model.metadata.tables:
        rows = connection.exec_driver_sql(f"SELECT * FROM {name}").all()
        found[name] = {repr(tuple(row)) for row in rows}
    return found


def digest(world: World, *, without: tuple[str, ...] = ()) -> dict[str, str]:
    """A digest of the rows of each table."""
    with world.database.engine.connect() as connection:
        rows = rows_of(connection)
    return {name: _hashed(rows[name]) for name in rows if name not in without}


def _hashed(rows: Any) -> str:
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
