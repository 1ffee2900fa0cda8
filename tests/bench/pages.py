"""How long pages take at 100,000 invoices, beside a bare Flask page with as many rows."""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, render_template_string
from sqlalchemy import select, text

from suite.admin.users.commands import add_user
from suite.app import create_app
from suite.base.db import Database
from suite.model import Record
from suite.shared.roles import system_actor
from tests.bench.companies import Workload
from tests.bench.multiply import multiply
from tests.bench.order_to_cash import Chain

PASSWORD = "ein langes Passwort"
BARE = """<!doctype html><title>Bare</title><table>{% for row in rows %}
<tr><td><a href="/x/{{ row.public_id }}">{{ row.number }}</a><td>{{ row.sort_date }}<td>{{ row.title }}
<td>{{ row.due_date }}<td>{{ row.sort_amount }}<td>{{ row.state }}</tr>{% endfor %}</table>"""


def large_company(database: Database, *, copies: int) -> Workload:
    """100 played chains, `copies` times."""
    workload = Workload(database)
    with database.reading() as reading:
        first = reading.execute(text("SELECT MAX(id) FROM record")).scalar_one()
    for number in range(100):
        Chain(workload, number).run()
    multiply(database, first_record=first, copies=copies - 1)
    return workload


def measure_pages(database: Database) -> dict[str, Any]:
    """p95 in ms of the list of invoices (filtered, by date, deep by key) and of an invoice, and the bare page's."""
    os.environ.setdefault("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    add_user(
        login="olga",
        roles=["sales", "warehouse", "accounting"],
        password=PASSWORD,
        by=system_actor("bench", door="bench"),
    )
    client = create_app(str(database.url)).test_client()
    page = client.get("/login").get_data(as_text=True)
    token = page.split('name="csrf" value="')[1].split('"')[0]
    answer = client.post("/login", data={"csrf": token, "name": "olga", "password": PASSWORD})
    assert answer.status_code == 303, answer.status_code
    with database.reading() as reading:
        wanted = select(Record.public_id).where(Record.kind == "invoice").order_by(Record.id.desc()).limit(1)
        invoice = reading.scalars(wanted).one()
    floor = _p95(_bare(database))
    figures = {"bare_page_ms": floor}
    for name, url in (
        ("list_page", "/invoices?view=all&sort=-sort_date"),
        ("list_search", "/invoices?view=all&q=kunde+042"),
        ("document_page", f"/invoices/{invoice}"),
        ("today", "/"),
    ):
        figures[f"{name}_ms"] = _p95(lambda url=url: _get(client, url))  # type: ignore[misc]
        figures[f"{name}_ratio"] = round(figures[f"{name}_ms"] / floor, 2)
    return figures


def _get(client: Any, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)


def _bare(database: Database) -> Callable[[], None]:
    app = Flask("bare")

    @app.get("/")
    def index() -> str:
        with database.reading() as reading:
            wanted = (
                select(Record)
                .where(Record.kind == "invoice")
                .order_by(Record.sort_date.desc(), Record.id.desc())
            )
            return render_template_string(BARE, rows=reading.scalars(wanted.limit(50)).all())

    client = app.test_client()
    return lambda: _get(client, "/")


def _p95(act: Callable[[], None], *, times: int = 60) -> float:
    act()
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - begun)
    return round(statistics.quantiles(seconds, n=20)[18] * 1000, 2)
