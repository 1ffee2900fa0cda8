"""The VAT return and the recapitulative statement (ZM) of a period, exact and as the form wants them."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from suite.base.db import session
from suite.base.money import cents, whole_towards_zero
from suite.base.types import Amount
from suite.model import VatEntry
from suite.reference import tax_cases_by_code

# Fields whose tax the form recomputes from the cut base (USt 1 A): rate in percent.
FIXED_RATES = {"81": Decimal(19), "86": Decimal(7)}


@dataclass(frozen=True)
class Field:
    """One field of the return: the ledger's base and tax, and what the form shows (EUR)."""

    kz: str
    exact: Decimal
    form: Decimal
    tax_ledger: Decimal | None
    tax_form: Decimal | None


@dataclass(frozen=True)
class Return:
    """The return of a month: fields, the form's line 83 and what the ledger owes."""

    period: str
    fields: tuple[Field, ...]

    @property
    def payable_form(self) -> Decimal:
        """Kz 83 as the form computes it."""
        return sum((field.tax_form for field in self.fields if field.tax_form is not None), Decimal("0.00"))

    @property
    def payable_ledger(self) -> Decimal:
        """What the VAT accounts say."""
        return sum(
            (field.tax_ledger for field in self.fields if field.tax_ledger is not None), Decimal("0.00")
        )


@dataclass(frozen=True)
class Recapitulative:
    """A line of the ZM (§ 18a UStG): month, customer's VAT id, kind L, S or D, amount."""

    period: str
    vat_id: str
    code: str
    exact: Decimal
    form: Decimal


def vat_returns() -> list[Return]:
    """The returns of all months that have an effect, in order."""
    base, tax = func.sum(VatEntry.base, type_=Amount()), func.sum(VatEntry.tax, type_=Amount())
    rows = session().execute(
        select(VatEntry.period, VatEntry.kz, base, tax)
        .group_by(VatEntry.period, VatEntry.kz)
        .order_by(VatEntry.period, VatEntry.kz)
    )
    by_period: dict[str, list[Field]] = {}
    for period, kz, exact, ledger in rows:
        by_period.setdefault(period, []).append(_field(kz, exact, ledger))
    return [Return(period, tuple(fields)) for period, fields in by_period.items()]


def recapitulative_lines() -> list[Recapitulative]:
    """The lines of the ZM of all months, by customer and kind."""
    total = func.sum(VatEntry.base, type_=Amount())
    rows = session().execute(
        select(VatEntry.period, VatEntry.party_vat_id, VatEntry.tax_case, total)
        .where(VatEntry.party_vat_id.is_not(None))
        .group_by(VatEntry.period, VatEntry.party_vat_id, VatEntry.tax_case)
        .order_by(VatEntry.period, VatEntry.party_vat_id)
    )
    codes = tax_cases_by_code()
    return [
        Recapitulative(p, vat_id or "", codes[case].zm_code, sum_, whole_towards_zero(sum_))
        for p, vat_id, case, sum_ in rows
    ]


def _field(kz: str, exact: Decimal, ledger: Decimal) -> Field:
    form = whole_towards_zero(exact)
    rate = FIXED_RATES.get(kz)
    if rate is None:
        return Field(kz, exact, form, None, None)
    return Field(kz, exact, form, ledger, cents(form * rate / 100))
