"""Makes a large company of a small one: played chains are copied with shifted keys until `verify` sees nothing odd."""

from sqlalchemy import Connection, text

from suite.base.db import Database, Model
from suite.base.frozen import trigger_statements
from suite.shared.journal_chain import GENESIS, entry_content, seal
from suite.shared.verification.journal import entries_with_lines

# In the order of their references. Everything else (parties, products, accounts, users) stays single.
TABLES = """record document document_line document_party document_tax quote_side order_side invoice_side opportunity
payment chain_link record_link line_progress document_progress stock_move journal_entry journal_line vat_entry open_item
allocation event record_file""".split()
NUMBERS = {("record", "number"), ("document", "number"), ("payment", "number"), ("open_item", "number")}
NUMBERS |= {("journal_entry", "doc_no")}


def multiply(database: Database, *, first_record: int, copies: int) -> None:
    """Add `copies` copies of every chain whose records lie above `first_record` (SQLite)."""
    with database.engine.connect().execution_options(sqlite_begin="IMMEDIATE", writing=True) as connection:
        with connection.begin():
            for name in trigger_statements("sqlite"):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            spans = _spans(connection, first_record)
            chains = connection.execute(text("SELECT COUNT(*) FROM payment")).scalar_one()
            connection.exec_driver_sql("CREATE TEMP TABLE copies (k INTEGER PRIMARY KEY)")
            connection.execute(
                text("INSERT INTO copies (k) VALUES (:k)"), [{"k": k + 1} for k in range(copies)]
            )
            for table in TABLES:
                connection.exec_driver_sql(_copy(table, spans, first_record, chains))
            connection.exec_driver_sql(
                "UPDATE stock_level SET on_hand = (SELECT SUM(CASE WHEN to_location_id = stock_level.location_id THEN quantity "
                "ELSE -quantity END) FROM stock_move m WHERE m.product_id = stock_level.product_id "
                "AND stock_level.location_id IN (m.to_location_id, m.from_location_id))"
            )
            connection.exec_driver_sql(
                "UPDATE journal_entry SET posted_at = (SELECT MAX(posted_at) FROM journal_entry)"
            )
            _raise_counters(connection, copies, chains)
    hashes = _hashes(database)
    with database.engine.connect().execution_options(sqlite_begin="IMMEDIATE", writing=True) as connection:
        with connection.begin():
            statement = text("UPDATE journal_entry SET prev_hash = :prev, hash = :hash WHERE id = :id")
            connection.execute(statement, hashes)
            for statement in trigger_statements("sqlite").values():
                connection.exec_driver_sql(statement)


def _spans(connection: Connection, first_record: int) -> dict[str, int]:
    """How far each table's keys are shifted per copy."""
    spans = {"record": connection.execute(text("SELECT MAX(id) FROM record")).scalar_one() - first_record}
    for table in ("document_line", "stock_move", "journal_entry", "journal_line", "vat_entry", "open_item", "allocation",
                  "event", "record_file"):  # fmt: skip
        spans[table] = connection.exec_driver_sql(f"SELECT MAX(id) FROM {table}").scalar_one()
    spans["seq"] = connection.execute(text("SELECT MAX(seq) FROM journal_entry")).scalar_one()
    return spans


def _copy(table: str, spans: dict[str, int], first_record: int, chains: int) -> str:
    columns = Model.metadata.tables[table].columns
    shown = ", ".join(_shifted(table, column, spans, first_record, chains) for column in columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    key = next(iter(Model.metadata.tables[table].primary_key.columns))
    target = _target(table, key.name)
    of_chains = f"t.{key.name} > {first_record}" if target == "record" else "1 = 1"
    if table == "event":
        of_chains = f"COALESCE(t.record_id, 0) > {first_record}"
    if table == "stock_move":
        of_chains = "t.line_id IS NOT NULL"
    if table == "record_link":
        of_chains = f"t.source_id > {first_record} AND t.target_id > {first_record}"
    return (
        f"INSERT INTO {table} ({names}) SELECT {shown} FROM {table} t CROSS JOIN copies c WHERE {of_chains}"
    )


def _target(table: str, column: str) -> str | None:
    """The multiplied table a column's values are keys of."""
    if column == "kind":
        return None
    found = Model.metadata.tables[table].columns[column]
    for key in found.foreign_keys:
        other = key.column.table.name
        return "record" if other in ("document", "party", "product", "opportunity", "payment") else other
    if table == "event" and column in ("record_id", "result_id"):
        return "record"
    if column == "document_id":
        return "record"
    return table if column == "id" else None


def _shifted(table: str, column: object, spans: dict[str, int], first_record: int, chains: int) -> str:
    name = column.name  # type: ignore[attr-defined]
    target = _target(table, name)
    if target == "record":
        return f'CASE WHEN t."{name}" > {first_record} THEN t."{name}" + c.k * {spans["record"]} ELSE t."{name}" END'
    if target in spans:
        return f't."{name}" + c.k * {spans[target]}'
    if name == "public_id":
        return "t.public_id || '-' || c.k"
    if (table, name) in NUMBERS:
        each = f"(CASE WHEN substr(t.{name}, 1, 2) = 'LS' THEN 2 ELSE 1 END) * {chains}"
        return (
            f"substr(t.{name}, 1, 8) || printf('%05d', CAST(substr(t.{name}, 9) AS INTEGER) + c.k * {each})"
        )
    if table == "journal_entry" and name == "seq":
        return f"t.seq + c.k * {spans['seq']}"
    if table == "journal_entry" and name == "entry_no":
        return f"substr(t.entry_no, 1, 5) || printf('%06d', t.seq + c.k * {spans['seq']})"
    return f't."{name}"'


def _raise_counters(connection: Connection, copies: int, chains: int) -> None:
    kinds = ("invoice", "order", "quote", "payment", "opportunity")
    single = " OR ".join(f"key LIKE '{kind}:%'" for kind in kinds)
    connection.exec_driver_sql(f"UPDATE counter SET last = last + {copies * chains} WHERE {single}")
    double = "key LIKE 'delivery:%' OR key LIKE 'journal%'"
    connection.exec_driver_sql(f"UPDATE counter SET last = last + {2 * copies * chains} WHERE {double}")


def _hashes(database: Database) -> list[dict[str, object]]:
    """The chain of hashes, computed anew over all entries."""
    prev, sealed = GENESIS, []
    with database.reading():
        for entry, lines in entries_with_lines():
            hashed = seal(prev, entry_content(entry, lines))
            sealed.append({"id": entry["id"], "prev": prev, "hash": hashed})
            prev = hashed
    return sealed
