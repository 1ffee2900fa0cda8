"""Pages of parties."""

from dataclasses import fields
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from suite.base.db import session
from suite.base.errors import Conflict, Refusal
from suite.base.types import Amount
from suite.master.parties.commands import AddressInput, PartyInput, create_party, edit_party
from suite.master.parties.contacts import contacts_of
from suite.master.parties.duplicates import Alike, alike_parties
from suite.master.prices.queries import prices_of
from suite.model import Address, OpenItem, Party, PriceList, Record
from suite.shared.timeline import timeline
from suite.shared.visible import visible, visible_record
from suite.web.actions import do_verb, done, form_verb, once, open_actions
from suite.web.conflicts import show_both
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.lists import STATE, Column, ListScreen, View
from suite.web.shell import by

blueprint = Blueprint("parties", __name__)
form_verb("party.edit")
USES = ("main", "invoice", "delivery")
SCREEN = ListScreen(
    kind="party",
    title="Parties",
    endpoint="parties.index",
    columns=(
        Column("Name", lambda record: record.title, "title", css="wide-2"),
        Column("Number", lambda record: record.number, "number", css="p2 id"),
        STATE,
    ),
    views=(View("all", "All"), View("blocked", "Blocked", ("blocked",))),
    sort="title",
    new_url="/parties/new",
    new_label="Party",
    new_verb="party.create",
    empty_title="No customer yet",
    empty_text="A name is enough to begin; the rest is asked for when it is needed.",
)


@blueprint.route("/parties", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/parties/new", methods=["GET", "POST"])
def new() -> Any:
    """Enter a party; says when one like it exists already."""
    form = Form(request.form)
    form.values.setdefault("is_company", "1" if request.method == "GET" else form.text("is_company"))
    alike: list[Alike] = []
    if request.method == "POST":
        try:
            party = _party(form)
            alike = (
                []
                if form.flag("anyway")
                else alike_parties(party.name, vat_id=party.vat_id, email=party.email, by=by())
            )
            if not alike:
                return done(
                    "party.create", once(create_party, form)(party, addresses=_addresses(form), by=by())
                )
        except Refusal as refusal:
            _refuse(form, refusal)
    return _page(form, gettext("New party"), "/parties", alike)


@blueprint.get("/parties/<public_id>")
def show(public_id: str) -> str:
    """One party: who it is, what is open, all its documents."""
    record = visible_record(by(), "party", public_id)
    of_party = (Record.party_id == record.id) & Record.kind.not_in(("contact", "device"))
    wanted = visible(by()).where(of_party, Record.state != "discarded")
    documents = session().scalars(wanted.order_by(Record.sort_date.desc(), Record.id.desc()).limit(50)).all()
    devices = visible(by(), "device").where(Record.party_id == record.id)
    open_sum = select(func.sum(OpenItem.open, type_=Amount())).where(
        OpenItem.party_id == record.id, OpenItem.side == "debit"
    )
    party = session().get_one(Party, record.id)
    price_list = session().get(PriceList, party.price_list_id) if party.price_list_id else None
    return render_template(
        "master/parties/show.html",
        record=record,
        party=party,
        price_list=price_list,
        addresses=session()
        .scalars(select(Address).where(Address.party_id == record.id).order_by(Address.id))
        .all(),
        documents=documents,
        open_amount=session().scalar(open_sum),
        prices=prices_of(record, by()),
        contacts=contacts_of(record.id, by()),
        devices=session().scalars(devices.order_by(Record.state, Record.title, Record.id).limit(50)).all(),
        actions=open_actions(Party.flow, record, by()),
        entries=timeline(record.id),
    )


@blueprint.route("/parties/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change a party."""
    record = visible_record(by(), "party", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST":
        try:
            edit_party(record.id, _party(form), addresses=_addresses(form), version=form.version(), by=by())
            return done("party.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            _refuse(form, refusal)
    return _page(form, record.title, f"/parties/{public_id}", [])


@blueprint.post("/parties/<public_id>/<any(block,unblock):step>")
def act(public_id: str, step: str) -> Response:
    """Verbs without a form."""
    return do_verb(f"party.{step}", visible_record(by(), "party", public_id), by())


def _party(form: Form) -> PartyInput:
    values: dict[str, Any] = {
        field.name: form.text(field.name) for field in fields(PartyInput) if field.type in ("str", str)
    }
    values |= {"is_company": form.flag("is_company"), "payment_days": form.whole("payment_days")}
    values["price_list_id"] = form.whole("price_list_id")
    values["e_invoice"] = values["e_invoice"] or "paper"
    values["language"] = values["language"] or "de"
    form.raise_problems()
    return PartyInput(**values)


def _refuse(form: Form, refusal: Refusal) -> None:
    """Sentences about `addresses-1-city` belong to the field of that address, `invoice-city`."""
    form.refuse(refusal)
    uses = [address.use for address in _addresses(form)]
    for field in [name for name in form.errors if name.startswith("addresses-")]:
        _, place, part = field.split("-", 2)
        form.errors[f"{uses[int(place)]}-{part}"] = form.errors.pop(field)


def _addresses(form: Form) -> list[AddressInput]:
    found = []
    for use in USES:
        parts = {name: form.text(f"{use}-{name}") for name in ("addition", "street", "postcode", "city")}
        if any(part.strip() for part in parts.values()):
            found.append(AddressInput(use=use, country=form.text(f"{use}-country") or "DE", **parts))
    return found


def _form_of(record: Record) -> Form:
    party = session().get_one(Party, record.id)
    values: dict[str, Any] = {field.name: getattr(party, field.name) for field in fields(PartyInput)}
    for address in session().scalars(select(Address).where(Address.party_id == record.id)):
        names = ("addition", "street", "postcode", "city", "country")
        values |= {f"{address.use}-{name}": getattr(address, name) for name in names}
    return Form(values | {"version": record.version})


def _page(form: Form, title: str, back: str, alike: list[Alike]) -> Any:
    price_lists = [("", gettext("none"))] + [
        (each.id, each.name) for each in session().scalars(select(PriceList).order_by(PriceList.name))
    ]
    page = render_template(
        "master/parties/edit.html",
        form=form,
        title=title,
        back=back,
        alike=alike,
        price_lists=price_lists,
    )
    return page, 422 if form.errors or alike else 200
