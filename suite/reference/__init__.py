"""Dated facts as data: charts of accounts, tax cases, units, countries and endpoint schemes, each with its source."""

from suite.reference.charts import chart_accounts
from suite.reference.countries import (
    country_exists,
    endpoint_scheme_exists,
    is_eu_country,
    is_peppol_scheme,
    vat_endpoint_scheme,
)
from suite.reference.tax_cases import TaxCase, tax_case, tax_cases_by_code
from suite.reference.units import unit_exists, unit_name, units

__all__ = [
    "TaxCase",
    "chart_accounts",
    "country_exists",
    "endpoint_scheme_exists",
    "is_eu_country",
    "is_peppol_scheme",
    "tax_case",
    "tax_cases_by_code",
    "unit_exists",
    "unit_name",
    "units",
    "vat_endpoint_scheme",
]
