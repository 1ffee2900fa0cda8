"""Dated facts as data: charts, tax cases, units, DATEV columns."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True)
class TaxCase:
    code: str
    rate: Decimal | None
    vat_category: str
    vatex: str
    kz_base: str
    zm_code: str
    note_de: str
    reason_de: str
    row: dict[str, str]

    def account(self, chart: str) -> str:
        return self.row[f"{chart.lower()}_account"]

    def tax_out(self, chart: str) -> str:
        return self.row[f"{chart.lower()}_tax_out"]

    def reduction_account(self, chart: str) -> str:
        return self.row[f"{chart.lower()}_reduction"]


REASONS = {
    "EU_IC_SUPPLY": "Steuerfreie innergemeinschaftliche Lieferung (§ 4 Nr. 1b, § 6a UStG)",
}
VAT_SCHEMES = dict(
    pair.split(":")
    for pair in "AT:9914 BE:9925 DE:9930 ES:9920 FR:9957 IT:0211 LU:9938 NL:9944 PL:9945".split()
)


def vat_endpoint_scheme(country: str) -> str | None:
    return VAT_SCHEMES.get(country)


@lru_cache(1)
def _cases() -> dict[str, TaxCase]:
    with (files("suite.reference") / "tax_cases.csv").open(encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    out = {}
    for r in rows:
        rate = Decimal(r["rate"]) if r["rate"].replace(".", "").isdigit() else None
        out[r["case_id"]] = TaxCase(
            r["case_id"],
            rate,
            r["vat_category"],
            r["vatex"],
            r["kz_base"],
            r["zm_code"],
            r["invoice_note_de"],
            REASONS.get(r["case_id"], r["invoice_note_de"]),
            r,
        )
    return out


def tax_case(code: str, on: date) -> TaxCase:
    return _cases()[code]


def is_eu_country(country: str) -> bool:
    return country in [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]


def unit_exists(unit: str) -> bool:
    return unit in [
        "H87",
        "C62",
        "HUR",
        "DAY",
        "MON",
        "ANN",
        "WEE",
        "MIN",
        "KGM",
        "TNE",
        "MTR",
        "KMT",
        "MTK",
        "MTQ",
        "LTR",
        "KWH",
        "SET",
        "PR",
        "LS",
        "XPP",
        "XBX",
        "XPX",
    ]


@lru_cache(2)
def chart_accounts(chart: str) -> tuple[tuple[str, str, str, str], ...]:
    out = {}
    with (files("suite.reference") / "skr03_skr04_accounts.csv").open(encoding="utf-8") as f:
        for r in csv.DictReader(f):
            n = r[chart.lower()]
            if n:
                out[n] = (n, r["name_de"], r["kind"], r["auto_function"])
    for c in _cases().values():
        for k, v in c.row.items():
            if k.startswith(chart.lower()) and v and v.isdigit():
                out.setdefault(v, (v, c.code, "other", ""))
    return tuple(out.values())


def country_exists(code: str) -> bool:
    return len(code) == 2 and code.isalpha()


def endpoint_scheme_exists(code: str) -> bool:
    return code in ("0088", "0204", "EM", "0060", *VAT_SCHEMES.values())


def tax_cases_by_code() -> dict[str, TaxCase]:
    return _cases()


UNIT_NAMES = {
    "H87": ("Stk", "pcs"),
    "C62": ("Einh.", "units"),
    "HUR": ("Std", "hrs"),
    "DAY": ("Tage", "days"),
    "MON": ("Monate", "months"),
    "ANN": ("Jahre", "years"),
    "WEE": ("Wochen", "weeks"),
    "MIN": ("Min", "min"),
    "KGM": ("kg", "kg"),
    "TNE": ("t", "t"),
    "MTR": ("m", "m"),
    "KMT": ("km", "km"),
    "MTK": ("m²", "m²"),
    "MTQ": ("m³", "m³"),
    "LTR": ("l", "l"),
    "KWH": ("kWh", "kWh"),
    "SET": ("Satz", "set"),
    "PR": ("Paar", "pair"),
    "LS": ("pausch.", "lump sum"),
    "XPP": ("Stück", "pieces"),
    "XBX": ("Karton", "box"),
    "XPX": ("Palette", "pallet"),
}


def unit_name(code: str, locale: str) -> str:
    names = UNIT_NAMES.get(code)
    return code if names is None else names[0 if locale == "de" else 1]


def units() -> tuple[str, ...]:
    return tuple(UNIT_NAMES)
