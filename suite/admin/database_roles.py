"""Two roles on PostgreSQL: one owns the tables and migrates, the other, which serves, may not touch what is final.

The fourth layer of immutability, beside commands, the schema guard and triggers: without being the owner
nobody drops a trigger, truncates a table or changes an append-only row (GoBD Rz. 107 to 112).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from suite.base.db import Database, Model
from suite.base.frozen import GUARDS
from suite.base.setting import environment


@contextmanager
def as_owner(database: Database) -> Iterator[Database]:
    """The database as its owner reaches it, where `SUITE_DATABASE_OWNER_URL` names one; else as it is."""
    owner_url = environment("SUITE_DATABASE_OWNER_URL")
    if database.is_sqlite or not owner_url:
        yield database
        return
    owner = Database(owner_url)
    try:
        yield owner
    finally:
        owner.dispose()


def grant_to(owner: Database, role: str) -> None:
    """Let `role` read and write what is not final, and only read and add what is append-only."""
    quote = owner.engine.dialect.identifier_preparer.quote
    with owner.engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {quote(role)}")
        connection.exec_driver_sql(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}")
        connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {quote(role)}")
        for table in Model.metadata.tables:
            verbs = "SELECT, INSERT" if _is_append_only(table) else "SELECT, INSERT, UPDATE, DELETE"
            connection.exec_driver_sql(f"GRANT {verbs} ON {quote(table)} TO {quote(role)}")


def is_owner(database: Database) -> bool:
    """Whether the serving role owns tables, so that it could change the schema itself."""
    if database.is_sqlite:
        return False
    owned = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
    with database.engine.connect() as connection:
        return bool(connection.exec_driver_sql(owned).scalar())


def _is_append_only(table: str) -> bool:
    guard = GUARDS.by_table.get(table)
    return guard is not None and "1=1" in guard.update and "1=1" in guard.delete
