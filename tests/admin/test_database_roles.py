"""The serving role on PostgreSQL: it works, and what is final is out of its reach even without the triggers."""

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import ProgrammingError

from suite.admin.database_roles import is_owner
from suite.admin.migrate import create_or_upgrade, refuse_other_version
from suite.base.db import Database, use_database
from suite.master.company.commands import found_company
from suite.shared.roles import system_actor
from tests.servers import Postgres
from tests.world import COMPANY, World


@pytest.fixture
def served(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A founded company whose tables belong to another role than the one that serves."""
    name = f"roles_{uuid.uuid4().hex[:12]}"
    admin = create_engine(
        postgres.url("postgres").replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        for role in ("owner", "server"):
            connection.exec_driver_sql(f"CREATE ROLE {name}_{role} LOGIN")
        connection.exec_driver_sql(f"CREATE DATABASE {name} OWNER {name}_owner")
    monkeypatch.setenv("SUITE_DATABASE_OWNER_URL", postgres.url(name).replace("postgres@", f"{name}_owner@"))
    database = Database(postgres.url(name).replace("postgres@", f"{name}_server@"))
    create_or_upgrade(database)
    with use_database(database):
        by = system_actor("founder", door="test")
        found_company(mark="demo", chart="SKR03", name="Rollen GmbH", details=COMPANY, by=by)
        yield database
    database.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        for role in ("owner", "server"):
            connection.exec_driver_sql(f"DROP ROLE {name}_{role}")
    admin.dispose()


def test_the_serving_role_does_all_daily_work(served: Database) -> None:
    world = World(served)
    order, invoice = world.invoiced_order()

    refuse_other_version(served)
    assert world.record(invoice).state == "posted" and world.record(order).state == "invoiced"
    assert world.findings() == []
    assert not is_owner(served)


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE counter",
        "DROP TRIGGER frozen_journal_entry_update ON journal_entry",
        "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
        "ALTER TABLE document ADD COLUMN more TEXT",
        "DROP TABLE event_value",
        "UPDATE stock_move SET quantity = quantity",
        "DELETE FROM archived_file",
        "UPDATE allocation SET amount = amount",
        "SET session_replication_role = replica",
    ],
)
def test_the_serving_role_cannot_reach_the_schema_or_append_only_rows(
    served: Database, statement: str
) -> None:
    with served.engine.connect().execution_options(writing=True) as connection:
        with pytest.raises(ProgrammingError) as refused:
            connection.exec_driver_sql(statement)

    assert "permission denied" in str(refused.value) or "must be owner" in str(refused.value)
