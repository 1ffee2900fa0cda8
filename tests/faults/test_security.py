"""Attacks on the door, the sessions and the pages: who gets in, what a stolen thing is worth, what text can do."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from werkzeug.test import TestResponse

from suite.admin.users.commands import disable_user, reset_password, set_user_roles
from suite.app import create_app
from suite.base import clock
from suite.base.event import Event
from suite.base.login_session import LoginSession
from suite.model import LoginAttempt, User
from suite.shared.roles import ROLES
from suite.web import session as sessions
from suite.web.security import CSP, MAX_BODY, local_target
from tests.populated import PASSWORD, populate, rows_of
from tests.walk import Person, Walker, add_person
from tests.world import World

KEY = "0123456789abcdef0123456789abcdef"
SIGN_IN = "/login"


@pytest.fixture
def anna(world: World, app: Flask) -> Person:
    """Anna in accounting, signed in."""
    add_person(world, "anna", "accounting")
    return Person(app, "anna")


def cookie_of(person: Person) -> str:
    """The value of the session's cookie."""
    found = person.client.get_cookie("kontor")
    assert found is not None
    return str(found.value)


def is_in(client: FlaskClient) -> bool:
    """Whether a page of ours opens."""
    return client.get("/search").status_code == 200


def with_cookie(app: Flask, value: str) -> FlaskClient:
    """Somebody who has nothing but a cookie."""
    client = app.test_client()
    client.set_cookie("kontor", value)
    return client


def user_id_of(world: World, login: str) -> int:
    """The id of a user."""
    with world.database.reading() as reading:
        return reading.scalars(select(User.id).where(User.login == login)).one()


def at_door(client: FlaskClient, name: str, password: str, **more: str) -> tuple[int, str, str]:
    """(status, location, page) of a try to sign in."""
    page = client.get(SIGN_IN).get_data(as_text=True)
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    answer = client.post(SIGN_IN, data={"csrf": csrf, "name": name, "password": password} | more)
    return answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True)


# Sessions


def test_a_cookie_brought_along_is_never_the_session(world: World, app: Flask) -> None:
    add_person(world, "anna", "accounting")
    client = with_cookie(app, "von-aussen-gesetzt")

    assert at_door(client, "anna", PASSWORD)[0] == 303

    assert is_in(client)
    assert client.get_cookie("kontor").value != "von-aussen-gesetzt"
    assert not is_in(with_cookie(app, "von-aussen-gesetzt"))


def test_a_cookie_kept_from_before_signing_out_is_worth_nothing(app: Flask, anna: Person) -> None:
    stolen = cookie_of(anna)
    assert is_in(with_cookie(app, stolen))

    assert anna.post("/logout").status_code == 303

    assert not is_in(anna.client)
    assert not is_in(with_cookie(app, stolen))


def test_signing_in_anew_ends_the_session_before(app: Flask, anna: Person) -> None:
    before = cookie_of(anna)

    assert at_door(anna.client, "anna", PASSWORD)[0] == 303

    assert cookie_of(anna) != before
    assert not is_in(with_cookie(app, before))


@pytest.mark.parametrize("what", ["roles", "disable", "password"])
def test_what_is_done_to_a_user_ends_the_sessions_at_once(
    world: World, app: Flask, anna: Person, what: str
) -> None:
    anna_id = user_id_of(world, "anna")

    if what == "roles":
        set_user_roles(anna_id, roles=["auditor"], by=world.owner)
    elif what == "disable":
        disable_user(anna_id, by=world.owner)
    else:
        reset_password(anna_id, by=world.owner)

    assert not is_in(anna.client)
    if what == "disable":
        assert at_door(app.test_client(), "anna", PASSWORD)[0] == 422


def test_a_session_ends_after_eight_idle_hours_and_after_seven_days(world: World, anna: Person) -> None:
    start = clock.now()

    def is_in_after(hours: float) -> bool:
        with clock.fixed_at(start + timedelta(hours=hours)):
            return is_in(anna.client)

    assert is_in_after(7.5)
    assert is_in_after(15)  # reading keeps it alive, though a GET writes nothing
    assert not is_in_after(23.5)


