"""The register: one row for every thing a person can open, whatever it is."""

import secrets
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, insert, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from suite.base import clock, text
from suite.base.counter import draw
from suite.base.db import Model, before_commit, in_write_transaction, session
from suite.base.errors import Conflict, NotFound
from suite.base.frozen import write_once
from suite.base.types import Amount

KINDS = [
    "party",
    "contact",
    "product",
    "price_list",
    "lead",
    "opportunity",
    "activity",
    "quote",
    "order",
    "delivery",
    "return",
    "invoice",
    "credit_note",
    "payment",
    "datev_batch",
    "ticket",
    "device",
    "contract",
    "deferral",
    "stocktake",
    "article",
    "visit",
]


class RecordKind(Model):
    """The kinds of record, a code table."""

    __tablename__ = "record_kind"
    code: Mapped[str] = mapped_column(primary_key=True)


class Record(Model):
    """What every thing has: public id, number, title, party, state, list keys, search words, version."""

    __tablename__ = "record"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(ForeignKey("record_kind.code"))
    number: Mapped[str | None]
    title: Mapped[str]
    party_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    owner_id: Mapped[int | None]
    state: Mapped[str]
    sort_date: Mapped[date | None]
    due_date: Mapped[date | None]
    sort_amount: Mapped[Decimal | None] = mapped_column(Amount)
    search_text: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    change_seq: Mapped[int] = mapped_column(default=0)
    forwarded_to: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    created_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("length(title) <= 500", name="title"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_record_kind_number", "kind", "number"),
        Index("ix_record_kind_date", "kind", "sort_date", "id"),
        Index("ix_record_kind_title", "kind", "title", "id"),
        Index("ix_record_kind_amount", "kind", "sort_amount", "id"),
        Index("ix_record_kind_state_date", "kind", "state", "sort_date", "id"),
        Index("ix_record_kind_due", "kind", "state", "due_date"),
        Index("ix_record_party_kind", "party_id", "kind", "sort_date", "id"),
        Index("ix_record_change_seq", "change_seq"),
        {"sqlite_strict": True},
    )


class RecordLink(Model):
    """`source` led to `target`: lead → opportunity → quote → order → … → payment."""

    __tablename__ = "record_link"
    source_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True, index=True)


write_once("record", "number")


def new_record(
    kind: str,
    *,
    title: str,
    state: str,
    number: str | None = None,
    party_id: int | None = None,
    owner_id: int | None = None,
    sort_date: date | None = None,
    due_date: date | None = None,
    sort_amount: Decimal | None = None,
    words: tuple[str | None, ...] = (),
) -> int:
    """Enter a thing into the register and return its id."""
    row = {
        "public_id": secrets.token_hex(10),
        "kind": kind,
        "number": number,
        "title": title[:500],
        "party_id": party_id,
        "owner_id": owner_id,
        "state": state,
        "sort_date": sort_date,
        "due_date": due_date,
        "sort_amount": sort_amount,
        "search_text": text.searchable(number, title, *words),
        "version": 1,
        "change_seq": 0,
        "created_at": clock.now(),
    }
    record_id = session().execute(insert(Record).returning(Record.id), row).scalar_one()
    touch(record_id)
    return record_id


def change_record(record_id: int, **values: object) -> None:
    """Change register fields, raise the version and put the record into the change feed."""
    session().execute(
        update(Record)
        .where(Record.id == record_id)
        .values(version=Record.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    touch(record_id)


def expect_version(record: Record, version: int | None) -> None:
    """Refuse a form that was opened on an older version; None means the caller saw none."""
    if version is not None and record.version != version:
        raise Conflict(version=record.version, expected=version)


def get_record(record_id: int, kind: str) -> Record:
    """The register row of `kind` with this id, fresh from the database; raises `NotFound`.

    Inside a command it stays locked: of two verbs on one record the second sees the state after the first.
    """
    record = session().get(
        Record, record_id, populate_existing=True, with_for_update=in_write_transaction() or None
    )
    if record is None or record.kind != kind:
        raise NotFound(kind, record_id)
    return record


def touch(record_id: int) -> None:
    """Mark a record as changed in this transaction."""
    session().info.setdefault("touched", set()).add(record_id)


@before_commit
def draw_change_sequence(current: Session) -> None:
    """Give all records changed in the transaction the next change sequence: the last lock before COMMIT."""
    touched: set[int] = current.info.pop("touched", set())
    if touched:
        sequence = draw("change")
        current.execute(
            update(Record)
            .where(Record.id.in_(sorted(touched)))
            .values(change_seq=sequence)
            .execution_options(synchronize_session=False)
        )
