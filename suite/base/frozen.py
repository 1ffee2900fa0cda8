"""Freezing: which rows never change again, kept by triggers on both engines.

Four forms, declared beside the table they guard:
- `append_only(table)`: rows are inserted and never touched again.
- `frozen_when(table, column)`: a row stops changing once `column` is set; setting it is its last UPDATE.
- `frozen_with(table, parent, key)`: a row stops changing, and none is added, once its parent row is frozen.
- `write_once(table, column)`: a value, once set, stays.
`REPLACE` slips past DELETE triggers on SQLite (in connections other than ours), so an INSERT over any
unique key of a final row is refused there too; TRUNCATE is refused on PostgreSQL. What an owner does to
the schema itself, `schema_guard` names.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import UniqueConstraint

from suite.base.db import Model

MESSAGE = "kontor: frozen"


@dataclass(frozen=True)
class Guard:
    """The triggers of one table, as conditions over OLD and NEW that refuse the statement."""

    table: str
    insert: tuple[str, ...] = ()
    update: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    replace: bool = True
    before_seal: tuple[tuple[str, str], ...] = ()


@dataclass
class _Guards:
    by_table: dict[str, Guard] = field(default_factory=dict)

    def add(self, guard: Guard) -> None:
        known = self.by_table.get(guard.table)
        self.by_table[guard.table] = (
            guard
            if known is None
            else Guard(
                guard.table,
                tuple(dict.fromkeys(known.insert + guard.insert)),
                tuple(dict.fromkeys(known.update + guard.update)),
                tuple(dict.fromkeys(known.delete + guard.delete)),
                known.replace and guard.replace,
                known.before_seal + guard.before_seal,
            )
        )


GUARDS = _Guards()


def append_only(table: str) -> None:
    """Rows of `table` are inserted and never changed."""
    GUARDS.add(Guard(table, update=("1=1",), delete=("1=1",)))


def frozen_when(table: str, column: str, key: str = "id") -> None:
    """A row of `table` is final once `column` is not NULL."""
    GUARDS.add(
        Guard(
            table,
            insert=(
                f"EXISTS (SELECT 1 FROM {table} f WHERE f.{key} = NEW.{key} AND f.{column} IS NOT NULL)",
            ),
            update=(f"OLD.{column} IS NOT NULL",),
            delete=(f"OLD.{column} IS NOT NULL",),
        )
    )


def frozen_with(
    table: str, parent: str, column: str, *, foreign_key: str, via: tuple[str, str] | None = None
) -> None:
    """Rows of `table` are final, and none may be added, once `parent.column` is set.

    `via=(line_table, line_foreign_key)` goes through a line to its parent.
    """

    def frozen(row: str) -> str:
        if via:
            line_table, line_key = via
            return (
                f"EXISTS (SELECT 1 FROM {line_table} l JOIN {parent} p ON p.id = l.{line_key} "
                f"WHERE l.id = {row}.{foreign_key} AND p.{column} IS NOT NULL)"
            )
        return (
            f"EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {row}.{foreign_key} AND p.{column} IS NOT NULL)"
        )

    GUARDS.add(
        Guard(table, insert=(frozen("NEW"),), update=(frozen("OLD"), frozen("NEW")), delete=(frozen("OLD"),))
    )


def write_once(table: str, column: str) -> None:
    """`column` may be set, never changed or emptied."""
    GUARDS.add(Guard(table, update=(_changed(column),), delete=(f"OLD.{column} IS NOT NULL",)))


def never(
    table: str, *, update: tuple[str, ...] = (), delete: tuple[str, ...] = (), upserts: bool = False
) -> None:
    """Refuse the statements whose condition over OLD and NEW holds; with `upserts` an INSERT may meet its key."""
    GUARDS.add(Guard(table, update=update, delete=delete, replace=not upserts))


def sealed_by(table: str, column: str, **conditions: str) -> None:
    """Setting `column` is refused while a named condition over NEW holds, e.g. `unbalanced=…`."""
    seals = tuple(
        (name, f"NEW.{column} IS NOT NULL AND ({condition})") for name, condition in conditions.items()
    )
    GUARDS.add(Guard(table, before_seal=seals))


def _changed(column: str) -> str:
    return f"(OLD.{column} IS NOT NULL AND (NEW.{column} IS NULL OR NEW.{column} <> OLD.{column}))"


def _exists(table: str, columns: list[str]) -> str:
    match = " AND ".join(f"f.{column} = NEW.{column}" for column in columns)
    return f"EXISTS (SELECT 1 FROM {table} f WHERE {match})"


def trigger_statements(dialect: str) -> dict[str, str]:
    """CREATE statements of all guards by trigger name, in creation order (`sqlite` or `postgresql`)."""
    make = _sqlite_triggers if dialect == "sqlite" else _postgresql_triggers
    statements: dict[str, str] = {}
    for guard in GUARDS.by_table.values():
        statements.update(make(guard))
    return statements


def _over_final_rows(guard: Guard) -> Iterator[str]:
    """For each unique key: a final row has it already, so an INSERT OR REPLACE would delete that row."""
    table = Model.metadata.tables[guard.table]
    primary = [column.name for column in table.primary_key]
    keys = [primary, *([column.name] for column in table.columns if column.unique)]
    named = (each for each in table.constraints if isinstance(each, UniqueConstraint))
    keys += sorted([column.name for column in each.columns] for each in named)
    final = " OR ".join(condition.replace("OLD.", "f.") for condition in guard.delete)
    for key in keys:
        if key == primary or not set(primary) <= set(key):
            yield _exists(guard.table, key)[:-1] + f" AND ({final}))"


def _sqlite_triggers(guard: Guard) -> dict[str, str]:
    statements = {}
    for verb in ("insert", "update", "delete"):
        conditions: tuple[str, ...] = getattr(guard, verb)
        if verb == "insert" and guard.replace and guard.delete:
            conditions = tuple(dict.fromkeys([*conditions, *_over_final_rows(guard)]))
        if conditions:
            name = f"frozen_{guard.table}_{verb}"
            statements[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {guard.table} "
                f"WHEN {' OR '.join(conditions)}\nBEGIN SELECT RAISE(ABORT, '{MESSAGE} {guard.table}'); END"
            )
    for suffix, condition in guard.before_seal:
        name = f"seal_{guard.table}_{suffix}"
        statements[name] = (
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {guard.table} "
            f"WHEN {condition}\nBEGIN SELECT RAISE(ABORT, 'kontor: {suffix} {guard.table}'); END"
        )
    return statements


def _postgresql_triggers(guard: Guard) -> dict[str, str]:
    statements = {}
    table = guard.table
    for verb in ("insert", "update", "delete"):
        conditions: tuple[str, ...] = getattr(guard, verb)
        if conditions:
            name = f"frozen_{table}_{verb}"
            statements[name] = _postgresql_row_trigger(
                name, table, verb, " OR ".join(conditions), f"{MESSAGE} {table}"
            )
    for suffix, condition in guard.before_seal:
        name = f"seal_{table}_{suffix}"
        statements[name] = _postgresql_row_trigger(
            name, table, "update", condition, f"kontor: {suffix} {table}"
        )
    if guard.delete:
        name = f"frozen_{table}_truncate"
        statements[name] = (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{MESSAGE} {table}'; END $$;\n"
            f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}();\n"
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"
        )
    return statements


def _postgresql_row_trigger(name: str, table: str, verb: str, condition: str, message: str) -> str:
    answer = "OLD" if verb == "delete" else "NEW"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
        f"IF {condition} THEN RAISE EXCEPTION '{message}'; END IF; RETURN {answer}; END $$;\n"
        f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();\n"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"
    )
