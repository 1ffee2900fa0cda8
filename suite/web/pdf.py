"""PDF: rendered in a child process with limits, never inside a transaction."""

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from suite.base.db import in_write_transaction
from suite.base.errors import Refusal
from suite.shared.paper import Paper
from suite.web.paper import paper_css, paper_html

CHILD = Path(__file__).parent / "pdf_child.py"
SECONDS = 120
# What the child may know of our environment: where its libraries and fonts are, never a secret.
PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "TMPDIR",
    "SYSTEMROOT",
)


class PdfUnavailable(Refusal):
    """This machine cannot make a PDF, or not of this page."""


def make_pdf(paper: Paper) -> bytes:
    """The PDF of a paper. Raises `PdfUnavailable` with `pdf-libraries-missing`, `pdf-too-slow` or `pdf-failed`."""
    if in_write_transaction():
        raise RuntimeError("a PDF is never made inside a transaction")
    return render_pdf(paper_html(paper), paper_css())


def render_pdf(html: str, css: str, *, seconds: float = SECONDS) -> bytes:
    """The PDF of an HTML page, made by a process of its own."""
    given = json.dumps({"html": html, "css": css}).encode()
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own file, nothing of a user in it
            [sys.executable, "-I", "-W", "ignore", str(CHILD)],
            input=given,
            capture_output=True,
            timeout=seconds,
            env=environment,
            check=False,
            start_new_session=True,  # who stops the worker lets it finish this page
        )
    except subprocess.TimeoutExpired:
        raise PdfUnavailable("pdf-too-slow", seconds=int(seconds)) from None
    if done.returncode == 0 and done.stdout.startswith(b"%PDF"):
        return done.stdout
    said = done.stderr.decode(errors="replace").strip().splitlines()
    reason = said[-1][:300] if said else f"status {done.returncode}"
    if "cannot load library" in done.stderr.decode(errors="replace") or "ModuleNotFoundError" in reason:
        raise PdfUnavailable("pdf-libraries-missing", reason=reason)
    raise PdfUnavailable("pdf-failed", reason=reason)


@lru_cache(maxsize=1)
def missing_for_pdf() -> str:
    """What this machine lacks for making PDFs, in one line; empty when it can. Asked once per process."""
    try:
        render_pdf("<p>x</p>", "", seconds=30)
    except PdfUnavailable as problem:
        return str(problem.params.get("reason") or problem.code)
    return ""
