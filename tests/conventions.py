"""Our own conventions as checks: `python -m tests.conventions` names every place that breaks one."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILE_LINES, FUNCTION_LINES, TEMPLATE_LINES = 250, 70, 80
# Longer than usual, with the reason.
LONG_FILES = {
    "suite/base/db.py": "engines, sessions and the one commit stand together",
    "suite/erp/invoices/commands.py": "posting and its parts read best on one page",
    "suite/shared/reservation.py": "all that changes stock levels stands together",
    "suite/shared/documents.py": "all that writes documents stands together",
    "suite/erp/invoices/drafts.py": "the three ways to a draft share their parts",
    "suite/erp/orders/commands.py": "one function per verb",
    "suite/cli.py": "one function per verb",
    "suite/routes.py": "a table of facts",
    "suite/web/messages.py": "a table of facts",
    "suite/web/words.py": "a table of facts",
}
FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|common|misc|manager|service|handler)(_|$)")
# Text that may stand in one file only.
ONLY_IN = {
    r"\.commit\(": {"suite/base/db.py"},
    r"datetime\.now\(|date\.today\(|utcnow": {"suite/base/clock.py"},
    r"\.quantize\(|\bround\(": {"suite/base/money.py"},
    r"csv\.writer|csv\.DictWriter": {"suite/base/csv_out.py"},
    r"etree\.(fromstring|parse|XMLParser|iterparse)": {"suite/base/xml_in.py"},
    r"\|\s*safe\b|Markup\(": set(),
    r"except Exception|except BaseException|except:": set(),
    "TO" + "DO|FIX" + "ME|X" + "XX": set(),
}


def main() -> int:
    """Print every finding; 1 when there is one."""
    findings = [*_python_findings(), *_template_findings()]
    for finding in findings:
        print(finding)  # noqa: T201 - this is its output
    return 1 if findings else 0


def _python_findings() -> Iterator[str]:
    for path in sorted((ROOT / "suite").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        yield from python_findings(name, path.read_text(encoding="utf-8"))


def python_findings(name: str, text: str) -> Iterator[str]:
    """What breaks a convention in one Python file."""
    lines = text.splitlines()
    if len(lines) > FILE_LINES and name not in LONG_FILES:
        yield f"{name}: {len(lines)} lines, more than {FILE_LINES}"
    if FORBIDDEN_NAMES.search(Path(name).stem):
        yield f"{name}: names no concept"
    for pattern, allowed in ONLY_IN.items():
        for number, line in enumerate(lines, start=1):
            if name not in allowed and re.search(pattern, line):
                yield f"{name}:{number}: {pattern} does not belong here"
    tree = ast.parse(text)
    if not ast.get_docstring(tree):
        yield f"{name}: no sentence says what this module is"
    for node in ast.walk(tree):
        yield from _node_findings(name, node)


def _node_findings(name: str, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        length = (node.end_lineno or 0) - node.lineno + 1
        if length > FUNCTION_LINES:
            yield f"{name}:{node.lineno}: {node.name} has {length} lines, more than {FUNCTION_LINES}"
        if FORBIDDEN_NAMES.search(node.name):
            yield f"{name}:{node.lineno}: {node.name} names no concept"
    is_text = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "text"
    if is_text and node.args and isinstance(node.args[0], (ast.JoinedStr, ast.BinOp)):
        yield f"{name}:{node.lineno}: SQL text is put together from parts"


def _template_findings() -> Iterator[str]:
    for path in sorted((ROOT / "suite").rglob("*.html")):
        name = str(path.relative_to(ROOT))
        yield from template_findings(name, path.read_text(encoding="utf-8"))


def template_findings(name: str, text: str) -> Iterator[str]:
    """What breaks a convention in one template."""
    lines = text.splitlines()
    if len(lines) > TEMPLATE_LINES and not name.endswith("parts.html"):
        yield f"{name}: {len(lines)} lines, more than {TEMPLATE_LINES}"
    for number, line in enumerate(lines, start=1):
        if re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|\|\s*safe\b|autoescape", line):
            yield f"{name}:{number}: inline code, style or unescaped text"


if __name__ == "__main__":
    sys.exit(main())
