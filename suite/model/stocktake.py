"""Stocktakes: what is to be counted at a place, who counted how much, and what the books said at that moment."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from suite.base.db import Model
from suite.base.flow import Flow
from suite.base.frozen import frozen_when, frozen_with
from suite.base.types import Quantity
from suite.model.record import Record

REASONS = ("shrinkage", "breakage", "found", "miscounted", "other")


class Stocktake(Model):
    """A count of one place; booking it corrects the levels and freezes it."""

    __tablename__ = "stocktake"
    flow = Flow(
        "counting booked discarded",
        ("stocktake.count", "counting", None),
        ("stocktake.withdraw", "counting", None),
        ("stocktake.book", "counting", "booked"),
        ("stocktake.discard", "counting", "discarded"),
    )
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    # What became of that which nobody counted: left as it was, or counted as 0.
    uncounted: Mapped[str | None] = mapped_column(
        CheckConstraint("uncounted IN ('leave','zero')", name="uncounted")
    )
    frozen_at: Mapped[datetime | None]
    record: Mapped[Record] = relationship(foreign_keys=[id])
    __table_args__ = (
        CheckConstraint("(uncounted IS NULL) = (frozen_at IS NULL)", name="booked"),
        {"sqlite_strict": True},
    )


class StocktakeLine(Model):
    """A product, or one of its lots or pieces, to be counted; a count is as of its time.

    `level` is what the books said at the last count and `last_move` the last move they knew of the product then;
    `is_moved` says that the books changed between its counts. `difference` is what booking added to the level.
    """

    __tablename__ = "stocktake_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    stocktake_id: Mapped[int] = mapped_column(ForeignKey("stocktake.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    code: Mapped[str] = mapped_column(CheckConstraint("length(code) <= 50", name="code"), default="")
    counted: Mapped[Decimal | None] = mapped_column(Quantity, CheckConstraint("counted >= 0", name="counted"))
    level: Mapped[Decimal | None] = mapped_column(Quantity)
    last_move: Mapped[int | None]
    is_moved: Mapped[bool] = mapped_column(default=False)
    difference: Mapped[Decimal | None] = mapped_column(Quantity)
    reason: Mapped[str | None] = mapped_column(
        CheckConstraint("reason IN ('shrinkage','breakage','found','miscounted','other')", name="reason")
    )
    __table_args__ = (
        UniqueConstraint("stocktake_id", "product_id", "code"),
        CheckConstraint("(counted IS NULL) = (level IS NULL)", name="level"),
        {"sqlite_strict": True},
    )


class StocktakeCount(Model):
    """What one person counted at one time; the counts of a line add up."""

    __tablename__ = "stocktake_count"
    id: Mapped[int] = mapped_column(primary_key=True)
    stocktake_id: Mapped[int] = mapped_column(ForeignKey("stocktake.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("stocktake_line.id"), index=True)
    quantity: Mapped[Decimal] = mapped_column(Quantity, CheckConstraint("quantity >= 0", name="quantity"))
    level: Mapped[Decimal] = mapped_column(Quantity)
    last_move: Mapped[int]
    counted_at: Mapped[datetime]
    actor: Mapped[str]
    actor_id: Mapped[int | None]


frozen_when("stocktake", "frozen_at")
frozen_with("stocktake_line", "stocktake", "frozen_at", foreign_key="stocktake_id")
frozen_with("stocktake_count", "stocktake", "frozen_at", foreign_key="stocktake_id")
