"""Documents: quote, order, delivery, return, invoice and credit note are rows of one table."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from suite.base.db import Model
from suite.base.frozen import frozen_when, frozen_with, write_once
from suite.base.types import Amount, ExchangeRate, Percent, Quantity, UnitPrice
from suite.model.record import Record

KINDS = ("quote", "order", "delivery", "return", "invoice", "credit_note")


class DocumentKind(Model):
    """The kinds of document; a kind with sides of its own keeps them in a table beside."""

    __tablename__ = "document_kind"
    code: Mapped[str] = mapped_column(primary_key=True)


class Document(Model):
    """What every document has; it freezes at shipping, receipt or posting."""

    __tablename__ = "document"
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(ForeignKey("document_kind.code"))
    number: Mapped[str | None]
    number_given: Mapped[bool] = mapped_column(default=False)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    dated_on: Mapped[date]
    service_from: Mapped[date | None]
    service_until: Mapped[date | None]
    currency: Mapped[str] = mapped_column(default="EUR")
    exchange_rate: Mapped[Decimal | None] = mapped_column(ExchangeRate)
    price_basis: Mapped[str] = mapped_column(
        CheckConstraint("price_basis IN ('net','gross')", name="price_basis"), default="net"
    )
    header_discount_percent: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))
    payment_days: Mapped[int] = mapped_column(default=14)
    due_on: Mapped[date | None]
    buyer_reference: Mapped[str | None]
    order_reference: Mapped[str | None]
    intro: Mapped[str] = mapped_column(default="")
    closing: Mapped[str] = mapped_column(default="")
    line_total: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    allowance_total: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    net_total: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    tax_total: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    gross_total: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    rounding: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    revision: Mapped[int] = mapped_column(default=1)
    frozen_at: Mapped[datetime | None]
    record: Mapped[Record] = relationship(foreign_keys=[id])
    lines: Mapped[list["DocumentLine"]] = relationship(
        back_populates="document", order_by="DocumentLine.position", cascade="all, delete-orphan"
    )
    taxes: Mapped[list["DocumentTax"]] = relationship(back_populates="document", cascade="all, delete-orphan")
    parties: Mapped[list["DocumentParty"]] = relationship(
        back_populates="document", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"polymorphic_on": "kind"}
    __table_args__ = (
        UniqueConstraint("kind", "number"),
        UniqueConstraint("id", "kind"),
        CheckConstraint("header_discount_percent BETWEEN 0 AND 1000000", name="header_discount"),
        CheckConstraint(
            "gross_total = net_total + tax_total + rounding OR price_basis = 'gross'", name="gross_total"
        ),
        CheckConstraint(
            "net_total = line_total - allowance_total OR price_basis = 'gross'", name="net_total"
        ),
        Index("ix_document_party", "party_id", "kind"),
        {"sqlite_strict": True},
    )


class DocumentLine(Model):
    """A line: an item with quantity, price, discount and tax case, or a text."""

    __tablename__ = "document_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(CheckConstraint("kind IN ('item','text')", name="kind"), default="item")
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    article: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    unit: Mapped[str] = mapped_column(default="H87")
    unit_price: Mapped[Decimal] = mapped_column(
        UnitPrice, CheckConstraint("unit_price >= 0", name="unit_price"), default=Decimal(0)
    )
    discount_percent: Mapped[Decimal] = mapped_column(
        Percent,
        CheckConstraint("discount_percent BETWEEN 0 AND 1000000", name="discount"),
        default=Decimal(0),
    )
    amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    tax_case: Mapped[str | None]
    tax_rate: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))
    billing_basis: Mapped[str] = mapped_column(
        CheckConstraint("billing_basis IN ('delivered','ordered')", name="billing_basis"), default="delivered"
    )
    stock_kept: Mapped[bool] = mapped_column(default=False)
    promised_on: Mapped[date | None]
    service_on: Mapped[date | None]
    price_trace: Mapped[str] = mapped_column(default="")
    document: Mapped[Document] = relationship(back_populates="lines")
    __table_args__ = (
        UniqueConstraint("document_id", "position"),
        CheckConstraint("quantity >= 0 AND (kind = 'item' OR quantity = 0)", name="quantity"),
        CheckConstraint("kind = 'text' OR tax_case IS NOT NULL", name="tax_case"),
        {"sqlite_strict": True},
    )


class DocumentTax(Model):
    """The taxes of a document per tax case and rate: base after allowance, tax, gross."""

    __tablename__ = "document_tax"
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    tax_case: Mapped[str] = mapped_column(primary_key=True)
    rate: Mapped[Decimal] = mapped_column(Percent, primary_key=True)
    category: Mapped[str]
    line_total: Mapped[Decimal] = mapped_column(Amount)
    allowance: Mapped[Decimal] = mapped_column(Amount)
    base: Mapped[Decimal] = mapped_column(Amount)
    tax: Mapped[Decimal] = mapped_column(Amount)
    gross: Mapped[Decimal] = mapped_column(Amount)
    document: Mapped[Document] = relationship(back_populates="taxes")
    __table_args__ = (CheckConstraint("gross = base + tax", name="gross"), {"sqlite_strict": True})


class DocumentParty(Model):
    """Seller, buyer and delivery address as they were when the document was made."""

    __tablename__ = "document_party"
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    role: Mapped[str] = mapped_column(
        CheckConstraint("role IN ('seller','buyer','delivery')", name="role"), primary_key=True
    )
    name: Mapped[str]
    addition: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="DE")
    vat_id: Mapped[str | None]
    tax_number: Mapped[str | None]
    register_entry: Mapped[str | None]
    contact_name: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    endpoint_scheme: Mapped[str | None]
    endpoint_id: Mapped[str | None]
    iban: Mapped[str | None]
    bic: Mapped[str | None]
    bank_name: Mapped[str | None]
    document: Mapped[Document] = relationship(back_populates="parties")


def side_of(kind: str) -> tuple[object, ...]:
    """The constraints of a side table: its row belongs to a document of exactly this kind."""
    return (
        ForeignKeyConstraint(["document_id", "kind"], ["document.id", "document.kind"]),
        CheckConstraint(f"kind = '{kind}'", name="kind"),
        {"sqlite_strict": True},
    )


frozen_when("document", "frozen_at")
write_once("document", "number")
for _table in ("document_line", "document_tax", "document_party"):
    frozen_with(_table, "document", "frozen_at", foreign_key="document_id")
