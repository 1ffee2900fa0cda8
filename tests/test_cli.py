"""The command line with wrong arguments: one sentence, a status, nothing half-made, never a trace."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from suite.base.db import Database
from suite.cli import main
from tests.world import COMPANY, World

Run = Callable[..., tuple[int, str, str]]
FOUNDED = {"name": "Muster GmbH", **COMPANY}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """(status, stdout, stderr) of `suite …` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUITE_DATABASE_URL", f"sqlite:///{tmp_path}/firma.db")

    def called(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main(list(arguments))
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return called


@pytest.fixture
def founded(run: Run, tmp_path: Path) -> Path:
    """A productive company on SQLite; its file."""
    (tmp_path / "firma.json").write_text(json.dumps(FOUNDED))
    assert run("init", "--company", "firma.json") == (0, "", "")
    return tmp_path / "firma.db"


def refuses(run: Run, *arguments: str, saying: str = "") -> None:
    """The verb says one thing per line on stderr and ends with a status."""
    status, out, err = run(*arguments)
    assert status != 0, out
    assert err.strip()
    assert "Traceback" not in err
    assert saying in err, err
    own = [each for each in err.splitlines() if each.startswith("suite: ")]
    assert own == err.splitlines() or "usage: suite" in err, err


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"17",
        b"null",
        b"\xff\xfe",
        b"[" * 5000,
        b"{}",
        b'{"name": ""}',
        b'{"name": 17}',
        b'{"name": null}',
        b'{"name": ["a"]}',
        b'{"name": "A", "chart": "SKR99"}',
        b'{"name": "A", "chart": ["SKR03"]}',
        b'{"name": "A", "colour": "red"}',
        b'{"name": "A", "vat_id": "DE1"}',
        b'{"name": "A", "vat_id": 1}',
        b'{"name": "A", "country": "XX"}',
        b'{"name": "A", "country": {}}',
        b'{"name": "A", "payment_days": "viele"}',
        b'{"name": "A", "payment_days": -1}',
        b'{"name": "A", "datev_client": 123456789012345678901234567890}',
        b'{"name": "A\\u0000B"}',
        b'{"name": "A\\ud800B"}',
    ],
)
def test_a_company_that_cannot_be_founded_leaves_no_database(
    run: Run, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "firma.json").write_bytes(content)

    refuses(run, "init", "--company", "firma.json")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["firma.json"]


