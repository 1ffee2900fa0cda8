"""Visits: planned from a ticket, worked on site, reported with a signature, charged by contract, billed once."""

import threading
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from suite.admin.users.commands import add_user
from suite.base import clock
from suite.base.command import Actor
from suite.base.db import use_database, write_transaction
from suite.base.errors import Conflict, NotPermitted, Refusal
from suite.crm.tickets.commands import TicketInput, create_ticket
from suite.erp.contracts.commands import create_contract, start_contract
from suite.erp.contracts.content import ContractInput
from suite.erp.devices.commands import DeviceInput, create_device
from suite.erp.invoices.commands import post_invoice
from suite.erp.stock.commands import receive_product, transfer_stock
from suite.erp.stock.locations import create_location
from suite.erp.stock.needs import drop_need, open_needs, raise_need, reserve_parts
from suite.erp.visits.billing import ChargeInput, invoice_visit, proposed_charges, release_visit
from suite.erp.visits.loading import load_van
from suite.erp.visits.photos import add_photos
from suite.erp.visits.planning import (
    VisitInput,
    cancel_visit,
    create_visit,
    move_visit,
    plan_visit,
    plan_visit_for_ticket,
)
from suite.erp.visits.report import archive_report, archived_report, make_report, report_html
from suite.erp.visits.settings import set_technician, set_visit_articles
from suite.erp.visits.work import (
    PartInput,
    WorkInput,
    checked_signature,
    report_visit,
    save_work,
    start_visit,
)
from suite.model import (
    ContingentUse,
    Location,
    PurchaseNeed,
    RecordFile,
    RecordLink,
    StockLevel,
    StockMove,
    User,
    Visit,
    VisitCharge,
    VisitTask,
)
from suite.shared.lots import LotInput
from suite.shared.parts import parts_for
from suite.shared.roles import actor_of, system_actor
from tests.world import World, line

SIGNED = "[[[10,10],[200,120],[400,80]],[[500,50],[600,90]]]"
PASSWORD = "ein langes Passwort"


@pytest.fixture
def tarik(world: World) -> Actor:
    """A technician with a van."""
    return technician(world, "tarik")


def technician(world: World, login: str, *roles: str) -> Actor:
    """A user who visits customers."""
    add_user(login=login, name=login.title(), roles=roles or ("service",), password=PASSWORD, by=world.owner)
    code = f"VAN-{login.upper()}"
    create_location(code=code, name=f"Wagen {login}", use="van", by=world.owner)
    with world.database.reading() as reading:
        user = reading.scalars(select(User).where(User.login == login)).one()
        van = reading.scalars(select(Location.id).where(Location.code == code)).one()
        by = actor_of(user, door="test")
    set_technician(by.user_id or 0, skills="Kälteschein", van_id=van, by=world.owner)
    return by


def planned(world: World, by: Actor, customer: int, **values: object) -> VisitInput:
    """Tomorrow at eight for an hour."""
    start = clock.now().replace(hour=7, minute=0, second=0, microsecond=0) + timedelta(days=1)
    given_ = {"technician_id": by.user_id, "tasks": ("Druck geprüft [bar]", "Probelauf")}
    return VisitInput(
        "Pumpe steht", customer, starts_at=start, ends_at=start + timedelta(hours=1), **(given_ | values)
    )


def in_van(world: World, by: Actor, quantity: str = "3") -> int:
    """A part of which some lie in the technician's van."""
    part = world.product("Drucksensor", price="86.40", stock="10")
    transfer_stock(part, quantity=D(quantity), source="MAIN", target=f"VAN-{by.name.upper()}", by=world.wanda)
    return part


def articles(world: World) -> None:
    """Labour and travel are billed."""
    world.product("Technikerstunde", price="80", number="STD", kind="service", unit="HUR")
    world.product("Anfahrt", price="35", number="ANF", kind="service", unit="C62")
    set_visit_articles(work="STD", travel="ANF", by=world.anna)


def read_task(world: World, visit: int) -> int:
    """The task that asks for a reading."""
    with world.database.reading() as reading:
        wanted = select(VisitTask.id).where(VisitTask.visit_id == visit, VisitTask.unit == "bar")
        return reading.scalars(wanted).one()


