"""On site: what was ticked, read, used and written, saved as often as the phone has a connection; then the report."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal
from suite.base.job import enqueue
from suite.base.money import fits
from suite.base.text import clean
from suite.erp.visits.planning import get_visit
from suite.erp.visits.settings import van_of
from suite.model import Lot, Product, Record, Visit, VisitPart, VisitTask
from suite.model.record import change_record, expect_version, get_record
from suite.shared.lines import LARGEST_QUANTITY
from suite.shared.lots import LotInput
from suite.shared.reservation import issue_for, release_for

LONGEST_REPORT = 5_000
MOST_MINUTES = 1440
MOST_PARTS = 100
MOST_STROKES, MOST_POINTS, WIDTH = 200, 5_000, 1000


@dataclass(frozen=True)
class PartInput:
    """A part that was used: its product, how many in its unit, and of which lot or serial number."""

    product_id: int
    quantity: Decimal
    lot_id: int | None = None


@dataclass(frozen=True)
class WorkInput:
    """Everything the technician's page holds; `done` and `readings` by the id of the task."""

    travel_minutes: int = 0
    work_minutes: int = 0
    report: str = ""
    done: frozenset[int] = frozenset()
    readings: Mapping[int, str] | None = None
    parts: Sequence[PartInput] = ()


@command("visit.start", on="visit")
def start_visit(visit_id: int, *, version: int | None = None, by: Actor) -> int:
    """On site: the clock of the work starts."""
    record = get_record(visit_id, "visit")
    expect_version(record, version)
    state = Visit.flow.after("visit.start", record.state)
    get_visit(visit_id).started_at = clock.now()
    session().flush()  # before the register row
    change_record(visit_id, state=state)
    return visit_id


@command("visit.work", on="visit")
def save_work(visit_id: int, work: WorkInput, *, version: int | None = None, by: Actor) -> int:
    """Keep what was done so far; the whole page replaces what was kept before."""
    record = get_record(visit_id, "visit")
    expect_version(record, version)
    Visit.flow.after("visit.work", record.state)
    _keep(visit_id, work)
    change_record(visit_id)
    return visit_id


@command("visit.report", on="visit")
def report_visit(
    visit_id: int,
    work: WorkInput,
    *,
    signer_name: str = "",
    signature: str = "",
    is_absent: bool = False,
    version: int | None = None,
    by: Actor,
) -> int:
    """Close the work with the customer's signature: from now on the report never changes.

    Raises `Refusal` where a ticked task lacks its reading, nothing is reported, or nobody signed and nobody was absent.
    """
    record = get_record(visit_id, "visit")
    expect_version(record, version)
    state = Visit.flow.after("visit.report", record.state)
    _keep(visit_id, work)
    name = clean(signer_name, "signer_name")
    strokes = checked_signature(signature)
    if not is_absent and not name:
        raise Refusal("field-required", field="signer_name")
    if not is_absent and not strokes:
        raise Refusal("signature-missing", field="signature")
    _expect_complete(visit_id)
    _issue_parts(visit_id)

    visit = get_visit(visit_id)
    visit.signer_name, visit.signature = ("", "") if is_absent else (name, strokes)
    session().flush()  # the last change before the row freezes
    visit.frozen_at = clock.now()
    session().flush()  # before the register row
    change_record(visit_id, state=state)
    enqueue("visit.pdf", record_id=visit_id)
    return visit_id


def checked_signature(text: str) -> str:
    """Strokes as JSON, rounded and bounded; empty when nothing was drawn. Raises `Refusal("signature-wrong")`."""
    if not text.strip():
        return ""
    try:
        strokes = json.loads(text) if len(text) < 200_000 else None
        points = [[[int(x), int(y)] for x, y in stroke] for stroke in strokes]  # type: ignore[union-attr]  # a TypeError is what we want
    except (ValueError, TypeError, RecursionError, OverflowError):
        raise Refusal("signature-wrong", field="signature") from None
    inside = all(0 <= value <= WIDTH for stroke in points for point in stroke for value in point)
    if not inside or len(points) > MOST_STROKES or sum(map(len, points)) > MOST_POINTS:
        raise Refusal("signature-wrong", field="signature")
    kept = [stroke for stroke in points if len(stroke) > 1]
    return json.dumps(kept, separators=(",", ":")) if kept else ""


