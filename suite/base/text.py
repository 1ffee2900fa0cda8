"""Text hygiene: what may be stored, and the form in which it is searched and compared."""

import re
import unicodedata

from suite.base.errors import Refusal

# C0 but tab and line feed, DEL and C1, lone surrogates, non-characters: XML 1.0 §2.2 and PostgreSQL refuse them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\ufdd0-\ufdef]")
# Direction overrides let a name or number read as another one (Trojan Source, CVE-2021-42574).
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_WORD = re.compile(r"[^\W_]+")
_FOLDS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "đ": "d", "ł": "l"}
)


def clean(value: str, field: str, *, max_length: int = 200, multiline: bool = False) -> str:
    """NFC text without control characters, trimmed; raises `Refusal` at `field` (lengths in characters)."""
    if len(value) > 4 * max_length + 1000:
        raise Refusal("text-too-long", field=field, max_length=max_length, length=len(value))
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    found = _FORBIDDEN.search(value) or _DIRECTION.search(value)
    if found:
        raise Refusal("text-forbidden-character", field=field, character=f"U+{ord(found.group()):04X}")
    if multiline:
        value = "\n".join(line.rstrip() for line in value.split("\n")).strip()
    else:
        if "\n" in value.strip("\n"):
            raise Refusal("text-one-line", field=field)
        value = _BLANKS.sub(" ", value).strip()
    if len(value) > max_length:
        raise Refusal("text-too-long", field=field, max_length=max_length, length=len(value))
    return value


def without_forbidden(value: str) -> str:
    """Text of others with what may not be stored left out; for what cannot be sent back to be corrected."""
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    return _DIRECTION.sub("", _FORBIDDEN.sub("", value))


def searchable(*parts: str | None) -> str:
    """The words of `parts` as search sees them: lower case, without accents, umlauts spelt out."""
    words: list[str] = []
    for part in parts:
        if part:
            words.extend(_WORD.findall(fold(part)))
    return " ".join(words)


def fold(value: str) -> str:
    """Lower case without accents; ä becomes ae, ß becomes ss, so that Mueller finds Müller."""
    lowered = unicodedata.normalize("NFC", value).casefold().translate(_FOLDS)
    return "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
