"""Invoices and the credit notes that correct them."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.flow import Flow
from suite.base.frozen import frozen_with
from suite.model.document import Document, side_of

PROFILES = ("en16931", "xrechnung", "peppol")


class Invoice(Document):
    """An invoice (BT-3 code 380); it owns no number before posting and freezes then."""

    __mapper_args__ = {"polymorphic_identity": "invoice"}
    flow = Flow(
        "draft posted part_paid paid cancelled discarded",
        ("invoice.post", "draft", "posted"),
        ("invoice.edit", "draft", None),
        ("invoice.discard", "draft", "discarded"),
        ("invoice.pay", "posted part_paid", None),
        ("invoice.correct", "posted part_paid paid", None),
        ("invoice.cancel", "posted part_paid paid", None),
        ("invoice.cancel_and_copy", "posted part_paid paid", None),
    )


class InvoiceSide(Model):
    """What only an invoice has: the e-invoice profile it is checked and archived in, the invoice it replaces."""

    __tablename__ = "invoice_side"
    document_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="invoice")
    profile: Mapped[str] = mapped_column(
        CheckConstraint("profile IN ('en16931','xrechnung','peppol')", name="profile")
    )
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    __table_args__ = side_of("invoice")


class CreditNote(Document):
    """A Stornorechnung or Rechnungskorrektur (BT-3 code 381), always about one invoice."""

    __mapper_args__ = {"polymorphic_identity": "credit_note"}
    flow = Flow(
        "draft posted settled discarded",
        ("credit_note.edit", "draft", None),
        ("credit_note.post", "draft", "posted"),
        ("credit_note.discard", "draft", "discarded"),
    )


class CreditNoteSide(Model):
    """What only a credit note has: which invoice it corrects, and how."""

    __tablename__ = "credit_note_side"
    document_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="credit_note")
    profile: Mapped[str] = mapped_column(
        CheckConstraint("profile IN ('en16931','xrechnung','peppol')", name="profile")
    )
    correction: Mapped[str] = mapped_column(
        CheckConstraint("correction IN ('cancellation','return','price')", name="correction")
    )
    corrects_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = side_of("credit_note")


frozen_with("invoice_side", "document", "frozen_at", foreign_key="document_id")
frozen_with("credit_note_side", "document", "frozen_at", foreign_key="document_id")
