"""Making documents: register row, head, parties, lines, taxes and links in a handful of statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, literal, select, update

from suite.base import clock
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound
from suite.base.text import searchable
from suite.model import ChainLink, Document, DocumentLine, DocumentParty, DocumentTax, Record
from suite.model.record import change_record, new_record
from suite.reference import tax_case
from suite.shared.chain import link_lines, link_records
from suite.shared.totals import TaxedLine, Totals, document_totals, line_amount

# What a line carries from document to document.
LINE_COLUMNS = (
    "kind",
    "product_id",
    "article",
    "name",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "discount_percent",
    "amount",
    "tax_case",
    "tax_rate",
    "billing_basis",
    "stock_kept",
    "promised_on",
    "service_on",
    "price_trace",
)
HEAD_COLUMNS = (
    "currency",
    "price_basis",
    "header_discount_percent",
    "payment_days",
    "buyer_reference",
    "order_reference",
    "intro",
    "closing",
)


@dataclass(frozen=True)
class Loaded:
    """A document read for a command: its register row, its head and its lines as plain rows."""

    record: Record
    document: Document
    lines: list[dict[str, Any]]


@dataclass(frozen=True)
class Inserted:
    """A document just made: its id and its lines with theirs."""

    id: int
    lines: list[dict[str, Any]]


def load_document(document_id: int, kind: str) -> Loaded:
    """Read a document with its lines, the register row locked; raises `NotFound`."""
    found = (
        session()
        .execute(
            select(Record, Document)
            .join(Document, Document.id == Record.id)
            .where(Record.id == document_id, Record.kind == kind)
            .with_for_update(of=Record)
            .execution_options(populate_existing=True)
        )
        .first()
    )
    if found is None:
        raise NotFound(kind, document_id)
    return Loaded(found[0], found[1], read_lines([document_id]))


def read_lines(document_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The lines of documents as plain rows with `id` and `document_id`, in order."""
    columns = [DocumentLine.id, DocumentLine.document_id, DocumentLine.position]
    columns += [getattr(DocumentLine, name) for name in LINE_COLUMNS]
    wanted = select(*columns).where(DocumentLine.document_id.in_(sorted(document_ids)))
    ordered = wanted.order_by(DocumentLine.document_id, DocumentLine.position)
    return [dict(row) for row in session().execute(ordered).mappings()]


def copied_line(line: Mapping[str, Any], quantity: Decimal) -> dict[str, Any]:
    """A copy of `line` with another quantity, its amount computed anew."""
    row = {name: line[name] for name in LINE_COLUMNS}
    row["quantity"] = quantity
    if row["kind"] == "item":
        row["amount"] = line_amount(quantity, row["unit_price"], row["discount_percent"])
    return row


def totals_of(lines: Iterable[Mapping[str, Any]], header_discount_percent: Decimal, on: date) -> Totals:
    """The totals of item lines at the tax cases valid `on`."""
    taxed = [
        TaxedLine(
            line["amount"], line["tax_case"], tax_case(line["tax_case"], on).vat_category, line["tax_rate"]
        )
        for line in lines
        if line["kind"] == "item"
    ]
    return document_totals(taxed, header_discount_percent=header_discount_percent)


def insert_document(
    kind: str,
    *,
    title: str,
    state: str,
    party_id: int,
    dated_on: date,
    head: Mapping[str, Any],
    lines: Sequence[dict[str, Any]],
    parties: Sequence[Mapping[str, Any]] | int,
    number: str | None = None,
    number_given: bool = False,
    sources: Iterable[int] = (),
    line_sources: Sequence[tuple[int, int, Decimal]] = (),
    due_date: date | None = None,
) -> Inserted:
    """Insert a whole document; `line_sources` are (index of the line, source line id, quantity).

    `parties` are snapshots, or the id of the document whose snapshots are taken over.
    """
    totals = totals_of(lines, head.get("header_discount_percent", Decimal(0)), dated_on)
    document_id = new_record(
        kind,
        title=title,
        state=state,
        number=number,
        party_id=party_id,
        sort_date=dated_on,
        due_date=due_date,
        sort_amount=totals.gross,
        words=_words(head, lines),
    )
    values = {
        "id": document_id,
        "kind": kind,
        "number": number,
        "number_given": number_given,
        "party_id": party_id,
    }
    values |= {"dated_on": dated_on, **head, **total_columns(totals)}
    session().execute(insert(Document).values(**values))
    _insert_parties(document_id, parties)
    _insert_taxes(document_id, totals)
    ids = _insert_lines(document_id, lines)
    link_lines([(source, ids[index], quantity) for index, source, quantity in line_sources])
    link_records(sources, document_id)
    placed = zip(ids, lines, strict=True)
    return Inserted(document_id, [{"id": i, "document_id": document_id, **line} for i, line in placed])


