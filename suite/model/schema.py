"""Creating the schema: tables, constraints, triggers and code rows, the same on both engines."""

from sqlalchemy import Connection

from suite.base.db import Database, Model
from suite.base.frozen import trigger_statements


def create_all(database: Database) -> None:
    """Create everything in an empty database in one transaction."""
    with database.engine.connect().execution_options(sqlite_begin="IMMEDIATE", writing=True) as connection:
        with connection.begin():
            create_schema(connection)


def create_schema(connection: Connection) -> None:
    """Create tables, code rows and triggers on an open write connection."""
    Model.metadata.create_all(connection)
    for statement in trigger_statements(connection.dialect.name).values():
        connection.exec_driver_sql(statement)
