"""Structure: the registries, the routes and the sentences are complete and agree with each other."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

import suite
from suite.app import create_app
from suite.base import clock
from suite.base.command import COMMANDS
from suite.base.db import write_transaction
from suite.base.event import Event
from suite.model import Record
from suite.model.record import new_record
from suite.routes import PERMISSIONS, needed
from suite.shared.roles import PORTAL, ROLES, permissions_of
from suite.web.lists import ListScreen
from suite.web.messages import SENTENCES
from suite.web.shell import PUBLIC
from suite.web.verbs import VERBS
from tests.populated import Populated, digest, populate
from tests.walk import Person, Visit, Walker, add_person
from tests.world import World

ROOT = Path(__file__).parent.parent
SOURCES = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "suite").rglob("*.py"))}
MOST_QUERIES = 6
# Done by the command line before there is a user, and by the worker.
NOBODYS = {"company.found", "document.archive", "visit.archive", "ticket.take_mail"}


@pytest.fixture
def app(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application on a fresh company."""
    monkeypatch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    return create_app(sqlite_world.database.url.render_as_string(hide_password=False))


@pytest.fixture
def populated(sqlite_world: World, app: Flask) -> Populated:
    """The company with something of everything."""
    return populate(sqlite_world)


# Commands


@pytest.mark.parametrize("verb", sorted(set(COMMANDS) - NOBODYS))
def test_a_verb_is_granted_by_a_role_and_has_words(verb: str) -> None:
    assert verb in {*permissions_of(ROLES), *PORTAL.split()}, "nobody may do it"
    assert verb in VERBS, "suite/web/verbs.py has no words for it"


@pytest.mark.parametrize("verb", sorted(COMMANDS))
def test_a_verb_is_mentioned_by_a_test(verb: str) -> None:
    name = COMMANDS[verb].function.__name__
    said = re.compile(rf"\b{re.escape(name)}\b|[\"']{re.escape(verb)}[\"']")

    assert any(said.search(path.read_text(encoding="utf-8")) for path in (ROOT / "tests").rglob("*.py"))


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_grants_only_what_there_is(role: str) -> None:
    known = permissions_of(ROLES)
    for pattern in ROLES[role].split():
        assert pattern.endswith(".*") or pattern in known, pattern


def test_each_command_leaves_its_event(populated: Populated) -> None:
    with populated.world.database.reading() as reading:
        events = list(reading.scalars(select(Event)))
        records = set(reading.scalars(select(Record.id)))

    assert {event.verb for event in events} <= set(COMMANDS)
    assert len({event.verb for event in events}) > 25
    for event_ in events:
        if COMMANDS[event_.verb].on or COMMANDS[event_.verb].creates:
            assert event_.record_id in records, event_.verb
    made = {event_.record_id for event_ in events} | {event_.result_id for event_ in events}
    kept = {made_id for name, made_id in populated.ids.items() if name != "datev_batch"}
    assert kept <= made


# Refusals


def raised_codes() -> dict[str, str]:
    """Every code that is raised in suite/, and where."""
    found: dict[str, str] = {}
    for path, text in SOURCES.items():
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Call)
                and _name(node.func) in ("Refusal", "Unavailable", "_Problem")
                and node.args
            ):
                for code in _texts(node.args[0]):
                    found.setdefault(code, f"{path.relative_to(ROOT)}:{node.lineno}")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "__init__"
            ):
                for code in _texts(node.args[0]) if node.args else ():
                    found.setdefault(code, f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def test_every_refusal_has_a_sentence() -> None:
    assert {code: where for code, where in raised_codes().items() if code not in SENTENCES} == {}


def composed_codes() -> list[re.Pattern[str]]:
    """Codes put together from parts, as patterns, e.g. `…-wrong`."""
    found = []
    for text in SOURCES.values():
        for node in ast.walk(ast.parse(text)):
            is_refusal = isinstance(node, ast.Call) and _name(node.func) == "Refusal" and node.args
            if is_refusal and isinstance(node.args[0], ast.JoinedStr):
                parts = [getattr(part, "value", "") for part in node.args[0].values]
                found.append(re.compile("".join(p if isinstance(p, str) else "[a-z-]+" for p in parts)))
    return found


def test_every_sentence_has_a_refusal() -> None:
    composed = composed_codes()
    elsewhere = "\n".join(text for path, text in SOURCES.items() if path.name != "messages.py")

    unused = [code for code in SENTENCES if f'"{code}"' not in elsewhere]
    assert [code for code in unused if not any(each.fullmatch(code) for each in composed)] == []


def test_every_parameter_of_a_sentence_is_told() -> None:
    told: dict[str, set[str]] = {}
    for text in SOURCES.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and _name(node.func) == "Refusal" and node.args:
                names = {keyword.arg for keyword in node.keywords if keyword.arg}
                open_ended = any(keyword.arg is None for keyword in node.keywords)
                for code in _texts(node.args[0]):
                    told[code] = told.get(code, names) & (told.get(code, names) if open_ended else names)
    for code, names in told.items():
        wanted = set(re.findall(r"%\((\w+)\)s", SENTENCES.get(code, "")))
        assert wanted <= names, f"{code}: {wanted - names}"


# Sources


@pytest.mark.parametrize("folder", ["base", "model", "shared", "exchange", "reference"])
def test_no_float_where_money_is_computed(folder: str) -> None:
    for path, text in SOURCES.items():
        if path.is_relative_to(ROOT / "suite" / folder):
            for node in ast.walk(ast.parse(text)):
                is_float = isinstance(node, ast.Constant) and isinstance(node.value, float)
                is_name = isinstance(node, ast.Name) and node.id == "float"
                where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
                assert not is_name, where
                assert not is_float or where.startswith("suite/base/command.py"), where  # seconds to wait


# Lists


def list_screens() -> dict[str, ListScreen]:
    """Every list declared in a views module, by its endpoint."""
    found: dict[str, ListScreen] = {}
    for module in pkgutil.walk_packages(suite.__path__, "suite."):
        if module.name.endswith("views"):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, ListScreen):
                    found[value.endpoint] = value
    return found


