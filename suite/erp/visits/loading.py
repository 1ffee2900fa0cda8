"""Loading the van: what is reserved for a visit's ticket in the store goes into the technician's van, still reserved."""

from collections import defaultdict
from decimal import Decimal

from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.db import session
from suite.base.errors import Refusal
from suite.erp.visits.planning import get_visit
from suite.erp.visits.settings import van_of
from suite.model import Location, Reservation, Visit
from suite.model.record import change_record, expect_version, get_record
from suite.shared.reservation import move_stock, release_for, reserve_for


@command("visit.load", on="visit")
def load_van(visit_id: int, *, version: int | None = None, by: Actor) -> int:
    """Bring the reserved parts into the van; raises `Refusal` without a van, or with nothing to load."""
    record = get_record(visit_id, "visit")
    expect_version(record, version)
    Visit.flow.after("visit.load", record.state)
    visit = get_visit(visit_id)
    van, holder = van_of(visit.technician_id), visit.ticket_id or visit_id
    if van is None:
        raise Refusal("visit-without-van")
    mine = select(Reservation.product_id, Reservation.location_id, Reservation.quantity)
    held = session().execute(mine.where(Reservation.record_id == holder)).all()
    if all(place == van for _, place, _ in held):
        raise Refusal("nothing-to-load")

    why = f"{record.number}, {session().get_one(Location, van).name}"
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    release_for(holder)
    for product, place, quantity in sorted(held):
        wanted[product] += quantity
        if place != van:
            move_stock(product, place, van, quantity, on=clock.today(), reason=why)
            note_change("parts", None, quantity)
    reserve_for(holder, wanted, location_id=van)
    change_record(visit_id)
    return visit_id
