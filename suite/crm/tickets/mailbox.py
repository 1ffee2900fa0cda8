"""Fetching the mail box: every mail not yet seen is kept and handed to a job of its own; it stays there as seen."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from suite.base.db import database, write_transaction
from suite.base.errors import Refusal
from suite.base.job import JobFailed, enqueue, job
from suite.base.setting import environment
from suite.crm.tickets.mail_in import take_in
from suite.shared.archive import read_archived, store_apart
from suite.shared.snapshot import company

SECONDS = 60
MOST_AT_ONCE = 50
LARGEST_BYTES = 50_000_000
PORTS = {"imap": 143, "imaps": 993}
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TOO_LARGE = "Diese Mail ist zu groß und liegt noch im Postfach. / This mail is too large; it is still in the mail box."
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True)
class MailBox:
    """Where mail is fetched from."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str


def mail_box() -> MailBox | None:
    """The box of SUITE_IMAP_URL, None without one; raises `Refusal("mail-box-wrong")`."""
    given = environment("SUITE_IMAP_URL")
    if not given:
        return None
    try:
        parts = urlsplit(given)
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError) as error:
        raise Refusal("mail-box-wrong") from error
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return MailBox(parts.scheme, parts.hostname or "", port, user, password, folder)


def has_mail_box() -> bool:
    """Whether there is a box to look into."""
    return bool(environment("SUITE_IMAP_URL"))


@job("mail.fetch", every=SECONDS, when=has_mail_box)
def fetch_mail() -> None:
    """Keep what is new in the mail box and have it taken in, some at a time; a demo fetches nothing.

    A crash between keeping and marking fetches a mail again; it is known by its Message-ID then.
    """
    with database().reading():
        is_productive = company().mark == "productive"
    box = mail_box()
    if box is None or not is_productive:
        return
    with _opened(box) as server:
        for uid in _unseen(server)[:MOST_AT_ONCE]:
            raw = _bytes(server, uid)
            if not raw:
                raise JobFailed("the server did not give a mail it has")
            keep_mail(raw)
            if server.uid("STORE", uid, "+FLAGS", "(\\Seen)")[0] != "OK":
                raise JobFailed("the server did not mark a mail as seen")


@job("mail.take")
def take_kept_mail(sha256: str) -> None:
    """Take in a mail that was kept; one that breaks us parks as a dead job and holds up no other."""
    with database().reading():
        raw = b"".join(read_archived(sha256))
    take_in(raw)


def keep_mail(raw: bytes) -> None:
    """Keep the bytes of a mail and hand it to its job."""
    sha256 = store_apart(raw, "message/rfc822")
    with write_transaction():
        enqueue("mail.take", sha256=sha256)


@contextmanager
def _opened(box: MailBox) -> Iterator[imaplib.IMAP4]:
    """The box, signed in; raises `JobFailed` for whatever the server or the way to it does."""
    context = ssl.create_default_context()
    try:
        if box.scheme == "imaps":
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                box.host, box.port, ssl_context=context, timeout=SECONDS
            )
        else:
            server = imaplib.IMAP4(box.host, box.port, timeout=SECONDS)
            if box.host not in LOOPBACK:
                server.starttls(context)
        with server:
            server.login(box.user, box.password)
            answer, _ = server.select(f'"{box.folder}"')
            if answer != "OK":
                raise JobFailed(f"there is no folder {box.folder} in the mail box")
            yield server
    except (OSError, imaplib.IMAP4.error) as error:
        raise JobFailed(str(error)[:300] or type(error).__name__) from error


def _unseen(server: imaplib.IMAP4) -> list[str]:
    _, found = server.uid("SEARCH", "UNSEEN")
    return [uid.decode("ascii") for uid in (found[0] or b"").split()]


def _bytes(server: imaplib.IMAP4, uid: str) -> bytes:
    """The whole mail, or its head with a sentence when it is too large to fetch."""
    _, sizes = server.uid("FETCH", uid, "(RFC822.SIZE)")
    found = _SIZE.search(b" ".join(part for part in sizes if isinstance(part, bytes)))
    if found is None or int(found.group(1)) <= LARGEST_BYTES:
        return _literal(server.uid("FETCH", uid, "(BODY.PEEK[])")[1])
    wanted = (
        "(BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT DATE MESSAGE-ID REFERENCES IN-REPLY-TO AUTO-SUBMITTED)])"
    )
    head = _literal(server.uid("FETCH", uid, wanted)[1]).strip()
    return head + b"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + TOO_LARGE.encode()


def _literal(parts: list[object]) -> bytes:
    """The literal in the answer to a FETCH (RFC 3501 section 7.4.2)."""
    for part in parts:
        if isinstance(part, tuple) and len(part) > 1 and isinstance(part[1], bytes):
            return part[1]
    return b""
