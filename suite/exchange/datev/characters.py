"""What DATEV can read: the characters of cp1252 and of the document field, and what stands for all others."""

import re
import unicodedata
from dataclasses import dataclass, field

ENCODINGS = ("cp1252", "utf-8")
# The document field is the key of open items: no blanks, dots or umlauts.
_NOT_IN_FIELD = re.compile(r"[^A-Za-z0-9$&%*+\-/_]")
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SPELT = {
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS",
    "æ": "ae", "Æ": "Ae", "ø": "oe", "Ø": "Oe", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "ŋ": "n", "Ŋ": "N",
    "‐": "-", "‑": "-", "−": "-", "′": "'", "″": '"', "\u202f": " ", "\u2009": " ", "→": "->", "≤": "<=", "≥": ">=",
}  # fmt: skip


@dataclass
class Replacements:
    """Which characters were replaced by what, each with the first documents it stood in."""

    found: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def note(self, character: str, written: str, document_no: str) -> None:
        """Remember a replacement; three documents are enough to find it."""
        documents = self.found.setdefault((character, written), [])
        if len(documents) < 3 and document_no not in documents:
            documents.append(document_no)


def readable_text(value: str, encoding: str, replaced: Replacements, document_no: str) -> str:
    """`value` in characters of `encoding` and without control characters; cut is for the caller."""
    if value.isascii() and value.isprintable():
        return value
    value = _NO_TEXT.sub(" ", unicodedata.normalize("NFC", value))
    if encoding == "utf-8" or _fits(value, encoding):
        return value
    return "".join(_readable(character, encoding, replaced, document_no) for character in value)


def document_field(value: str, replaced: Replacements) -> str:
    """A document number in the characters of Belegfeld 1, at most 36 of them."""
    if _NOT_IN_FIELD.search(value):
        number = value
        value = "".join(_in_field(character, replaced, number) for character in number)
    return value[:36]


def _readable(character: str, encoding: str, replaced: Replacements, document_no: str) -> str:
    if _fits(character, encoding):
        return character
    written = _spelt(character)
    written = written if written and _fits(written, encoding) else "?"
    replaced.note(character, written, document_no)
    return written


def _in_field(character: str, replaced: Replacements, document_no: str) -> str:
    if not _NOT_IN_FIELD.match(character):
        return character
    written = _spelt(character)
    written = written if written and not _NOT_IN_FIELD.search(written) else "-"
    replaced.note(character, written, document_no)
    return written


def _spelt(character: str) -> str:
    """The letter without its marks, or how it is spelt out."""
    if character in _SPELT:
        return _SPELT[character]
    bare = unicodedata.normalize("NFKD", character)
    return "".join(each for each in bare if not unicodedata.combining(each))


def _fits(value: str, encoding: str) -> bool:
    try:
        value.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
