"""Parties: companies and persons we sell to or buy from, with addresses and contacts."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from suite.base.db import Model
from suite.base.flow import Flow
from suite.model.record import Record

E_INVOICE_FORMATS = ("paper", "xrechnung", "peppol")


class Party(Model):
    """A company or person; a name is enough, a verb asks for what else it needs."""

    __tablename__ = "party"
    flow = Flow(
        "active blocked",
        ("party.edit", "active blocked", None),
        ("party.block", "active", "blocked"),
        ("party.unblock", "blocked", "active"),
    )
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    name: Mapped[str] = mapped_column(CheckConstraint("length(name) BETWEEN 1 AND 200", name="name"))
    is_company: Mapped[bool] = mapped_column(default=True)
    vat_id: Mapped[str | None] = mapped_column(index=True)
    tax_number: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    website: Mapped[str | None]
    iban: Mapped[str | None]
    bic: Mapped[str | None]
    endpoint_scheme: Mapped[str | None]
    endpoint_id: Mapped[str | None]
    leitweg_id: Mapped[str | None]
    e_invoice: Mapped[str] = mapped_column(
        CheckConstraint("e_invoice IN ('paper','xrechnung','peppol')", name="e_invoice"), default="paper"
    )
    payment_days: Mapped[int | None] = mapped_column(
        CheckConstraint("payment_days BETWEEN 0 AND 365", name="payment_days")
    )
    price_list_id: Mapped[int | None] = mapped_column(ForeignKey("price_list.id"))
    debtor_account: Mapped[str | None] = mapped_column(ForeignKey("account.number"), unique=True)
    language: Mapped[str] = mapped_column(default="de")
    match_key: Mapped[str] = mapped_column(default="", index=True)
    record: Mapped[Record] = relationship(foreign_keys=[id])
    addresses: Mapped[list["Address"]] = relationship(
        back_populates="party", order_by="Address.id", cascade="all, delete-orphan"
    )


class Address(Model):
    """A postal address of a party, by use."""

    __tablename__ = "address"
    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    use: Mapped[str] = mapped_column(CheckConstraint("use IN ('main','invoice','delivery')", name="use"))
    addition: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(CheckConstraint("length(country) = 2", name="country"))
    party: Mapped[Party] = relationship(back_populates="addresses")


class Contact(Model):
    """A person at a party."""

    __tablename__ = "contact"
    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    name: Mapped[str] = mapped_column(CheckConstraint("length(name) BETWEEN 1 AND 200", name="name"))
    function: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    phone: Mapped[str | None]
