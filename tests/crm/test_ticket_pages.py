"""The pages of tickets: what service sees and does there, in plain forms."""

import re
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from suite.base import clock
from suite.crm.tickets.attainment import attainment
from suite.crm.tickets.choices import create_canned_text
from suite.crm.tickets.conversation import receive_message, reply_ticket
from suite.crm.tickets.joining import merge_ticket
from suite.crm.tickets.messages import FileInput
from suite.crm.tickets.states import resolve_ticket
from suite.erp.deliveries.commands import deliver_order
from suite.model import RecordLink
from suite.shared.complaints import link_ticket
from tests.crm.test_tickets import MONDAY, messages, ticket_of
from tests.world import World

Client = Callable[..., FlaskClient]


def csrf(client: FlaskClient) -> str:
    """The token of the session."""
    found = re.search(r'name="csrf" value="(\w+)"', client.get("/search").get_data(as_text=True))
    assert found is not None
    return found.group(1)


def url_of(world: World, ticket: int) -> str:
    """Where a ticket is shown."""
    return f"/tickets/{world.record(ticket).public_id}"


def test_a_phoned_in_ticket_is_entered_for_a_customer(world: World, sign_in: Client) -> None:
    world.customer("Hotel Beispiel GmbH")
    client = sign_in("service")
    typed = {"subject": "Kein Strom", "party": "Hotel Beispiel", "text": "Seit heute", "priority": "high"}
    typed |= {"csrf": csrf(client), "channel": "phone", "action": "save"}

    answer = client.post("/tickets/new", data=typed)

    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = client.get(answer.location).get_data(as_text=True)
    assert "Kein Strom" in page
    assert "Hotel Beispiel GmbH" in page
    assert "until the answer at" in page
    refused = client.post("/tickets/new", data=typed | {"subject": "", "party": "Niemand"})
    assert refused.status_code == 422
    assert "Seit heute" in refused.get_data(as_text=True)


def test_a_ready_made_text_is_put_into_the_answer_and_nothing_is_sent(world: World, sign_in: Client) -> None:
    ticket = world.ticket()
    create_canned_text(name="Gruß", text="Mit freundlichen Grüßen", by=world.owner)
    client = sign_in("service")
    form = {"csrf": csrf(client), "text": "Guten Tag", "canned": "1", "action": "canned"}

    page = client.post(f"{url_of(world, ticket)}/reply", data=form).get_data(as_text=True)

    assert "Guten Tag\n\nMit freundlichen Grüßen" in page
    assert len(messages(world, ticket)) == 1
    sent = client.post(f"{url_of(world, ticket)}/reply", data=form | {"action": "wait_customer"})
    assert sent.status_code == 303
    assert world.record(ticket).state == "waiting_customer"
    empty = client.post(f"{url_of(world, ticket)}/reply", data=form | {"text": " ", "action": "send"})
    assert empty.status_code == 422
    note = client.post(f"{url_of(world, ticket)}/remark", data={"csrf": form["csrf"], "note": " "})
    assert note.status_code == 422


def test_a_merged_ticket_is_shown_in_the_other_with_its_messages_and_files(
    world: World, sign_in: Client
) -> None:
    first, second = world.ticket("Eins"), world.ticket("Zwei")
    receive_message(first, text="Anbei", files=[FileInput("bild.txt", b"E 74", "text/plain")], by=world.ines)
    merge_ticket(first, target_id=second, by=world.ines)
    client = sign_in("service")

    page = client.get(url_of(world, first)).get_data(as_text=True)

    assert "<h1>Zwei</h1>" in page
    assert "Anbei" in page
    file = re.search(r'href="(/records/[^"]+/files/\w+)"', page)
    assert file is not None
    assert client.get(file.group(1)).data == b"E 74"


def test_the_list_has_views_filters_and_deadlines(world: World, sign_in: Client) -> None:
    with clock.fixed_at(MONDAY - timedelta(days=60)):
        world.ticket("Alt", priority="urgent")
    world.ticket("Neu")
    client = sign_in("service")

    def shown(query: str) -> str:
        return client.get(f"/tickets?{query}").get_data(as_text=True)

    assert shown("").index(">Alt<") < shown("").index(">Neu<")
    assert ">Neu<" not in shown("view=breached")
    assert "overdue since" in shown("view=breached")
    assert ">Alt<" not in shown("priority=normal")
    assert ">Neu<" in shown("queue=&priority=normal")
    assert ">Neu<" not in shown("queue=99")
    assert ">Neu<" not in shown("view=mine")
    assert ">Neu<" in shown("view=unassigned")
    assert ">Alt<" in client.get("/").get_data(as_text=True).replace('strong" href', "href").replace(
        "Alt</a>", ">Alt<"
    )


