"""Bad input in every field of every form: never a breakdown, always a page that says what is wrong, nothing lost."""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlencode

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from suite.app import create_app
from suite.base.errors import Refusal
from suite.base.event import Event
from suite.shared.roles import ROLES
from suite.web.parsing import parse_date, parse_decimal, parse_whole
from tests.copies import CompanyCopy
from tests.faults.forms import PageForm, page_forms, values_of
from tests.populated import Populated, digest
from tests.walk import Person, Walker, add_person

# For every field of every form; what the readers of numbers and dates refuse beyond, they are asked alone.
BAD = ["1e99", "9" * 30, "0,12345678", "31.12.9999", "a\x00b", "w" * 10_000]
# On PostgreSQL what its driver or its types see differently.
ENGINES_OWN = ["a\x00b", "9" * 30, "0,12345678", "99999999999999999999"]
NO_NUMBERS = [
    *"1e99 1E5 NaN nan sNaN Infinity -inf 1_000 １２ ² ½ ١٢ 0x10 --1 +-1 1..2 1,2,3.4.5 . , - + € %".split(),
    *("1.2.3", "12abc", "1;2", "1\x002", "1 2", "1\u202e2", "9" * 40, "1" * 100_000),
]
NO_DATES = [
    *"31.02. 31.02.2026 29.02.2025 0.0.0000 01.01.0000 0000-01-01 0001-01-01 31.12.9999 9999-12-31".split(),
    *"32.01.2026 01.13.2026 2026-13-01 +99999 1e3 NaN １１.１１.２０２６ ٣.٣.٢٠٢٦ morgen -- 1.1.1 99999999".split(),
    *("2026-11-23T10:00", "23.11.2026;", "1899-12-31", "2200-01-01", "23.11.2026\x00", "2" * 100_000),
]

# Fields that name something: what is not found is not kept.
LOOKED_UP = {"password", "party", "lines-0-article", "main-country", "delivery-country", "invoice-country"}
MOST_SECONDS = 20
# Forms with a field for each line.
MANY = ("change", "return")
# A wrong password is counted, also when the form is refused.
COUNTED = ("login_attempt",)


@dataclass
class Target:
    """The populated company behind pages, somebody who may do everything, and its forms."""

    company: Populated
    app: Flask
    person: Person
    forms: list[PageForm]
    copy: CompanyCopy

    @property
    def is_sqlite(self) -> bool:
        """Whether all of it is tried, or what PostgreSQL alone sees differently."""
        return self.company.world.database.is_sqlite

    def events(self) -> int:
        """The last event: it moves with every command that did something."""
        with self.company.world.database.reading() as reading:
            return reading.scalar(select(func.max(Event.id))) or 0

    def restore(self) -> None:
        """Put the company back as it was."""
        self.app.extensions["kontor"].dispose()
        self.copy.put_back()


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
        app.extensions["kontor"].dispose()
        copy = CompanyCopy(database, tmp_path_factory.mktemp("copy"))
        yield Target(company, app, person, forms, copy)
        copy.drop()
        app.extensions["kontor"].dispose()


def sent(target: Target, form: PageForm, changed: dict[str, str]) -> TestResponse:
    """The form as it stands but for some fields."""
    fields = {name: value for name, value in form.fields.items() if value} | changed
    fields["csrf"] = target.person.csrf
    fields.pop("request_key", None)
    return target.person.client.post(buffered=True, path=form.action, data=fields)


def problem_of(form: PageForm, field: str, payload: str, answer: TestResponse) -> str | None:
    """What is wrong with an answer to bad input."""
    shown = f"{form.name} {field}={payload[:30]!r}"
    if answer.status_code >= 500:
        return f"{shown}: {answer.status_code}"
    if answer.status_code < 400:
        return None
    text = answer.get_data(as_text=True)
    if "alert" not in text and "error" not in text and not html.fromstring(text).xpath("//main//p"):
        return f"{shown}: says nothing"
    if answer.status_code == 422 and field in form.typed:
        kept = [comparable(value) for value in values_of(text, field)]
        if kept and comparable(payload) not in kept:
            return f"{shown}: what was typed became {kept[0][:30]!r}"
    return None


def last_of(form: PageForm) -> str:
    """What the form does, by the end of its address."""
    return form.action.rsplit("/", 1)[-1]


def comparable(text: str) -> str:
    """Text without what HTML itself cannot carry: a parser shows NUL as U+FFFD."""
    return "".join(c for c in text if c.isprintable() and c != "\ufffd").strip()


