"""The chain: which record led to which, and which line came from which."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select, union_all

from suite.base.db import database, insert_rows, session
from suite.model import ChainLink, DocumentLine, Record, RecordLink


def link_records(sources: Iterable[int], target: int) -> None:
    """Say that each source record led to the target; saying it twice is fine."""
    rows = [{"source_id": source, "target_id": target} for source in sorted(set(sources))]
    if rows:
        session().execute(database().insert(RecordLink).on_conflict_do_nothing(), rows)


def link_lines(links: Sequence[tuple[int, int, Decimal]]) -> None:
    """Say how much of each target line came from which source line: (source, target, quantity)."""
    if links:
        rows = [{"source_line_id": s, "target_line_id": t, "quantity": q} for s, t, q in links]
        insert_rows(ChainLink, rows)


def line_sources(line_ids: Sequence[int]) -> Sequence[Any]:
    """Rows (source_line_id, target_line_id, quantity) that lead into `line_ids`."""
    wanted = select(ChainLink.source_line_id, ChainLink.target_line_id, ChainLink.quantity)
    return session().execute(wanted.where(ChainLink.target_line_id.in_(line_ids))).all()


def order_lines(delivery_line_ids: Sequence[int]) -> tuple[dict[int, int], list[int]]:
    """The order line behind each delivery line, and the orders they belong to, sorted."""
    rows = (
        session()
        .execute(
            select(ChainLink.target_line_id, ChainLink.source_line_id, DocumentLine.document_id)
            .join(DocumentLine, DocumentLine.id == ChainLink.source_line_id)
            .where(ChainLink.target_line_id.in_(delivery_line_ids))
        )
        .all()
    )
    return {target: source for target, source, _ in rows}, sorted({document for _, _, document in rows})


def line_targets(line_ids: Sequence[int]) -> Sequence[Any]:
    """Rows (source_line_id, target_line_id, quantity) that start at `line_ids`."""
    wanted = select(ChainLink.source_line_id, ChainLink.target_line_id, ChainLink.quantity)
    return session().execute(wanted.where(ChainLink.source_line_id.in_(line_ids))).all()


def related_records(record_id: int) -> Mapping[str, list[Record]]:
    """All records of the same chain by kind, in the order they came: one recursive read."""
    ahead = (
        select(RecordLink.target_id.label("id"))
        .where(RecordLink.source_id == record_id)
        .cte("ahead", recursive=True)
    )
    ahead = ahead.union(select(RecordLink.target_id).join(ahead, RecordLink.source_id == ahead.c.id))
    behind = (
        select(RecordLink.source_id.label("id"))
        .where(RecordLink.target_id == record_id)
        .cte("behind", recursive=True)
    )
    behind = behind.union(select(RecordLink.source_id).join(behind, RecordLink.target_id == behind.c.id))
    ids = union_all(select(ahead.c.id), select(behind.c.id)).subquery()
    found = session().scalars(
        select(Record).where((Record.id == record_id) | Record.id.in_(select(ids.c.id))).order_by(Record.id)
    )
    by_kind: dict[str, list[Record]] = {}
    for record in found:
        by_kind.setdefault(record.kind, []).append(record)
    return by_kind
