"""Pages of the company's own data and its number ranges."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from suite.base import clock
from suite.base.counter import number_of
from suite.base.db import see_changes
from suite.base.errors import Conflict, NotPermitted, Refusal
from suite.base.event import Event
from suite.master.company.commands import OWN_FIELDS, edit_company, edit_number_range, number_ranges
from suite.shared.snapshot import company
from suite.web.conflicts import compare
from suite.web.forms import Form
from suite.web.shell import by

blueprint = Blueprint("settings", __name__)
NUMBERS = ("datev_consultant", "datev_client", "payment_days")


@blueprint.route("/settings", methods=["GET", "POST"])
def own() -> Any:
    """The company as it stands on documents and in e-invoices."""
    if not by().may("company.edit"):
        raise NotPermitted("company.edit")
    form = Form(request.form) if request.method == "POST" else _saved()
    if request.method == "POST":
        try:
            details: dict[str, Any] = {name: form.text(name) for name in OWN_FIELDS}
            details |= {name: form.whole(name) for name in NUMBERS}
            form.raise_problems()
            edit_company(details=details, version=form.version(), by=by())
            return redirect("/settings?done=company-edit", 303)
        except Conflict as conflict:
            see_changes()
            compare(form, conflict, _saved(), changed=Event.verb == "company.edit")
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("admin/settings/company.html", form=form, company=company())
    return page, 422 if form.errors else 200


@blueprint.get("/settings/numbers")
def numbers() -> Any:
    """How the numbers of each kind look."""
    return _numbers(Form())


@blueprint.post("/settings/numbers/<kind>")
def change_number(kind: str) -> Response | Any:
    """Change how the next numbers of a kind look."""
    form = Form(request.form)
    try:
        edit_number_range(kind, pattern=form.text("pattern"), by=by())
    except Refusal as refusal:
        form.refuse(refusal)
        form.errors = {f"pattern-{kind}": "; ".join(form.errors.values())}
        form.values[f"pattern-{kind}"] = form.text("pattern")
        return _numbers(form)
    return redirect("/settings/numbers?done=number_range-edit", 303)


def _saved() -> Form:
    own = company()
    return Form({name: getattr(own, name) for name in (*OWN_FIELDS, "version")})


def _numbers(form: Form) -> Any:
    if not by().may("number_range.edit"):
        raise NotPermitted("number_range.edit")
    ranges = number_ranges()
    for each in ranges:
        form.values.setdefault(f"pattern-{each.kind}", each.pattern)
    examples = {each.kind: number_of(each.pattern, on=clock.today(), n=1) for each in ranges}
    page = render_template("admin/settings/numbers.html", form=form, ranges=ranges, examples=examples)
    return page, 422 if form.errors else 200
