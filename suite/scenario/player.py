"""The player: each case of a scenario file in a fresh in-memory database, event by event."""

from collections.abc import Mapping
from typing import Any

import suite.scenario.contract_events
import suite.scenario.device_events
import suite.scenario.front_events
import suite.scenario.master_events
import suite.scenario.sales_events
import suite.scenario.stock_events
import suite.scenario.ticket_events
import suite.scenario.visit_events  # noqa: F401 - the event types
from suite.base import clock
from suite.base.db import Database, use_database
from suite.base.errors import Refusal
from suite.master.company.commands import found_company
from suite.model.schema import create_all
from suite.scenario.case import EVENTS, Case, moment
from suite.scenario.results import case_results, event_results
from suite.shared.roles import system_actor

ANSWERS = frozenset(("totals", "journal", "datev", "vat_effects", "expected"))
# Without effect on what comes out, as the format says.
REMARKS = frozenset(
    (
        "title",
        "purpose",
        "tags",
        "notes",
        "note",
        "document_title",
        "seller",
        "proof",
        "deliver_to_country",
        "payment_terms",
        "level",
        "en16931",
        "due_date",
    )
)
# What reading an incomplete or senseless event raises.
MALFORMED = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
COMMON = frozenset(("seq", "date", "time", "type", "number", "partner"))
COMPANY = {
    "street": "Speicherstraße 12",
    "postcode": "20457",
    "city": "Hamburg",
    "vat_id": "DE136695976",
    "tax_number": "27/123/45678",
    "contact_name": "Buchhaltung",
    "phone": "+49 40 1234560",
    "email": "rechnung@kontor-spielfirma.example",
    "iban": "DE89370400440532013000",
    "endpoint_scheme": "EM",
    "endpoint_id": "rechnung@kontor-spielfirma.example",
}


def play(scenario: Mapping[str, Any], *, chart: str, only: str | None = None) -> dict[str, Any]:
    """Play all cases (or one) of a scenario and return the same structure with what really came out."""
    case_ids(scenario)
    cases = [play_case(case, chart=chart) for case in scenario["cases"] if only in (None, case["id"])]
    return {"schema_version": scenario.get("schema_version"), "chart": chart, "cases": cases}


def case_ids(scenario: Any) -> list[str]:
    """The ids of the cases; raises `Refusal("scenario-wrong")` when the file is none of ours."""
    cases = scenario.get("cases") if isinstance(scenario, dict) else None
    if not isinstance(cases, list) or not all(_is_case(case) for case in cases):
        raise Refusal("scenario-wrong")
    return [case["id"] for case in cases]


def _is_case(case: Any) -> bool:
    events = case.get("events") if isinstance(case, dict) and isinstance(case.get("id"), str) else None
    return isinstance(events, list) and all(
        isinstance(event, dict) and isinstance(event.get("seq"), int) and isinstance(event.get("type"), str)
        for event in events
    )


def play_case(case: Mapping[str, Any], *, chart: str) -> dict[str, Any]:
    """Play one case; a refusal ends it with `error` and what came before stays reported."""
    database = Database("sqlite://")
    create_all(database)
    with use_database(database):
        found_company(
            mark="play",
            chart=chart,
            name="Kontor Spielfirma GmbH",
            details=COMPANY,
            by=system_actor("scenario", door="scenario"),
        )
    played = play_in(database, case)
    database.dispose()
    return played


def play_in(database: Database, case: Mapping[str, Any]) -> dict[str, Any]:
    """Play one case in the company of a database; a refusal ends it with `error`."""
    played: dict[str, Any] = {"id": case["id"], "events": [], "error": None}
    with use_database(database):
        running = Case(case, actors=lambda _role: system_actor("scenario", door="scenario"))
        for event in sorted(case["events"], key=lambda each: each["seq"]):
            try:
                with clock.fixed_at(moment(event)):
                    record_id = play_event(running, event)
            except Refusal as refusal:
                played["error"] = {"code": refusal.code, "message": str(refusal), "seq": event["seq"]}
                break
            except MALFORMED as error:
                said = f"{event['type']}: {type(error).__name__}: {error}"
                played["error"] = {"code": "event-malformed", "message": said, "seq": event["seq"]}
                break
            with database.reading():
                played["events"].append(event_results(running, event, record_id))
        with database.reading():
            played |= case_results(running)
    return played


def play_event(running: Case, event: Mapping[str, Any]) -> int | None:
    """Play one event through the commands; returns the record it made. Raises `Refusal`."""
    known = EVENTS.get(event["type"])
    if known is None:
        raise Refusal("event-unknown", type=event["type"])
    inputs = {name: value for name, value in event.items() if name not in ANSWERS and name not in REMARKS}
    unread = sorted(set(inputs) - COMMON - known.inputs)
    if unread:
        raise Refusal("event-input-unsupported", type=event["type"], input=unread[0])
    running.act_as(known.role)
    return known.play(running, inputs)
