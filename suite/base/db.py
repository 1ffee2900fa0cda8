"""Engines, the current session and the one place that commits.

The recipe was measured on both engines: SQLite writes in `BEGIN IMMEDIATE` in a session of
their own and reads deferred with `query_only`; PostgreSQL runs READ COMMITTED with bounded
lock and statement times. A write inside a read transaction fails loudly.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from threading import Lock
from typing import Any, ClassVar

from sqlalchemy import URL, Engine, MetaData, create_engine, event, insert, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import StaticPool

from suite.base.errors import Refusal, Unavailable
from suite.base.types import Blob, BusinessDate, Count, Flag, Instant, String

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of every table: STRICT on SQLite, constraints with stable names."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: Count,
        str: String,
        bool: Flag,
        date: BusinessDate,
        datetime: Instant,
        bytes: Blob,
    }
    __table_args__: Any = {"sqlite_strict": True}


LONGEST_WAIT_SECONDS = 30
BeforeCommit = Callable[[Session], None]
_before_commit: list[BeforeCommit] = []


def before_commit(function: BeforeCommit) -> BeforeCommit:
    """Register work that the outermost write transaction does last, just before COMMIT."""
    _before_commit.append(function)
    return function


class Database:
    """One company's database: its engine and how to read and write it."""

    def __init__(self, url: str, *, durable: bool = True) -> None:
        """`durable=False` writes without fsync: only for a file that counts when it is finished (SQLite)."""
        self.url = _known_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url, durable) if self.is_sqlite else _postgresql_engine(url)
        self.facts: dict[str, Any] = {}  # what was read once and cannot change while the process runs
        self._turn = Lock()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only session as the current one."""
        with Session(self.engine, autoflush=False) as read_session, use_session(self, read_session):
            yield read_session

    @contextmanager
    def writing_turn(self) -> Iterator[None]:
        """On SQLite the writers of a process queue up here: its own waiting is a lottery that somebody loses.

        Raises `Unavailable("database-busy")` when the turn does not come.
        """
        if not self.is_sqlite:
            yield
            return
        if not self._turn.acquire(timeout=LONGEST_WAIT_SECONDS):
            raise Unavailable("database-busy")
        try:
            yield
        finally:
            self._turn.release()

    def insert(self, table: type[Model]) -> Any:
        """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update` on this engine."""
        return sqlite_insert(table) if self.is_sqlite else postgresql_insert(table)

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


_session: ContextVar[Session | None] = ContextVar("session", default=None)
_database: ContextVar[Database | None] = ContextVar("database", default=None)


def session() -> Session:
    """The current session: a command's own, or the one its door opened for reading."""
    current = _session.get()
    if current is None:
        raise RuntimeError("no session is open here")
    return current


def database() -> Database:
    """The database of the company this code runs for."""
    current = _database.get()
    if current is None:
        raise RuntimeError("no database is bound here")
    return current


@contextmanager
def use_database(chosen: Database) -> Iterator[Database]:
    """Make `chosen` the current database."""
    token = _database.set(chosen)
    try:
        yield chosen
    finally:
        _database.reset(token)


@contextmanager
def use_session(chosen: Database, opened: Session) -> Iterator[Session]:
    """Make `opened`, a session on `chosen`, the current one."""
    database_token, session_token = _database.set(chosen), _session.set(opened)
    try:
        yield opened
    finally:
        _session.reset(session_token)
        _database.reset(database_token)


def see_changes() -> None:
    """End the read transaction: it shows the time before a command's change, the next read shows after."""
    session().rollback()


def insert_rows(table: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert plain rows in one statement; every row names the same columns."""
    if rows:
        session().execute(insert(table.__table__), list(rows))  # type: ignore[arg-type]  # a FromClause to mypy


def insert_rows_returning_ids(table: type[Model], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert plain rows in one statement and return their ids in the same order."""
    if not rows:
        return []
    key = table.__table__.c.id
    statement = insert(table.__table__).returning(key, sort_by_parameter_order=True)  # type: ignore[arg-type]  # as above
    return list(session().scalars(statement, list(rows)))


def in_write_transaction() -> bool:
    """Whether the current session belongs to an open write transaction."""
    current = _session.get()
    return current is not None and "writing" in current.info


@contextmanager
def write_transaction() -> Iterator[Session]:
    """Open the write transaction, or join the one that is open; the outermost commits.

    Raises `Unavailable` when the database is locked, full or read-only.
    """
    if in_write_transaction():
        yield session()
        return
    chosen = database()
    with chosen.writing_turn(), Session(chosen.engine, autoflush=False) as opened:
        opened.info["writing"] = True
        with use_session(chosen, opened), _clear_unavailability():
            opened.connection(execution_options={"sqlite_begin": "IMMEDIATE", "writing": True})
            yield opened
            opened.flush()
            for function in _before_commit:
                function(opened)
            opened.commit()


def is_retryable(error: DBAPIError) -> bool:
    """PostgreSQL serialization failure (40001), deadlock (40P01), or a key another one took meanwhile (23505).

    Worth another try: then a command sees the other one's row and says so in its own words.
    """
    return is_taken_key(error) or getattr(error.orig, "sqlstate", None) in ("40001", "40P01")


def is_taken_key(error: DBAPIError) -> bool:
    """PostgreSQL: a unique key is taken (23505)."""
    return getattr(error.orig, "sqlstate", None) == "23505"


@contextmanager
def _clear_unavailability() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        code = _unavailability(error)
        if code is None:
            raise
        raise Unavailable(code) from error


_SQLITE_CODES = {
    sqlite3.SQLITE_BUSY: "database-busy",
    sqlite3.SQLITE_LOCKED: "database-busy",
    sqlite3.SQLITE_FULL: "database-full",
    sqlite3.SQLITE_IOERR: "database-full",
    sqlite3.SQLITE_READONLY: "database-read-only",
}
_POSTGRESQL_CODES = {
    "55P03": "database-busy",
    "57014": "database-busy",
    "53100": "database-full",
    "25006": "database-read-only",
}


def _unavailability(error: DBAPIError) -> str | None:
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return _SQLITE_CODES.get((getattr(original, "sqlite_errorcode", 0) or 0) & 0xFF)
    if error.connection_invalidated:
        return "database-away"
    return _POSTGRESQL_CODES.get(getattr(original, "sqlstate", "") or "")


def _known_url(url: str) -> URL:
    try:
        found = make_url(url)
        if found.get_backend_name() in ("sqlite", "postgresql"):
            return found
    except ArgumentError as error:
        raise Refusal("database-url-wrong") from error
    raise Refusal("database-url-wrong")


def _sqlite_engine(url: str, durable: bool) -> Engine:
    in_memory = make_url(url).database in (None, "", ":memory:")
    options: dict[str, Any] = {
        "connect_args": {"timeout": 10, "isolation_level": None, "check_same_thread": False}
    }
    if in_memory:
        options["poolclass"] = StaticPool
    engine = create_engine(url, **options)
    event.listen(engine, "connect", _sqlite_connected)
    if not durable:
        event.listen(engine, "connect", _sqlite_unsynchronised)
    event.listen(engine, "begin", _sqlite_begin_shared if in_memory else _sqlite_begin)
    return engine


def _sqlite_connected(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "trusted_schema=OFF",
        "cache_size=-16000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_unsynchronised(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _sqlite_begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"PRAGMA query_only={0 if mode == 'IMMEDIATE' else 1}")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _sqlite_begin_shared(connection: Connection) -> None:
    """An in-memory database has a single connection: a write joins the read that is open on it."""
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    raw = connection.connection.dbapi_connection
    connection.exec_driver_sql(f"PRAGMA query_only={0 if mode == 'IMMEDIATE' else 1}")
    if not (isinstance(raw, sqlite3.Connection) and raw.in_transaction):
        connection.exec_driver_sql(f"BEGIN {mode}")


def _postgresql_engine(url: str) -> Engine:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=16,
        isolation_level="READ COMMITTED",
        connect_args={"options": "-c lock_timeout=10s -c statement_timeout=60s -c timezone=UTC"},
    )
    event.listen(engine, "begin", _postgresql_begin)
    return engine


def _postgresql_begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("writing"):
        connection.execute(text("SET TRANSACTION READ ONLY"))
