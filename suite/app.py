"""The application for one company: the shell and the pages of all slices."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from flask import Flask, request
from jinja2 import FileSystemLoader
from sqlalchemy import select

import suite.portal.device_views
import suite.portal.knowledge_views
import suite.portal.shop_views
import suite.portal.ticket_views
import suite.portal.views
import suite.registry  # noqa: F401 - the commands and pages that register themselves
from suite.admin.migrate import refuse_other_version
from suite.base.db import Database
from suite.base.errors import NotPermitted, Refusal
from suite.base.setting import environment
from suite.model import Company
from suite.pages import BLUEPRINTS, WINGS
from suite.portal import door, staff_views
from suite.routes import needed
from suite.shared.timeline import open_activities
from suite.web import hall, paper_pages, shell
from suite.web.messages import sentence
from suite.web.session import is_portal
from suite.web.verbs import verb_done
from suite.web.words import KINDS, field_word, record_name, record_url, record_word, role_word

HERE = Path(__file__).parent
PRINTABLE = ("quote", "order", "delivery", "invoice", "credit_note")


def create_app(database_url: str | None = None) -> Flask:
    """The WSGI application on a database; refuses a missing, older, newer or damaged schema."""
    database = Database(database_url or environment("SUITE_DATABASE_URL"))
    refuse_other_version(database)
    app = Flask("suite", static_folder=None)
    app.jinja_loader = FileSystemLoader([HERE / "web" / "templates", HERE])
    shell.bind(app, database, secret_key=secret_key(database), wings=WINGS)
    app.before_request(require_permission)
    app.register_blueprint(hall.blueprint)
    app.register_blueprint(paper_pages.blueprint)
    app.jinja_env.globals.update(
        record_url=record_url,
        record_name=record_name,
        record_word=record_word,
        verb_done=verb_done,
        field_word=field_word,
        sentence=sentence,
        open_activities=open_activities,
        role_word=role_word,
        kinds=KINDS,
        printable=PRINTABLE,
    )
    for blueprint in (*BLUEPRINTS, staff_views.blueprint, door.blueprint):
        app.register_blueprint(blueprint)
    return app


def require_permission() -> None:
    """Ask the table of routes before any view runs; a route that nobody listed is nobody's."""
    if request.url_rule is None or request.endpoint in shell.PUBLIC or is_portal():
        return  # the customers' door has a table of its own (suite/portal/door.py)
    wanted = needed(request.method, request.url_rule.rule, (request.view_args or {}).get("step", ""))
    if wanted is None:
        raise NotPermitted(request.url_rule.rule)
    if wanted and not any(shell.may(permission) for permission in wanted):
        raise NotPermitted(wanted[0])


def secret_key(database: Database) -> bytes:
    """The key of the environment; only a company that is not productive may keep one in instance/secret_key (0600).

    Raises `Refusal`: `secret-weak`, or `secret-missing` for a productive company without one.
    """
    given = environment("SUITE_SECRET_KEY")
    if given:
        if len(given) < 32 or len(set(given)) < 8:
            raise Refusal("secret-weak")
        return given.encode()
    with database.reading() as reading:
        if reading.scalar(select(Company.mark)) == "productive":
            raise Refusal("secret-missing")
    path = Path("instance") / "secret_key"
    path.parent.mkdir(exist_ok=True)
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip().encode()
