"""Headers of every answer, and the checks before any change: no inline code, no foreign forms."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request

from suite.base.setting import environment
from suite.web.session import csrf_is_right

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
MAX_BODY = 8_000_000
# Routes whose forms carry files say so (`take_files`).
MAX_FILES_BODY = 32_000_000
TAKE_FILES: set[str] = set()
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]


def configure(app: Flask) -> None:
    """Limits and trusted hosts."""
    hosts = [host.strip() for host in environment("SUITE_TRUSTED_HOSTS").split(",") if host.strip()]
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    app.config["MAX_FORM_PARTS"] = 50_000
    app.config["TRUSTED_HOSTS"] = hosts or LOOPBACK
    app.before_request(allow_files)
    app.before_request(refuse_foreign_forms)
    app.after_request(add_headers)


def take_files(*endpoints: str) -> None:
    """Say that forms sent to these endpoints may carry files."""
    TAKE_FILES.update(endpoints)


def allow_files() -> None:
    """A form with files may be larger; its other fields may not (MAX_FORM_MEMORY_SIZE)."""
    if request.endpoint in TAKE_FILES:
        request.max_content_length = MAX_FILES_BODY


def refuse_foreign_forms() -> None:
    """A changing request needs our own token and must not come from another site."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin is not None and _host_of(origin) != request.host:
        abort(403)
    given = request.form.get("csrf", "") or request.headers.get("X-CSRF-Token", "")
    if not csrf_is_right(given):
        abort(403)


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # e.g. an unclosed bracket of an IPv6 address
        return None


def add_headers(response: Response) -> Response:
    """Security headers on every answer, errors and files too."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cache-Control", "no-store")
    if environment("SUITE_TLS") == "1":
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if g.get("unavailable"):
        response.status_code = 503
        headers.setdefault("Retry-After", "5")
    if g.get("door_cookie"):
        response.set_cookie(
            "kontor_door", g.door_cookie, httponly=True, samesite="Lax", secure=speaks_tls(), path="/"
        )
    return response


def open_door() -> None:
    """Give somebody without a session a random cookie for the sign-in form's token to be bound to."""
    if not request.cookies.get("kontor_door"):
        g.door_cookie = secrets.token_urlsafe(16)


def local_target(wanted: str) -> str:
    """`next` only leads to a path of ours; everything else leads home."""
    plain = wanted.replace("\\", "/")
    if plain.startswith("/") and not plain.startswith("//") and not any(ord(c) < 33 for c in plain):
        parts = urlsplit(plain)
        if not parts.scheme and not parts.netloc:
            return plain
    return "/"


def speaks_tls() -> bool:
    """Whether a proxy in front speaks TLS."""
    return environment("SUITE_TLS") == "1"
