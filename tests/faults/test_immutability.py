"""What is final stays: every attack on every frozen row, by SQL, by ORM, by command and by page, on both engines."""

import inspect
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Row, Table, UniqueConstraint, select, text
from sqlalchemy.exc import DBAPIError

from suite.app import create_app
from suite.base import clock
from suite.base.command import COMMANDS
from suite.base.db import Model, write_transaction
from suite.base.errors import Refusal
from suite.base.flow import Flow
from suite.base.frozen import GUARDS, Guard
from suite.crm.knowledge.commands import ArticleInput
from suite.crm.leads.commands import LeadInput
from suite.crm.tickets.commands import TicketInput
from suite.erp.contracts.content import ContractInput
from suite.erp.devices.commands import DeviceInput
from suite.erp.visits.planning import VisitInput
from suite.erp.visits.work import WorkInput
from suite.model import Record
from suite.shared.roles import ROLES, system_actor
from tests.populated import Populated, digest, rows_of
from tests.walk import Person, Walker, add_person
from tests.world import line

# Guards that make whole rows final; the others keep single columns.
WHOLE = [table for table, guard in GUARDS.by_table.items() if any("NEW" not in c for c in guard.update)]
PARTLY = [table for table, guard in GUARDS.by_table.items() if "<> OLD" in " ".join(guard.update)]


@dataclass(frozen=True)
class Frozen:
    """A final row: its table, its guard and its values."""

    table: Table
    guard: Guard
    row: Row[Any]

    @property
    def where(self) -> str:
        """The row by its key, as SQL."""
        return " AND ".join(
            f"{key.name} = {_literal(self.row._mapping[key.name])}" for key in self.table.primary_key
        )


def frozen_rows(connection: Connection, name: str, most: int = 2) -> list[Frozen]:
    """Rows that the guard of a table calls final: as a whole, or else in what is written once."""
    guard, table = GUARDS.by_table[name], Model.metadata.tables[name]
    condition = " OR ".join(f"({c})" for c in _final(guard)).replace("OLD.", "o.")
    rows = connection.exec_driver_sql(f"SELECT * FROM {name} o WHERE {condition} LIMIT {most}").all()
    return [Frozen(table, guard, row) for row in rows]


def _final(guard: Guard) -> list[str]:
    return [condition for condition in guard.update if "NEW" not in condition] or list(guard.delete)


@pytest.mark.parametrize("name", GUARDS.by_table)
def test_a_final_row_stands_in_the_company(company: Populated, name: str) -> None:
    with company.undone() as connection:
        assert frozen_rows(connection, name), "tests/populated.py leaves no final row here"


@pytest.mark.parametrize("name", WHOLE)
def test_no_statement_changes_a_final_row(company: Populated, name: str) -> None:
    with company.undone() as connection:
        for frozen in frozen_rows(connection, name):
            for attack in whole_row_attacks(frozen, sqlite=company.world.database.is_sqlite):
                assert_frozen(connection, attack)


@pytest.mark.parametrize("name", PARTLY)
def test_no_statement_changes_a_column_that_is_written_once(company: Populated, name: str) -> None:
    with company.undone() as connection:
        sqlite = company.world.database.is_sqlite
        for frozen in frozen_rows(connection, name):
            for attack in column_attacks(frozen, sqlite=sqlite):
                assert_frozen(connection, attack)


@pytest.mark.parametrize("name", [*WHOLE, *PARTLY])
def test_the_replica_role_switches_nothing_off(company: Populated, name: str) -> None:
    if company.world.database.is_sqlite:
        pytest.skip("a setting of PostgreSQL")
    with company.undone() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for frozen in frozen_rows(connection, name, most=1):
            attacks = whole_row_attacks if name in WHOLE else column_attacks
            for attack in attacks(frozen, sqlite=False):
                assert_frozen(connection, attack)


