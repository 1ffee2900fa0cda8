"""Stock: locations, levels, moves that never change, and reservations."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.frozen import append_only
from suite.base.types import Quantity


class Location(Model):
    """A place goods can be, its code fixed; customers, suppliers and corrections are places too, so moves always balance."""

    __tablename__ = "location"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(
        CheckConstraint("kind IN ('internal','customer','supplier','correction')", name="kind")
    )
    # Of internal places: goods in quarantine are ours but promised to nobody; a van is a technician's.
    use: Mapped[str] = mapped_column(
        CheckConstraint("use IN ('stock','van','quarantine')", name="use"), default="stock"
    )
    version: Mapped[int] = mapped_column(default=1)


class StockLevel(Model):
    """What lies at a location and how much of it is reserved; only internal locations have levels."""

    __tablename__ = "stock_level"
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), primary_key=True)
    on_hand: Mapped[Decimal] = mapped_column(Quantity, CheckConstraint("on_hand >= 0", name="on_hand"))
    reserved: Mapped[Decimal] = mapped_column(Quantity)
    __table_args__ = (
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved"),
        {"sqlite_strict": True},
    )


class StockMove(Model):
    """Goods went from one place to another."""

    __tablename__ = "stock_move"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    from_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    to_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    quantity: Mapped[Decimal] = mapped_column(Quantity, CheckConstraint("quantity > 0", name="quantity"))
    moved_on: Mapped[date]
    moved_at: Mapped[datetime]
    line_id: Mapped[int | None] = mapped_column(ForeignKey("document_line.id"), index=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("from_location_id <> to_location_id", name="places"),
        Index("ix_stock_move_product", "product_id", "id"),
        {"sqlite_strict": True},
    )


class Reservation(Model):
    """Free stock promised to an order line, or to what a record (a ticket, a visit) needs."""

    __tablename__ = "reservation"
    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("document_line.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[Decimal] = mapped_column(Quantity, CheckConstraint("quantity > 0", name="quantity"))
    promised_on: Mapped[date | None]
    __table_args__ = (
        CheckConstraint("(line_id IS NULL) <> (record_id IS NULL)", name="one_source"),
        UniqueConstraint("line_id", "location_id"),
        UniqueConstraint("record_id", "product_id", "location_id"),
        Index("ix_reservation_product", "product_id", "location_id"),
        {"sqlite_strict": True},
    )


append_only("stock_move")
