"""Products and their prices."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from suite.base.db import Model
from suite.base.flow import Flow
from suite.base.types import Percent, Quantity, UnitPrice
from suite.model.record import Record


class Product(Model):
    """Goods or a service; the record's number is the article number (BT-155)."""

    __tablename__ = "product"
    flow = Flow(
        "active retired",
        ("product.edit", "active retired", None),
        ("product.retire", "active", "retired"),
        ("product.revive", "retired", "active"),
    )
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    name: Mapped[str] = mapped_column(CheckConstraint("length(name) BETWEEN 1 AND 200", name="name"))
    description: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(CheckConstraint("kind IN ('goods','service')", name="kind"))
    unit: Mapped[str] = mapped_column(default="H87")
    gtin: Mapped[str | None] = mapped_column(unique=True)
    tax_class: Mapped[str] = mapped_column(
        CheckConstraint("tax_class IN ('standard','reduced','zero')", name="tax_class"), default="standard"
    )
    stock_kept: Mapped[bool] = mapped_column(default=False)
    tracking: Mapped[str] = mapped_column(
        CheckConstraint(
            "tracking = 'none' OR (tracking IN ('lot','serial') AND stock_kept = 1)", name="tracking"
        ),
        default="none",
    )
    warranty_months: Mapped[int | None] = mapped_column(
        CheckConstraint("warranty_months BETWEEN 0 AND 600", name="warranty")
    )
    billing_basis: Mapped[str] = mapped_column(
        CheckConstraint("billing_basis IN ('delivered','ordered')", name="billing_basis"), default="delivered"
    )
    base_price: Mapped[Decimal | None] = mapped_column(UnitPrice)
    record: Mapped[Record] = relationship(foreign_keys=[id])


class PriceList(Model):
    """A named price list that customers are assigned to."""

    __tablename__ = "price_list"
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Price(Model):
    """A price, or a percentage off the base price, for a customer or a price list, from a quantity on."""

    __tablename__ = "price"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    price_list_id: Mapped[int | None] = mapped_column(ForeignKey("price_list.id"))
    from_quantity: Mapped[Decimal] = mapped_column(
        Quantity, CheckConstraint("from_quantity >= 0", name="quantity")
    )
    unit_price: Mapped[Decimal | None] = mapped_column(
        UnitPrice, CheckConstraint("unit_price >= 0", name="unit_price")
    )
    percent_off: Mapped[Decimal | None] = mapped_column(
        Percent, CheckConstraint("percent_off BETWEEN 0 AND 1000000", name="percent_off")
    )
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    __table_args__ = (
        CheckConstraint("(unit_price IS NULL) <> (percent_off IS NULL)", name="one_form"),
        CheckConstraint("(party_id IS NULL) <> (price_list_id IS NULL)", name="one_level"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="validity"),
        Index("ix_price_product", "product_id", "party_id", "price_list_id"),
        Index("ix_price_party", "party_id"),
        {"sqlite_strict": True},
    )
