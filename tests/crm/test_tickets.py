"""Tickets: entered, answered, solved, opened again, merged and split; and who may do what when."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from suite.admin.users.commands import add_user
from suite.base import clock
from suite.base.db import write_transaction
from suite.base.errors import Conflict, NotPermitted, Refusal
from suite.crm.tickets.choices import (
    choices,
    create_canned_text,
    create_category,
    create_queue,
    edit_canned_text,
    edit_category,
    edit_queue,
)
from suite.crm.tickets.commands import TicketInput, assign_ticket, create_ticket, edit_ticket
from suite.crm.tickets.conversation import receive_message, remark_ticket, reply_ticket
from suite.crm.tickets.joining import merge_ticket, split_ticket
from suite.crm.tickets.messages import FileInput
from suite.crm.tickets.states import (
    close_ticket,
    escalate_ticket,
    rate_ticket,
    reopen_ticket,
    resolve_ticket,
    resume_ticket,
    start_ticket,
    wait_for_customer,
    wait_for_parts,
)
from suite.erp.deliveries.commands import deliver_order
from suite.master.parties.contacts import ContactInput, create_contact
from suite.model import RecordLink, Ticket, TicketMessage, TicketMessageFile, User
from suite.shared.complaints import link_ticket
from tests.world import World, actor

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 10:00 in Berlin


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    """The code of a refusal."""
    return refused.value.code


def ticket_of(world: World, ticket_id: int) -> Ticket:
    """The ticket, fresh."""
    with world.database.reading() as reading:
        return reading.get_one(Ticket, ticket_id)


def messages(world: World, ticket_id: int) -> list[TicketMessage]:
    """The messages of a ticket in order."""
    with world.database.reading() as reading:
        wanted = select(TicketMessage).where(TicketMessage.ticket_id == ticket_id)
        return list(reading.scalars(wanted.order_by(TicketMessage.id)))


def person(world: World, login: str = "ines") -> int:
    """A user who can be put in charge."""
    add_user(login=login, name=login.title(), roles=["service"], by=world.owner)
    with world.database.reading() as reading:
        return reading.scalars(select(User.id).where(User.login == login)).one()


def test_a_ticket_goes_from_new_to_closed(world: World) -> None:
    customer = world.customer()
    with clock.fixed_at(MONDAY):
        ticket = world.ticket(party_id=customer, reporter_name="Wiebke Muster", channel="mail")
    assert world.record(ticket).state == "new"
    assert world.record(ticket).number.startswith("TK-2026-")
    assign_ticket(ticket, assignee_id=person(world), by=world.ines)
    assert world.record(ticket).state == "open"
    start_ticket(ticket, by=world.ines)
    with clock.fixed_at(MONDAY + timedelta(minutes=18)):
        reply_ticket(ticket, text="Wir kommen heute.", by=world.ines)
    wait_for_parts(ticket, by=world.ines)
    resume_ticket(ticket, by=world.ines)
    with clock.fixed_at(MONDAY + timedelta(hours=3)):
        resolve_ticket(ticket, solution="Sensor getauscht", by=world.ines)
    close_ticket(ticket, by=world.ines)

    found = ticket_of(world, ticket)
    assert world.record(ticket).state == "closed"
    assert found.responded_at == MONDAY + timedelta(minutes=18)
    assert found.resolved_at == MONDAY + timedelta(hours=3)
    assert [(m.direction, m.author) for m in messages(world, ticket)] == [
        ("in", "Wiebke Muster"),
        ("out", "ines"),
    ]
    rate_ticket(ticket, rating=5, comment="schnell", by=world.ines)
    with pytest.raises(Refusal) as refused:
        rate_ticket(ticket, rating=1, by=world.ines)
    assert code_of(refused) == "ticket-rated"
    assert world.findings() == []


def test_a_ticket_needs_no_party_and_takes_that_of_its_contact(world: World) -> None:
    customer, other = world.customer(), world.customer()
    contact = create_contact(customer, ContactInput("Wiebke Muster"), by=world.sven)

    nobody = world.ticket()
    known = world.ticket(contact_id=contact)

    assert world.record(nobody).party_id is None
    assert world.record(known).party_id == customer
    with pytest.raises(Refusal) as refused:
        world.ticket(contact_id=contact, party_id=other)
    assert (code_of(refused), refused.value.field) == ("of-other-party", "contact_id")
    assert world.findings() == []


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"subject": " "}, "field-required", "subject"),
        ({"subject": "A", "channel": "fax"}, "choice-unknown", "channel"),
        ({"subject": "A", "priority": "top"}, "choice-unknown", "priority"),
        ({"subject": "A", "queue_id": 99}, "choice-unknown", "queue_id"),
        ({"subject": "A", "category_id": 99}, "choice-unknown", "category_id"),
        ({"subject": "A", "reporter_email": "wiebke"}, "email-wrong", "reporter_email"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(
    world: World, values: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        create_ticket(TicketInput(**values), by=world.ines)

    assert [(p.code, p.field) for p in refused.value.problems] == [(code, field)]


def test_a_changed_ticket_tells_what_changed_and_finds_a_second_writer(world: World) -> None:
    ticket = world.ticket()
    create_queue(name="Technik", by=world.owner)
    with world.database.reading():
        queue = next(row.id for row in choices("ticket_queue") if row.name == "Technik")

    edit_ticket(
        ticket, TicketInput("Pumpe steht", queue_id=queue, priority="urgent"), version=1, by=world.ines
    )

    assert world.record(ticket).title == "Pumpe steht"
    assert ticket_of(world, ticket).resolve_minutes == 480
    with pytest.raises(Conflict):
        edit_ticket(ticket, TicketInput("Anders"), version=1, by=world.ines)
    assert world.findings() == []


def test_the_customer_opens_again_what_was_solved_a_short_while_ago(world: World) -> None:
    with clock.fixed_at(MONDAY):
        ticket = world.ticket()
        resolve_ticket(ticket, solution="Neustart", by=world.ines)
    with clock.fixed_at(MONDAY + timedelta(days=3)):
        receive_message(ticket, text="Geht wieder nicht.", by=world.ines)
    assert world.record(ticket).state == "open"
    assert ticket_of(world, ticket).resolved_at is None
    with clock.fixed_at(MONDAY + timedelta(days=4)):
        resolve_ticket(ticket, solution="Getauscht", by=world.ines)
        close_ticket(ticket, by=world.ines)

    with clock.fixed_at(MONDAY + timedelta(days=30)):
        with pytest.raises(Refusal) as late:
            receive_message(ticket, text="Geht wieder nicht.", by=world.ines)
        with pytest.raises(Refusal) as also_late:
            reopen_ticket(ticket, by=type(world.ines)(None, "kunde", world.ines.permissions, "portal", "x"))
        reopen_ticket(ticket, by=world.ines)

    assert code_of(late) == code_of(also_late) == "ticket-reopen-late"
    assert world.record(ticket).state == "open"
    assert world.findings() == []


def test_an_answer_may_hand_the_turn_over_or_solve_at_once(world: World) -> None:
    waits, solved = world.ticket(), world.ticket()

    reply_ticket(waits, text="Welche Nummer hat das Gerät?", then="wait_customer", by=world.ines)
    reply_ticket(solved, text="Bitte neu starten.", then="resolve", by=world.ines)

    assert world.record(waits).state == "waiting_customer"
    assert world.record(solved).state == "resolved"
    assert ticket_of(world, solved).solution == "Bitte neu starten."
    receive_message(waits, text="A-17", by=world.ines)
    assert world.record(waits).state == "open"
    assert world.findings() == []


def test_a_mail_is_kept_once(world: World) -> None:
    ticket = world.ticket()
    mail = {"text": "Anbei ein Bild", "channel": "mail", "mail_message_id": "<1@kunde.example>"}

    receive_message(ticket, **mail, files=[FileInput("bild.png", b"x" * 9)], by=world.ines)
    receive_message(ticket, **mail, files=[FileInput("bild.png", b"x" * 9)], by=world.ines)

    assert len(messages(world, ticket)) == 2
    with world.database.reading() as reading:
        assert len(reading.scalars(select(TicketMessageFile)).all()) == 1
    assert world.findings() == []


def test_what_was_written_stays_as_it_was_written(world: World) -> None:
    ticket = world.ticket()
    for statement in ("UPDATE ticket_message SET text = 'x'", "DELETE FROM ticket_message"):
        with pytest.raises(DBAPIError, match="frozen"):
            with write_transaction() as current:
                current.connection().exec_driver_sql(statement)

    assert messages(world, ticket)[0].text == "Nichts geht mehr."


def test_merged_tickets_are_one(world: World) -> None:
    customer = world.customer()
    first, second, third = (world.ticket(f"Nr. {n}", party_id=customer) for n in range(3))

    merge_ticket(first, target_id=second, by=world.ines)
    merge_ticket(second, target_id=third, by=world.ines)

    assert world.record(first).forwarded_to == world.record(second).forwarded_to == third
    assert world.record(first).state == "merged"
    for wrong, code in (
        ({"target_id": third}, "ticket-merge-itself"),
        ({"target_id": first}, "ticket-merge-itself"),
        ({"target_id": world.ticket(party_id=world.customer())}, "ticket-merge-party"),
    ):
        with pytest.raises(Refusal) as refused:
            merge_ticket(third, **wrong, by=world.ines)
        assert code_of(refused) == code
    assert world.findings() == []


def test_a_ticket_that_is_two_is_split(world: World) -> None:
    with clock.fixed_at(MONDAY):
        ticket = world.ticket(party_id=world.customer(), priority="high")
    with clock.fixed_at(MONDAY + timedelta(hours=1)):
        receive_message(ticket, text="Und die Rechnung stimmt nicht.", by=world.ines)
    with clock.fixed_at(MONDAY + timedelta(hours=2)):
        reply_ticket(ticket, text="Wir sehen nach.", by=world.ines)
    first, second, _ = messages(world, ticket)

    other = split_ticket(ticket, message_id=second.id, subject="Rechnung", by=world.ines)

    assert [m.text for m in messages(world, ticket)] == ["Nichts geht mehr."]
    assert len(messages(world, other)) == 2
    found = ticket_of(world, other)
    assert (found.opened_at, found.priority) == (MONDAY + timedelta(hours=1), "high")
    assert found.responded_at == MONDAY + timedelta(hours=2)
    with pytest.raises(Refusal) as refused:
        split_ticket(ticket, message_id=first.id, subject="Rest", by=world.ines)
    assert code_of(refused) == "ticket-split-all"
    assert world.findings() == []


def test_help_is_called_for_with_a_reason(world: World) -> None:
    ticket = world.ticket()
    with pytest.raises(Refusal) as refused:
        escalate_ticket(ticket, by=world.ines)
    assert code_of(refused) == "field-required"

    escalate_ticket(ticket, reason="Kunde droht zu kündigen", by=world.ines)

    assert ticket_of(world, ticket).escalated_at is not None
    assert messages(world, ticket)[-1].direction == "internal"


def test_a_complaint_is_linked_to_what_it_is_about_and_what_follows(world: World) -> None:
    customer = world.customer()
    order = world.order(customer=customer)
    delivery = deliver_order(order, by=world.wanda)
    ticket = world.ticket(party_id=customer, is_complaint=True)

    link_ticket(ticket, other_id=delivery, by=world.ines)
    replacement = world.order(customer=customer)
    link_ticket(ticket, other_id=replacement, by=world.sven)

    with world.database.reading() as reading:
        links = {(row.source_id, row.target_id) for row in reading.scalars(select(RecordLink))}
    assert {(delivery, ticket), (ticket, replacement)} <= links
    with pytest.raises(Refusal) as refused:
        link_ticket(ticket, other_id=world.order(), by=world.ines)
    assert code_of(refused) == "of-other-party"
    with pytest.raises(Refusal) as refused:
        link_ticket(ticket, other_id=customer, by=world.ines)
    assert code_of(refused) == "link-impossible"


def test_a_closed_ticket_is_neither_answered_nor_changed(world: World) -> None:
    ticket = world.ticket()
    remark_ticket(ticket, text="Seltsam", by=world.ines)
    resolve_ticket(ticket, solution="x", by=world.ines)
    close_ticket(ticket, by=world.ines)

    for act in (
        lambda: reply_ticket(ticket, text="Noch etwas", by=world.ines),
        lambda: edit_ticket(ticket, TicketInput("x"), by=world.ines),
        lambda: wait_for_customer(ticket, by=world.ines),
        lambda: assign_ticket(ticket, assignee_id=None, by=world.ines),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert code_of(refused) == "step-not-open"


def test_only_service_answers_and_only_who_may_sets_choices(world: World) -> None:
    ticket = world.ticket()
    with pytest.raises(NotPermitted):
        reply_ticket(ticket, text="Hallo", by=world.wanda)
    with pytest.raises(NotPermitted):
        create_queue(name="Neu", by=world.ines)
    with pytest.raises(Refusal) as refused:
        assign_ticket(ticket, assignee_id=99, by=world.ines)
    assert code_of(refused) == "choice-unknown"


def test_choices_are_added_renamed_and_taken_off(world: World) -> None:
    create_category(name="Störung", by=world.owner)
    create_canned_text(name="Gruß", text="Guten Tag", by=world.owner)
    with world.database.reading():
        rows = {table: choices(table)[-1] for table in ("ticket_queue", "ticket_category", "canned_text")}

    edit_queue(rows["ticket_queue"].id, name="Service", active=True, version=1, by=world.owner)
    edit_category(rows["ticket_category"].id, name="Fehler", active=False, version=1, by=world.owner)
    edit_canned_text(
        rows["canned_text"].id, name="Gruß", text="Hallo", active=True, version=1, by=world.owner
    )

    with world.database.reading():
        assert [row.name for row in choices("ticket_queue")] == ["Service"]
        assert choices("ticket_category", only_active=True) == []
        assert choices("canned_text")[0].text == "Hallo"
    with pytest.raises(Conflict):
        edit_queue(rows["ticket_queue"].id, name="Anders", active=True, version=1, by=world.owner)
    with pytest.raises(Refusal) as refused:
        create_category(name="Fehler", by=actor("admin", "admin"))
    assert code_of(refused) == "name-taken"
