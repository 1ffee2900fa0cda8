"""What customers may read: public articles, found by their words."""

from flask import g, render_template, request

from suite.base.db import session
from suite.base.text import searchable
from suite.model import Article, Record
from suite.portal.door import blueprint, by
from suite.shared.visible import visible, visible_record

PAGE = 25
MOST_WORDS = 6


@blueprint.get("/knowledge")
def knowledge() -> str:
    """The articles, by title; `q` narrows them to those with all its words."""
    words = request.args.get("q", "")[:200].strip()
    query = visible(by(), "article")
    for word in searchable(words).split()[:MOST_WORDS]:
        query = query.where(Record.search_text.contains(word, autoescape=True))
    if "after" in request.args:
        last = (
            session()
            .scalars(visible(by(), "article").where(Record.public_id == request.args["after"][:40]))
            .one_or_none()
        )
        if last is not None:
            query = query.where(
                (Record.title > last.title) | (Record.title == last.title) & (Record.id > last.id)
            )
    rows = list(session().scalars(query.order_by(Record.title, Record.id).limit(PAGE + 1)))
    more = rows[PAGE - 1].public_id if len(rows) > PAGE else ""
    return render_template("portal/knowledge.html", rows=rows[:PAGE], more=more, words=words)


@blueprint.get("/knowledge/<public_id>")
def article(public_id: str) -> str:
    """One article."""
    record = visible_record(by(), "article", public_id)
    found = session().get_one(Article, record.id)
    return render_template("portal/article.html", record=record, article=found, locale=g.locale)
