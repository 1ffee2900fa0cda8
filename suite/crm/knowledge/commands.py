"""What can be done with articles: writing, publishing, retiring them, and citing one on a ticket."""

from dataclasses import dataclass

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal, Refusals
from suite.base.text import clean, searchable
from suite.model import Article, Ticket
from suite.model.article import LANGUAGES
from suite.model.record import change_record, expect_version, get_record, new_record
from suite.shared.chain import link_records

LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class ArticleInput:
    """An article as entered; a public one is for customers too."""

    title: str
    text: str
    language: str = "de"
    is_public: bool = False


@command("article.create", creates="article")
def create_article(article: ArticleInput, *, by: Actor) -> int:
    """Write a draft; nobody but us sees it."""
    given = _checked(article)
    article_id = new_record(
        "article", title=given.title, state="draft", sort_date=clock.today(), words=(given.text,)
    )
    row = {"id": article_id, "text": given.text, "language": given.language, "is_public": given.is_public}
    insert_rows(Article, [row])
    return article_id


@command("article.edit", on="article")
def edit_article(article_id: int, article: ArticleInput, *, version: int | None = None, by: Actor) -> int:
    """Change an article; what is published is seen changed at once."""
    record = get_record(article_id, "article")
    expect_version(record, version)
    Article.flow.after("article.edit", record.state)
    given = _checked(article)
    known = session().get_one(Article, article_id, populate_existing=True)
    note_change("title", record.title, given.title)
    for name in ("text", "language", "is_public"):
        note_change(name, getattr(known, name), getattr(given, name))
        setattr(known, name, getattr(given, name))
    session().flush()  # before the register row
    change_record(
        article_id,
        title=given.title,
        sort_date=clock.today(),
        search_text=searchable(given.title, given.text),
    )
    return article_id


@command("article.publish", on="article")
def publish_article(article_id: int, *, version: int | None = None, by: Actor) -> int:
    """Offer an article: to all of us, and to customers where it is public."""
    return _step(article_id, "article.publish", version)


@command("article.retire", on="article")
def retire_article(article_id: int, *, version: int | None = None, by: Actor) -> int:
    """Offer it no longer; tickets that named it still lead to it."""
    return _step(article_id, "article.retire", version)


@command("ticket.cite", on="ticket")
def cite_article(ticket_id: int, *, article_id: int, by: Actor) -> int:
    """Note that an article helped with a ticket. Raises `Refusal("article-not-offered")`."""
    record = get_record(ticket_id, "ticket")
    Ticket.flow.after("ticket.cite", record.state)
    article = get_record(article_id, "article")
    if article.state != "published":
        raise Refusal("article-not-offered", title=article.title)
    link_records([ticket_id], article_id)
    change_record(ticket_id)
    return ticket_id


def _step(article_id: int, verb: str, version: int | None) -> int:
    record = get_record(article_id, "article")
    expect_version(record, version)
    change_record(article_id, state=Article.flow.after(verb, record.state))
    return article_id


def _checked(article: ArticleInput) -> ArticleInput:
    """Clean texts; raises `Refusals` naming each wrong field."""
    problems: list[Refusal] = []
    texts = {"title": "", "text": ""}
    for name, longest in (("title", 200), ("text", LONGEST_TEXT)):
        try:
            texts[name] = clean(getattr(article, name), name, max_length=longest, multiline=name == "text")
            if not texts[name]:
                problems.append(Refusal("field-required", field=name))
        except Refusal as problem:
            problems.append(problem)
    if article.language not in LANGUAGES:
        problems.append(Refusal("choice-unknown", field="language"))
    if problems:
        raise Refusals(problems)
    return ArticleInput(**texts, language=article.language, is_public=article.is_public)
