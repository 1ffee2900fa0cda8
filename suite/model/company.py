"""The company of this database, and its chart of accounts."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.frozen import write_once


class Company(Model):
    """The one row that says whose books these are; the mark never changes."""

    __tablename__ = "company"
    id: Mapped[int] = mapped_column(CheckConstraint("id = 1", name="single"), primary_key=True)
    mark: Mapped[str] = mapped_column(CheckConstraint("mark IN ('productive','demo','play')", name="mark"))
    chart: Mapped[str] = mapped_column(CheckConstraint("chart IN ('SKR03','SKR04')", name="chart"))
    taxation: Mapped[str] = mapped_column(
        CheckConstraint("taxation IN ('accrual','cash')", name="taxation"), default="accrual"
    )
    small_business: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str]
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="DE")
    vat_id: Mapped[str | None]
    tax_number: Mapped[str | None]
    register_entry: Mapped[str | None]
    managing_directors: Mapped[str | None]
    contact_name: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    website: Mapped[str | None]
    bank_name: Mapped[str | None]
    iban: Mapped[str | None]
    bic: Mapped[str | None]
    endpoint_scheme: Mapped[str | None]
    endpoint_id: Mapped[str | None]
    datev_consultant: Mapped[int | None]
    datev_client: Mapped[int | None]
    payment_days: Mapped[int] = mapped_column(default=14)
    logo_sha256: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)


class Account(Model):
    """An account of the chart or a personal account of a party."""

    __tablename__ = "account"
    number: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    automatic: Mapped[str] = mapped_column(default="")
    party_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), index=True)


write_once("company", "mark")
write_once("company", "chart")
write_once("account", "kind")