def test_a_complaint_leads_to_a_return_that_belongs_to_it(world: World, sign_in: Client) -> None:
    customer = world.customer()
    delivery = deliver_order(world.order(customer=customer), by=world.wanda)
    ticket = world.ticket("Falsche Ware", party_id=customer, is_complaint=True)
    link_ticket(ticket, other_id=delivery, by=world.ines)
    client = sign_in("service", "warehouse")
    page = client.get(url_of(world, ticket)).get_data(as_text=True)
    way = re.search(r'href="(/deliveries/\w+/return\?ticket=\w+)"', page)
    assert way is not None
    line = world.lines(delivery)[0].id

    answer = client.post(
        way.group(1), data={"csrf": csrf(client), f"quantity-{line}": "1", "reason": "defective"}
    )

    assert answer.status_code == 303, answer.get_data(as_text=True)
    back = client.get(answer.location).get_data(as_text=True)
    assert world.record(ticket).number in back
    with world.database.reading() as reading:
        links = [(row.source_id, row.target_id) for row in reading.query(RecordLink)]
    assert any(source == ticket for source, _ in links)


def test_promises_kept_and_broken_are_counted_apart(world: World, sign_in: Client) -> None:
    with clock.fixed_at(MONDAY):
        kept, late, open_, merged = (world.ticket(priority="urgent") for _ in range(4))
        reply_ticket(kept, text="Ja", by=world.ines)
        resolve_ticket(kept, solution="x", by=world.ines)
        merge_ticket(merged, target_id=kept, by=world.ines)
    with clock.fixed_at(MONDAY + timedelta(days=3)):
        resolve_ticket(late, solution="x", by=world.ines)
        with world.database.reading():
            [row] = attainment(MONDAY.date(), MONDAY.date())
            assert attainment(MONDAY.date() - timedelta(days=2), MONDAY.date() - timedelta(days=1)) == []

    assert (row.level, row.priority) == ("Standard", "urgent")
    assert (row.answers.promised, row.answers.kept, row.answers.broken) == (3, 1, 2)
    assert (row.solutions.promised, row.solutions.kept, row.solutions.broken) == (3, 1, 2)
    assert row.solutions.percent == 33
    assert ticket_of(world, open_).resolved_at is None
    client = sign_in("management")
    period = {"from_date": "23.11.2026", "until_date": "23.11.2026"}
    assert "Standard" in client.get("/promises", query_string=period).get_data(as_text=True)
    csv = client.post("/promises", data=period | {"csrf": csrf(client)}).get_data(as_text=True)
    assert "Standard;urgent;3;1;2;33;3;1;2;33" in csv
    wrong = client.get("/promises?from_date=24.11.2026&until_date=1.11.2026")
    assert wrong.status_code == 422


def test_a_calendar_and_a_level_are_kept_as_typed(world: World, sign_in: Client) -> None:
    client = sign_in("admin")
    token = csrf(client)
    calendar = {"csrf": token, "name": "Nord", "timezone": "Europe/Berlin", "land": "SH", "action": "save"}
    calendar |= {"hours-0": "8–12, 13:30–17", "closed_days": "24.12.2026 Heiligabend\n31.12.2026"}

    made = client.post("/settings/calendars/new", data=calendar)
    wrong = client.post("/settings/calendars/new", data=calendar | {"name": "B", "hours-0": "morgens"})
    level = {"csrf": token, "code": "gold", "name": "Gold", "calendar_id": "2", "respond-normal": "1,5"}
    saved = client.post("/settings/service-levels/new", data=level | {"respond-normal": "1.5"})

    assert made.status_code == 303, made.get_data(as_text=True)
    page = client.get("/settings/calendars/2").get_data(as_text=True)
    assert "8:00–12:00, 13:30–17:00" in page
    assert "Heiligabend" in page
    assert "Reformationstag" in page
    assert wrong.status_code == 422
    assert saved.status_code == 303, saved.get_data(as_text=True)
    assert "1.5 / –" in client.get("/settings/service-levels").get_data(as_text=True)
    assert client.get("/settings/service-levels/NONE").status_code == 404
