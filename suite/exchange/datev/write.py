"""Writing a booking batch (EXTF 700, category 21): header, column names, one row per booking, as a stream."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

from suite.exchange.datev.booking import Row
from suite.exchange.datev.characters import Replacements, document_field, readable_text

VERSIONS = {12: 124, 13: 125}
MOST_ROWS = 99_999
LINE = "\r\n"
_BLOCK = 1000
_NO_NAME = re.compile(r"\W", re.ASCII)
# The columns we fill, in their order; every other one is written empty.
_FILLED = (1, 2, 7, 8, 9, 10, 11, 14, 40, 114, 115, 118)


@dataclass(frozen=True)
class Header:
    """What stands above the rows: `made_at` in local time, dates inside the fiscal year from `year_start`."""

    consultant: int
    client: int
    year_start: date
    from_date: date
    until_date: date
    label: str
    made_at: datetime
    made_by: str
    chart: str
    account_digits: int = 4


def batch_lines(
    header: Header, rows: Iterable[Row], *, version: int, encoding: str, replaced: Replacements
) -> Iterator[bytes]:
    """The bytes of a file in blocks; memory stays flat. `replaced` collects what could not be written."""
    mark = "\ufeff" if encoding == "utf-8" else ""
    names = ";".join(column_names(version))
    yield (mark + header_line(header, version) + LINE + names + LINE).encode(encoding)
    template = _template(version)
    block: list[str] = []
    for row in rows:
        block.append(template.format(*_cells(row, encoding, replaced)))
        if len(block) == _BLOCK:
            yield "".join(block).encode(encoding)
            block.clear()
    yield "".join(block).encode(encoding)


def header_line(header: Header, version: int) -> str:
    """The 31 fields of the first line."""
    values = {
        1: "EXTF",
        2: "700",
        3: "21",
        4: "Buchungsstapel",
        5: str(version),
        6: header.made_at.strftime("%Y%m%d%H%M%S") + f"{header.made_at.microsecond // 1000:03}",
        8: "KO",
        9: _NO_NAME.sub("", header.made_by)[:25],
        11: str(header.consultant),
        12: str(header.client),
        13: f"{header.year_start:%Y%m%d}",
        14: str(header.account_digits),
        15: f"{header.from_date:%Y%m%d}",
        16: f"{header.until_date:%Y%m%d}",
        17: header.label[:30],
        19: "1",
        20: "0",
        21: "0",  # not locked: the tax adviser looks first
        22: "EUR",
        27: header.chart.removeprefix("SKR"),
    }
    fields = [(int(row["pos"]), row["quoted"] == "yes") for row in _reference("extf_header_v700.csv")]
    return ";".join(_cell(values.get(place, ""), quoted) for place, quoted in fields)


def column_names(version: int) -> list[str]:
    """The names of the second line, as DATEV's own sample writes them."""
    return [row["name_v13_sample"] for row in _columns(version)]


def amount_text(amount: Decimal) -> str:
    """`1234,50`: always two decimals, a comma, no grouping."""
    return f"{amount:.2f}".replace(".", ",")


def _cells(row: Row, encoding: str, replaced: Replacements) -> tuple[str, ...]:
    number = row.document_no
    return (
        amount_text(row.amount),
        row.side,
        row.account.lstrip("0"),
        row.contra_account.lstrip("0"),
        row.tax_key,
        _day_month(row.document_date),
        document_field(number, replaced),
        _doubled(readable_text(row.text, encoding, replaced, number)[:60]),
        row.eu_vat_id[:15],
        "0",
        "" if row.service_date is None else f"{_day_month(row.service_date)}{row.service_date.year}",
        "1" if row.is_reversal else "",
    )


def _day_month(day: date) -> str:
    return f"{day.day:02}{day.month:02}"  # strftime takes three times as long, twice a row


@lru_cache(maxsize=2)
def _template(version: int) -> str:
    """A line with places for the filled columns: text is always quoted, numbers and dates never."""
    cells = []
    for column in _columns(version):
        place = "{}" if int(column["pos"]) in _FILLED else ""
        cells.append(_cell(place, column["type"] == "text"))
    return ";".join(cells) + LINE


def _columns(version: int) -> tuple[dict[str, str], ...]:
    return _reference("extf_buchungsstapel_v13.csv")[: VERSIONS[version]]


def _cell(value: str, quoted: bool) -> str:
    return f'"{_doubled(value)}"' if quoted else value


def _doubled(value: str) -> str:
    return value.replace('"', '""')


@lru_cache(maxsize=2)
def _reference(name: str) -> tuple[dict[str, str], ...]:
    """Facts about the format: DATEV's sample files of 2024 and its format description."""
    with (files("suite.reference") / name).open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))
