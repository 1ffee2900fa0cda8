"""Where staff lets a customer's contact into the portal, or shuts it out."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import func, select

from suite.base.db import see_changes, session
from suite.base.errors import NotFound, Refusal
from suite.model import Contact, PortalSession, Record
from suite.portal.commands import invite_contact
from suite.portal.passes import pass_url
from suite.shared.mail import mail_leaves
from suite.shared.portal_access import portal_user_of
from suite.shared.visible import visible_record
from suite.web.actions import run
from suite.web.forms import Form
from suite.web.shell import by
from suite.web.words import record_url

blueprint = Blueprint("portal_access", __name__)


@blueprint.route("/contacts/<public_id>/portal", methods=["GET", "POST"])
def access(public_id: str) -> Any:
    """Whether a contact may come in; inviting shows link and code once."""
    record, contact = _contact(public_id)
    form, way = Form(request.form), None
    if request.method == "POST":
        try:
            # Not kept under the form's key: no table holds link or code; sent twice the second invitation counts.
            way = invite_contact(record.id, locale=form.text("locale") or "de", by=by())
            see_changes()
        except Refusal as refusal:
            form.refuse(refusal)
    user = portal_user_of(record.id)
    last = select(func.max(PortalSession.seen_at)).where(
        PortalSession.portal_user_id == (user.id if user else 0)
    )
    page = render_template(
        "portal/access.html",
        form=form,
        record=record,
        contact=contact,
        party=session().get_one(Record, record.party_id),
        user=user,
        seen_at=session().scalar(last),
        way=way,
        mail_leaves=mail_leaves(),
        link=_link(way.token) if way else "",
    )
    return page, 422 if form.errors else 200


@blueprint.post("/contacts/<public_id>/revoke")
def revoke(public_id: str) -> Any:
    """Shut the contact out."""
    record, _ = _contact(public_id)
    run("portal.revoke")(record.id, by=by())
    return redirect(f"{record_url(record)}/portal?done=portal-revoke", 303)


def _contact(public_id: str) -> tuple[Record, Contact]:
    record = visible_record(by(), "contact", public_id)
    contact = session().get(Contact, record.id)
    if contact is None:
        raise NotFound("contact", public_id)
    return record, contact


def _link(token: str) -> str:
    found = pass_url(token)
    return found if found.startswith("http") else request.host_url.rstrip("/") + found