def test_a_founded_company_is_not_founded_again(run: Run, founded: Path) -> None:
    before = founded.read_bytes()

    refuses(run, "init", "--company", "firma.json", saying="not empty")
    refuses(run, "demo", saying="not empty")

    assert founded.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify",),
        ("verify", "--json"),
        ("worker",),
        ("serve",),
        ("user", "add", "anna", "--role", "sales"),
        ("invoice", "list"),
        ("invoice", "list", "--json"),
        ("invoice", "xml", "RE-1", "--format", "xrechnung", "--out", "a.xml"),
        ("export", "datev", "--from", "2026-01-01", "--to", "2026-12-31", "--out", "aus"),
    ],
)
def test_without_a_company_every_verb_says_how_to_get_one(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    refuses(run, *arguments, saying="suite init")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "saying"),
    [
        (("user", "add", "anna", "--role", "koenigin"), "at least one role"),
        (("user", "add", "", "--role", "sales"), "user name"),
        (("user", "add", "anna acker", "--role", "sales"), "no spaces"),
        (("user", "add", "a\x00b", "--role", "sales"), "U+0000"),
        (("user", "add", "a\udcffb", "--role", "sales"), "U+DCFF"),
        (("user", "add", "x" * 61, "--role", "sales"), "60"),
        (("user", "add", "anna"), "--role"),
        (("invoice", "xml", "RE-1", "--format", "xrechnung", "--out", "a.xml"), "no posted document"),
        (("invoice", "xml", "a\x00", "--format", "xrechnung", "--out", "a.xml"), "cannot be kept"),
        (("invoice", "xml", "a\udcff", "--format", "peppol", "--out", "a.xml"), "cannot be kept"),
        (("invoice", "xml", "RE-1", "--format", "word", "--out", "a.xml"), "invalid choice"),
        (("export", "datev", "--out", "aus"), "first and its last day"),
        (("export", "datev", "--from", "2026-02-31", "--to", "2026-03-01", "--out", "aus"), "--from"),
        (
            ("export", "datev", "--from", "2026-02-01", "--to", "2026-01-01", "--out", "aus"),
            "before the first one",
        ),
        (("export", "datev", "--from", "0001-01-01", "--to", "9999-12-31", "--out", "aus"), "DATEV"),
        (("export", "datev", "--from", "2026-01-01", "--to", "2026-01-31", "--out", "firma.db"), "firma.db"),
        (("export", "datev", "--batch", "9", "--out", "aus"), "does not exist"),
        (("export", "datev", "--batch", "9" * 30, "--out", "aus"), "cannot be kept"),
        (("export", "datev", "--batch", "neun", "--out", "aus"), "--batch"),
        (("demo", "--as-of", "morgen"), "--as-of"),
        (("serve", "--port", "70000"), "no port"),
        (("serve", "--port", "achtzig"), "no port"),
        (("fliegen",), "invalid choice"),
        ((), "required"),
    ],
)
def test_wrong_arguments_are_named(
    run: Run, founded: Path, arguments: tuple[str, ...], saying: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    before = rows(founded)

    refuses(run, *arguments, saying=saying)

    assert rows(founded) == before
    assert not (founded.parent / "a.xml").exists()


def rows(file: Path) -> int:
    """How many rows all tables of a file have."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        names = (
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        )
        counts = [connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() or 0 for name in names]
    engine.dispose()
    return sum(counts)


@pytest.mark.parametrize(
    ("name", "value", "saying"),
    [
        ("SUITE_DATABASE_URL", "firma", "SUITE_DATABASE_URL"),
        ("SUITE_DATABASE_URL", "mysql://x@127.0.0.1/y", "SUITE_DATABASE_URL"),
        ("SUITE_DATABASE_URL", "postgresql://x@127.0.0.1:1/y", "The database says"),
        ("SUITE_DATABASE_URL", "sqlite:////proc/nirgends/firma.db", ""),
        ("SUITE_TIMEZONE", "Europe/Entenhausen", "SUITE_TIMEZONE"),
        ("SUITE_TIMEZONE", "../../etc/passwd", "SUITE_TIMEZONE"),
        ("SUITE_PORT", "achtzig", "no port"),
        ("SUITE_SECRET_KEY", "", "SUITE_SECRET_KEY"),
        ("SUITE_SECRET_KEY", "kurz", "SUITE_SECRET_KEY"),
        ("SUITE_SECRET_KEY", "a" * 64, "SUITE_SECRET_KEY"),
    ],
)
def test_a_productive_company_does_not_start_with_a_wrong_setting(
    run: Run, founded: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, saying: str
) -> None:
    monkeypatch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    monkeypatch.setenv(name, value)

    refuses(run, "serve", "--port", "0" if name != "SUITE_PORT" else "", saying=saying)

    assert not (founded.parent / "instance").exists()


@pytest.mark.parametrize(
    ("statement", "saying"),
    [
        ("UPDATE alembic_version SET version_num = '0000'", "suite upgrade"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer version"),
        ("DELETE FROM alembic_version", "suite upgrade"),
        ("DROP TABLE alembic_version", "suite upgrade"),
        ("DROP TRIGGER frozen_document_update", "frozen_document_update is missing"),
        ("CREATE TABLE more (id INTEGER)", "more is not part of the schema"),
    ],
)
def test_a_schema_that_is_not_ours_is_not_served(
    run: Run, founded: Path, monkeypatch: pytest.MonkeyPatch, statement: str, saying: str
) -> None:
    monkeypatch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    altered(f"sqlite:///{founded}", statement)

    for verb in (
        ("serve", "--port", "0"),
        ("worker",),
        ("invoice", "list"),
        ("user", "add", "a", "--role", "sales"),
    ):
        refuses(run, *verb, saying=saying)


def altered(url: str, statement: str) -> None:
    """Do something to a database that only its owner could."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    ["DROP TRIGGER frozen_document_update", "DROP TABLE allocation"],
)
def test_verify_names_what_the_schema_lacks(run: Run, founded: Path, statement: str) -> None:
    altered(f"sqlite:///{founded}", statement)

    status, out, err = run("verify", "--json")

    assert (status, err) == (1, "")
    found = json.loads(out)
    assert any("is missing" in finding["what"] for finding in found)
    assert {"check", "where", "what"} <= set(found[0])


