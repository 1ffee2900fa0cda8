"""Reading GS1 codes: GTIN and SSCC, element strings, their form in brackets, Digital Link addresses."""

import re
from decimal import Decimal

import biip
from biip import ParseError
from biip.gs1_element_strings import GS1ElementString

from suite.shared.scan import Scan, scan_reader

LONGEST = 300
FNC1 = "\x1d"  # ASCII 29, what a scanner sends for the separator (section 7.8.3)
# How keyboards write the separator where they cannot send it.
_SEPARATORS = re.compile("\u241d|<GS>|\\{GS\\}")
_BRACKETED = re.compile(r"\((\d{2,4})\)([^(]+)")
_SYMBOLOGY = re.compile(r"\][A-Za-z]\d")
_DIGITS = re.compile(r"\d{8}|\d{12,14}|\d{18}")
# AIs a code begins with when a person has typed no article number: SSCC, GTIN, contained GTIN (section 3.2).
_OPENING = re.compile(r"(00\d{18}|0[12]\d{14})")


@scan_reader
def read_gs1(text: str) -> Scan | None:
    """The elements of a GS1 code; None when it is none, or a check digit is wrong."""
    if not text or len(text) > LONGEST:
        return None
    text = _SEPARATORS.sub(FNC1, text)
    if _DIGITS.fullmatch(text):
        return _number(text)
    try:
        elements = _elements(text)
    except (ParseError, ValueError):  # an address with an unclosed bracket
        return None
    scan = _scan(elements)
    return scan if scan != Scan() else None


def _number(digits: str) -> Scan | None:
    """A bare GTIN or SSCC: what a retail code or a typed number is."""
    try:
        found = biip.parse(digits)
    except (ParseError, ValueError):
        return None
    if found.sscc is not None and len(digits) == 18:
        return Scan(sscc=found.sscc.value)
    return Scan(gtin=found.gtin.as_gtin_14()) if found.gtin is not None and len(digits) < 18 else None


def _elements(text: str) -> list[GS1ElementString]:
    bare = text[3:] if _SYMBOLOGY.match(text) else text
    if text.lower().startswith(("https://", "http://")):
        uri = biip.parse(text).gs1_digital_link_uri
        return list(uri.element_strings) if uri is not None else []
    if _BRACKETED.match(bare):
        parts = _BRACKETED.findall(bare)
        if "".join(f"({ai}){value}" for ai, value in parts) != bare:
            return []
        # A separator after every element is read over where the length is fixed.
        bare = "".join(f"{ai}{value}{FNC1}" for ai, value in parts).rstrip(FNC1)
    elif not (_SYMBOLOGY.match(text) or bare.startswith(FNC1) or _OPENING.match(bare)):
        return []
    message = biip.parse("]d2" + bare.lstrip(FNC1)).gs1_message
    return list(message.element_strings) if message is not None else []


def _scan(elements: list[GS1ElementString]) -> Scan:
    values = {element.ai.ai: element for element in elements}
    if any(element.gtin_error or element.sscc_error for element in elements):
        return Scan()
    gtin = values.get("01") or values.get("02")
    expiry = values.get("17") or values.get("15")
    weight = next((each for ai, each in sorted(values.items()) if ai.startswith("310")), None)
    count = values.get("37")
    plain = {ai: element.value for ai, element in values.items()}
    return Scan(
        gtin=gtin.value if gtin is not None else "",
        lot=plain.get("10", ""),
        serial=plain.get("21", ""),
        expires_on=expiry.date if expiry is not None else None,
        quantity=Decimal(count.value)
        if count is not None
        else (weight.decimal if weight is not None else None),
        sscc=plain.get("00", ""),
        order=plain.get("400", ""),
        ship_to=plain.get("410", ""),
    )
