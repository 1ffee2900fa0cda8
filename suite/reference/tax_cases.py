"""Tax cases: what a supply means for tax, books and returns, valid from a day on (UStG, USt 1 A)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from suite.base.errors import Refusal
from suite.reference.table import read_table


@dataclass(frozen=True)
class TaxCase:
    """One case: `rate` in percent (None where it is not fixed), EN 16931 category, VAT-return field, accounts."""

    code: str
    title: str
    rate: Decimal | None
    vat_category: str
    vatex: str
    kz_base: str
    zm_code: str
    note_de: str
    reason_de: str
    reason_en: str
    valid_from: date
    valid_until: date | None
    row: dict[str, str]

    def account(self, chart: str) -> str:
        """The revenue or expense account."""
        return self.row[f"{chart.lower()}_account"]

    def tax_out(self, chart: str) -> str:
        """The output tax account."""
        return self.row[f"{chart.lower()}_tax_out"]

    def reduction_account(self, chart: str) -> str:
        """The account price reductions are posted to."""
        return self.row[f"{chart.lower()}_reduction"]

    def is_valid(self, on: date) -> bool:
        """Whether the case may be used for a supply on a day."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@lru_cache(maxsize=1)
def tax_cases_by_code() -> dict[str, TaxCase]:
    """All cases by their code."""
    return {row["case_id"]: _case(row) for row in read_table("tax_cases")}


def tax_case(code: str, on: date) -> TaxCase:
    """The case of a supply on a day; raises `Refusal` for an unknown case or one not valid on that day."""
    case = tax_cases_by_code().get(code)
    if case is None:
        raise Refusal("tax-case-unknown", field="tax_case", tax_case=code)
    if not case.is_valid(on):
        raise Refusal("tax-case-not-valid", field="tax_case", tax_case=code, on=on, since=case.valid_from)
    return case


def _case(row: dict[str, str]) -> TaxCase:
    rate = Decimal(row["rate"]) if row["rate"].replace(".", "").isdigit() else None
    return TaxCase(
        code=row["case_id"],
        title=row["title_de"],
        rate=rate,
        vat_category=row["vat_category"],
        vatex=row["vatex"],
        kz_base=row["kz_base"],
        zm_code=row["zm_code"],
        note_de=row["invoice_note_de"],
        reason_de=row["exemption_reason_de"],
        reason_en=row["exemption_reason_en"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        row=row,
    )
