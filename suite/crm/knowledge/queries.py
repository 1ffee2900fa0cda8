"""Finding articles: by the words of what somebody asks, and where one was cited."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from suite.base.command import Actor
from suite.base.db import session
from suite.base.text import searchable
from suite.model import Article, Record, RecordLink
from suite.shared.visible import visible

MOST_WORDS, SHORTEST_WORD = 8, 4
CONSIDERED, SHOWN = 60, 3
# Words of every question; they say nothing about its answer.
EMPTY_WORDS = frozenset(
    "aber alle auch beim dass diese dieser einen einer eine frage geht haben hallo hilfe immer kann mehr mein meine "
    "meiner nach nicht noch oder ohne schon seit sich sind unser unsere wenn werden wird about cannot does from have "
    "help hello into more need not question still that them this what when where with work your".split()
)


@dataclass(frozen=True)
class Suggestion:
    """An article that may answer a question."""

    record: Record
    article: Article


def suggested_articles(
    question: str, by: Actor, *, language: str, without: Sequence[Record] = ()
) -> list[Suggestion]:
    """Published articles that share words with a question, the likeliest first, in the reader's language before others."""
    stems = _stems(question)
    if not stems or not by.may("article.read"):
        return []
    shares = or_(*(Record.search_text.contains(stem, autoescape=True) for stem in stems))
    published = visible(by, "article").with_only_columns(Record.id).where(Record.state == "published", shares)
    wanted = select(Record, Article).join(Article, Article.id == Record.id).where(Record.id.in_(published))
    rows = session().execute(wanted.order_by(Record.sort_date.desc(), Record.id.desc()).limit(CONSIDERED))
    known = {row.id for row in without}
    found = [Suggestion(record, article) for record, article in rows if record.id not in known]

    def rank(each: Suggestion) -> tuple[int, bool]:
        title = searchable(each.record.title)
        return (
            sum(2 * (stem in title) + (stem in each.record.search_text) for stem in stems),
            each.article.language == language,
        )

    return sorted(found, key=rank, reverse=True)[:SHOWN]


def citing_tickets(article_id: int, by: Actor, *, limit: int = 20) -> Sequence[Record]:
    """The tickets an article helped with, the youngest first."""
    ids = select(RecordLink.source_id).where(RecordLink.target_id == article_id)
    wanted = visible(by, "ticket").where(Record.id.in_(ids))
    return session().scalars(wanted.order_by(Record.id.desc()).limit(limit)).all()


def _stems(question: str) -> list[str]:
    """The telling words without the last letters of long ones: most of German inflection."""
    words = dict.fromkeys(searchable(question[:500]).split())
    telling = [word for word in words if len(word) >= SHORTEST_WORD and word not in EMPTY_WORDS]
    return [word[:-2] if len(word) > SHORTEST_WORD + 2 else word for word in telling[:MOST_WORDS]]
