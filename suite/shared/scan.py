"""What a scanner sent: the article and what else its code says; the standard's reader registers itself here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Scan:
    """What a code says: GTIN of 14 digits, lot, serial number, expiry, count or weight, the number of a parcel; the
    customer's order and the GLN goods go to."""

    gtin: str = ""
    lot: str = ""
    serial: str = ""
    expires_on: date | None = None
    quantity: Decimal | None = None
    sscc: str = ""
    order: str = ""
    ship_to: str = ""

    @property
    def code(self) -> str:
        """The single piece, else the lot."""
        return self.serial or self.lot

    @property
    def gtins(self) -> list[str]:
        """The GTIN as it may be written at an article: with 14, 13, 12 or 8 digits."""
        return [self.gtin[-n:] for n in (14, 13, 12, 8) if self.gtin and not self.gtin[:-n].strip("0")]


Reader = Callable[[str], Scan | None]
_READERS: list[Reader] = []


def scan_reader(function: Reader) -> Reader:
    """Register what reads a standard's codes."""
    _READERS.append(function)
    return function


def read_scan(text: str) -> Scan | None:
    """What a scanned code says; None for what is no such code."""
    found = (reader(text.strip()) for reader in _READERS)
    return next((scan for scan in found if scan is not None), None)