def worked(world: World, visit: int, *parts: PartInput, **values: object) -> WorkInput:
    """A full day's entry."""
    task = read_task(world, visit)
    given_ = {"travel_minutes": 14, "work_minutes": 90, "report": "Sensor getauscht"}
    return WorkInput(**(given_ | values), done=frozenset({task}), readings={task: "1,5"}, parts=parts)


def state(world: World, record_id: int) -> str:
    """The state of a record."""
    return world.record(record_id).state


def charges(world: World, visit: int) -> list[tuple[str, str, int, D]]:
    """What was decided."""
    with world.database.reading() as reading:
        rows = reading.scalars(
            select(VisitCharge).where(VisitCharge.visit_id == visit).order_by(VisitCharge.id)
        )
        return [(row.piece, row.charge, row.minutes, row.quantity) for row in rows]


def test_from_ticket_to_invoice(world: World, tarik: Actor) -> None:
    articles(world)
    customer, part = world.customer(), in_van(world, tarik)
    ticket = create_ticket(TicketInput("Störung 74", party_id=customer), text="steht", by=world.ines)
    visit = plan_visit_for_ticket(ticket, planned(world, tarik, customer), by=world.ines)
    start_visit(visit, by=tarik)
    work = worked(world, visit, PartInput(part, D(1)))
    save_work(visit, work, by=tarik)
    report_visit(visit, work, signer_name="Wiebke", signature=SIGNED, by=tarik)
    release_visit(visit, by=tarik)
    invoice = invoice_visit(visit, by=world.anna)
    post_invoice(invoice, by=world.anna)

    lines = [row for row in world.lines(invoice) if row.kind == "item"]
    assert [(row.name, row.quantity, row.amount) for row in lines] == [
        ("Technikerstunde", D("1.5"), D("120.00")),
        ("Anfahrt", D(1), D("35.00")),
        ("Drucksensor", D(1), D("86.40")),
    ]
    assert state(world, visit) == "done"
    with world.database.reading() as reading:
        links = {tuple(row) for row in reading.execute(select(RecordLink.source_id, RecordLink.target_id))}
        van = reading.scalars(select(Location.id).where(Location.code == "VAN-TARIK")).one()
        level = reading.get_one(StockLevel, (part, van))
    assert {(ticket, visit), (visit, invoice)} <= links
    assert level.on_hand == D(2)
    assert world.findings() == []


def test_parts_leave_the_van_once_and_no_other_place(world: World, tarik: Actor) -> None:
    customer, part = world.customer(), in_van(world, tarik, "1")
    visit = create_visit(planned(world, tarik, customer), by=world.ines)

    with pytest.raises(Refusal) as refused:
        report_visit(
            visit, worked(world, visit, PartInput(part, D(2))), signer_name="W", signature=SIGNED, by=tarik
        )
    assert refused.value.code == "not-enough-stock", "the main store has nine, but not the van"
    with world.database.reading() as reading:
        assert reading.scalar(select(func.count()).select_from(StockMove).where(StockMove.reason != "")) == 0
    report_visit(
        visit, worked(world, visit, PartInput(part, D(1))), signer_name="W", signature=SIGNED, by=tarik
    )
    with pytest.raises(Refusal):
        report_visit(visit, worked(world, visit), signer_name="W", signature=SIGNED, by=tarik)
    assert world.findings() == []