def test_there_are_forms_to_attack(target: Target) -> None:
    assert len(target.forms) > 55
    assert sum(len(form.attacked()) for form in target.forms) > 200


def test_bad_input_is_refused_at_its_field_or_kept_safely(target: Target) -> None:
    problems = []
    for form in target.forms:
        before = digest(target.company.world, without=COUNTED) if target.is_sqlite else {}
        changed = False
        for field in form.attacked():
            accepted = False
            for payload in BAD if target.is_sqlite else ENGINES_OWN:
                events = target.events()
                answer = sent(target, form, {field: payload, "version": ""})
                problems.append(problem_of(form, field, payload, answer))
                accepted = accepted or answer.status_code < 400
                if answer.status_code >= 400 and target.events() != events:
                    problems.append(f"{form.name} {field}={payload[:30]!r}: refused, yet something was done")
            changed = changed or accepted
            if accepted and target.is_sqlite:
                target.restore()
        if changed and not target.is_sqlite:
            target.restore()
        if target.is_sqlite and digest(target.company.world, without=COUNTED) != before:
            problems.append(f"{form.name}: a refused form left something behind")
    assert [problem for problem in problems if problem] == [], "\n".join(filter(None, problems))


def test_what_cannot_be_kept_is_said_at_its_field(target: Target) -> None:
    if not target.is_sqlite:
        pytest.skip("the rules are the same on both engines")
    problems = []
    for form in target.forms:
        for field in form.attacked():
            if field not in form.typed or field in LOOKED_UP:
                continue
            answer = sent(target, form, {field: "a\x07b"})
            text = answer.get_data(as_text=True)
            if answer.status_code < 400:
                target.restore()
                problems.append(f"{form.name} {field}: accepted")
            elif answer.status_code == 422 and f"#f-{field}" not in text and "pattern-" not in text:
                problems.append(f"{form.name} {field}: not said at the field")
    assert problems == [], "\n".join(problems)


def test_bytes_that_are_no_text_do_not_break_a_form(target: Target) -> None:
    for form in target.forms[:: 3 if target.is_sqlite else 12]:
        for field in form.attacked()[:2]:
            for raw in ("%ED%A0%80", "%FF%FE", "%C0%80", "%F4%90%80%80", "%"):
                fields = {name: value for name, value in form.fields.items() if value and name != field}
                fields = urlencode(fields | {"csrf": target.person.csrf}) + f"&{field}={raw}"
                answer = target.person.client.post(
                    buffered=True,
                    path=form.action,
                    data=fields,
                    content_type="application/x-www-form-urlencoded",
                )
                assert answer.status_code < 500, f"{form.name} {field}={raw}"
                if answer.status_code < 400:
                    target.restore()


def test_the_same_field_many_times_or_in_another_shape_breaks_nothing(target: Target) -> None:
    for form in target.forms[:: 3 if target.is_sqlite else 12]:
        twice = {name: [value or "1", "2", "a"] for name, value in form.fields.items()}
        answers = [
            target.person.client.post(
                buffered=True, path=form.action, data=twice | {"csrf": target.person.csrf}
            )
        ]
        answers += [
            target.person.client.post(buffered=True, path=form.action, data={"csrf": target.person.csrf})
        ]
        files = {name: (BytesIO(b"x"), "x.txt") for name in form.fields} | {"csrf": target.person.csrf}
        answers += [
            target.person.client.post(
                buffered=True, path=form.action, data=files, content_type="multipart/form-data"
            )
        ]
        for body in (b"{", b'{"csrf": 1}', b"\x00" * 100):
            for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain"):
                answers.append(
                    target.person.client.post(buffered=True, path=form.action, data=body, content_type=kind)
                )
        assert [answer.status_code for answer in answers if answer.status_code >= 500] == [], form.name
        target.restore()


def test_very_much_at_once_is_refused_or_read_in_time(target: Target) -> None:
    if not target.is_sqlite:
        pytest.skip("how a form is read is the same on both engines")
    many = {f"feld{n}": "x" for n in range(100_000)}
    lines = {f"lines-{n}-name": "x" for n in range(100_000)}
    places = {f"lines-{n}{n}-article": "" for n in range(20_000)} | {
        "lines-²-name": "x",
        f"lines-{'9' * 5000}-name": "x",
    }
    numbers = {f"quantity-{n}": "1" for n in range(100_000)} | {
        "quantity-²": "1",
        f"quantity-{'9' * 5000}": "1",
    }
    for form in target.forms:
        if form.action not in ("/invoices/new", "/payments/new", "/leads/new") and last_of(form) not in MANY:
            continue
        for more in (many, lines, places, numbers, dict.fromkeys(form.attacked()[:6], "z" * 1000000)):
            started = time.process_time()
            answer = sent(target, form, more)
            assert answer.status_code < 500, form.name
            assert time.process_time() - started < MOST_SECONDS, form.name
            if answer.status_code < 400:
                target.restore()


