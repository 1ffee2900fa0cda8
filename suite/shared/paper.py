"""What stands on the paper of a document: read once as plain values, whatever it is rendered to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base.command import Actor, command
from suite.base.db import session
from suite.base.errors import NotFound
from suite.model import (
    CreditNoteSide,
    Document,
    DocumentTax,
    OrderSide,
    Party,
    QuoteSide,
    Record,
    RecordFile,
    RecordLink,
)
from suite.shared.archive import archive
from suite.shared.documents import parties_of, read_lines
from suite.shared.line_lots import lots_of_lines
from suite.shared.snapshot import company

PRINTED = ("quote", "order", "delivery", "invoice", "credit_note")
# A quote or order is final paper once it left the draft; the others once they are frozen.
_NEVER_FROZEN = ("quote", "order")
_UNSENT = ("draft", "discarded")


@dataclass(frozen=True)
class Paper:
    """A document as it is printed: head, parties by role, lines, taxes; `is_draft` puts the mark across it."""

    record_id: int
    kind: str
    number: str | None
    revision: int
    language: str
    is_draft: bool
    head: Mapping[str, Any]
    parties: Mapping[str, Mapping[str, Any]]
    lines: list[dict[str, Any]]
    taxes: list[dict[str, Any]]
    promised_on: date | None = None
    valid_until: date | None = None
    correction: str = ""
    corrects_number: str = ""
    corrects_on: date | None = None
    reason: str = ""
    managing_directors: str = ""
    website: str = ""
    customer_number: str = ""
    order_numbers: list[str] = field(default_factory=list)
    # Lots and serial numbers by line: (code, quantity).
    lots: Mapping[int, list[tuple[str, Decimal]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The stem of the file's name: the number, with the revision from the second on."""
        stem = (self.number or "entwurf").replace("/", "-").replace("\\", "-")
        return f"{stem}-{self.revision}" if self.revision > 1 else stem


def read_paper(record_id: int) -> Paper:
    """The paper of a document as it is now; raises `NotFound`."""
    found = session().execute(
        select(Record, Document).join(Document, Document.id == Record.id).where(Record.id == record_id)
    )
    row = found.first()
    if row is None or row[0].kind not in PRINTED:
        raise NotFound("document", record_id)
    record, document = row
    party = session().get_one(Party, document.party_id)
    taxes = session().scalars(select(DocumentTax).where(DocumentTax.document_id == record_id)).all()
    own = company()
    return Paper(
        record_id=record_id,
        kind=record.kind,
        number=document.number,
        revision=revision_of(document),
        language="en" if party.language == "en" else "de",
        is_draft=not is_final(record, document),
        head={column.name: getattr(document, column.name) for column in Document.__table__.columns},
        parties={row["role"]: row for row in parties_of(record_id)},
        lines=read_lines([record_id]),
        taxes=[_tax(tax) for tax in sorted(taxes, key=lambda tax: (-tax.rate, tax.tax_case))],
        managing_directors=own.managing_directors or "",
        website=own.website or "",
        customer_number=session().get_one(Record, document.party_id).number or "",
        **_of_kind(record.kind, record_id),
    )


def is_final(record: Record, document: Document) -> bool:
    """Whether the paper may leave the house: sent, confirmed, shipped or posted."""
    if record.kind in _NEVER_FROZEN:
        return record.state not in _UNSENT
    return document.frozen_at is not None


def revision_of(document: Document) -> int:
    """The revision a paper is archived under; only quotes and orders have later ones."""
    return document.revision if document.kind in _NEVER_FROZEN else 1


def archived_paper(record_id: int, revision: int) -> RecordFile | None:
    """The archived PDF of a document's revision."""
    wanted = select(RecordFile).where(
        RecordFile.record_id == record_id, RecordFile.role == "pdf", RecordFile.revision == revision
    )
    return session().scalars(wanted.order_by(RecordFile.id).limit(1)).first()


@command("document.archive")
def archive_paper(paper_of: int, *, content: bytes, name: str, revision: int, by: Actor) -> int:
    """Keep the PDF of a document's revision for good; the second of two finds the first and keeps that."""
    # The row lock lets one of two workers archive, the other one sees its file.
    locked = select(Record).where(Record.id == paper_of).with_for_update()
    if session().scalars(locked).one_or_none() is None:
        raise NotFound("document", paper_of)
    if archived_paper(paper_of, revision) is None:
        archive(paper_of, content, role="pdf", name=name, media_type="application/pdf", revision=revision)
    return paper_of


def _tax(tax: DocumentTax) -> dict[str, Any]:
    names = ("tax_case", "rate", "category", "base", "tax")
    return {name: getattr(tax, name) for name in names}


def _of_kind(kind: str, record_id: int) -> dict[str, Any]:
    """What only the papers of one kind say."""
    if kind == "quote":
        return {"valid_until": session().get_one(QuoteSide, record_id).valid_until}
    if kind == "order":
        return {"promised_on": session().get_one(OrderSide, record_id).promised_on}
    if kind == "credit_note":
        side = session().get_one(CreditNoteSide, record_id)
        about = session().get_one(Document, side.corrects_id)
        return {
            "correction": side.correction,
            "reason": side.reason,
            "corrects_number": about.number or "",
            "corrects_on": about.dated_on,
        }
    before: dict[str, Any] = {"order_numbers": _orders_before(record_id)}
    return before | {"lots": _lots(record_id)} if kind == "delivery" else before


def _lots(record_id: int) -> dict[int, list[tuple[str, Decimal]]]:
    of_lines = lots_of_lines([line["id"] for line in read_lines([record_id]) if line["stock_kept"]])
    return {line: [(lot.code, quantity) for lot, quantity in parts] for line, parts in of_lines.items()}


def _orders_before(record_id: int) -> list[str]:
    """The orders a delivery or invoice came from, through deliveries too."""
    from_lines = session().scalars(_source_orders(record_id)).all()
    return sorted({number for number in from_lines if number})


def _source_orders(record_id: int) -> Any:
    direct = select(RecordLink.source_id).where(RecordLink.target_id == record_id)
    through = select(RecordLink.source_id).where(RecordLink.target_id.in_(direct))
    is_source = Record.id.in_(direct) | Record.id.in_(through)
    return select(Record.number).where(Record.kind == "order", is_source)


def carried(lines: list[dict[str, Any]]) -> list[Decimal]:
    """The sum of the lines up to each line: what a page break carries over."""
    sums: list[Decimal] = []
    for line in lines:
        sums.append((sums[-1] if sums else Decimal("0.00")) + line["amount"])
    return sums