def test_a_closed_report_never_changes(world: World, tarik: Actor) -> None:
    customer, part = world.customer(), in_van(world, tarik)
    visit = create_visit(planned(world, tarik, customer), by=world.ines)
    report_visit(
        visit, worked(world, visit, PartInput(part, D(1))), signer_name="W", signature=SIGNED, by=tarik
    )

    for attempt in (
        lambda: save_work(visit, worked(world, visit), by=tarik),
        lambda: plan_visit(visit, planned(world, tarik, customer), by=world.ines),
        lambda: add_photos(visit, [("a.jpg", b"\xff\xd8\xff")], by=tarik),
        lambda: cancel_visit(visit, reason="x", by=world.ines),
        lambda: move_visit(visit, starts_at=clock.now(), technician_id=None, by=world.ines),
    ):
        with pytest.raises(Refusal, match="step-not-open"):
            attempt()
    for statement in (
        update(Visit).values(report="anders"),
        update(VisitTask).values(reading="9"),
    ):
        with pytest.raises(DBAPIError, match="frozen"), write_transaction() as current:
            current.execute(statement)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"signer_name": ""}, "signer_name"),
        ({"signature": ""}, "signature"),
        ({"signature": "[[[1"}, "signature"),
        ({"signature": "[[[5000,1],[2,2]]]"}, "signature"),
    ],
)
def test_a_report_is_signed(world: World, tarik: Actor, change: dict[str, str], field: str) -> None:
    visit = create_visit(planned(world, tarik, world.customer()), by=world.ines)

    with pytest.raises(Refusal) as refused:
        report_visit(
            visit, worked(world, visit), **({"signer_name": "W", "signature": SIGNED} | change), by=tarik
        )
    assert refused.value.field == field
    assert state(world, visit) == "planned"
    report_visit(visit, worked(world, visit), is_absent=True, by=tarik)
    assert state(world, visit) == "reported"


def test_a_report_says_something_and_every_ticked_reading_was_read(world: World, tarik: Actor) -> None:
    visit = create_visit(planned(world, tarik, world.customer()), by=world.ines)
    task = read_task(world, visit)

    for work, field in (
        (worked(world, visit, report=" "), "report"),
        (WorkInput(report="x", done=frozenset({task})), f"reading-{task}"),
        (WorkInput(report="x", work_minutes=1441), "work_minutes"),
    ):
        with pytest.raises(Refusal) as refused:
            report_visit(visit, work, is_absent=True, by=tarik)
        assert refused.value.field == field


def contract_for(world: World, customer: int, **values: object) -> int:
    """A running contract of the customer."""
    given_ = {"starts_on": date(clock.today().year, 1, 1), "subject": "Wartung"}
    made = create_contract(
        ContractInput(**(given_ | values)),
        party_id=customer,
        lines=[line(price="10", name="Wartung")],
        by=world.sven,
    )
    return start_contract(made, by=world.sven)


def test_the_contract_says_what_is_charged(world: World, tarik: Actor) -> None:
    articles(world)
    customer, part = world.customer(), in_van(world, tarik)
    contract = contract_for(
        world,
        customer,
        labour="contingent",
        contingent_minutes=60,
        travel="included",
        parts="included",
        order_reference="EK-7",
    )
    visit = create_visit(planned(world, tarik, customer, contract_id=contract), by=world.ines)
    report_visit(
        visit, worked(world, visit, PartInput(part, D(1))), signer_name="W", signature=SIGNED, by=tarik
    )
    release_visit(visit, by=tarik)

    assert charges(world, visit) == [
        ("work", "contingent", 60, D(0)),
        ("work", "billable", 30, D(0)),
        ("travel", "included", 14, D(0)),
        ("part", "included", 0, D(1)),
    ]
    invoice = invoice_visit(visit, by=world.anna)
    items = [row for row in world.lines(invoice) if row.kind == "item"]
    assert [(row.name, row.quantity) for row in items] == [("Technikerstunde", D("0.5"))]
    words = " ".join(row.name for row in world.lines(invoice) if row.kind == "text")
    assert "Drucksensor" in words
    assert "Kontingent" in words
    head = world.document(invoice)
    assert (head.buyer_reference, head.order_reference) == ("EK-7", "EK-7")


