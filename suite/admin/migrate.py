"""Migrations: bringing a database to this version's schema, and refusing one that is not there."""

from pathlib import Path

from sqlalchemy import inspect, text

from suite.admin.database_roles import as_owner, grant_to
from suite.base.db import Database
from suite.base.errors import Refusal
from suite.base.place import folder
from suite.model.schema import VERSION, schema_differences

SCRIPTS = folder("migrations")


def create_or_upgrade(database: Database) -> None:
    """Run all migrations that are missing, in one transaction, and end in the schema guard.

    Where PostgreSQL has an owner role of its own, the owner migrates and grants the serving role what it needs.
    """
    from alembic import command  # noqa: PLC0415 - a fifth of a second that serving never needs
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with as_owner(database) as owner:
        with owner.engine.connect().execution_options(sqlite_begin="IMMEDIATE", writing=True) as connection:
            with connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                refuse_differences(schema_differences(connection))
        if owner is not database:
            grant_to(owner, database.url.username or "")


def refuse_differences(differences: list[str]) -> None:
    """Raise `Refusal("schema-differs")` naming the first differences."""
    if differences:
        raise Refusal("schema-differs", count=len(differences), first="; ".join(differences[:3]))


def is_empty(database: Database) -> bool:
    """Whether the database has no table at all; a SQLite file that does not exist is not made by asking."""
    place = database.url.database or ":memory:"
    if database.is_sqlite and place != ":memory:" and not Path(place).exists():
        return True
    with database.engine.connect() as connection:
        return not inspect(connection).get_table_names()


def refuse_other_version(database: Database) -> None:
    """Refuse an empty, older or newer schema, or one with a missing trigger, in one line that says what to do."""
    refuse_foreign(database)
    with database.engine.connect() as connection:
        refuse_differences(schema_differences(connection))


def refuse_foreign(database: Database) -> None:
    """Refuse an empty, older or newer schema; what is missing in this version's, `verify` is to name."""
    if is_empty(database):
        raise Refusal("database-empty")
    with database.engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        found = (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if "alembic_version" in tables
            else None
        )
        if found is None or found < VERSION:
            raise Refusal("schema-older", found=found or "?", version=VERSION)
        if found > VERSION:
            raise Refusal("schema-newer", found=found, version=VERSION)