def test_ids_of_other_kinds_and_of_nobody_find_nothing(target: Target) -> None:
    walker = Walker(target.app, target.company.world)
    kinds = {folder: rows[0] for folder, rows in walker.by_folder.items() if rows}
    before = digest(target.company.world, without=COUNTED) if target.is_sqlite else {}
    for method in ("GET", "POST"):
        for visit in walker.visits(method, of_each=1):
            if visit.record is None or visit.url.startswith("/records/"):
                continue
            other = next(row for row in kinds.values() if row.kind != visit.record.kind)
            for wrong in (
                other.public_id,
                "0" * 20,
                "%00",
                "a%ED%A0%80",
                "..%2f..",
                "x" * 5000,
                "'",
                str(visit.record.id),
            ):
                url = visit.url.replace(visit.record.public_id, wrong)
                answer = target.person.get(url) if method == "GET" else target.person.post(url)
                assert 400 <= answer.status_code < 500, f"{method} {url[:80]}: {answer.status_code}"
    if before:
        assert digest(target.company.world, without=COUNTED) == before


def test_numbers_in_addresses_may_be_any(target: Target) -> None:
    for url in (
        "/users/{}",
        "/users/{}/password",
        "/users/{}/disable",
        "/journal/{}",
        "/accounts/{}",
        "/settings/numbers/{}",
    ):
        for place in ("0", "9" * 18, "9" * 30, "9" * 5000, "-1", "%00", "x", "a%ED%A0%80"):
            for answer in (target.person.get(url.format(place)), target.person.post(url.format(place))):
                assert 400 <= answer.status_code < 500, url.format(place[:20])


def test_questions_in_addresses_may_be_anything(target: Target) -> None:
    names = (
        "q view sort after from until party about state total version encoding from_date until_date done next "
        "is_full save"
    ).split()
    cursors = [
        ["x", 1],
        [None, 1],
        ["NaN", 1],
        ["1e99", 1],
        ["2026-02-31", 1],
        ["a\x00", 1],
        ["1", 10**30],
        ["1", "x"],
        7,
        [],
        [[1], 1],
        ["1,5", 1],
    ]
    odd = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode() for each in cursors]
    odd += [
        base64.urlsafe_b64encode(b"[" * 1400).decode(),
        "%%%",
        "2026-01-01~" + "9" * 30,
        "ü",
        "a~b",
        "2026-01-01~²",
    ]
    questions = [
        dict.fromkeys(names, value)
        for value in ("a\x00b", "9" * 30, "-1", "²", "w" * 2000, "31.12.9999", "%", "_")
    ]
    questions += [
        {"after": each, "sort": sort} for each in odd for sort in ("", "sort_date", "-sort_amount", "title")
    ]
    seen = set()
    for visit in Walker(target.app, target.company.world).visits("GET", of_each=1):
        if visit.rule.rule in seen or visit.url.startswith("/assets/") or "/pdf" in visit.url:
            continue
        seen.add(visit.rule.rule)
        is_list = visit.record is None
        for question in questions if is_list else questions[:3]:
            if not target.is_sqlite and "\x00" not in str(question) and "9" * 20 not in str(question):
                continue
            answer = target.person.client.get(buffered=True, path=visit.url, query_string=question)
            assert answer.status_code < 500, f"{visit.url} {question}"


@pytest.mark.parametrize("text", NO_NUMBERS)
@pytest.mark.parametrize("locale", ["de", "en"])
def test_no_number_is_read_from_what_is_none(text: str, locale: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_decimal(text, "amount", locale=locale)
    assert (refused.value.code, refused.value.field) == ("number-wrong", "amount")
    assert parse_whole("", "days") is None
    with pytest.raises(Refusal):
        parse_whole(text, "days")


@pytest.mark.parametrize("text", NO_DATES)
def test_no_date_is_read_from_what_is_none(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_date(text, "dated_on")
    assert (refused.value.code, refused.value.field) == ("date-wrong", "dated_on")