def test_a_session_that_is_used_ends_after_seven_days(world: World, app: Flask, anna: Person) -> None:
    start = clock.now()
    for hours in range(6, 168, 6):
        with clock.fixed_at(start + timedelta(hours=hours)):
            assert anna.post("/language", locale="en").status_code == 303
            assert is_in(anna.client), hours

    with clock.fixed_at(start + timedelta(days=7, minutes=1)):
        assert not is_in(anna.client)


def test_a_restart_forgets_no_session_that_sent_something(world: World, app: Flask, anna: Person) -> None:
    start = clock.now()
    with clock.fixed_at(start + timedelta(hours=7)):
        assert anna.post("/invoices").status_code == 200
    again = create_app(world.database.url.render_as_string(hide_password=False))

    with clock.fixed_at(start + timedelta(hours=14)):
        assert is_in(with_cookie(again, cookie_of(anna)))
    again.extensions["kontor"].dispose()


def test_the_cookie_is_for_our_server_alone_and_its_value_is_kept_nowhere(
    world: World, app: Flask, anna: Person
) -> None:
    flags = cookie_flags(app, "anna")

    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= flags
    assert "Secure" not in flags
    with world.database.engine.connect() as connection:
        kept = "".join(row for rows in rows_of(connection).values() for row in rows)
    assert cookie_of(anna) not in kept


