"""The frame of every page: database session, actor, language, navigation, error pages."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Response, g, redirect, render_template, request, url_for
from flask_login import LoginManager, current_user
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine
from werkzeug.wrappers import Response as BaseResponse

from suite.base import clock
from suite.base.command import Actor
from suite.base.db import Database, Model, use_session
from suite.base.errors import NotFound, Refusal
from suite.shared.snapshot import company
from suite.web import security
from suite.web.assets import assets, by_hashed_name
from suite.web.error_pages import show_error
from suite.web.format import FILTERS, due_words
from suite.web.i18n import LOCALES, gettext, ngettext
from suite.web.messages import sentence
from suite.web.session import bind_login, cookie_name, csrf_token, is_portal, sign_in, sign_out
from suite.web.verbs import VERBS, verb_done

blueprint = Blueprint("web", __name__, template_folder="templates")
PUBLIC = {"web.asset_file", "web.login", "web.set_language"}


class _ReadSessions(SQLAlchemy):
    """Flask-SQLAlchemy on base's metadata and on our own engine: its session only ever reads."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        database: Database = app.extensions["kontor"]
        return database.engine


reads = _ReadSessions(metadata=Model.metadata, session_options={"autoflush": False})


@dataclass(frozen=True)
class Place:
    """An entry of the navigation: shown to whoever has its permission."""

    endpoint: str
    label: str
    icon: str
    permission: str


@dataclass(frozen=True)
class Wing:
    """A group of the navigation: front wing, back wing or the shared hall."""

    css: str
    label: str
    places: tuple[Place, ...]


def bind(app: Flask, database: Database, *, secret_key: bytes, wings: tuple[Wing, ...]) -> None:
    """Connect the shell to an application for one company."""
    app.extensions["kontor"] = database
    app.config["SQLALCHEMY_DATABASE_URI"] = database.url
    reads.init_app(app)
    manager = LoginManager(app)
    bind_login(manager)
    app.before_request(lambda: _open_request(database, secret_key))
    security.configure(app)
    app.before_request(_require_login)
    app.teardown_request(_close_request)
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        asset=asset,
        _=gettext,
        ngettext=ngettext,
        due_words=due_words,
        icons=icon_url,
        csrf=csrf_token,
        request_key=request_key,
        may=may,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: _context(wings))
    app.register_error_handler(Exception, show_error)
    app.register_blueprint(blueprint)


def by() -> Actor:
    """The actor of this request."""
    actor: Actor = current_user.actor
    return actor


def may(permission: str) -> bool:
    """Whether the reader holds a permission; for templates."""
    return by().may(permission)


def request_key() -> str:
    """A fresh key for a form: sent twice it acts once."""
    return uuid.uuid4().hex


def asset(name: str) -> str:
    """The URL of a static file, with its content hash."""
    return url_for("web.asset_file", name=assets()[name].name)


def icon_url(name: str) -> str:
    """The URL of one icon in the sprite."""
    return f"{asset('icons.svg')}#{name}"


@blueprint.get("/assets/<name>")
def asset_file(name: str) -> Response:
    """A static file, immutable under its hashed name."""
    found = by_hashed_name(name)
    if found is None:
        raise NotFound("file", name)
    response = Response(found.content, mimetype=found.media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> BaseResponse | str | tuple[str, int]:
    """The door."""
    security.open_door()
    target = security.local_target(request.values.get("next", "/"))
    if request.method == "GET":
        return render_template("login.html", error=None, name="", target=target)
    name = request.form.get("name", "")
    try:
        token = sign_in(name, request.form.get("password", ""))
    except Refusal as refusal:
        status = 429 if refusal.code == "login-paused" else 422
        return render_template("login.html", error=sentence(refusal), name=name[:100], target=target), status
    answer = redirect(target, 303)
    secure = security.speaks_tls()
    answer.set_cookie(
        cookie_name(),
        token,
        httponly=True,
        samesite="Lax",
        secure=secure,
        path="/",
        max_age=timedelta(days=7),
    )
    return answer


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """Out, at once."""
    sign_out()
    answer = redirect(url_for("web.login"), 303)
    answer.delete_cookie(cookie_name(), path="/")
    return answer


@blueprint.post("/language")
def set_language() -> BaseResponse:
    """Choose language and light or dark; kept in a cookie."""
    answer = redirect(security.local_target(request.form.get("next", "/")), 303)
    choices = (("locale", LOCALES), ("theme", ("auto", "light", "dark")), ("keys", ("on", "off")))
    for name, allowed in choices:
        chosen = request.form.get(name, "")
        if chosen in allowed:
            answer.set_cookie(
                f"kontor_{name}", chosen, samesite="Lax", httponly=True, path="/", max_age=31_536_000
            )
    return answer


def toast_words(done: str) -> str:
    """What a page says was just done; empty for anything but a verb."""
    verb = done.replace("-", ".", 1)
    return verb_done(verb) if verb in VERBS else ""


def _open_request(database: Database, secret_key: bytes) -> None:
    g.request_id = uuid.uuid4().hex
    g.secret_key = secret_key
    g.scope = use_session(database, reads.session())
    g.scope.__enter__()
    theme = request.cookies.get("kontor_theme", "auto")
    g.theme = theme if theme in ("light", "dark") else None
    chosen = request.cookies.get("kontor_locale")
    g.locale = chosen if chosen in LOCALES else (request.accept_languages.best_match(LOCALES) or "de")


def _close_request(_error: BaseException | None) -> None:
    scope = g.pop("scope", None)
    if scope is not None:
        scope.__exit__(None, None, None)


def _require_login() -> BaseResponse | None:
    if request.endpoint in PUBLIC or request.endpoint is None or is_portal():
        return None  # the customers' door asks for itself (suite/portal/door.py)
    if not current_user.is_authenticated:
        here = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return redirect(url_for("web.login", next=here), 303)
    if not request.cookies.get("kontor_locale"):
        g.locale = current_user.user.locale
    return None


def _context(wings: tuple[Wing, ...]) -> dict[str, Any]:
    if is_portal() or not current_user or not current_user.is_authenticated:
        return {
            "locale": g.get("locale", "de"),
            "theme": g.get("theme"),
            "wings": (),
            "own": None,
        }
    actor = by()
    shown = [
        Wing(wing.css, wing.label, tuple(place for place in wing.places if actor.may(place.permission)))
        for wing in wings
    ]
    return {
        "locale": g.locale,
        "theme": g.theme,
        "wings": [wing for wing in shown if wing.places],
        "me": current_user.user,
        "own": company(),
        "today": clock.today(),
        "toast": toast_words(request.args.get("done", "")),
        "keys": request.cookies.get("kontor_keys") != "off",
    }
