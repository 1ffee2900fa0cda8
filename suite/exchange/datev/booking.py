"""A booking as DATEV sees it, and the proof that DATEV's own tax is ours."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from suite.base.money import cents

# Key 40 switches the automatic of a revenue account off, so that a row moves just what it says.
NO_AUTOMATIC = "40"


class Row(NamedTuple):
    """A booking: `amount` is positive EUR, `side` S or H refers to `account`.

    `tax` is what our journal says is in `amount`, `rate` the percentage DATEV takes out of it.
    """

    amount: Decimal
    side: str
    account: str
    contra_account: str
    document_date: date
    document_no: str
    text: str
    service_date: date | None
    eu_vat_id: str
    is_reversal: bool
    tax_key: str = ""
    rate: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    tax_account: str = ""
    is_cents: bool = False


def automatic_tax(gross: Decimal, rate: Decimal) -> Decimal:
    """The tax DATEV takes out of a gross amount: gross less gross / (1 + rate), rounded to cents."""
    return gross - cents(gross * 100 / (100 + rate))


def tax_difference(row: Row) -> Decimal:
    """By how much our tax exceeds DATEV's in a row, in EUR; nearly always 0."""
    if not row.rate:
        return row.tax
    return row.tax - automatic_tax(row.amount, row.rate)


def with_cent_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """Each row, followed where the taxes differ by one that moves the difference to the tax account."""
    for row in rows:
        yield row
        difference = tax_difference(row)
        if difference and row.tax_account:
            yield _cent_row(row, difference)


def is_cent_row(row: Row) -> bool:
    """Whether a row only moves a difference of tax."""
    return row.is_cents


def _cent_row(row: Row, difference: Decimal) -> Row:
    """Debtor in debit means revenue and tax in credit: more tax of ours is revenue in debit, tax in credit."""
    debit = (row.side == "S") == (difference > 0)
    return row._replace(
        amount=abs(difference),
        side="S" if debit else "H",
        account=row.contra_account,
        contra_account=row.tax_account,
        tax_key=NO_AUTOMATIC,
        rate=Decimal(0),
        tax=Decimal(0),
        tax_account="",
        is_cents=True,
    )
