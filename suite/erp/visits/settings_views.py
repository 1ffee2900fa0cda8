"""The settings of visits: technicians, and the articles their time is billed as."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select

from suite.base.db import see_changes, session
from suite.base.errors import Refusal
from suite.base.setting import company_choice
from suite.erp.visits.queries import technicians
from suite.erp.visits.settings import ARTICLES, set_technician, set_visit_articles
from suite.model import Location, User
from suite.web.forms import Form
from suite.web.shell import by

blueprint = Blueprint("visit_settings", __name__)


@blueprint.route("/settings/visits", methods=["GET", "POST"])
def settings() -> Any:
    """Who visits customers, and as what their time is billed."""
    start = {piece: company_choice(key, "") for piece, key in ARTICLES.items()}
    form = Form(request.form if request.method == "POST" else start)
    if request.method == "POST":
        try:
            if form.text("action") == "articles":
                set_visit_articles(work=form.text("work"), travel=form.text("travel"), by=by())
            else:
                user, van, most = form.whole("user_id"), form.whole("van_id"), form.minutes("minutes_per_day")
                form.raise_problems()
                set_technician(
                    user or 0,
                    skills=form.text("skills"),
                    van_id=van,
                    minutes_per_day=most,
                    active=form.flag("active"),
                    by=by(),
                )
            return redirect("/settings/visits?done=technician-set", 303)
        except Refusal as refusal:
            see_changes()
            form.refuse(refusal)
    known = technicians(only_active=False)
    others = select(User).where(User.id.not_in([user.id for user, _ in known]), User.active == True)  # noqa: E712 - a column
    vans = select(Location).where(Location.use == "van").order_by(Location.name)
    page = render_template(
        "erp/visits/settings.html",
        form=form,
        technicians=known,
        others=list(session().scalars(others.order_by(User.name))),
        vans=[(van.id, f"{van.name} ({van.code})") for van in session().scalars(vans)],
    )
    return page, 422 if form.errors else 200
