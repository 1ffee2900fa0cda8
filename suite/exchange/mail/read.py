"""Reading a mail: who, about what, plain words, files; whatever is broken is read as far as it goes."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import errors, message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from itertools import islice

from suite.base.text import without_forbidden
from suite.exchange.mail.html_text import text_of_html

MOST_PARTS = 200
MOST_FILES = 50
LONGEST_TEXT = 18_000
LONGEST_HEADER = 200
MOST_REFERENCES = 50
_ID = re.compile(r"<([^<>\s]{3,250})>")
# RFC 3834 section 5, and what mailing lists and older responders send instead.
_BULK = {"bulk", "junk", "list", "auto_reply"}
# What the library raises for headers that nobody could have meant.
_BROKEN = (ValueError, LookupError, UnicodeError, errors.MessageError, RecursionError)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")
_ROBOTS = re.compile(r"(?i)^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)\b")


@dataclass(frozen=True)
class MailFile:
    """A file of a mail: its name without folders, its bytes, the type the sender claims."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Mail:
    """A mail as we understand it; ids without angle brackets, addresses in lower case.

    `is_automatic` says that no person wrote it: an out-of-office note, a bounce, a list (RFC 3834).
    """

    message_id: str
    references: tuple[str, ...]
    sender_name: str
    sender: str
    subject: str
    text: str
    is_automatic: bool
    files: list[MailFile] = field(default_factory=list)


def read_mail(raw: bytes) -> Mail:
    """Read a mail; never raises for what is in it. A mail without Message-ID is known by its SHA-256."""
    try:
        return _read(raw)
    except _BROKEN:  # so broken that only its bytes can be kept
        return Mail(_own_id(raw), (), "", "", "", "", False, [MailFile("mail.eml", raw, "message/rfc822")])


def _read(raw: bytes) -> Mail:
    message = message_from_bytes(raw, policy=policy.compat32)
    name, address = _sender(message)
    found = _ID.search(_line(_header(message, "Message-ID"), most=300))
    words, files = _content(message)
    return Mail(
        message_id=found.group(1) if found else _own_id(raw),
        references=_references(message),
        sender_name=name,
        sender=address,
        subject=_line(_header(message, "Subject")),
        text=words,
        is_automatic=_is_automatic(message, address),
        files=files,
    )


def _own_id(raw: bytes) -> str:
    return f"{hashlib.sha256(raw).hexdigest()}@without-id.invalid"


def _references(message: Message) -> tuple[str, ...]:
    """What it answers to, the nearest first."""
    texts = f"{_header(message, 'References')} {_header(message, 'In-Reply-To')}"
    return tuple(dict.fromkeys(reversed(_ID.findall(texts[-20_000:]))))[:MOST_REFERENCES]


def _sender(message: Message) -> tuple[str, str]:
    """Name and address, taken apart before the name is decoded: what it hides is no address."""
    raw = str(message.get("From") or "")[:2000]
    for name, address in getaddresses([raw]):
        if "@" in address:
            return _line(_readable(name)), _line(address).lower()
    return "", ""


def _is_automatic(message: Message, sender: str) -> bool:
    if _header(message, "Auto-Submitted").strip().lower() not in ("", "no"):
        return True
    if _header(message, "Precedence").strip().lower() in _BULK:
        return True
    marks = ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Loop")
    if any(message.get(mark) is not None for mark in marks):
        return True
    if message.get("Return-Path") is not None and _header(message, "Return-Path").strip() == "<>":
        return True
    return message.get_content_type() == "multipart/report" or bool(_ROBOTS.match(sender))


def _content(message: Message) -> tuple[str, list[MailFile]]:
    """The words of the body, plain before HTML, and the files."""
    plain: list[str] = []
    rich: list[str] = []
    files: list[MailFile] = []
    for part in islice(_leaves(message), MOST_PARTS):
        kind = _media_type(part)
        is_file = part.get_content_disposition() == "attachment" or bool(_file_name(part))
        if not is_file and kind == "text/plain":
            plain.append(_decoded(part))
        elif not is_file and kind == "text/html":
            rich.append(text_of_html(_decoded(part)))
        elif len(files) < MOST_FILES:
            files.append(MailFile(_file_name(part) or _name_for(kind, len(files)), _bytes(part), kind))
    words = "\n\n".join(text.strip() for text in (plain if any(t.strip() for t in plain) else rich))
    return _shortened(without_forbidden(words)), [file for file in files if file.content]


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold content; a mail within a mail is a file, not a conversation."""
    waiting = [message]
    for _ in range(10 * MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting = _inner(part) + waiting
        else:
            yield part


def _inner(part: Message) -> list[Message]:
    return [each for each in part.get_payload() if isinstance(each, Message)]


def _bytes(part: Message) -> bytes:
    if part.is_multipart():
        return b"".join(each.as_bytes() for each in _inner(part))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _decoded(part: Message) -> str:
    """The text of a part: in its own charset, else UTF-8, else as if it were Windows-1252."""
    content = _bytes(part)
    for charset in (_charset(part), "utf-8", "cp1252"):
        try:
            return content.decode(charset)
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("latin-1")


def _charset(part: Message) -> str:
    try:
        return str(part.get_content_charset() or "")
    except _BROKEN:
        return ""


def _media_type(part: Message) -> str:
    """The type the sender claims, if it is one at all."""
    kind = part.get_content_type()
    return kind if _MEDIA_TYPE.fullmatch(kind) else "application/octet-stream"


def _header(message: Message, name: str) -> str:
    """A header with its encoded words read; what cannot be read stays as it is."""
    value = message.get(name)
    return "" if value is None else _readable(str(value)[:20_000])


def _readable(text: str) -> str:
    try:
        parts = decode_header(text)
    except _BROKEN:
        return text
    return "".join(_word(part, charset) for part, charset in parts)


def _word(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "ascii")
    except (LookupError, UnicodeError):
        return part.decode("utf-8", errors="replace")


def _file_name(part: Message) -> str:
    """The name the sender gave, without folders."""
    try:
        name = part.get_filename() or ""
    except _BROKEN:
        return ""
    readable = "".join(_word(text, charset) for text, charset in _words_of(name))
    return _line(readable.replace("\\", "/").rsplit("/", 1)[-1])[:120]


def _words_of(name: str) -> list[tuple[bytes | str, str | None]]:
    try:
        return list(decode_header(name))
    except _BROKEN:
        return [(name, None)]


def _name_for(kind: str, place: int) -> str:
    ending = {"message/rfc822": "eml", "text/html": "html", "text/calendar": "ics"}.get(kind, "bin")
    return f"datei-{place + 1}.{ending}"


def _line(text: str, *, most: int = LONGEST_HEADER) -> str:
    return " ".join(without_forbidden(text).split())[:most]


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT].rstrip() + " […]"