def test_behind_tls_the_cookie_is_secure_and_bound_to_the_host(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_person(world, "anna", "accounting")
    monkeypatch.setenv("SUITE_TLS", "1")

    flags = cookie_flags(app, "anna")

    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= flags
    assert any(flag.startswith("__Host-kontor=") for flag in flags)
    assert not any(flag.startswith("Domain") for flag in flags)
    assert "max-age" in app.test_client().get(SIGN_IN).headers["Strict-Transport-Security"]


def cookie_flags(app: Flask, login: str) -> set[str]:
    """The parts of the cookie that signing in sets."""
    client = app.test_client()
    csrf = client.get(SIGN_IN).get_data(as_text=True).split('name="csrf" value="')[1].split('"')[0]
    answer = client.post(
        SIGN_IN, data={"csrf": csrf, "name": login, "password": PASSWORD}, base_url="https://localhost"
    )
    if answer.status_code == 403:  # the door's cookie is Secure: come by https from the beginning
        page = client.get(SIGN_IN, base_url="https://localhost").get_data(as_text=True)
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        answer = client.post(
            SIGN_IN, data={"csrf": csrf, "name": login, "password": PASSWORD}, base_url="https://localhost"
        )
    assert answer.status_code == 303
    session = next(each for each in answer.headers.getlist("Set-Cookie") if "kontor" in each.split("=")[0])
    return {part.strip() for part in session.split(";")}


# Passwords


def test_the_own_password_is_changed_by_whoever_knows_it(world: World, app: Flask, anna: Person) -> None:
    elsewhere = Person(app, "anna")
    new = "ein ganz anderes Wort"

    for fields, saying in (
        ({"old": "falsch geraten", "new": new, "again": new}, "not your password"),
        ({"old": PASSWORD, "new": "kurz", "again": "kurz"}, "at least 12"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "is the old one"),
        ({"old": PASSWORD, "new": new, "again": "etwas anderes"}, "differ"),
    ):
        answer = anna.post("/account/password", **fields)
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        assert saying in page
        assert not any(value in page for value in fields.values() if len(value) > 8)
    assert is_in(elsewhere.client)

    assert anna.post("/account/password", old=PASSWORD, new=new, again=new).status_code == 303

    assert is_in(anna.client)
    assert not is_in(elsewhere.client)
    assert at_door(app.test_client(), "anna", PASSWORD)[0] == 422
    assert at_door(app.test_client(), "anna", new)[0] == 303
    assert "Change password" in anna.get("/").get_data(as_text=True)


def test_a_stolen_session_does_not_try_all_passwords(
    world: World, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(sessions.TRIES):
        anna.post("/account/password", old=f"geraten {n}", new="ein ganz anderes", again="ein ganz anderes")

    answer = anna.post("/account/password", old=PASSWORD, new="ein ganz anderes", again="ein ganz anderes")

    assert answer.status_code == 422
    assert "15 minutes" in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_reaches_its_own_password(sqlite_world: World, sqlite_app: Flask, role: str) -> None:
    add_person(sqlite_world, "jemand", role)

    assert Person(sqlite_app, "jemand").get("/account/password").status_code == 200


@pytest.fixture
def sqlite_app(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The pages on SQLite only, where the engine does not matter."""
    monkeypatch.setenv("SUITE_SECRET_KEY", KEY)
    made = create_app(sqlite_world.database.url.render_as_string(hide_password=False))
    yield made
    made.extensions["kontor"].dispose()


def test_no_password_is_kept_readable(world: World, app: Flask) -> None:
    add_person(world, "alma", "admin")
    alma = Person(app, "alma")

    fields = {"login": "neu", "roles": "sales", "request_key": "0815"}
    page = alma.post("/users/new", **fields).get_data(as_text=True)
    made_up = re.search(r"<output>([^<]+)</output>", page)
    again = alma.post("/users/new", **fields)
    chosen = alma.post("/users/new", login="neuer", roles="sales", password="selbst ausgedacht 17")
    reset = alma.post(f"/users/{user_id_of(world, 'neu')}/password").get_data(as_text=True)
    renewed = re.search(r"<output>([^<]+)</output>", reset)

    assert made_up and renewed and chosen.status_code == 200
    assert again.status_code == 422
    with world.database.engine.connect() as connection:
        kept = "".join(row for rows in rows_of(connection).values() for row in rows)
    for secret in (made_up.group(1), renewed.group(1), "selbst ausgedacht 17"):
        assert secret not in kept


# The door


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each hash a password was compared with."""
    seen: list[str] = []
    original = sessions.password_matches

    def counted(password_hash: str, password: str) -> bool:
        seen.append(password_hash)
        return original(password_hash, password)

    monkeypatch.setattr(sessions, "password_matches", counted)
    return seen


def test_the_door_says_the_same_of_known_and_unknown_users_after_the_same_work(
    world: World, app: Flask, hashed: list[str]
) -> None:
    add_person(world, "anna", "accounting")
    add_person(world, "weg", "accounting")
    disable_user(user_id_of(world, "weg"), by=world.owner)

    answers = [at_door(app.test_client(), name, "falsch") for name in ("anna", "weg", "niemand")]

    assert {status for status, _, _ in answers} == {422}
    plain = [re.sub(r'value="[^"]*"', "", page) for _, _, page in answers]
    assert plain[0] == plain[1] == plain[2]
    assert len(hashed) == 3
    assert len({each.rsplit("$", 2)[0] for each in hashed}) == 1  # the same cost


def test_after_five_tries_nothing_is_hashed_and_others_still_get_in(
    world: World, app: Flask, hashed: list[str]
) -> None:
    add_person(world, "anna", "accounting")
    add_person(world, "sven", "sales")
    for _ in range(sessions.TRIES):
        assert at_door(app.test_client(), "Anna", "falsch")[0] == 422
    before = len(hashed)

    assert at_door(app.test_client(), "anna", PASSWORD)[0] == 429

    assert len(hashed) == before
    assert at_door(app.test_client(), "sven", PASSWORD)[0] == 303
    with clock.fixed_at(clock.now() + timedelta(minutes=16)):
        assert at_door(app.test_client(), "anna", PASSWORD)[0] == 303


def test_an_address_that_guesses_names_is_stopped_and_the_table_stays_small(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "password_matches", lambda *_: False)
    for n in range(sessions.ADDRESS_TRIES):
        at_door(app.test_client(), f"name{n}", "falsch")

    assert at_door(app.test_client(), "noch einer", "falsch")[0] == 429

    with clock.fixed_at(clock.now() + timedelta(minutes=16)):
        assert at_door(app.test_client(), "einer", "falsch")[0] == 422
    with world.database.reading() as reading:
        assert len(reading.scalars(select(LoginAttempt.key)).all()) == 2


@pytest.mark.parametrize(
    "name",
    ["a\x00b", "a\nb", "", " ", "x" * 100_000, "'; DROP TABLE record; --", "\u202eanna", "*", "ａｎｎａ"],
)
def test_odd_names_do_not_open_or_break_the_door(world: World, app: Flask, name: str) -> None:
    add_person(world, "anna", "accounting")

    status, _, page = at_door(app.test_client(), name, "falsch")

    assert status == 422
    assert "invalid-feedback" in page


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "///evil.example",
        "http:///evil.example",
        "data:text/html,x",
        "evil.example",
        "/\\/evil.example",
        "//[",
        "",
    ],
)
def test_signing_in_leads_only_to_a_page_of_ours(world: World, app: Flask, wanted: str) -> None:
    add_person(world, "anna", "accounting")

    status, location, _ = at_door(app.test_client(), "anna", PASSWORD, next=wanted)

    assert (status, location) == (303, "/")
    assert local_target("/invoices?view=open") == "/invoices?view=open"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "[", ""]
)
def test_another_host_name_is_not_answered(app: Flask, host: str) -> None:
    answer = app.test_client().get("/login", headers={"Host": host})

    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)
    assert answer.headers["Content-Security-Policy"] == CSP


