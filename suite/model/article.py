"""Articles: what the company knows and writes down, for itself or for its customers too."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from suite.base.db import Model
from suite.base.flow import Flow
from suite.model.record import Record

LANGUAGES = ("de", "en")


class Article(Model):
    """An answer that is needed again; customers see it once it is published and public."""

    __tablename__ = "article"
    flow = Flow(
        "draft published retired",
        ("article.publish", "draft retired", "published"),
        ("article.edit", "draft published", None),
        ("article.retire", "draft published", "retired"),
    )
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    # Plain text; an empty line parts paragraphs.
    text: Mapped[str]
    language: Mapped[str] = mapped_column(CheckConstraint("language IN ('de','en')", name="language"))
    is_public: Mapped[bool] = mapped_column(default=False)
    record: Mapped[Record] = relationship(foreign_keys=[id])
