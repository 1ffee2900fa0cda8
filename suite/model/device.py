"""The installed base: devices at customers, and which spare parts fit a product."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from suite.base.db import Model
from suite.base.flow import Flow
from suite.base.types import Quantity
from suite.model.record import Record


class Device(Model):
    """A device at a customer (the record's party), by serial number; its number is the serial number."""

    __tablename__ = "device"
    flow = Flow(
        "active retired",
        ("device.edit", "active", None),
        ("device.retire", "active", "retired"),
        ("device.revive", "retired", "active"),
    )
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), unique=True)
    name: Mapped[str] = mapped_column(CheckConstraint("length(name) BETWEEN 1 AND 200", name="name"))
    serial: Mapped[str] = mapped_column(default="", index=True)
    site: Mapped[str] = mapped_column(default="")
    bought_on: Mapped[date | None]
    warranty_until: Mapped[date | None]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    record: Mapped[Record] = relationship(foreign_keys=[id])


class SparePart(Model):
    """A part that fits a product, with the quantity usually needed."""

    __tablename__ = "spare_part"
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
    quantity: Mapped[Decimal] = mapped_column(Quantity, CheckConstraint("quantity > 0", name="quantity"))
    note: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("product_id <> part_id", name="itself"),
        {"sqlite_strict": True},
    )
