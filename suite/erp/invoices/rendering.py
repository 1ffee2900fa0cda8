"""A posted document as e-invoice: the archived bytes, or the same content rendered in another profile."""

from sqlalchemy import select

from suite.base.command import Actor
from suite.base.db import session
from suite.base.errors import Refusal
from suite.erp.invoices.commands import preceding_of
from suite.erp.invoices.einvoice import checked_invoice
from suite.model import CreditNoteSide, Document, DocumentTax, InvoiceSide, Record, RecordFile
from suite.shared.archive import read_archived
from suite.shared.documents import Loaded, read_lines
from suite.shared.visible import visible


def einvoice(number: str, *, profile: str, by: Actor) -> bytes:
    """The XML of a posted invoice or credit note in `profile` (xrechnung or peppol).

    What was archived comes as archived; another profile is rendered from the frozen document and checked.
    Raises `Refusal("invoice-unknown")`, or `Refusals` with what the profile would need.
    """
    wanted = visible(by, "invoice", "credit_note").where(Record.number == number)
    record = session().scalars(wanted).one_or_none()
    document = session().get(Document, record.id) if record is not None else None
    if record is None or document is None or document.frozen_at is None:
        raise Refusal("invoice-unknown", number=number)
    archived = select(RecordFile.sha256).where(
        RecordFile.record_id == record.id, RecordFile.role == "xml", RecordFile.profile == profile
    )
    sha256 = session().scalar(archived)
    if sha256 is not None:
        return b"".join(read_archived(sha256))
    return _rendered(record, document, profile)


def _rendered(record: Record, document: Document, profile: str) -> bytes:
    correction = session().get(CreditNoteSide, record.id)
    about = correction.corrects_id if correction else session().get_one(InvoiceSide, record.id).replaces_id
    taxes = session().scalars(select(DocumentTax).where(DocumentTax.document_id == record.id)).all()
    return checked_invoice(
        Loaded(record, document, read_lines([record.id])),
        taxes,
        profile,
        number=document.number or "",
        dated_on=document.dated_on,
        due_on=document.due_on or document.dated_on,
        preceding=preceding_of(about),
    )
