"""What an invoice or credit note means for the books: postings and VAT effects."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from suite.erp.journal.posting import Posting, VatEffect
from suite.model import Company, Document, DocumentTax
from suite.reference import TaxCase, tax_case


def sale_postings(
    debtor: str, taxes: Sequence[DocumentTax], own: Company, *, on: date, sign: int
) -> list[Posting]:
    """Debtor gross against revenue and tax per tax case; `sign` −1 reverses on the same accounts."""
    gross = sum((tax.gross for tax in taxes), Decimal(0))
    postings = [Posting(debtor, sign * gross)]
    for tax in taxes:
        case = tax_case(tax.tax_case, on)
        postings.append(Posting(case.account(own.chart), -sign * tax.base, tax.tax_case))
        if tax.tax:
            postings.append(Posting(case.tax_out(own.chart), -sign * tax.tax, tax.tax_case))
    return postings


def price_reduction_postings(
    debtor: str, taxes: Sequence[DocumentTax], own: Company, *, on: date
) -> list[Posting]:
    """A price correction: the reduction account of each case and its tax against the debtor."""
    gross = sum((tax.gross for tax in taxes), Decimal(0))
    postings = [Posting(debtor, -gross)]
    for tax in taxes:
        case = tax_case(tax.tax_case, on)
        postings.append(Posting(case.reduction_account(own.chart), tax.base, tax.tax_case))
        if tax.tax:
            postings.append(Posting(case.tax_out(own.chart), tax.tax, tax.tax_case))
    return postings


def vat_effects(
    document: Document, taxes: Sequence[DocumentTax], *, on: date, sign: int, buyer_vat_id: str | None
) -> list[VatEffect]:
    """Effects on the VAT return: an invoice in its service month, a correction in its own month."""
    effects = []
    service = document.service_until or on
    for tax in taxes:
        case = tax_case(tax.tax_case, service)
        period = vat_period(case, on, service) if sign > 0 else month(on)
        vat_id = buyer_vat_id if case.zm_code else None
        effects.append(
            VatEffect(tax.tax_case, tax.rate, case.kz_base, sign * tax.base, sign * tax.tax, period, vat_id)
        )
    return effects


def vat_period(case: TaxCase, dated_on: date, service: date) -> str:
    """The month of the supply; for Kz 41 and 42 that of the invoice, at the latest the month after (§ 18b UStG)."""
    if case.kz_base not in ("41", "42"):
        return month(service)
    following = service.replace(day=1, month=service.month % 12 + 1, year=service.year + service.month // 12)
    return min(month(dated_on), month(following))


def month(day: date) -> str:
    """YYYY-MM."""
    return f"{day.year:04}-{day.month:02}"