def test_two_visits_never_use_the_same_minutes_of_a_contingent(world: World, tarik: Actor) -> None:
    customer = world.customer()
    contract = contract_for(world, customer, labour="contingent", contingent_minutes=100)
    visits = []
    for _ in range(3):
        visit = create_visit(planned(world, tarik, customer, contract_id=contract), by=world.ines)
        report_visit(visit, worked(world, visit), is_absent=True, by=tarik)
        visits.append(visit)

    def release(visit: int) -> None:
        with use_database(world.database):
            release_visit(visit, by=tarik)

    threads = [threading.Thread(target=release, args=(visit,)) for visit in visits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with world.database.reading() as reading:
        assert reading.scalar(select(func.sum(ContingentUse.minutes))) == 100
        billed = select(func.sum(VisitCharge.minutes)).where(
            VisitCharge.charge == "billable", VisitCharge.piece == "work"
        )
        assert reading.scalar(billed) == 3 * 90 - 100
    assert world.findings() == []


def test_under_warranty_nothing_is_charged_and_no_invoice_made(world: World, tarik: Actor) -> None:
    customer = world.customer()
    until = clock.today() + timedelta(days=100)
    device = create_device(
        DeviceInput("Pumpe P1", warranty_until=until), party_id=customer, serial="P1-9", by=world.ines
    )
    visit = create_visit(planned(world, tarik, customer, device_id=device), by=world.ines)
    report_visit(visit, worked(world, visit), signer_name="W", signature=SIGNED, by=tarik)
    release_visit(visit, by=tarik)

    assert {charge for _, charge, _, _ in charges(world, visit)} == {"included"}
    assert invoice_visit(visit, by=world.anna) == visit
    assert state(world, visit) == "done"


def goodwill(world: World, visit: int, reason: str = "Stammkunde") -> list[ChargeInput]:
    """Everything for nothing."""
    with world.database.reading() as reading:
        proposed = proposed_charges(reading.get_one(Visit, visit))
    return [ChargeInput(each.piece, "goodwill", each.part_id, reason) for each in proposed]


def test_goodwill_is_released_by_a_second_person_with_a_reason(world: World, tarik: Actor) -> None:
    other = technician(world, "mette")
    visit = create_visit(planned(world, tarik, world.customer()), by=world.ines)
    report_visit(visit, worked(world, visit), signer_name="W", signature=SIGNED, by=tarik)

    with pytest.raises(Refusal) as refused:
        release_visit(visit, goodwill(world, visit), by=tarik)
    assert refused.value.code == "goodwill-second-person"
    with pytest.raises(Refusal) as refused:
        release_visit(visit, goodwill(world, visit, " "), by=other)
    assert refused.value.code == "field-required"
    release_visit(visit, goodwill(world, visit), by=other)
    assert {charge for _, charge, _, _ in charges(world, visit)} == {"goodwill"}


def test_a_sole_owner_is_not_stuck(world: World, tarik: Actor) -> None:
    visit = create_visit(planned(world, tarik, world.customer()), by=world.ines)
    report_visit(visit, worked(world, visit), signer_name="W", signature=SIGNED, by=tarik)

    release_visit(visit, goodwill(world, visit), by=tarik)

    assert state(world, visit) == "released"


def test_every_piece_is_charged_once(world: World, tarik: Actor) -> None:
    visit = create_visit(planned(world, tarik, world.customer()), by=world.ines)
    report_visit(visit, worked(world, visit), signer_name="W", signature=SIGNED, by=tarik)

    for wrong in ([], [ChargeInput("work", "billable")], [ChargeInput("work", "billable")] * 3):
        with pytest.raises(Refusal, match="charges-incomplete"):
            release_visit(visit, wrong, by=tarik)
    with pytest.raises(Refusal, match="choice-unknown"):
        release_visit(visit, [ChargeInput("work", "geschenkt"), ChargeInput("travel", "billable")], by=tarik)
    with pytest.raises(Refusal, match="visit-article-missing"):
        invoice_visit(release_visit(visit, by=tarik), by=world.anna)
    assert state(world, visit) == "released", "nothing half done"


def test_a_visit_is_billed_once_also_by_two_at_once(world: World, tarik: Actor) -> None:
    articles(world)
    visit = create_visit(planned(world, tarik, world.customer()), by=world.ines)
    report_visit(visit, worked(world, visit), signer_name="W", signature=SIGNED, by=tarik)
    release_visit(visit, by=tarik)
    results: list[str] = []

    def bill() -> None:
        with use_database(world.database):
            try:
                invoice_visit(visit, by=world.anna)
                results.append("billed")
            except Refusal as refusal:
                results.append(refusal.code)

    threads = [threading.Thread(target=bill) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["billed", "step-not-open", "step-not-open", "step-not-open"]


def test_parts_for_a_ticket_are_reserved_and_the_rest_is_to_buy(world: World, tarik: Actor) -> None:
    customer, part = world.customer(), world.product("Sensor", stock="2")
    ticket = create_ticket(TicketInput("Störung", party_id=customer), by=world.ines)

    reserve_parts(ticket, {part: D(5)}, needed_on=clock.today(), by=world.ines)

    with world.database.reading():
        assert [(reserved, missing) for _, reserved, missing in parts_for(ticket)] == [(D(2), D(3))]
        needs = open_needs(world.ines)
    assert [(need.quantity, product.id) for need, product in needs] == [(D(3), part)]
    reserve_parts(ticket, {part: D(1)}, by=world.ines)
    with world.database.reading():
        assert [(reserved, missing) for _, reserved, missing in parts_for(ticket)] == [(D(1), D(0))]
        assert open_needs(world.ines) == []
    reserve_parts(ticket, {}, by=world.ines)
    assert world.on_hand(part) == (D(2), D(0))
    assert world.findings() == []


def test_reserved_parts_are_loaded_into_the_van_and_stay_reserved(world: World, tarik: Actor) -> None:
    customer, part = world.customer(), world.product("Sensor", stock="5")
    ticket = create_ticket(TicketInput("Störung", party_id=customer), by=world.ines)
    visit = plan_visit_for_ticket(ticket, planned(world, tarik, customer), by=world.ines)
    with pytest.raises(Refusal, match="nothing-to-load"):
        load_van(visit, by=tarik)
    reserve_parts(ticket, {part: D(2)}, by=world.ines)

    load_van(visit, by=tarik)

    with world.database.reading() as reading:
        van = reading.scalars(select(Location.id).where(Location.code == "VAN-TARIK")).one()
        level = reading.get_one(StockLevel, (part, van))
        assert (level.on_hand, level.reserved) == (D(2), D(2))
    assert world.findings() == []
    with pytest.raises(Refusal, match="nothing-to-load"):
        load_van(visit, by=tarik)
    work = worked(world, visit, PartInput(part, D(1)))
    report_visit(visit, work, signer_name="W", signature=SIGNED, by=tarik)
    with world.database.reading() as reading:
        level = reading.get_one(StockLevel, (part, van))
    assert (level.on_hand, level.reserved) == (D(1), D(0))
    assert world.findings() == []


def test_serial_numbers_are_loaded_too(world: World, tarik: Actor) -> None:
    customer, part = world.customer(), world.product("Pumpe", stock="0", tracking="serial")
    receive_product(part, quantity=D(3), lots=[LotInput(f"S-{n}") for n in range(3)], by=world.wanda)
    ticket = create_ticket(TicketInput("Störung", party_id=customer), by=world.ines)
    visit = plan_visit_for_ticket(ticket, planned(world, tarik, customer), by=world.ines)
    reserve_parts(ticket, {part: D(1)}, by=world.ines)

    load_van(visit, by=tarik)

    assert world.findings() == []
    nobody = planned(world, tarik, customer, technician_id=None)
    other = plan_visit_for_ticket(ticket, nobody, by=world.ines)
    with pytest.raises(Refusal, match="visit-without-van"):
        load_van(other, by=tarik)


def test_needs_are_raised_and_settled(world: World) -> None:
    part = world.product("Filter", stock="0")
    with pytest.raises(Refusal):
        raise_need(part, quantity=D(4), reason=" ", by=world.wanda)
    raise_need(part, quantity=D(4), reason="Vorrat", by=world.wanda)
    with world.database.reading() as reading:
        need = reading.scalars(select(PurchaseNeed)).one().id
    drop_need(need, done=True, by=world.wanda)

    with pytest.raises(Refusal, match="not-found"):
        drop_need(need, by=world.wanda)
    with pytest.raises(NotPermitted):
        raise_need(part, quantity=D(1), reason="x", by=world.anna)


def test_planning_keeps_what_was_ticked_and_moving_keeps_the_length(world: World, tarik: Actor) -> None:
    customer = world.customer()
    visit = create_visit(planned(world, tarik, customer), by=world.ines)
    task = read_task(world, visit)
    save_work(visit, WorkInput(done=frozenset({task}), readings={task: "2"}), by=tarik)
    plan_visit(visit, planned(world, tarik, customer, tasks=("Neu", "Druck geprüft [bar]")), by=world.ines)
    later = clock.now().replace(microsecond=0) + timedelta(days=5)
    move_visit(visit, starts_at=later, technician_id=None, by=world.ines)

    with world.database.reading() as reading:
        tasks = list(reading.scalars(select(VisitTask).order_by(VisitTask.position)))
        row = reading.get_one(Visit, visit)
    assert [(each.text, each.is_done, each.reading) for each in tasks] == [
        ("Neu", False, ""),
        ("Druck geprüft", True, "2"),
    ]
    assert (row.starts_at, row.ends_at - row.starts_at) == (later, timedelta(hours=1))


def test_wrong_plans_are_refused(world: World, tarik: Actor) -> None:
    customer, stranger = world.customer(), world.customer()
    good = planned(world, tarik, customer)
    theirs = create_device(DeviceInput("Pumpe"), serial="X", party_id=stranger, by=world.ines)
    ticket = create_ticket(TicketInput("Störung"), by=world.ines)

    for wrong, field in (
        ({"ends_at": good.starts_at}, "ends_at"),
        ({"subject": " "}, "subject"),
        ({"technician_id": 10**6}, "technician_id"),
        ({"device_id": theirs}, "device_id"),
        ({"tasks": ["x"] * 51}, "tasks"),
    ):
        values = {name: getattr(good, name) for name in ("starts_at", "ends_at", "technician_id", "tasks")}
        with pytest.raises(Refusal) as refused:
            create_visit(
                VisitInput(**({"subject": "x", "party_id": customer} | values | wrong)), by=world.ines
            )
        assert refused.value.field == field
    with pytest.raises(Refusal):
        plan_visit_for_ticket(ticket, good, by=world.ines)
    with pytest.raises(NotPermitted):
        create_visit(good, by=world.sven)


def test_two_people_at_one_visit(world: World, tarik: Actor) -> None:
    visit = create_visit(planned(world, tarik, world.customer()), by=world.ines)
    seen = world.record(visit).version
    save_work(visit, WorkInput(report="eins"), version=seen, by=tarik)

    with pytest.raises(Conflict):
        save_work(visit, WorkInput(report="zwei"), version=seen, by=world.ines)


def test_only_pictures_are_kept_as_photos(world: World, tarik: Actor) -> None:
    visit = create_visit(planned(world, tarik, world.customer()), by=world.ines)
    with pytest.raises(Refusal, match="photo-wrong"):
        add_photos(visit, [("bild.jpg", b"<svg onload=alert(1)>")], by=tarik)
    add_photos(visit, [("..\\Bild Öl.exe", b"\xff\xd8\xff\xe0bild")], by=tarik)

    with world.database.reading() as reading:
        file = reading.scalars(select(RecordFile).where(RecordFile.record_id == visit)).one()
    assert file.name == "Bild Öl.jpg"


def test_the_report_becomes_paper_once(world: World, tarik: Actor) -> None:
    customer, part = world.customer("Hotel <b>Deich</b>"), in_van(world, tarik)
    visit = create_visit(planned(world, tarik, customer), by=world.ines)
    report_visit(
        visit, worked(world, visit, PartInput(part, D(1))), signer_name="Wiebke", signature=SIGNED, by=tarik
    )
    with world.database.reading() as reading:
        page = report_html(reading.get_one(Visit, visit))

    assert "Hotel &lt;b&gt;Deich" in page
    assert "Sensor getauscht" in page
    assert 'd="M10,10L200,120L400,80"' in page
    make_report(visit)
    make_report(visit)
    archive_report(visit, content=b"%PDF", name="x.pdf", by=system_actor("pdf"))
    with world.database.reading() as reading:
        kept = select(func.count()).select_from(RecordFile).where(RecordFile.record_id == visit)
        assert reading.scalar(kept) == 1
        assert archived_report(visit) is not None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(-5, 1005), st.integers(-5, 1005)), max_size=6), max_size=6))
def test_a_signature_is_kept_as_drawn_or_refused(strokes: list[list[tuple[int, int]]]) -> None:
    text = str([[list(point) for point in stroke] for stroke in strokes])
    inside = all(0 <= value <= 1000 for stroke in strokes for point in stroke for value in point)

    if not inside:
        with pytest.raises(Refusal):
            checked_signature(text)
        return
    kept = checked_signature(text)
    assert checked_signature(kept) == kept
    assert bool(kept) == any(len(stroke) > 1 for stroke in strokes)