def test_a_missing_trigger_is_named_at_start_on_both_engines(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = world.database.url.render_as_string(hide_password=False)
    on = "" if world.database.is_sqlite else " ON document"
    monkeypatch.setenv("SUITE_DATABASE_URL", url)
    monkeypatch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    altered(url, f"DROP TRIGGER frozen_document_update{on}")

    refuses(run, "serve", "--port", "0", saying="frozen_document_update is missing")


def test_a_file_that_is_no_database_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "firma.db").write_bytes(
        b"no database, but some text that is long enough to look like one" * 20
    )

    for verb in (("verify",), ("serve",), ("invoice", "list"), ("demo",)):
        refuses(run, *verb, saying="not a database")


GOOD = {"seq": 1, "type": "product", "date": "2026-01-05"}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"cases": 1}',
        '{"cases": [1]}',
        '{"cases": [{}]}',
        '{"cases": [{"id": "a"}]}',
        '{"cases": [{"id": "a", "events": [1]}]}',
        '{"cases": [{"id": "a", "events": [{"seq": "x", "type": "order"}]}]}',
    ],
)
def test_a_file_without_cases_is_not_played(run: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / "faelle.json").write_text(content)

    refuses(run, "play", "faelle.json", "--json", "aus.json")

    assert not (tmp_path / "aus.json").exists()


@pytest.mark.parametrize(
    "event",
    [
        {"date": "2026-01-05"},
        {"date": "31.02.2026"},
        {"date": None},
        {"type": "fliegen", "date": "2026-01-05"},
        {"type": "order", "date": "2026-01-05"},
        {"type": "order", "date": "2026-01-05", "partner": "niemand", "lines": [{}]},
        {"type": "order", "date": "2026-01-05", "partner": "p", "lines": "viele"},
        {
            "type": "order",
            "date": "2026-01-05",
            "partner": "p",
            "lines": [{"qty": "NaN", "unit_price": "1e99"}],
        },
        {"type": "payment", "date": "2026-01-05", "partner": "p", "amount": "Infinity"},
        {"type": "invoice", "date": "2026-01-05", "partner": ["p"]},
    ],
)
def test_a_senseless_event_ends_its_case_and_the_others_run(
    run: Run, tmp_path: Path, event: dict[str, object]
) -> None:
    bad = {
        "id": "schlecht",
        "partners": {"p": {"name": "P"}},
        "events": [{"seq": 1, "type": "product"} | event],
    }
    (tmp_path / "faelle.json").write_text(json.dumps({"cases": [bad, {"id": "leer", "events": []}]}))

    refuses(run, "play", "faelle.json", "--json", "aus.json", saying="schlecht")

    played = json.loads((tmp_path / "aus.json").read_text())["cases"]
    assert [bool(case["error"]) for case in played] == [True, False]


def test_a_case_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "faelle.json").write_text(json.dumps({"cases": [{"id": "leer", "events": []}]}))

    refuses(run, "play", "faelle.json", "--case", "voll", saying="no case voll")
    refuses(run, "play", "nirgends.json", saying="nirgends.json")
    refuses(run, "play", ".", saying="directory")


def test_a_list_of_invoices_is_json_and_lines(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUITE_DATABASE_URL", world.database.url.render_as_string(hide_password=False))
    number = world.record(world.posted_invoice()).number

    status, out, _ = run("invoice", "list", "--json")
    assert status == 0
    assert [row["number"] for row in json.loads(out)] == [number]
    assert run("invoice", "list")[1].startswith(f"{number}\tinvoice\t")
    assert run("verify", "--json")[:2] == (0, "[]\n")


def test_a_process_of_its_own_says_it_the_same_way(tmp_path: Path) -> None:
    settings = os.environ | {
        "SUITE_DATABASE_URL": f"sqlite:///{tmp_path}/leer.db",
        "PYTHONPATH": str(Path.cwd()),
    }

    ended = subprocess.run(
        [sys.executable, "-m", "suite.cli", "verify", "--json"],
        cwd=tmp_path,
        env=settings,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("suite: The database is empty.")


def test_a_database_of_another_kind_is_refused() -> None:
    with pytest.raises(Exception, match="database-url-wrong"):
        Database("oracle://x")
