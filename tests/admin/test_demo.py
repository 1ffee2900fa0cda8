"""The demo company: whole, varied, true to every invariant, and the same for the same day."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from suite.admin.demo import demo_events, make_demo
from suite.base.db import Database, use_database
from suite.base.errors import Refusal
from suite.model import (
    Company,
    IncomingMail,
    JournalEntry,
    PortalUser,
    PurchaseNeed,
    Record,
    RecordFile,
    Technician,
    Ticket,
    Visit,
    VisitCharge,
)
from suite.shared.archive import read_archived
from suite.shared.verification import verify
from tests.exchange.oracle import assert_all_pass

AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a demo as of a fixed day."""
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}"
    logins = make_demo(url, as_of=AS_OF)
    assert {role for login in logins for role in login.roles} >= {
        "sales",
        "warehouse",
        "accounting",
        "auditor",
    }
    assert len({login.password for login in logins}) == len(logins)
    return url


def test_every_invariant_holds_and_every_state_occurs(demo: str) -> None:
    database = Database(demo)
    with use_database(database), database.reading() as reading:
        assert list(verify()) == []
        states = Counter((kind, state) for kind, state in reading.execute(select(Record.kind, Record.state)))
        by_kind = select(Record.kind, func.count()).group_by(Record.kind)
        kinds = {kind: count for kind, count in reading.execute(by_kind)}  # noqa: C416 - a Result is no mapping
        first, last = reading.execute(
            select(func.min(JournalEntry.entry_date), func.max(JournalEntry.entry_date))
        ).one()
        mark = reading.scalar(select(Company.mark))

    assert kinds["party"] >= 55 and kinds["product"] >= 80 and 260 <= kinds["order"] <= 320
    for kind, wanted in {
        "order": "draft confirmed part_delivered delivered invoiced cancelled",
        "quote": "draft sent ordered rejected",
        "invoice": "draft posted part_paid paid cancelled",
        "lead": "new qualified converted rejected",
        "opportunity": "open won lost",
        "activity": "open done",
        "return": "received",
        "credit_note": "settled",
        "contract": "active ending ended",
        "deferral": "posted",
        "ticket": "new open in_progress waiting_customer waiting_parts resolved closed",
        "visit": "planned reported released done cancelled",
        "device": "active",
    }.items():
        for state in wanted.split():
            assert states[kind, state], (kind, state)
    assert first.year == AS_OF.year - 1 and last <= AS_OF
    assert mark == "demo"


def test_service_shows_something_of_everything(demo: str) -> None:
    database = Database(demo)
    with use_database(database), database.reading() as reading:
        channels = set(reading.scalars(select(Ticket.channel)))
        levels = set(reading.scalars(select(Ticket.service_level)))
        charges = set(reading.scalars(select(VisitCharge.charge)))
        here = select(Visit.technician_id).join(Record, Record.id == Visit.id)
        today = set(reading.scalars(here.where(Record.sort_date == AS_OF, Record.state == "planned")))
        technicians = set(reading.scalars(select(Technician.user_id)))
        needs = reading.scalars(select(PurchaseNeed).where(PurchaseNeed.state == "open")).all()
        on_weekend = [
            row
            for row in reading.scalars(select(Record).where(Record.kind == "visit"))
            if row.sort_date.weekday() > 4
        ]
        from_mail = set(reading.scalars(select(IncomingMail.outcome)))
        people = reading.scalars(select(PortalUser)).all()

    assert channels == {"mail", "phone", "portal"}
    assert levels == {"GOLD", "STANDARD"}
    assert charges == {"included", "contingent", "billable", "goodwill"}
    assert len(technicians) == 2 and today == technicians
    assert len(needs) == 3 and {need.record_id is None for need in needs} == {True, False}
    assert on_weekend == [] and from_mail == {"ticket"} and len(people) == 1


def test_every_e_invoice_of_the_demo_passes_schema_and_rules(demo: str, tmp_path: Path) -> None:
    database, paths, profiles = Database(demo), [], set()
    with use_database(database), database.reading() as reading:
        for file in reading.scalars(select(RecordFile).where(RecordFile.role == "xml")):
            path = tmp_path / f"{file.id}.xml"
            path.write_bytes(b"".join(read_archived(file.sha256)))
            paths.append(path)
            profiles.add(file.profile)

    assert profiles == {"en16931", "xrechnung", "peppol"}
    assert len(paths) > 250
    assert_all_pass(paths)


def test_the_same_day_gives_the_same_events_and_another_day_moves_them() -> None:
    assert demo_events(AS_OF) == demo_events(AS_OF)
    assert demo_events(date(2026, 2, 28))[0]["date"] == "2025-01-02"


def test_a_demo_never_goes_into_a_database_that_is_not_empty(demo: str) -> None:
    with pytest.raises(Refusal) as refused:
        make_demo(demo, as_of=AS_OF)

    assert refused.value.code == "database-not-empty"