@pytest.mark.parametrize("name", GUARDS.by_table)
def test_no_table_with_final_rows_is_emptied(company: Populated, name: str) -> None:
    if company.world.database.is_sqlite:
        attacks = [f"DELETE FROM {name}"]
    else:
        attacks = [f"TRUNCATE {name} CASCADE", f"TRUNCATE document, {name} CASCADE", f"DELETE FROM {name}"]
    with company.undone() as connection:
        for attack in attacks:
            assert_frozen(connection, attack)


@pytest.mark.parametrize("name", [name for name in WHOLE if GUARDS.by_table[name].insert])
def test_no_program_replaces_a_final_row_by_any_of_its_keys(company: Populated, name: str) -> None:
    if not company.world.database.is_sqlite:
        pytest.skip("REPLACE is SQLite's")
    # A plain connection of another program: none of our settings, foreign keys and recursive triggers off.
    with company.world.database.engine.connect() as connection:
        frozen_ones = frozen_rows(connection, name)
    with closing(sqlite3.connect(company.world.database.url.database or "", isolation_level=None)) as plain:
        plain.execute("BEGIN IMMEDIATE")
        _replace_each(plain, frozen_ones)


def _replace_each(plain: sqlite3.Connection, frozen_ones: list[Frozen]) -> None:
    for frozen in frozen_ones:
        for attack in replacements(frozen):
            plain.execute("SAVEPOINT attack")
            with pytest.raises(sqlite3.DatabaseError, match="kontor: frozen"):
                plain.execute(attack)
            plain.execute("ROLLBACK TO attack")


@pytest.mark.parametrize(
    "name", [name for name in WHOLE if any("p." in c for c in GUARDS.by_table[name].insert)]
)
def test_no_line_is_added_to_or_moved_into_what_is_final(company: Populated, name: str) -> None:
    with company.undone() as connection:
        for frozen in frozen_rows(connection, name):
            columns = [column for column in frozen.table.columns if not _is_own_id(column)]
            names = ", ".join(f'"{column.name}"' for column in columns)
            values = ", ".join(
                f'"{column.name}"' + (" + 1000" if column.name == "position" else "") for column in columns
            )
            late = f"INSERT INTO {name} ({names}) SELECT {values} FROM {name} WHERE {frozen.where}"
            assert_frozen(connection, late)
            key = _parent_key(frozen)
            for open_row in _open_rows(connection, frozen):
                assert_frozen(
                    connection,
                    f"UPDATE {name} SET {key} = {_literal(frozen.row._mapping[key])} WHERE {open_row.where}",
                )


def test_no_balanced_pair_joins_a_sealed_entry(company: Populated) -> None:
    pair = (
        "INSERT INTO journal_line (entry_id, position, account, debit, credit, tax_case, text) "
        "SELECT entry_id, position + {n}, account, {debit}, {credit}, tax_case, text FROM journal_line WHERE id = 1"
    )
    both = (
        pair.format(n=100, debit=500, credit=0)
        + " UNION ALL "
        + pair.format(n=101, debit=0, credit=500).split(") ", 1)[1]
    )
    with company.undone() as connection:
        assert_frozen(connection, both)


def test_an_entry_is_not_sealed_while_it_does_not_balance(company: Populated) -> None:
    make = (
        "INSERT INTO journal_entry (seq, entry_no, fiscal_year, entry_date, document_date, posted_at, kind, record_id, "
        "doc_no, doc_sha256, text, currency, \"user\", version) SELECT seq + 1000, '2999-000001', fiscal_year, entry_date, "
        "document_date, posted_at, 'manual', record_id, doc_no, doc_sha256, text, currency, \"user\", version "
        "FROM journal_entry WHERE seq = 1"
    )
    fill = (
        "INSERT INTO journal_line (entry_id, position, account, debit, credit, tax_case, text) "
        "SELECT (SELECT id FROM journal_entry WHERE entry_no = '2999-000001'), position, account, "
        "debit{more}, credit, tax_case, text FROM journal_line WHERE entry_id = (SELECT id FROM journal_entry WHERE seq = 1)"
    )
    seal = "UPDATE journal_entry SET prev_hash = 'x', hash = 'y' WHERE entry_no = '2999-000001'"
    with company.undone() as connection:
        connection.exec_driver_sql(make)
        assert_frozen(connection, seal, "unbalanced")  # nor without lines
        connection.exec_driver_sql(fill.format(more=" + CASE WHEN debit > 0 THEN 1 ELSE 0 END"))
        assert_frozen(connection, seal, "unbalanced")
        own = "entry_id = (SELECT id FROM journal_entry WHERE entry_no = '2999-000001')"
        connection.exec_driver_sql(f"UPDATE journal_line SET debit = debit - 1 WHERE debit > 0 AND {own}")
        connection.exec_driver_sql(seal)


