"""Every English text a reader may see, collected from code, templates and tables: what the German catalogue must hold."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment
from jinja2.nodes import Call, Const, Name

import suite.app  # noqa: F401 - every screen
from suite.pages import WINGS
from suite.web import error_pages, hall, messages, verbs, words
from suite.web.i18n import german

SUITE = Path(__file__).parent.parent / "suite"
CALLS = {"gettext", "ngettext", "_"}
# Keywords and calls whose texts are shown through gettext later on.
KEYWORDS = {"title", "label", "new_label", "empty_title", "empty_text", "hint"}
TUPLES = {"heads", "AGES"}
CLASSES = {"Column", "View", "Place", "Wing", "ListScreen", "Filter", "Field", "Step"}


def wanted_messages() -> set[str]:
    """All texts that are looked up in the catalogue."""
    return {text for text in _all() if any(letter.isalpha() for letter in text)}


def missing_messages() -> list[str]:
    """The texts without a German one."""
    return sorted(wanted_messages() - set(german()))


def _all() -> Iterator[str]:
    for path in SUITE.rglob("*.py"):
        yield from _of_code(ast.parse(path.read_text(encoding="utf-8")))
    for path in SUITE.rglob("*.html"):
        yield from _of_template(path.read_text(encoding="utf-8"))
    yield from _of_tables()


def _of_code(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Dict):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Name) and each.id.endswith("WORDS") for each in targets):
                yield from (text for each in node.value.values for text in _constants(each))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            named = any(isinstance(each, ast.Name) and each.id in TUPLES for each in node.targets)
            yield from (text for each in node.value.elts if named for text in _constants(each))
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in CALLS:
            yield from (text for each in node.args[:2] for text in _constants(each))
        if name == "beside_the_register":
            yield from (text for each in node.args[:1] for text in _constants(each))
        if name in CLASSES:
            for keyword in node.keywords:
                if keyword.arg in KEYWORDS:
                    yield from _constants(keyword.value)
            if name in ("Column", "Step"):
                yield from (text for each in node.args[:1] for text in _constants(each))
            if name in ("View", "Place", "Wing", "Filter", "Field"):
                yield from (text for each in node.args[1:2] for text in _constants(each))


def _constants(node: ast.AST) -> Iterator[str]:
    """Texts in an argument: itself, or the branches of a condition; keys of tables are not texts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def _of_template(source: str) -> Iterator[str]:
    tree = Environment(trim_blocks=True, lstrip_blocks=True).parse(source)
    for call in tree.find_all(Call):
        if isinstance(call.node, Name) and call.node.name in CALLS:
            for argument in call.args[:2]:
                yield from (const.value for const in _consts(argument) if isinstance(const.value, str))


def _consts(node: Any) -> Iterator[Const]:
    if isinstance(node, Const):
        yield node
    for child in node.iter_child_nodes():
        if node.__class__.__name__ in ("CondExpr", "Dict", "Pair", "Getitem"):
            yield from _consts(child)


def _of_tables() -> Iterator[str]:
    yield from (word for _, word in words.STATES.values())
    yield from (text for row in words.KINDS.values() for text in row[:2])
    yield from words.FIELDS.values()
    yield from words.ROLES.values()
    yield from (text for label, _, done in verbs.VERBS.values() for text in (label, done))
    yield from (text for row in verbs.QUESTIONS.values() for text in row)
    yield from messages.SENTENCES.values()
    yield from (text for row in error_pages._WORDS.values() for text in row)
    yield from (label for _, _, label in hall.COMMANDS)
    yield from (wing.label for wing in WINGS)


if __name__ == "__main__":
    for message in missing_messages():
        print(repr(message))  # noqa: T201 - this is its output
