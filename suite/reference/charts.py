"""The charts SKR03 and SKR04 (DATEV, valid for 2025 and 2026) with the accounts the tax cases name."""

from functools import lru_cache

from suite.reference.table import read_table
from suite.reference.tax_cases import TaxCase, tax_cases_by_code

# What an account is that only a tax case names, by its column: (kind of a sale, kind of a purchase, word before the title).
_USES = {
    "account": ("revenue", "expense", ""),
    "tax_out": ("tax_output", "tax_output", "Umsatzsteuer: "),
    "tax_in": ("tax_input", "tax_input", "Vorsteuer: "),
    "skonto": ("revenue_reduction", "expense_reduction", "Skonto: "),
    "reduction": ("revenue_reduction", "expense_reduction", "Minderung: "),
    "baddebt": ("expense", "expense", "Forderungsausfall: "),
}


@lru_cache(maxsize=2)
def chart_accounts(chart: str) -> tuple[tuple[str, str, str, str], ...]:
    """(number, German name, kind, automatic function AM, AV or empty) of every account of `chart`."""
    column = chart.lower()
    accounts = {
        row[column]: (row[column], row["name_de"], row["kind"], row["auto_function"])
        for row in read_table("skr03_skr04_accounts")
        if row[column]
    }
    for case in tax_cases_by_code().values():
        for use in _USES:
            number = case.row[f"{column}_{use}"]
            if number.isdigit():
                accounts.setdefault(number, _named_by(case, use, number))
    return tuple(accounts.values())


def _named_by(case: TaxCase, use: str, number: str) -> tuple[str, str, str, str]:
    sale, purchase, word = _USES[use]
    automatic = case.row["datev_auto"] if use == "account" else ""
    return number, word + case.title, sale if case.row["side"] == "sale" else purchase, automatic
