"""The schema as text: creating it, and guarding that a database still has exactly it."""

from collections.abc import Iterator

from sqlalchemy import Connection, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from suite.base.db import Database, Model
from suite.base.frozen import trigger_statements
from suite.model.document import KINDS as DOCUMENT_KINDS
from suite.model.postgresql_schema import actual_postgresql, expected_postgresql
from suite.model.record import KINDS as RECORD_KINDS

VERSION = "0001"
CODE_ROWS = {"record_kind": RECORD_KINDS, "document_kind": DOCUMENT_KINDS}


def schema_statements(dialect: str) -> Iterator[str]:
    """Every statement that makes the schema on `sqlite` or `postgresql`, in order."""
    compiler = sqlite.dialect() if dialect == "sqlite" else postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy types no dialect
    for table in Model.metadata.sorted_tables:
        yield str(CreateTable(table).compile(dialect=compiler)).strip()
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            yield str(CreateIndex(index).compile(dialect=compiler)).strip()
    for table_name, codes in CODE_ROWS.items():
        values = ", ".join(f"('{code}')" for code in codes)
        yield f"INSERT INTO {table_name} (code) VALUES {values}"
    yield from trigger_statements(dialect).values()


def create_all(database: Database) -> None:
    """Create everything in an empty database in one transaction."""
    with database.engine.connect().execution_options(sqlite_begin="IMMEDIATE", writing=True) as connection:
        with connection.begin():
            create_schema(connection)


def create_schema(connection: Connection) -> None:
    """Create tables, indexes, code rows and triggers on an open write connection."""
    for statement in schema_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def schema_differences(connection: Connection) -> list[str]:
    """What of the schema is missing, changed or too much; empty when all is as it must be."""
    if connection.dialect.name == "sqlite":
        return _differences(_expected_sqlite(), _actual_sqlite(connection))
    return _differences(expected_postgresql(), actual_postgresql(connection))


def _differences(expected: dict[str, str], actual: dict[str, str]) -> list[str]:
    found = [f"{name} is missing" for name in expected if name not in actual]
    found += [f"{name} is not part of the schema" for name in actual if name not in expected]
    found += [f"{name} was changed" for name in expected if name in actual and expected[name] != actual[name]]
    return sorted(found)


def _expected_sqlite() -> dict[str, str]:
    named: dict[str, str] = {}
    for statement in schema_statements("sqlite"):
        if statement.startswith("CREATE"):
            named[_name_of(statement)] = _squeezed(statement)
    return named


def _name_of(statement: str) -> str:
    words = statement.split(None, 4)
    kind, name = (words[2], words[3]) if words[1] == "UNIQUE" else (words[1], words[2])
    return f"{kind.lower()} {name.strip('(').strip(chr(34))}"


def _squeezed(statement: str) -> str:
    return " ".join(statement.split()).replace('"', "")


def _actual_sqlite(connection: Connection) -> dict[str, str]:
    rows = connection.execute(text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    ignored = ("alembic_version", "sqlite_")
    return {f"{kind} {name}": _squeezed(sql) for kind, name, sql in rows if not name.startswith(ignored)}
