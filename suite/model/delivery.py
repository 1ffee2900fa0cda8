"""Deliveries and returns: goods that left, goods that came back."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.flow import Flow
from suite.base.frozen import frozen_with
from suite.model.document import Document, side_of

RETURN_REASONS = ("defective", "wrong_item", "not_needed", "damaged", "other")


class Delivery(Document):
    """A delivery note; it freezes when the goods are shipped."""

    __mapper_args__ = {"polymorphic_identity": "delivery"}
    flow = Flow(
        "draft shipped discarded",
        ("delivery.edit", "draft", None),
        ("delivery.ship", "draft", "shipped"),
        ("delivery.discard", "draft", "discarded"),
        ("delivery.invoice", "shipped", None),
        ("delivery.return", "shipped", None),
    )


class Return(Document):
    """Goods that came back; it freezes at receipt."""

    __mapper_args__ = {"polymorphic_identity": "return"}
    flow = Flow(
        "draft received discarded",
        ("return.receive", "draft", "received"),
        ("return.discard", "draft", "discarded"),
        ("return.credit", "received", None),
    )


class ReturnSide(Model):
    """What only a return has: why, and whether the goods go back to stock."""

    __tablename__ = "return_side"
    document_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="return")
    reason: Mapped[str] = mapped_column(
        CheckConstraint("reason IN ('defective','wrong_item','not_needed','damaged','other')", name="reason")
    )
    remark: Mapped[str] = mapped_column(default="")
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    __table_args__ = side_of("return")


frozen_with("return_side", "document", "frozen_at", foreign_key="document_id")
