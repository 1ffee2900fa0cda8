"""What has to be bought: product, quantity, day and reason; purchase orders take it up."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.types import Quantity


class PurchaseNeed(Model):
    """A quantity that stock cannot give, for a record (a ticket) or without one."""

    __tablename__ = "purchase_need"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    quantity: Mapped[Decimal] = mapped_column(Quantity, CheckConstraint("quantity > 0", name="quantity"))
    needed_on: Mapped[date | None]
    reason: Mapped[str]
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), index=True)
    state: Mapped[str] = mapped_column(
        CheckConstraint("state IN ('open','done','dropped')", name="state"), default="open"
    )
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    __table_args__ = (
        Index("ix_purchase_need_state", "state", "needed_on", "id"),
        {"sqlite_strict": True},
    )
