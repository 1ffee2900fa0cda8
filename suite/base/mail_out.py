"""The one way mail leaves: SMTP with the server's certificate checked, never inside a transaction."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from suite.base.errors import Refusal
from suite.base.setting import environment

SECONDS = 30
PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class MailNotSent(Exception):
    """The server did not take the mail now; trying again later is right."""


def has_mail_server() -> bool:
    """Whether there is a server to send through."""
    return bool(environment("SUITE_SMTP_URL"))


def send_mail(message: EmailMessage) -> None:
    """Hand a message to the server of SUITE_SMTP_URL; raises `MailNotSent`."""
    scheme, host, port, user, password = _server()
    try:
        with _connect(scheme, host, port) as server:
            if user:
                server.login(user, password)
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise MailNotSent(str(error)[:300]) from error


def _connect(scheme: str, host: str, port: int) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=SECONDS)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=context)
    elif host not in LOOPBACK:
        server.close()
        raise MailNotSent("the server offers no encryption")
    return server


def _server() -> tuple[str, str, int, str, str]:
    """Scheme, host, port, user and password of SUITE_SMTP_URL; raises `Refusal("mail-server-wrong")`."""
    try:
        parts = urlsplit(environment("SUITE_SMTP_URL"))
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError) as error:
        raise Refusal("mail-server-wrong") from error
    return (
        parts.scheme,
        parts.hostname or "",
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )
