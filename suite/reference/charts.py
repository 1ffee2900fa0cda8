"""The charts SKR03 and SKR04 (DATEV, valid for 2025 and 2026) with the accounts the tax cases name."""

from functools import lru_cache

from suite.reference.table import read_table
from suite.reference.tax_cases import tax_cases_by_code


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
        for name, number in case.row.items():
            if name.startswith(f"{column}_") and number.isdigit():
                accounts.setdefault(number, (number, case.title, "other", ""))
    return tuple(accounts.values())
