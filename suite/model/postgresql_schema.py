"""What PostgreSQL must say of our tables, columns, constraints, indexes and triggers, and what it says."""

import re

from sqlalchemy import CheckConstraint, Column, Connection, Constraint, ForeignKeyConstraint, Index, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.schema import ColumnCollectionConstraint

from suite.base.db import Model
from suite.base.frozen import trigger_statements

_OWN = "n.nspname = current_schema()"
_QUERIES = {
    "table": f"SELECT c.relname, '' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OWN} AND relkind = 'r'",
    "column": (
        "SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END "
        "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE {_OWN} AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
    ),
    "constraint": (
        "SELECT o.conname, pg_get_constraintdef(o.oid) FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace "
        f"WHERE {_OWN} AND contype IN ('c', 'f', 'p', 'u') AND convalidated"
    ),
    "index": (
        "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OWN} AND i.indisvalid AND NOT EXISTS "
        "(SELECT 1 FROM pg_constraint o WHERE o.conindid = c.oid AND o.contype IN ('p', 'u'))"
    ),
    "trigger": (
        "SELECT t.tgname, t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid) || ' ' || p.prosrc FROM pg_trigger t "
        "JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE {_OWN} AND NOT tgisinternal"
    ),
}
# PostgreSQL writes `IN ('a', 'b')` as `= ANY (ARRAY['a'::text, 'b'::text])` and more of the kind.
_SYNONYMS = (
    (r"::(text|bigint|integer|smallint|numeric|date)\b", ""),
    (r"<> ALL \(ARRAY", "NOT IN "),
    (r"= ANY \(ARRAY", "IN "),
    (r"!~~", "NOT LIKE"),
    (r"~~", "LIKE"),
    (r"(\S+) BETWEEN (\S+) AND ", r"\1 >= \2 AND \1 <= "),
    (r"\bSUBSTR\b|\bSUBSTRING\b", "substr"),
)


def expected_postgresql() -> dict[str, str]:
    """The parts of the schema by kind and name, each with its content in comparable form."""
    expected: dict[str, str] = {}
    for table in Model.metadata.tables.values():
        expected[f"table {table.name}"] = ""
        for column in table.columns:
            expected[f"column {table.name}.{column.name}"] = _column(column)
        of_columns = [constraint for column in table.columns for constraint in column.constraints]
        for constraint in (*table.constraints, *of_columns):
            if constraint.name is not None:
                expected[f"constraint {str(constraint.name)[:63]}"] = _constraint(constraint, table)
        for index in table.indexes:
            expected[f"index {str(index.name)[:63]}"] = _index(index, table)
    for name, statement in trigger_statements("postgresql").items():
        definition = re.search(r"CREATE TRIGGER [^;]*", statement)
        body = statement.split("$$")[1]
        expected[f"trigger {name}"] = _squeezed(f"A {definition.group(0) if definition else ''} {body}")
    return expected


def actual_postgresql(connection: Connection) -> dict[str, str]:
    """The same parts as the database has them."""
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar()
    actual: dict[str, str] = {}
    for kind, query in _QUERIES.items():
        for name, content in connection.exec_driver_sql(query):
            if "alembic_version" not in name:
                actual[f"{kind} {name}"] = _said(kind, content.replace(f"{schema}.", ""))
    return actual


def _said(kind: str, content: str) -> str:
    if kind == "constraint" and content.startswith("CHECK"):
        return _meaning(content)
    if kind == "column":
        return content.replace("without time zone", "").replace("character varying", "varchar")
    return _squeezed(content)


def _column(column: Column[object]) -> str:
    kind = column.type.compile(dialect=postgresql.dialect()).lower()  # type: ignore[no-untyped-call]  # SQLAlchemy types no dialect
    return f"{kind}{'' if column.nullable else ' NOT NULL'}"


def _constraint(constraint: Constraint, table: Table) -> str:
    if isinstance(constraint, CheckConstraint):
        return _meaning(str(constraint.sqltext))
    if isinstance(constraint, ForeignKeyConstraint):
        targets = [element.column for element in constraint.elements]
        names = ", ".join(column.name for column in targets)
        return f"FOREIGN KEY ({_names(constraint)}) REFERENCES {targets[0].table.name}({names})"
    return f"{'PRIMARY KEY' if constraint is table.primary_key else 'UNIQUE'} ({_names(constraint)})"


def _names(constraint: Constraint) -> str:
    return (
        ", ".join(column.name for column in constraint.columns)
        if isinstance(constraint, ColumnCollectionConstraint)
        else ""
    )


def _index(index: Index, table: Table) -> str:
    names = ", ".join(column.name for column in index.columns)
    where = index.dialect_options["postgresql"]["where"]
    partial = "" if where is None else f" WHERE ({where})"
    unique = "UNIQUE " if index.unique else ""
    return f"CREATE {unique}INDEX {index.name} ON {table.name} USING btree ({names}){partial}"


def _meaning(check: str) -> str:
    """Columns, values, comparisons and connections of a CHECK, whatever the brackets."""
    for pattern, plain in _SYNONYMS:
        check = re.sub(pattern, plain, check, flags=re.IGNORECASE)
    words = re.findall(r"'[^']*'|<=|>=|<>|[<>=]|[\w%]+", check)
    return " ".join(sorted({word if word.startswith("'") else word.lower() for word in words} - {"check"}))


def _squeezed(statement: str) -> str:
    return " ".join(statement.split()).replace('"', "")
