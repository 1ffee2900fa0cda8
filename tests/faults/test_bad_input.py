"""Bad input in every field of every form: never a breakdown, always a page that says what is wrong, nothing lost."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from suite.app import create_app
from suite.base.event import Event
from suite.shared.roles import ROLES
from tests.faults.forms import PageForm, page_forms, value_of
from tests.populated import Populated, digest
from tests.walk import Person, Walker, add_person

NUMBERS = ["1e99", "NaN", "Infinity", "-1", "1_000", "１２", "²", "9" * 30, "0,12345678", "1,005", "--1"]
DATES = ["31.02.", "31.02.2026", "01.01.0000", "31.12.9999", "0001-01-01", "+9999", "32.13.2026"]
IDS = ["0", "4711", "99999999999999999999", "1" * 5000]
FORBIDDEN = ["a\x00b", "a\x07b", "a\x85b", "a\u202eb", "a\ufdd0b"]
LONG = ["w" * 10_000, "z" * 1_000_000]
# On PostgreSQL what its driver or its types see differently.
ENGINES_OWN = ["a\x00b", "99999999999999999999", "9" * 30, "0,12345678", "NaN", "1e99", "31.12.9999", "²"]
SHAPED = {"number": NUMBERS, "date": DATES, "id": IDS, "forbidden": FORBIDDEN, "long": LONG}


@dataclass
class Target:
    """The populated company behind pages, somebody who may do everything, and its forms."""

    company: Populated
    app: Flask
    person: Person
    forms: list[PageForm]
    copy: Path | None

    def events(self) -> int:
        """The last event: it moves with every command that did something."""
        with self.company.world.database.reading() as reading:
            return reading.scalar(select(func.max(Event.id))) or 0

    def restore(self) -> None:
        """Put the company back as it was (SQLite: its file)."""
        database = self.company.world.database
        if self.copy is None:
            return
        self.app.extensions["kontor"].dispose()
        database.dispose()
        place = Path(database.url.database or "")
        for leftover in (f"{place}-wal", f"{place}-shm"):
            Path(leftover).unlink(missing_ok=True)
        shutil.copy(self.copy, place)


@pytest.fixture(scope="module")
def target(company: Populated, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The company served to somebody with all roles."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
        database = company.world.database
        app = create_app(database.url.render_as_string(hide_password=False))
        add_person(company.world, "angreifer", *ROLES)
        person = Person(app, "angreifer")
        forms = list(page_forms(person, Walker(app, company.world)))
        copy = None
        if database.is_sqlite:
            with database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            copy = tmp_path_factory.mktemp("copy") / "company.db"
            shutil.copy(database.url.database or "", copy)
        yield Target(company, app, person, forms, copy)
        app.extensions["kontor"].dispose()


def sent(target: Target, form: PageForm, changed: dict[str, str]) -> TestResponse:
    """The form as it stands but for some fields."""
    fields = {name: value for name, value in form.fields.items() if value} | changed
    fields["csrf"] = target.person.csrf
    fields.pop("request_key", None)
    return target.person.client.post(form.action, data=fields)


def problem_of(form: PageForm, field: str, payload: str, answer: TestResponse) -> str | None:
    """What is wrong with an answer to bad input."""
    shown = f"{form.name} {field}={payload[:30]!r}"
    if answer.status_code >= 500:
        return f"{shown}: {answer.status_code}"
    if answer.status_code < 400:
        return None
    text = answer.get_data(as_text=True)
    page = html.fromstring(text)
    if "alert" not in text and not page.xpath("//main//p"):
        return f"{shown}: says nothing"
    if answer.status_code == 422 and field in form.typed and page.xpath("//form[@method='post']//*[@name]"):
        typed = value_of(text, field)
        if typed is not None and comparable(typed) != comparable(payload):
            return f"{shown}: what was typed became {typed[:30]!r}"
    return None


def comparable(text: str) -> str:
    """Text without what HTML itself cannot carry."""
    return "".join(c for c in text if c.isprintable()).strip()


def test_there_are_forms_to_attack(target: Target) -> None:
    assert len(target.forms) > 60
    assert sum(len(form.attacked()) for form in target.forms) > 250


@pytest.mark.parametrize("shape", sorted(SHAPED))
def test_bad_input_is_refused_at_its_field_or_kept_safely(target: Target, shape: str) -> None:
    problems = []
    for form in target.forms:
        before = digest(target.company.world) if target.copy else {}
        for field in form.attacked():
            for payload in SHAPED[shape]:
                if target.copy is None and payload not in ENGINES_OWN:
                    continue
                events = target.events()
                answer = sent(target, form, {field: payload})
                problems.append(problem_of(form, field, payload, answer))
                if answer.status_code < 400:
                    target.restore()
                elif target.events() != events:
                    problems.append(f"{form.name} {field}={payload[:30]!r}: refused, yet something was done")
        if target.copy and digest(target.company.world) != before:
            problems.append(f"{form.name}: a refused form left something behind")
    assert [problem for problem in problems if problem] == [], "\n".join(filter(None, problems))
