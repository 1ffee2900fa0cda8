"""Error pages: what is, then what to do, a code to quote, never a trace."""

from flask import Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError

from suite.base.errors import NotFound, NotPermitted, Refusal, Unavailable
from suite.web.i18n import gettext
from suite.web.messages import sentence

_STATUS = {NotFound: 404, NotPermitted: 403, Unavailable: 503}
_WORDS = {
    400: ("The request was not understood.", "Go back and try again."),
    403: (
        "This is not allowed.",
        "Your roles do not cover it, or the form was opened too long ago. Reload the page.",
    ),
    404: ("There is nothing here.", "It does not exist, or you may not see it."),
    405: ("This works differently.", "Go back and use the button on the page."),
    409: ("Somebody was faster.", "Reload the page to see what changed."),
    413: ("That was too much at once.", "Send less, or smaller files: at most %(mb)s MB together."),
    422: ("This is not possible.", ""),
    429: ("Too many requests.", "Wait a moment, then try again."),
    503: ("The database is not available.", "Nothing was saved. Try again in a moment."),
}


def show_error(error: Exception) -> tuple[str, int] | Response:
    """The page for an error; what is not ours is logged with the request's code."""
    if isinstance(error, SecurityError):  # a foreign Host header: no address of ours can be made for it
        return Response(" ".join(gettext(words) for words in _WORDS[400]), 400, mimetype="text/plain")
    if isinstance(error, HTTPException):
        return _error_page(error.code or 500, None)
    if isinstance(error, Refusal):
        g.unavailable = isinstance(error, Unavailable)
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 422)
        return _error_page(status, None if isinstance(error, NotFound) else sentence(error))
    current_app.logger.error("request %s broke", g.get("request_id"), exc_info=error)
    return _error_page(500, None)


def _error_page(status: int, detail: str | None) -> tuple[str, int]:
    what, advice = _WORDS.get(
        status, ("Something broke.", "Nothing was saved. Quote the code below when you report it.")
    )
    page = render_template(
        "error.html",
        status=status,
        what=gettext(what),
        advice=detail or gettext(advice, mb=(request.max_content_length or 0) // 1_000_000),
        code=g.get("request_id", "")[:12],
    )
    return page, status