SCREENS = list_screens()


@pytest.mark.parametrize("rows", [0, 1, 60])
@pytest.mark.parametrize("endpoint", sorted(SCREENS))
def test_a_list_reads_a_bounded_number_of_times(
    sqlite_world: World, app: Flask, endpoint: str, rows: int
) -> None:
    add_person(sqlite_world, "leser", *ROLES)
    person = Person(app, "leser")
    screen = SCREENS[endpoint]
    url = app.url_map.bind("localhost").build(endpoint)
    with write_transaction():
        for n in range(rows):
            new_record(screen.kind, title=f"Zeile {n}", state=_state(screen), sort_date=clock.today())
    person.get(url)  # what is read once per process
    statements: list[str] = []
    engine = app.extensions["kontor"].engine

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    answer = person.get(url)
    event.remove(engine, "before_cursor_execute", count)

    assert answer.status_code == 200
    assert answer.get_data(as_text=True).count("Zeile ") >= min(rows, 50)
    assert len(statements) <= MOST_QUERIES, "\n".join(statements)


def _state(screen: ListScreen) -> str:
    return screen.views[0].states[0] if screen.views[0].states else "draft"


# Routes


def test_every_route_is_in_the_table_and_every_entry_is_a_route(app: Flask) -> None:
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        and rule.endpoint not in PUBLIC
        and not rule.endpoint.startswith("portal.")  # tests/portal walks the customers' door
    }

    assert routes - set(PERMISSIONS) == set(), "say in suite/routes.py who may"
    assert set(PERMISSIONS) - routes == set(), "suite/routes.py lists what is no route"


def test_the_table_asks_for_permissions_that_exist(app: Flask) -> None:
    known = permissions_of(ROLES)
    for visit in _visits(app, World(app.extensions["kontor"])):
        for permission in needed(visit[0], visit[1].rule.rule, visit[1].step) or ():
            assert permission in known, f"{visit[0]} {visit[1].url}: {permission}"


def test_a_route_named_after_a_verb_asks_for_that_verb(populated: Populated, app: Flask) -> None:
    for method, visit in _visits(app, populated.world):
        last = visit.url.split("?")[0].rsplit("/", 1)[-1].replace("-", "_")
        verb = f"{visit.record.kind}.{last}" if visit.record is not None else ""
        if method == "POST" and verb in COMMANDS:
            asked = needed(method, visit.rule.rule, visit.step)
            # Paying an invoice is a payment of its customer, with other items settled beside it.
            assert asked == (("payment.post",) if verb == "invoice.pay" else (verb,)), visit.url


def test_nobody_gets_in_without_signing_in(populated: Populated, app: Flask) -> None:
    stranger = app.test_client()
    before = digest(populated.world)

    for method, visit in _visits(app, populated.world):
        if visit.rule.endpoint not in PUBLIC:
            answer = stranger.open(visit.url, method=method)
            assert answer.status_code in (303, 403), f"{method} {visit.url}"
            assert answer.status_code == 403 or answer.headers["Location"].startswith("/login")
    assert digest(populated.world) == before


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_comes_as_far_as_its_permissions(populated: Populated, app: Flask, role: str) -> None:
    add_person(populated.world, "jemand", role)
    person = Person(app, "jemand")
    granted = permissions_of([role])
    before = digest(populated.world)

    for method, visit in _visits(app, populated.world):
        if visit.rule.endpoint in PUBLIC or visit.rule.rule == "/logout":
            continue
        wanted = needed(method, visit.rule.rule, visit.step) or ()
        readable = visit.record is None or f"{visit.record.kind}.read" in granted
        if wanted and not granted & set(wanted):
            answer = (
                person.get(visit.url) if method == "GET" else person.post(visit.url, action="save", name="x")
            )
            assert answer.status_code in (403, 404), f"{method} {visit.url}: {answer.status_code}"
        elif method == "GET":
            status = person.get(visit.url).status_code
            assert status < 400 if readable else status == 404, f"{visit.url}: {status}"
    assert digest(populated.world) == before


def _visits(app: Flask, world: World) -> list[tuple[str, Visit]]:
    walker = Walker(app, world)
    return [(method, visit) for method in ("GET", "POST") for visit in walker.visits(method, of_each=1)]
