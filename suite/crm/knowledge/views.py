"""Pages of articles: the list, one article, writing and changing it."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from suite.base.db import session
from suite.base.errors import Conflict, Refusal
from suite.crm.knowledge.commands import ArticleInput, create_article, edit_article
from suite.crm.knowledge.queries import citing_tickets
from suite.model import Article, Record
from suite.shared.timeline import timeline
from suite.shared.visible import visible_record
from suite.web.actions import do_verb, done, form_verb, once, open_actions
from suite.web.conflicts import show_both
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.lists import DATE, STATE, Column, ListScreen, View, beside_the_register
from suite.web.shell import by

blueprint = Blueprint("knowledge", __name__)
form_verb("article.edit")
# Languages are called by their own names.
LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}


def _beside(rows: Sequence[Record]) -> dict[int, dict[str, str]]:
    wanted = select(Article).where(Article.id.in_([row.id for row in rows]))
    return {
        article.id: {
            "For": gettext("customers and us") if article.is_public else gettext("us alone"),
            "Language": LANGUAGE_NAMES[article.language],
        }
        for article in session().scalars(wanted)
    }


SCREEN = ListScreen(
    kind="article",
    title="Knowledge",
    endpoint="knowledge.index",
    columns=(
        Column("Title", lambda record: record.title, "title", css="wide-2"),
        beside_the_register("For", "p2"),
        beside_the_register("Language", "p2"),
        DATE,
        STATE,
    ),
    views=(
        View("published", "Published", ("published",)),
        View("draft", "Drafts", ("draft",)),
        View("retired", "Retired", ("retired",)),
        View("all", "All"),
    ),
    sort="title",
    new_url="/knowledge/new",
    new_label="Article",
    new_verb="article.create",
    beside=_beside,
    empty_title="Nothing is written down yet",
    empty_text="Write down what customers ask again and again. Tickets then suggest the answer.",
)


@blueprint.route("/knowledge", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/knowledge/new", methods=["GET", "POST"])
def new() -> Any:
    """Write an article."""
    form = Form(request.form if request.method == "POST" else {"language": "de"})
    if request.method == "POST":
        try:
            return done("article.create", once(create_article, form)(_article(form), by=by()))
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, gettext("New article"), "/knowledge")


@blueprint.get("/knowledge/<public_id>")
def show(public_id: str) -> str:
    """One article, and the tickets it helped with."""
    record = visible_record(by(), "article", public_id)
    article = session().get_one(Article, record.id)
    return render_template(
        "crm/knowledge/show.html",
        record=record,
        article=article,
        language=LANGUAGE_NAMES[article.language],
        tickets=citing_tickets(record.id, by()),
        actions=open_actions(Article.flow, record, by()),
        entries=timeline(record.id),
    )


@blueprint.route("/knowledge/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change an article."""
    record = visible_record(by(), "article", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST":
        try:
            edit_article(record.id, _article(form), version=form.version(), by=by())
            return done("article.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, record.title, f"/knowledge/{public_id}")


@blueprint.post("/knowledge/<public_id>/<any(publish,retire):step>")
def act(public_id: str, step: str) -> Response:
    """Verbs without a form."""
    return do_verb(f"article.{step}", visible_record(by(), "article", public_id), by())


def _article(form: Form) -> ArticleInput:
    return ArticleInput(form.text("title"), form.text("text"), form.text("language"), form.flag("is_public"))


def _form_of(record: Record) -> Form:
    article = session().get_one(Article, record.id)
    names = ("text", "language", "is_public")
    values = {name: getattr(article, name) for name in names}
    return Form(values | {"title": record.title, "version": record.version})


def _page(form: Form, title: str, back: str) -> Any:
    page = render_template(
        "crm/knowledge/edit.html", form=form, title=title, back=back, languages=LANGUAGE_NAMES.items()
    )
    return page, 422 if form.errors else 200
