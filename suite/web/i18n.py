"""German and English: texts are English in the code, German from a PO file read at start."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import g, has_app_context

LOCALES = ("de", "en")


def locale() -> str:
    """The reader's language: of the request, and English on the command line."""
    return str(g.get("locale", "de")) if has_app_context() else "en"


def gettext(message: str, **params: Any) -> str:
    """The message in the reader's language, its `%(name)s` places filled."""
    text = message if locale() == "en" else german().get(message, message)
    return text % params if params else text


def text_in(language: str, message: str, **params: Any) -> str:
    """The message in a language that is not the reader's: for mail and paper of somebody else."""
    text = message if language == "en" else german().get(message, message)
    return text % params if params else text


def ngettext(one: str, many: str, count: int, /, **params: Any) -> str:
    """Singular or plural."""
    return gettext(one if count == 1 else many, **params)


@lru_cache(maxsize=1)
def german() -> dict[str, str]:
    """The German texts by their English ones."""
    with files("suite.web").joinpath("translations/de.po").open("rb") as file:
        catalog: Catalog = read_po(file, locale="de")
    return {str(message.id): str(message.string) for message in catalog if message.id and message.string}
