"""Locations: the places of ours where goods lie."""

import re

from sqlalchemy import insert, select, update

from suite.base.command import Actor, command, note_change
from suite.base.db import session
from suite.base.errors import Conflict, NotFound, Refusal
from suite.base.text import clean
from suite.model import Location, Reservation, StockLevel

USES = ("stock", "van", "quarantine")
CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")


@command("location.create")
def create_location(*, code: str, name: str, use: str = "stock", by: Actor) -> None:
    """Make a place of ours; its code stays."""
    code, name = clean(code, "code", max_length=20).upper(), _named(name)
    if not CODE.fullmatch(code):
        raise Refusal("location-code-wrong", field="code", value=code)
    if session().scalar(select(Location.id).where(Location.code == code)) is not None:
        raise Refusal("location-code-taken", field="code", value=code)
    _refuse_unknown(use)
    session().execute(insert(Location).values(code=code, name=name, kind="internal", use=use, version=1))
    note_change(f"location {code}", None, name)


@command("location.edit")
def edit_location(location_id: int, *, name: str, use: str, version: int | None = None, by: Actor) -> None:
    """Rename a place, or use it otherwise; not while something there is promised, and the main one stays stock."""
    wanted = select(Location).where(Location.id == location_id, Location.kind == "internal")
    known = session().scalars(wanted.with_for_update(key_share=True)).one_or_none()
    if known is None:
        raise NotFound("location", location_id)
    if version is not None and known.version != version:
        raise Conflict(version=known.version, expected=version)
    name = _named(name)
    _refuse_unknown(use)
    if use != known.use and known.code == "MAIN":
        raise Refusal("location-main", field="use")
    there = select(StockLevel.product_id).where(StockLevel.location_id == location_id)
    session().execute(there.order_by(StockLevel.product_id).with_for_update())
    promised = select(Reservation.id).where(Reservation.location_id == location_id)
    if use != known.use and session().scalar(promised.limit(1)) is not None:
        raise Refusal("location-reserved", field="use", name=known.name)
    note_change(f"location {known.code}", known.name, name)
    note_change(f"use {known.code}", known.use, use)
    changed = update(Location).where(Location.id == location_id)
    session().execute(changed.values(name=name, use=use, version=Location.version + 1))


def internal_locations() -> list[Location]:
    """All places of ours, the main one first."""
    wanted = select(Location).where(Location.kind == "internal").order_by(Location.id)
    return list(session().scalars(wanted))


def _named(name: str) -> str:
    name = clean(name, "name", max_length=100)
    if not name:
        raise Refusal("field-required", field="name")
    return name


def _refuse_unknown(use: str) -> None:
    if use not in USES:
        raise Refusal("choice-unknown", field="use")
