"""Pages of the contacts of a party."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from suite.base.db import session
from suite.base.errors import Conflict, NotPermitted, Refusal
from suite.master.parties.contacts import ContactInput, create_contact, edit_contact, remove_contact
from suite.model import Contact, Record
from suite.shared.visible import visible_record
from suite.web.actions import once
from suite.web.conflicts import show_both
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.shell import by
from suite.web.words import record_url

blueprint = Blueprint("contacts", __name__)
NAMES = ("name", "function", "email", "phone")


@blueprint.route("/parties/<public_id>/contact", methods=["GET", "POST"])
def new(public_id: str) -> Any:
    """Enter a person at a party."""
    party = visible_record(by(), "party", public_id)
    if not by().may("contact.create"):
        raise NotPermitted("contact.create")
    form = Form(request.form)
    if request.method == "POST":
        try:
            once(create_contact, form)(party.id, _contact(form), by=by())
            return _back(party, "contact-create")
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, gettext("New contact"), party)


@blueprint.get("/contacts/<public_id>")
def show(public_id: str) -> Response:
    """A contact is shown at its party."""
    record = visible_record(by(), "contact", public_id)
    return redirect(f"{record_url(_party_of(record))}#contacts", 303)


@blueprint.route("/contacts/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change a person."""
    record = visible_record(by(), "contact", public_id)
    party = _party_of(record)
    if not by().may("contact.edit") or record.state == "discarded":
        raise NotPermitted("contact.edit")
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST":
        try:
            edit_contact(record.id, _contact(form), version=form.version(), by=by())
            return _back(party, "contact-edit")
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, record.title, party)


@blueprint.post("/contacts/<public_id>/remove")
def remove(public_id: str) -> Response:
    """Forget a person."""
    record = visible_record(by(), "contact", public_id)
    party = _party_of(record)
    form = Form(request.form)
    once(remove_contact, form)(record.id, version=form.version(), by=by())
    return _back(party, "contact-remove")


def _party_of(record: Record) -> Record:
    return session().get_one(Record, record.party_id)


def _back(party: Record, verb: str) -> Response:
    return redirect(f"{record_url(party)}?done={verb}#contacts", 303)


def _contact(form: Form) -> ContactInput:
    return ContactInput(**{name: form.text(name) for name in NAMES})


def _form_of(record: Record) -> Form:
    contact = session().get_one(Contact, record.id)
    return Form({name: getattr(contact, name) for name in NAMES} | {"version": record.version})


def _page(form: Form, title: str, party: Record) -> Any:
    page = render_template("master/parties/contact.html", form=form, title=title, party=party)
    return page, 422 if form.errors else 200