def _keep(visit_id: int, work: WorkInput) -> None:
    visit = get_visit(visit_id)
    for name in ("travel_minutes", "work_minutes"):
        minutes = getattr(work, name)
        if not 0 <= minutes <= MOST_MINUTES:
            raise Refusal("minutes-range", field=name, most=MOST_MINUTES)
        setattr(visit, name, minutes)
    visit.report = clean(work.report, "report", max_length=LONGEST_REPORT, multiline=True)
    for task in session().scalars(select(VisitTask).where(VisitTask.visit_id == visit_id)):
        task.is_done = task.id in work.done
        if task.unit:
            task.reading = clean((work.readings or {}).get(task.id, ""), f"reading-{task.id}", max_length=40)
    session().flush()  # before the parts
    _keep_parts(visit_id, work.parts)


def _keep_parts(visit_id: int, parts: Sequence[PartInput]) -> None:
    if len(parts) > MOST_PARTS:
        raise Refusal("lines-too-many", field="parts", most=MOST_PARTS)
    session().execute(delete(VisitPart).where(VisitPart.visit_id == visit_id))
    rows: list[dict[str, Any]] = []
    for place, part in enumerate(parts):
        if session().get(Product, part.product_id) is None:
            raise Refusal("product-unknown", field=f"parts-{place}-article")
        if not part.quantity or not fits(part.quantity, most=LARGEST_QUANTITY, places=6):
            raise Refusal("quantity-range", field=f"parts-{place}-quantity", most=LARGEST_QUANTITY)
        row = {"visit_id": visit_id, "position": place + 1, "product_id": part.product_id}
        rows.append(row | {"lot_id": part.lot_id, "quantity": part.quantity})
    insert_rows(VisitPart, rows)


def _issue_parts(visit_id: int) -> None:
    """Take what was used out of the technician's van, what was reserved for it first; once, at the report."""
    visit = get_visit(visit_id)
    parts: dict[int, Decimal] = {}
    lots: dict[int, list[LotInput]] = {}
    used = select(VisitPart, Product).join(Product, Product.id == VisitPart.product_id)
    for part, product in session().execute(used.where(VisitPart.visit_id == visit_id)):
        if not product.stock_kept:
            continue
        parts[product.id] = parts.get(product.id, Decimal(0)) + part.quantity
        if part.lot_id is not None:
            code = session().get_one(Lot, part.lot_id).code
            lots.setdefault(product.id, []).append(LotInput(code, part.quantity))
    holder = visit.ticket_id or visit_id
    if not parts:
        _release_rest(visit, holder)
        return
    issue_for(
        holder,
        parts,
        on=clock.today(),
        reason=session().get_one(Record, visit_id).number or "",
        location_id=van_of(visit.technician_id),
        lots=lots,
    )
    _release_rest(visit, holder)


def _release_rest(visit: Visit, holder: int) -> None:
    """What was reserved and not needed is free again, unless another visit about the ticket may need it."""
    others = select(Visit.id).join(Record, Record.id == Visit.id)
    others = others.where(Visit.ticket_id == holder, Visit.id != visit.id)
    if session().scalar(others.where(Record.state.in_(("planned", "under_way"))).limit(1)) is None:
        release_for(holder)


def _expect_complete(visit_id: int) -> None:
    """A report says something, and everything to be measured was."""
    visit = get_visit(visit_id)
    if not visit.report:
        raise Refusal("field-required", field="report")
    tasks = session().scalars(select(VisitTask).where(VisitTask.visit_id == visit_id))
    for task in tasks:
        if task.unit and task.is_done and not task.reading:
            raise Refusal("reading-missing", field=f"reading-{task.id}", unit=task.unit)