# Forms of others


Send = Callable[..., int]


@pytest.fixture
def note(world: World, anna: Person) -> Send:
    """The status of sending a note with some token and some headers; says whether one was written."""
    party = world.record(world.customer()).public_id

    def send(csrf: str | None = None, *, body: bool = True, **headers: str) -> int:
        fields = {"text": "Hallo"} | ({"csrf": anna.csrf if csrf is None else csrf} if body else {})
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        before = notes(world)
        status = anna.client.post(f"/records/{party}/note", data=fields, headers=named).status_code
        assert (notes(world) > before) == (status == 303)
        return status

    return send


def notes(world: World) -> int:
    """How many notes were written."""
    with world.database.reading() as reading:
        return len(reading.scalars(select(Event.id).where(Event.verb == "note.add")).all())


def test_only_the_token_of_this_session_opens_a_form(world: World, app: Flask, note: Send) -> None:
    add_person(world, "sven", "sales")
    stranger = app.test_client()
    door = stranger.get(SIGN_IN).get_data(as_text=True).split('name="csrf" value="')[1].split('"')[0]

    assert note() == 303
    for wrong in ("", "0" * 64, "x", "ü", "\x00", door, Person(app, "sven").csrf):
        assert note(wrong) == 403, wrong
    assert note(body=False) == 403
    assert note(body=False, X_CSRF_Token="0" * 64) == 403


def test_a_form_from_another_site_changes_nothing(note: Send) -> None:
    for origin in (
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://[",
        "",
        "localhost",
    ):
        assert note(Origin=origin) == 403, origin
    for site in ("cross-site", "same-site", "x"):
        assert note(Sec_Fetch_Site=site) == 403, site
    assert note(Origin="http://localhost", Sec_Fetch_Site="same-origin") == 303
    assert note(Sec_Fetch_Site="none") == 303


def test_a_token_from_before_is_dead_after_signing_in_anew(app: Flask, anna: Person) -> None:
    old = anna.csrf
    assert at_door(anna.client, "anna", PASSWORD)[0] == 303

    assert anna.client.post("/language", data={"csrf": old, "locale": "en"}).status_code == 403


# Headers


def test_every_answer_carries_the_headers(world: World, app: Flask, anna: Person) -> None:
    populate(world)
    add_person(world, "alle", *ROLES)
    person = Person(app, "alle")
    stranger = app.test_client()
    answers = [
        (visit.url, whole(person.get(visit.url)))
        for visit in Walker(app, world).visits("GET", of_each=1)
        if "/pdf" not in visit.url
    ]
    answers += [
        ("strange", stranger.get("/")),
        ("door", stranger.get(SIGN_IN)),
        ("404", person.get("/nirgends")),
    ]
    answers += [("405", person.post("/pipeline")), ("403", stranger.post("/language"))]
    answers += [("413", person.client.post("/language", data=b"x" * (MAX_BODY + 1)))]
    answers += [
        (f"csv {url}", whole(person.post(url)))
        for url in ("/invoices", "/parties", "/journal", "/open-items")
    ]

    for url, answer in answers:
        headers = answer.headers
        assert headers["Content-Security-Policy"] == CSP, url
        assert headers["X-Content-Type-Options"] == "nosniff", url
        assert headers["Referrer-Policy"] == "same-origin", url
        if url.startswith("/assets/"):
            assert "immutable" in headers["Cache-Control"]
        else:
            assert headers["Cache-Control"] == "no-store", url
        if (
            answer.mimetype not in ("text/html", "application/json", "application/pdf")
            and answer.status_code == 200
        ):
            is_ours = url.startswith("/assets/")
            assert is_ours or headers["Content-Disposition"].startswith("attachment"), url
        assert "Server" not in headers or "Werkzeug" in headers["Server"]
    by_name = dict(answers)
    assert [by_name[name].status_code for name in ("404", "405", "403", "413")] == [404, 405, 403, 413]


