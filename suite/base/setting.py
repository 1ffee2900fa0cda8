"""Settings: the documented environment variables, and the values a company chooses itself."""

import os
from dataclasses import dataclass

from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model, session


class Setting(Model):
    """A value the company chose, as text under a documented key."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


@dataclass(frozen=True)
class Variable:
    """An environment variable: its name, default and one sentence."""

    name: str
    default: str
    sentence: str


ENVIRONMENT = (
    Variable(
        "SUITE_DATABASE_URL", "sqlite:///instance/kontor.db", "The database: sqlite:///FILE or postgresql://…"
    ),
    Variable(
        "SUITE_DATABASE_OWNER_URL",
        "",
        "PostgreSQL only: the owner role for migrations; the other role then only reads and adds.",
    ),
    Variable(
        "SUITE_SECRET_KEY",
        "",
        "At least 32 characters; kept in instance/secret_key when not given to a demo.",
    ),
    Variable("SUITE_PORT", "8000", "The port `serve` listens on."),
    Variable(
        "SUITE_TRUSTED_HOSTS",
        "",
        "Host names the pages answer to, separated by commas; empty: loopback names only.",
    ),
    Variable("SUITE_TIMEZONE", "Europe/Berlin", "The zone business dates are read in."),
    Variable("SUITE_TLS", "0", "1 when a proxy in front speaks TLS: cookies become Secure and HSTS is sent."),
    Variable(
        "SUITE_SMTP_URL",
        "",
        "The mail server: smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://…:465; empty: no mail leaves.",
    ),
    Variable(
        "SUITE_IMAP_URL",
        "",
        "The mail box tickets come from: imaps://USER:PASSWORD@HOST/INBOX; empty: none is fetched.",
    ),
    Variable("SUITE_MAIL_FROM", "", "The address mail is sent from; empty: the company's own."),
    Variable(
        "SUITE_PUBLIC_URL",
        "",
        "The address customers reach the pages under, e.g. https://kontor.example.org.",
    ),
    Variable("SUITE_NO_SYSTEM", "0", "1 keeps ./run from installing system packages."),
)


def environment(name: str) -> str:
    """The value of a documented variable; an undocumented one raises KeyError."""
    variable = {v.name: v for v in ENVIRONMENT}[name]
    return os.environ.get(name) or variable.default


def company_choice(key: str, default: str) -> str:
    """What the company chose under `key`, else `default`."""
    chosen = session().get(Setting, key)
    return default if chosen is None else chosen.value
