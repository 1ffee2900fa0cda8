"""The chain: where each line came from, and how far what was issued has moved since."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.frozen import frozen_with
from suite.base.types import Amount, Quantity


class ChainLink(Model):
    """`quantity` of `target` line came from `source` line; links into a draft count nothing yet."""

    __tablename__ = "chain_link"
    source_line_id: Mapped[int] = mapped_column(ForeignKey("document_line.id"), primary_key=True)
    target_line_id: Mapped[int] = mapped_column(ForeignKey("document_line.id"), primary_key=True, index=True)
    quantity: Mapped[Decimal] = mapped_column(Quantity, CheckConstraint("quantity >= 0", name="quantity"))


class LineProgress(Model):
    """What moved on a line of an order, delivery or invoice after it was issued.

    On a delivery line `ordered` and `delivered` are its own quantity, on an invoice line also
    `invoiced` is: so one set of CHECKs holds for all.
    """

    __tablename__ = "line_progress"
    line_id: Mapped[int] = mapped_column(ForeignKey("document_line.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    billing_basis: Mapped[str]
    ordered: Mapped[Decimal] = mapped_column(Quantity)
    delivered: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    returned: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    invoiced: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    credited: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    __table_args__ = (
        CheckConstraint("returned >= 0 AND returned <= delivered", name="returned"),
        CheckConstraint("delivered <= ordered", name="delivered"),
        CheckConstraint("credited >= 0 AND credited <= invoiced", name="credited"),
        CheckConstraint(
            "invoiced <= CASE billing_basis WHEN 'ordered' THEN ordered ELSE delivered END", name="invoiced"
        ),
        {"sqlite_strict": True},
    )


class DocumentProgress(Model):
    """The rollup of an invoice or order: what was credited or paid of it."""

    __tablename__ = "document_progress"
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    gross_total: Mapped[Decimal] = mapped_column(Amount)
    credited_gross: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), unique=True)
    __table_args__ = (
        CheckConstraint("credited_gross >= 0 AND credited_gross <= gross_total", name="credited"),
        {"sqlite_strict": True},
    )


frozen_with(
    "chain_link", "document", "frozen_at", foreign_key="target_line_id", via=("document_line", "document_id")
)
