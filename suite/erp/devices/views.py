"""Pages of devices: list, file, entering and changing."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from suite.base.db import session
from suite.base.errors import Conflict, Refusal
from suite.erp.devices.commands import DeviceInput, create_device, edit_device
from suite.erp.devices.queries import device_file
from suite.model import Device, Record
from suite.shared.timeline import timeline
from suite.shared.visible import visible, visible_record
from suite.web.actions import do_verb, done, form_verb, once, open_actions
from suite.web.conflicts import show_both
from suite.web.editing import find_products, party_of, party_text
from suite.web.format import day
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.lists import CUSTOMER, STATE, Column, ListScreen, View, party_names
from suite.web.shell import by

blueprint = Blueprint("devices", __name__)
form_verb("device.edit")
SCREEN = ListScreen(
    kind="device",
    title="Devices",
    endpoint="devices.index",
    columns=(
        Column("Serial number", lambda record: record.number, "number", css="id"),
        Column("Name", lambda record: record.title, "title", css="wide-2"),
        CUSTOMER,
        Column(
            "Warranty until", lambda record: day(record.due_date), "due_date", "date", "p2 num text-start"
        ),
        STATE,
    ),
    views=(
        View("active", "In use", ("active",)),
        View("retired", "Retired", ("retired",)),
        View("all", "All"),
    ),
    sort="title",
    new_url="/devices/new",
    new_label="Device",
    new_verb="device.create",
    beside=party_names,
    empty_title="No device yet",
    empty_text="Whatever is delivered with a serial number appears here; other devices are entered by hand.",
)


@blueprint.route("/devices", methods=["GET", "POST"])
def index() -> Any:
    """The list; POST gives it as CSV."""
    return SCREEN.csv() if request.method == "POST" else SCREEN.page()


@blueprint.route("/devices/new", methods=["GET", "POST"])
def new() -> Any:
    """Enter a device; `?party=` names the customer."""
    form = Form(request.form)
    if request.method == "GET":
        wanted = visible(by(), "party").where(Record.public_id == request.args.get("party", ""))
        party = session().scalars(wanted).one_or_none()
        form.values["party"] = party_text(party) if party is not None else ""
    else:
        try:
            device, party_id = _device(form), party_of(form)
            made = once(create_device, form)(
                device, party_id=party_id, serial=form.text("serial"), product_id=_product(form), by=by()
            )
            return done("device.create", made)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, gettext("New device"), "/devices", new=True)


@blueprint.get("/devices/<public_id>")
def show(public_id: str) -> str:
    """The file of a device."""
    record = visible_record(by(), "device", public_id)
    return render_template(
        "erp/devices/show.html",
        record=record,
        party=session().get(Record, record.party_id) if record.party_id else None,
        file=device_file(record, by=by()),
        actions=open_actions(Device.flow, record, by()),
        entries=timeline(record.id),
    )


@blueprint.route("/devices/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Any:
    """Change a device."""
    record = visible_record(by(), "device", public_id)
    form = Form(request.form) if request.method == "POST" else _form_of(record)
    if request.method == "POST":
        try:
            edit_device(record.id, _device(form), version=form.version(), by=by())
            return done("device.edit", record.id)
        except Conflict as conflict:
            show_both(form, conflict, record, saved=_form_of)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, record.title, f"/devices/{public_id}", new=False)


@blueprint.post("/devices/<public_id>/<any(retire,revive):step>")
def act(public_id: str, step: str) -> Response:
    """Verbs without a form."""
    return do_verb(f"device.{step}", visible_record(by(), "device", public_id), by())


def _device(form: Form) -> DeviceInput:
    device = DeviceInput(
        form.text("name"), form.text("site"), form.day("bought_on"), form.day("warranty_until")
    )
    form.raise_problems()
    return device


def _product(form: Form) -> int | None:
    article = form.text("article").strip()
    found = find_products({article}) if article else {}
    if article and article not in found:
        raise Refusal("product-unknown", field="article")
    return found.get(article)


def _form_of(record: Record) -> Form:
    device = session().get_one(Device, record.id)
    names = ("name", "site", "bought_on", "warranty_until")
    return Form({name: getattr(device, name) for name in names} | {"version": record.version})


def _page(form: Form, title: str, back: str, *, new: bool) -> Any:
    page = render_template("erp/devices/edit.html", form=form, title=title, back=back, new=new)
    return page, 422 if form.errors else 200