@pytest.mark.parametrize("name", WHOLE)
def test_the_orm_changes_no_final_row(company: Populated, name: str) -> None:
    models = {
        mapper.local_table.name: mapper.class_ for mapper in Model.registry.mappers if not mapper.inherits
    }
    model = models[name]
    with company.world.database.engine.connect() as connection:
        frozen = frozen_rows(connection, name, most=1)[0]
    keys = {column.name for column in frozen.table.primary_key}
    texts = [c.name for c in frozen.table.columns if c.name not in keys and not c.foreign_keys]
    with pytest.raises(DBAPIError, match="kontor: frozen"):
        with write_transaction() as current:
            found = current.scalars(select(model).where(text(frozen.where))).one()
            current.delete(found)
            current.flush()
    filled = [column for column in texts if frozen.row._mapping[column] is not None]
    for column in filled[:3]:
        with pytest.raises(DBAPIError, match="kontor: frozen"):
            with write_transaction() as current:
                found = current.scalars(select(model).where(text(frozen.where))).one()
                setattr(found, column, _other(getattr(found, column)))
                current.flush()


def test_no_verb_that_is_not_open_changes_anything(company: Populated) -> None:
    flows = flows_by_kind()
    world = company.world
    before = digest(world)
    with world.database.reading() as reading:
        records = list(reading.scalars(select(Record)))
    tried = 0
    for record in records:
        for verb in closed_verbs(flows, record):
            tried += 1
            with pytest.raises(Refusal) as refused:
                COMMANDS[verb].call(record.id, **_arguments(verb), by=system_actor("everything"))
            assert refused.value.code in ("step-not-open", "nothing-open"), (verb, record.state)
    assert tried > 100
    assert digest(world) == before


def flows_by_kind() -> dict[str, Flow]:
    """The flow of each kind of record."""
    found = {}
    for mapper in Model.registry.mappers:
        flow = getattr(mapper.class_, "flow", None)
        if flow is not None:
            found[next(iter(flow.steps)).split(".")[0] if "." in next(iter(flow.steps)) else ""] = flow
    return found


def closed_verbs(flows: dict[str, Flow], record: Record) -> Iterator[str]:
    """Registered verbs of the record's flow that its state does not allow."""
    flow = flows.get(record.kind)
    for verb in flow.steps if flow else ():
        if verb in COMMANDS and not flow.is_open(verb, record.state):
            yield verb


