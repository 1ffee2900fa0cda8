"""A fresh company per test on both engines, cloned from a template; and what could not be tested, said aloud."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine

import suite.registry  # noqa: F401 - the commands
from suite.admin.migrate import create_or_upgrade
from suite.admin.users.commands import add_user
from suite.app import create_app
from suite.base.db import Database, use_database
from suite.master.company.commands import found_company
from suite.shared.roles import system_actor
from tests.servers import Postgres, find_binaries, start_postgres
from tests.web.clients import PASSWORD, log_in
from tests.world import COMPANY, World

ENGINES = ("sqlite", "postgresql")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what could not run on this machine."""
    if find_binaries() is None:
        terminalreporter.write_line("PostgreSQL NOT TESTED: initdb was not found", yellow=True)
    if shutil.which("chromium") is None:
        terminalreporter.write_line("BROWSER NOT TESTED: chromium was not found", yellow=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for the session; tests that need it are skipped where it cannot be had."""
    server = start_postgres()
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded company in a SQLite file."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    _found(Database(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """A founded company in a PostgreSQL database that others are cloned from."""
    _administer(postgres, "CREATE DATABASE template_company")
    _found(Database(postgres.url("template_company")))
    return "template_company"


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh founded company, once on each engine, as the current database."""
    yield from fresh_company(request, request.param, tmp_path)


@pytest.fixture
def sqlite_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh founded company on SQLite."""
    yield from fresh_company(request, "sqlite", tmp_path)


@pytest.fixture
def world(database: Database) -> World:
    """The small world on both engines: Anna in accounting, Sven in sales, Wanda in the warehouse."""
    return World(database)


@pytest.fixture
def sqlite_world(sqlite_database: Database) -> World:
    """The small world on SQLite only, for tests of pure rules."""
    return World(sqlite_database)


@pytest.fixture
def app(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The pages of the world's company."""
    monkeypatch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    made = create_app(world.database.url.render_as_string(hide_password=False))
    yield made
    made.extensions["kontor"].dispose()


@pytest.fixture
def sign_in(world: World, app: Flask) -> Callable[..., FlaskClient]:
    """Sign somebody in who holds the given roles; English pages."""

    def signed_in(*roles: str) -> FlaskClient:
        login = "-".join(roles)
        add_user(login=login, name=login.title(), roles=roles, password=PASSWORD, locale="en", by=world.owner)
        return log_in(app.test_client(), login)

    return signed_in


def fresh_company(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> Iterator[Database]:
    """A founded company cloned from the template of an engine, as the current database."""
    if engine == "sqlite":
        path = tmp_path / "company.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        template = request.getfixturevalue("postgres_template")
        server: Postgres = request.getfixturevalue("postgres")
        name = f"company_{uuid.uuid4().hex}"
        _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
        url = server.url(name)
    database = Database(url)
    with use_database(database):
        yield database
    database.dispose()
    if engine == "postgresql":
        _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _found(database: Database) -> None:
    create_or_upgrade(database)
    with use_database(database):
        by = system_actor("founder", door="test")
        found_company(mark="demo", chart="SKR03", name="Kontor Testfirma GmbH", details=COMPANY, by=by)
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()


def _administer(server: Postgres, statement: str) -> None:
    engine = create_engine(
        server.url("postgres").replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