def whole(answer: TestResponse) -> TestResponse:
    """An answer read to its end: a file is made while it is sent."""
    answer.get_data()
    return answer


# Text that would be code

MARKS = (
    "<xss-probe>",
    "</title><xss-probe>",
    "</textarea></select></table><xss-probe>",
    '"><xss-probe xssattr="1">',
    "\" xssattr='1' autofocus onfocus='xssprobe()",
    "' xssattr=1 onmouseover=xssprobe() x='",
    "<script>xssprobe()</script>",
    "</script><script>xssprobe()</script>",
    "<img src=x onerror=xssprobe()>",
    "<svg/onload=xssprobe()>",
    "javascript:xssprobe()//",
    "xss{{7*7}}xss {% xssprobe %} ${7*7} <%= 7 %>",
    "--><xss-probe><!--",
    "]]><xss-probe>",
    "&lt;xss-probe&gt; &#60;xss-probe&#62;",
    '=HYPERLINK("http://evil.example","xss")',
    "+xss|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0 xss",
    "@SUM(1)xss",
)


@pytest.fixture
def tainted(world: World) -> World:
    """A company whose every text would be code somewhere."""
    from tests.faults.tainting import taint

    for mark in MARKS:
        taint(world, mark)
    return world


def test_no_text_becomes_code_on_any_page(tainted: World, app: Flask) -> None:
    add_person(tainted, "leser", *ROLES)
    person = Person(app, "leser")
    pages = 0
    for visit in Walker(app, tainted).visits("GET"):
        if "/pdf" in visit.url or visit.url.startswith("/assets/") or "/files/" in visit.url:
            continue
        answer = person.get(visit.url)
        if answer.mimetype == "text/html":
            pages += 1
            assert answer.status_code == 200 or answer.status_code in (303, 422), visit.url
            assert found_code(answer.get_data(as_text=True)) == [], visit.url
    for mark in MARKS:
        answer = person.client.get("/search", query_string={"q": mark})
        assert found_code(answer.get_data(as_text=True)) == []
        answer = person.client.get("/search/hits", query_string={"q": mark})
        assert found_code(answer.get_data(as_text=True) or "<p></p>") == []
        for door in ("/login", "/invoices", "/nirgends/" + mark.replace("/", "")):
            answer = app.test_client().get(door, query_string={"next": mark, "q": mark, "view": mark})
            assert found_code(answer.get_data(as_text=True)) == []
    assert pages > 300


def found_code(text: str) -> list[str]:
    """What of a page is a mark that became an element, an attribute or something that runs."""
    found = []
    for element in html.fromstring(text).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag.startswith("xss") or "49xss" in (element.text or ""):
            found.append(element.tag)
        if element.tag in ("script", "style", "iframe", "object", "embed") and not element.get("src"):
            found.append(element.tag)
        for name, value in element.attrib.items():
            if name.startswith(("on", "xss")) or (
                name in ("style", "srcdoc", "autofocus") and "xss" in text and name == "style"
            ):
                found.append(f"{element.tag} {name}")
            if name in ("href", "src", "action", "formaction") and value.strip().lower().startswith(
                ("javascript:", "data:")
            ):
                found.append(f"{element.tag} {name}={value}")
    return found


def test_no_cell_of_a_csv_file_is_a_formula(tainted: World, app: Flask) -> None:
    add_person(tainted, "leser", *ROLES)
    person = Person(app, "leser")
    cells = 0
    for url in (
        "/leads",
        "/parties",
        "/products",
        "/price-lists",
        "/quotes",
        "/orders",
        "/invoices",
        "/activities",
        "/payments",
        "/journal",
        "/open-items",
        "/accounts",
        "/opportunities",
        "/deliveries",
    ):
        import csv
        import io

        text = person.post(f"{url}?view=all").data.decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text), delimiter=";"):
            for cell in row:
                cells += "xss" in cell
                harmless = re.fullmatch(r"[+-][\d.,]*", cell)
                assert harmless or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), f"{url}: {cell}"
    assert cells > 100


def test_the_clock_of_the_tests_is_the_clock_of_the_sessions(world: World, anna: Person) -> None:
    with world.database.reading() as reading:
        made = reading.scalars(select(LoginSession.created_at)).all()

    assert all(isinstance(each, datetime) for each in made)
