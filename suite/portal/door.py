"""The customers' door: the blueprint of the portal, who may pass it, and the pages before one is in."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, g, redirect, render_template, request
from werkzeug.wrappers import Response

from suite.base.command import Actor
from suite.base.errors import NotPermitted, Refusal
from suite.portal.realm import ABSOLUTE, Visitor, enter, leave, load_visitor, send_pass
from suite.shared.snapshot import company
from suite.web import security
from suite.web.forms import Form
from suite.web.i18n import LOCALES
from suite.web.session import portal_cookie

blueprint = Blueprint("portal", __name__, url_prefix="/portal")
# One line per method and rule of the portal: `METHOD rule permission`; `-` is for every visitor, `*` for everybody.
ROUTES = """
GET /portal/login *
POST /portal/login *
GET /portal/enter/<token> *
POST /portal/enter/<token> *
POST /portal/language *
POST /portal/logout -
GET /portal -
GET /portal/<any("quotes","orders","deliveries","invoices","credit-notes"):path> {kind}.read
GET /portal/<any("quotes","orders","deliveries","invoices","credit-notes"):path>/<public_id> {kind}.read
GET /portal/<any("quotes","orders","deliveries","invoices","credit-notes"):path>/<public_id>/pdf {kind}.read
GET /portal/<any("invoices","credit-notes"):path>/<public_id>/xml {kind}.read
GET /portal/quotes/<public_id>/accept portal.accept_quote
POST /portal/quotes/<public_id>/accept portal.accept_quote
GET /portal/quotes/<public_id>/decline portal.decline_quote
POST /portal/quotes/<public_id>/decline portal.decline_quote
GET /portal/knowledge article.read
GET /portal/knowledge/<public_id> article.read
GET /portal/tickets ticket.read
GET /portal/tickets/new portal.open_ticket
POST /portal/tickets/new portal.open_ticket
GET /portal/tickets/<public_id> ticket.read
POST /portal/tickets/<public_id> portal.answer_ticket
POST /portal/tickets/<public_id>/rate portal.rate_ticket
GET /portal/tickets/<public_id>/files/<sha256> ticket.read
GET /portal/devices device.read
GET /portal/devices/<public_id> device.read
GET /portal/contracts contract.read
GET /portal/contracts/<public_id> contract.read
GET /portal/visits/<public_id>/pdf visit.read
GET /portal/shop portal.place_order
POST /portal/shop portal.place_order
"""
PERMISSIONS: dict[tuple[str, str], str] = {
    (method, rule): permission
    for method, rule, permission in (row.split() for row in ROUTES.strip().splitlines())
}
KIND_OF = {
    "quotes": "quote",
    "orders": "order",
    "deliveries": "delivery",
    "invoices": "invoice",
    "credit-notes": "credit_note",
}


@blueprint.before_request
def ask_who() -> Response | None:
    """Nobody comes further than the table says; a route that nobody listed is nobody's."""
    g.visitor = load_visitor(request)
    rule = request.url_rule.rule if request.url_rule else ""
    wanted = PERMISSIONS.get(("GET" if request.method == "HEAD" else request.method, rule))
    if wanted is None:
        raise NotPermitted(rule)
    if wanted == "*":
        return None
    if g.visitor is None:
        return redirect("/portal/login", 303)
    if not request.cookies.get("kontor_locale"):
        g.locale = g.visitor.user.locale
    path = str((request.view_args or {}).get("path", ""))
    permission = wanted.format(kind=KIND_OF.get(path, ""))
    if permission != "-" and not by().may(permission):
        raise NotPermitted(permission)
    return None


@blueprint.context_processor
def frame() -> dict[str, Any]:
    """What every page of the portal shows."""
    return {"own": company(), "visitor": g.get("visitor"), "locale": g.locale}


def by() -> Actor:
    """The actor of this request: one party's contact."""
    visitor: Visitor = g.visitor
    return visitor.actor


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> Any:
    """Ask for a link and a code by mail; the answer is the same whether the address is known or not."""
    security.open_door()
    form = Form(request.form)
    if request.method == "POST":
        try:
            send_pass(form.text("email"))
            return render_template("portal/sent.html")
        except Refusal as refusal:
            form.refuse(refusal)
    return render_template("portal/login.html", form=form), 429 if form.errors else 200


@blueprint.route("/enter/<token>", methods=["GET", "POST"])
def redeem(token: str) -> Any:
    """Enter the code that belongs to a link; looking at the page uses nothing up."""
    security.open_door()
    form = Form(request.form)
    if request.method == "POST":
        try:
            cookie = enter(token, form.text("code"))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            answer = redirect("/portal", 303)
            answer.set_cookie(
                portal_cookie(),
                cookie,
                httponly=True,
                samesite="Lax",
                secure=security.speaks_tls(),
                path="/",
                max_age=ABSOLUTE,
            )
            return answer
    page = render_template("portal/enter.html", form=form, token=token)
    return page, 422 if form.errors else 200


@blueprint.post("/logout")
def logout() -> Response:
    """Out, at once."""
    leave()
    answer = redirect("/portal/login", 303)
    answer.delete_cookie(portal_cookie(), path="/")
    return answer


@blueprint.post("/language")
def language() -> Response:
    """Choose the language; kept in a cookie."""
    answer = redirect(security.local_target(request.form.get("next", "/portal")), 303)
    chosen = request.form.get("locale", "")
    if chosen in LOCALES:
        year = timedelta(days=365)
        answer.set_cookie("kontor_locale", chosen, samesite="Lax", httponly=True, path="/", max_age=year)
    return answer