def test_no_form_of_a_final_document_changes_what_is_final(
    company: Populated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    world = company.world
    app = create_app(world.database.url.render_as_string(hide_password=False))
    with world.database.engine.connect() as connection:
        before = {
            name: {repr(tuple(f.row)) for f in frozen_rows(connection, name, most=100_000)} for name in WHOLE
        }
    add_person(world, "posting", "sales", "warehouse", "accounting", "purchasing", "management")
    person = Person(app, "posting")

    for visit in Walker(app, world).visits("POST"):
        if visit.record is not None:
            answer = person.post(visit.url, action="save", **_hostile(visit.record))
            # 503: papers of others are being made at this moment; nothing broke.
            assert answer.status_code < 500 or answer.status_code == 503, visit.url

    with world.database.engine.connect() as connection:
        after = rows_of(connection)
    for name, rows in before.items():
        assert rows <= after[name], name
    with world.database.reading():
        assert world.findings() == []


def test_no_get_changes_a_row(company: Populated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    world = company.world
    app = create_app(world.database.url.render_as_string(hide_password=False))
    add_person(world, "looking", *ROLES)
    person = Person(app, "looking")
    before = digest(world)

    statuses = {visit.url: person.get(visit.url).status_code for visit in Walker(app, world).visits("GET")}

    assert {url: status for url, status in statuses.items() if status >= 400} == {}
    assert digest(world) == before


def whole_row_attacks(frozen: Frozen, *, sqlite: bool) -> Iterator[str]:
    """Statements that would change or remove a final row."""
    name, where = frozen.table.name, frozen.where
    columns = [f'"{column.name}"' for column in frozen.table.columns]
    names, keys = ", ".join(columns), ", ".join(key.name for key in frozen.table.primary_key)
    for column in columns:
        yield f"UPDATE {name} SET {column} = {column} WHERE {where}"
        yield (
            f"INSERT INTO {name} ({names}) SELECT {names} FROM {name} WHERE {where} "
            f"ON CONFLICT ({keys}) DO UPDATE SET {column} = excluded.{column}"
        )
    yield f"DELETE FROM {name} WHERE {where}"
    if sqlite:
        yield f"INSERT OR REPLACE INTO {name} ({names}) SELECT {names} FROM {name} WHERE {where}"
        yield f"UPDATE OR REPLACE {name} SET {columns[-1]} = {columns[-1]} WHERE {where}"
        return
    match = " AND ".join(f"t.{key.name} = s.{key.name}" for key in frozen.table.primary_key)
    using = f"MERGE INTO {name} t USING (SELECT * FROM {name} WHERE {where}) s ON {match} WHEN MATCHED THEN"
    yield f"{using} UPDATE SET {columns[-1]} = s.{columns[-1]}"
    yield f"{using} DELETE"


def column_attacks(frozen: Frozen, *, sqlite: bool) -> Iterator[str]:
    """Statements that would change a column that is written once, or remove its row."""
    name, where = frozen.table.name, frozen.where
    guarded = {c for text in frozen.guard.update for c in re.findall(r"NEW\.(\w+) <> OLD", text)}
    for column in sorted(guarded):
        value = frozen.row._mapping[column]
        if value is not None:
            yield f"UPDATE {name} SET {column} = {_literal(_changed(value))} WHERE {where}"
    for condition in frozen.guard.update:
        emptied = re.search(r"NEW\.(\w+) IS NULL", condition)
        if emptied and frozen.row._mapping[emptied.group(1)] is not None:
            yield f"UPDATE {name} SET {emptied.group(1)} = NULL WHERE {where}"
    for lower in re.findall(r"NEW\.(\w+) < OLD", " ".join(frozen.guard.update)):
        yield f"UPDATE {name} SET {lower} = {lower} - 1 WHERE {where}"
    yield f"DELETE FROM {name} WHERE {where}"


def replacements(frozen: Frozen) -> Iterator[str]:
    """REPLACE with a fresh key of its own that collides in one unique key of the final row at a time."""
    unique = [[column.name for column in frozen.table.primary_key]]
    unique += [[c.name] for c in frozen.table.columns if c.unique]
    unique += [
        [c.name for c in u.columns] for u in frozen.table.constraints if isinstance(u, UniqueConstraint)
    ]
    names = ", ".join(f'"{column.name}"' for column in frozen.table.columns)
    for kept in unique:
        if any(frozen.row._mapping[column] is None for column in kept):
            continue
        values = ", ".join(
            _literal(value if column in kept or not _in_key(frozen.table, column) else _changed(value))
            for column, value in frozen.row._mapping.items()
        )
        yield f"REPLACE INTO {frozen.table.name} ({names}) VALUES ({values})"


def assert_frozen(connection: Connection, attack: str, message: str = "kontor: frozen") -> None:
    """The statement is refused by a trigger of ours; what it did is undone."""
    savepoint = connection.begin_nested()
    with pytest.raises(DBAPIError) as refused:
        connection.exec_driver_sql(
            attack.replace("%", "%%") if "psycopg" in connection.dialect.driver else attack
        )
    savepoint.rollback()
    assert message in str(refused.value.orig), attack


def _open_rows(connection: Connection, frozen: Frozen) -> list[Frozen]:
    condition = " OR ".join(f"({c})" for c in _final(frozen.guard)).replace("OLD.", "o.")
    rows = connection.exec_driver_sql(
        f"SELECT * FROM {frozen.table.name} o WHERE NOT ({condition}) LIMIT 1"
    ).all()
    return [Frozen(frozen.table, frozen.guard, row) for row in rows]


def _parent_key(frozen: Frozen) -> str:
    found = re.search(r"WHERE [lp]\.id = NEW\.(\w+)", " ".join(frozen.guard.insert))
    assert found is not None
    return found.group(1)


def _is_own_id(column: Any) -> bool:
    return column.primary_key and column.name == "id" and not column.foreign_keys


def _in_key(table: Table, column: str) -> bool:
    in_unique = any(column in u.columns for u in table.constraints if isinstance(u, UniqueConstraint))
    return table.c[column].primary_key or bool(table.c[column].unique) or in_unique


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return "'" + str(value).replace("'", "''") + "'"


def _changed(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, int):
        return value + 1_000_000
    if isinstance(value, str):
        return "2020-01-01" if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else f"{value}x"
    return value.replace(year=value.year - 1)


def _other(value: Any) -> Any:
    if value is None or isinstance(value, (bytes, bool)):
        return (
            {None: None, True: False, False: True}.get(value, b"x") if not isinstance(value, bytes) else b"x"
        )
    if isinstance(value, (int, Decimal)):
        return value + 1
    if isinstance(value, str):
        return f"{value}x"
    return value.replace(year=value.year - 1)


def _hostile(record: Record) -> dict[str, str]:
    fields = {
        "version": str(record.version),
        "reason": "other",
        "dated_on": "01.01.2020",
        "text": "x",
        "stage": "offer",
    }
    fields |= {
        "party": record.title,
        "amount": "1",
        "paid_on": "heute",
        "subject": "x",
        "name": "x",
        "kind": "task",
    }
    return fields | {"lines-0-name": "Anderes", "lines-0-quantity": "7", "lines-0-unit_price": "1"}


def _arguments(verb: str) -> dict[str, Any]:
    """Plausible values for what a command must be told."""
    told: dict[str, Any] = {}
    for place, parameter in enumerate(inspect.signature(COMMANDS[verb].function).parameters.values()):
        is_needed = parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
        if place > 0 and is_needed and parameter.name != "by":
            told[parameter.name] = VALUES[parameter.name]
    return told


VALUES: dict[str, Any] = {
    "lines": [line()],
    "content": ContractInput(subject="x"),
    "from_on": clock.today(),
    "quantities": {1: Decimal(1)},
    "reductions": {1: Decimal(1)},
    "allocations": {1: Decimal(1)},
    "dated_on": clock.today(),
    "reason": "other",
    "lead": LeadInput("x"),
    "subject": "x",
    "party_id": None,
    "amount": Decimal(1),
    "probability": Decimal(1),
    "stage": "offer",
    "kind": "task",
    "due_on": None,
    "ticket": TicketInput("x"),
    "assignee_id": None,
    "text": "x",
    "rating": 1,
    "target_id": 1,
    "message_id": 1,
    "other_id": 1,
    "device": DeviceInput("x"),
    "visit": VisitInput("x", 1, starts_at=clock.now(), ends_at=clock.now() + timedelta(hours=1)),
    "work": WorkInput(report="x"),
    "starts_at": clock.now(),
    "technician_id": None,
    "files": [("x.jpg", b"\xff\xd8\xff")],
    "parts": {1: Decimal(1)},
    "product_id": 1,
    "quantity": Decimal(1),
    "count_id": 1,
    "article_id": 1,
    "article": ArticleInput("x", "y"),
    "name": "x",
}
