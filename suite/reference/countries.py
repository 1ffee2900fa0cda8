"""Countries (ISO 3166-1, as EN 16931 BR-CL-14 lists them) and electronic address schemes (EAS, BR-CL-25)."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from suite.reference.table import read_table


@dataclass(frozen=True)
class Country:
    """A country; members of the EU have a date of accession, and most a scheme for VAT ids as addresses."""

    code: str
    eu_since: date | None
    vat_prefix: str
    vat_endpoint_scheme: str | None


@lru_cache(maxsize=1)
def _countries() -> dict[str, Country]:
    return {
        row["code"]: Country(
            row["code"],
            date.fromisoformat(row["eu_since"]) if row["eu_since"] else None,
            row["vat_prefix"],
            row["vat_endpoint_scheme"] or None,
        )
        for row in read_table("countries")
    }


@lru_cache(maxsize=1)
def _endpoint_schemes() -> dict[str, bool]:
    return {row["code"]: row["peppol"] == "yes" for row in read_table("endpoint_schemes")}


def country_exists(code: str) -> bool:
    """Whether `code` is an ISO 3166-1 alpha-2 code."""
    return code in _countries()


def is_eu_country(code: str) -> bool:
    """Whether a country is a member state of the European Union."""
    country = _countries().get(code)
    return country is not None and country.eu_since is not None


def vat_endpoint_scheme(country: str) -> str | None:
    """The EAS scheme under which a VAT id of `country` is an electronic address, 9930 for Germany."""
    known = _countries().get(country)
    return known.vat_endpoint_scheme if known else None


def endpoint_scheme_exists(code: str) -> bool:
    """Whether `code` is an EAS scheme of EN 16931."""
    return code in _endpoint_schemes()


def is_peppol_scheme(code: str) -> bool:
    """Whether a scheme may be used in the PEPPOL network (PEPPOL-EN16931-CL008)."""
    return _endpoint_schemes().get(code, False)
