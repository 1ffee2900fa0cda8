"""Lots and serial numbers: which batch, which single piece lies where and went to whom."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.frozen import frozen_with
from suite.base.types import Quantity


class Lot(Model):
    """A batch of a product, or a single piece where the product is tracked by serial number (GS1 AI 10 or 21)."""

    __tablename__ = "lot"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    code: Mapped[str] = mapped_column(CheckConstraint("length(code) BETWEEN 1 AND 50", name="code"))
    expires_on: Mapped[date | None]
    __table_args__ = (
        UniqueConstraint("product_id", "code"),
        Index("ix_lot_code", "code"),
        {"sqlite_strict": True},
    )


class LotLevel(Model):
    """How much of a lot lies at a location; over the lots of a product it adds up to its `stock_level`."""

    __tablename__ = "lot_level"
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), primary_key=True)
    on_hand: Mapped[Decimal] = mapped_column(Quantity, CheckConstraint("on_hand >= 0", name="on_hand"))


class LineLot(Model):
    """Of which lots a line of a delivery or return is."""

    __tablename__ = "line_lot"
    line_id: Mapped[int] = mapped_column(ForeignKey("document_line.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, index=True)
    quantity: Mapped[Decimal] = mapped_column(Quantity, CheckConstraint("quantity > 0", name="quantity"))


frozen_with("line_lot", "document", "frozen_at", foreign_key="line_id", via=("document_line", "document_id"))
