"""Drawing codes for labels: a GTIN as retail barcode, a lot or piece as GS1 DataMatrix, our own numbers as Code 128."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from suite.base.errors import Refusal

# What may stand in lots and serial numbers: character set 82 (GS1 General Specifications, figure 7.11-1), without
# the brackets, which part the elements here.
_UNFIT = re.compile(r"[^!\"%&'*+,\-./0-9:;<=>?A-Z_a-z]")
_SIZE = re.compile(r'<svg width="(\d+)" height="(\d+)"')
_PATH = re.compile(r'<path d="([MhvZ0-9 .\-]+)"')
LONGEST_ELEMENT = 20


@dataclass(frozen=True)
class Drawing:
    """A code as the path of an SVG in modules, its quiet zone included, and the text it holds."""

    width: int
    height: int
    path: str
    text: str

    @property
    def is_square(self) -> bool:
        """Whether it is a matrix, else it is made of bars."""
        return self.width == self.height


def gtin_bars(gtin: str) -> Drawing:
    """The retail barcode of a GTIN of 8, 12, 13 or 14 digits; raises `Refusal("label-characters")`.

    Leading zeros of a GTIN of 14 digits belong to the data, not to the barcode (section 2.1).
    """
    import zxingcpp  # noqa: PLC0415 - a megabyte of native code, for labels alone

    digits = next((gtin[-n:] for n in (13, 14) if gtin and not gtin[:-n].strip("0")), gtin)
    kinds = {
        8: zxingcpp.BarcodeFormat.EAN8,
        12: zxingcpp.BarcodeFormat.UPCA,
        13: zxingcpp.BarcodeFormat.EAN13,
        14: zxingcpp.BarcodeFormat.ITF14,
    }
    shown = gtin if len(gtin) in (8, 12) else digits
    if len(shown) not in kinds:
        raise Refusal("label-characters", value=gtin)
    return _drawn(shown, kinds[len(shown)], shown)


def lot_matrix(gtin: str, *, lot: str = "", serial: str = "", expires_on: date | None = None) -> Drawing:
    """A GS1 DataMatrix of GTIN (01), expiry (17) and lot (10) or serial number (21).

    Raises `Refusal("label-characters")` for characters or lengths GS1 does not know.
    """
    import zxingcpp  # noqa: PLC0415 - as above

    code = serial or lot
    if _UNFIT.search(code) or len(code) > LONGEST_ELEMENT:
        raise Refusal("label-characters", value=code)
    parts = {
        "01": gtin.zfill(14),
        "17": f"{expires_on:%y%m%d}" if expires_on else "",
        "10": lot,
        "21": serial,
    }
    text = "".join(f"({ai}){value}" for ai, value in parts.items() if value)
    return _drawn(text, zxingcpp.BarcodeFormat.DataMatrix, text, gs1=True)


def plain_matrix(text: str) -> Drawing:
    """A DataMatrix of a text as it is, for what has no GTIN."""
    import zxingcpp  # noqa: PLC0415 - as above

    return _drawn(text, zxingcpp.BarcodeFormat.DataMatrix, text)


def plain_bars(text: str) -> Drawing:
    """A Code 128 of an article number of our own."""
    import zxingcpp  # noqa: PLC0415 - as above

    return _drawn(text, zxingcpp.BarcodeFormat.Code128, text)


def _drawn(text: str, kind: Any, shown: str, **options: object) -> Drawing:
    import zxingcpp  # noqa: PLC0415 - as above

    try:
        svg = str(zxingcpp.create_barcode(text, kind, **options).to_svg())
    except ValueError as error:
        raise Refusal("label-characters", value=text) from error
    size, path = _SIZE.search(svg), _PATH.search(svg)
    if size is None or path is None:
        raise Refusal("label-characters", value=text)
    return Drawing(int(size.group(1)), int(size.group(2)), path.group(1), shown)