def rewrite_document(
    document_id: int,
    *,
    dated_on: date,
    head: Mapping[str, Any],
    lines: Sequence[dict[str, Any]],
    line_sources: Sequence[tuple[int, int, Decimal]] = (),
    number: str | None,
    title: str,
) -> None:
    """Replace head values, lines and taxes of an unfrozen document; the version rises by one."""
    totals = totals_of(lines, head.get("header_discount_percent", Decimal(0)), dated_on)
    current = session()
    current.execute(delete(DocumentTax).where(DocumentTax.document_id == document_id))
    old = select(DocumentLine.id).where(DocumentLine.document_id == document_id)
    current.execute(delete(ChainLink).where(ChainLink.target_line_id.in_(old)))
    current.execute(delete(DocumentLine).where(DocumentLine.document_id == document_id))
    _insert_taxes(document_id, totals)
    ids = _insert_lines(document_id, lines)
    link_lines([(source, ids[index], quantity) for index, source, quantity in line_sources])
    set_head(document_id, dated_on=dated_on, **head, **total_columns(totals))
    words = text_words(number, title, head, lines)
    change_record(document_id, sort_date=dated_on, sort_amount=totals.gross, search_text=words)


def set_head(document_id: int, **values: Any) -> None:
    """Write columns of a document that is not frozen."""
    statement = update(Document).where(Document.id == document_id).values(**values)
    session().execute(statement.execution_options(synchronize_session=False))


def freeze(document_id: int, **last_values: Any) -> None:
    """Write the last values of a document and freeze it: the last UPDATE it ever sees."""
    set_head(document_id, **last_values, frozen_at=clock.now())


def head_of(document: Document) -> dict[str, Any]:
    """The head values that later documents take over."""
    return {name: getattr(document, name) for name in HEAD_COLUMNS}


def parties_of(document_id: int) -> list[dict[str, Any]]:
    """The party snapshots of a document."""
    columns = [column for column in DocumentParty.__table__.columns if column.name != "document_id"]
    rows = session().execute(select(*columns).where(DocumentParty.document_id == document_id)).mappings()
    return [dict(row) for row in rows]


def text_words(
    number: str | None, title: str, head: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]
) -> str:
    """The search words of a document."""
    return searchable(number, title, *_words(head, lines))


def _words(head: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> tuple[str | None, ...]:
    names = [line["name"] for line in lines if line["kind"] == "item"][:20]
    return (head.get("buyer_reference"), head.get("order_reference"), *names)


def total_columns(totals: Totals) -> dict[str, Decimal]:
    """The total columns of `document`."""
    return {
        "line_total": totals.line_total,
        "allowance_total": totals.allowance,
        "net_total": totals.net,
        "tax_total": totals.tax,
        "gross_total": totals.gross,
    }


def _insert_lines(document_id: int, lines: Sequence[dict[str, Any]]) -> list[int]:
    if not lines:
        return []
    rows = [
        {"document_id": document_id, "position": place, **line} for place, line in enumerate(lines, start=1)
    ]
    # One statement on both engines: RETURNING keeps no order, the position does.
    statement = insert(DocumentLine).returning(DocumentLine.position, DocumentLine.id)
    return [line_id for _, line_id in sorted(tuple(row) for row in session().execute(statement, rows))]


def _insert_taxes(document_id: int, totals: Totals) -> None:
    rows = tax_rows(document_id, totals)
    if rows:
        insert_rows(DocumentTax, rows)


def tax_rows(document_id: int, totals: Totals) -> list[dict[str, Any]]:
    """The rows of `document_tax` for some totals."""
    names = ("tax_case", "rate", "category", "line_total", "allowance", "base", "tax", "gross")
    return [
        {"document_id": document_id} | {name: getattr(group, name) for name in names}
        for group in totals.groups
    ]


def _insert_parties(document_id: int, parties: Sequence[Mapping[str, Any]] | int) -> None:
    if isinstance(parties, int):
        others = [column for column in DocumentParty.__table__.columns if column.name != "document_id"]
        taken = select(literal(document_id), *others).where(DocumentParty.document_id == parties)
        names = ["document_id", *(column.name for column in others)]
        session().execute(insert(DocumentParty).from_select(names, taken))
    elif parties:
        insert_rows(DocumentParty, [{"document_id": document_id, **party} for party in parties])
