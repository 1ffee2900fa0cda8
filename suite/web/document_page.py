"""What every document page shows: head, chain strip, next action, lines, timeline, files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base.command import Actor
from suite.base.db import session
from suite.model import Document, DocumentParty, DocumentTax, LineProgress, OpenItem, Record
from suite.shared.archive import files_of
from suite.shared.chain import related_records
from suite.shared.documents import read_lines
from suite.shared.timeline import timeline
from suite.web.actions import Action, open_actions
from suite.web.format import number
from suite.web.i18n import gettext
from suite.web.words import KINDS, record_url, record_word

STEPS = (
    "lead",
    "opportunity",
    "quote",
    "order",
    "delivery",
    "return",
    "contract",
    "ticket",
    "visit",
    "invoice",
    "credit_note",
    "payment",
)
FRONT = ("lead", "opportunity", "quote", "ticket")
SIDEWAYS = ("ticket", "visit", "return", "credit_note")
# Shown only where there is one.
RARE = (*SIDEWAYS, "lead", "opportunity", "contract")
# Service is billed without these, and a visit is worth nothing by itself.
SOLD = ("quote", "order", "delivery")
WITHOUT_AMOUNT = (*FRONT, "visit")
# What a verb with a page of its own makes.
MAKES = {
    "lead.quote": "quote",
    "opportunity.quote": "quote",
    "order.deliver": "delivery",
    "invoice.pay": "payment",
}


@dataclass(frozen=True)
class Step:
    """One step of the chain strip."""

    wing: str
    label: str
    url: str
    current: bool
    todo: bool
    count: int
    amount: Decimal | None
    number: str
    word: str
    rest: str
    value: str
    max: str


def document_context(record: Record, by: Actor, flow: Any) -> dict[str, Any]:
    """Everything a document page needs, in a bounded number of reads."""
    document = session().get_one(Document, record.id)
    taxes = session().scalars(select(DocumentTax).where(DocumentTax.document_id == record.id)).all()
    parties = session().scalars(select(DocumentParty).where(DocumentParty.document_id == record.id)).all()
    progress = session().scalars(select(LineProgress).where(LineProgress.document_id == record.id)).all()
    actions = open_actions(flow, record, by)
    return {
        "record": record,
        "document": document,
        "party": session().get_one(Record, document.party_id),
        "parties": {party.role: party for party in parties},
        "lines": read_lines([record.id]),
        "taxes": sorted(taxes, key=lambda tax: -tax.rate),
        "progress": {row.line_id: row for row in progress},
        "steps": chain_steps(record, by, actions),
        "actions": actions,
        "entries": timeline(record.id),
        "files": files_of(record.id),
    }


def chain_steps(record: Record, by: Actor, actions: Sequence[Action] = ()) -> list[Step]:
    """The whole strip; a missing step is shown as still to do, returns and corrections only when there are any.

    A step still to come leads to the page that makes it, where one of the open actions has such a page.
    A chain with a visit misses nothing that belongs to a sale.
    """
    ways = {MAKES[action.verb]: action.form_url or "" for action in actions if action.verb in MAKES}
    related = _whole_chain(record)
    found = {kind: [each for each in related.get(kind, []) if each.state != "discarded"] for kind in STEPS}
    rare = (*RARE, *SOLD) if found["visit"] else RARE
    last = max((STEPS.index(kind) for kind in STEPS if found[kind] and kind not in SIDEWAYS), default=0)
    return [
        _step(kind, found[kind], record, by)
        if found[kind]
        else _missing(kind, passed=place < last, url=ways.get(kind, ""))
        for place, kind in enumerate(STEPS)
        if found[kind] or kind not in rare
    ]


def _whole_chain(record: Record) -> Mapping[str, list[Record]]:
    """All of the one order behind a record, so that a delivery shows its invoice too; else what leads here and on."""
    related = related_records(record.id)
    orders = related.get("order", [])
    return related_records(orders[0].id) if len(orders) == 1 and orders[0].id != record.id else related


def _missing(kind: str, *, passed: bool, url: str) -> Step:
    """A step that is still to come, or that this chain went without."""
    word = gettext("not needed") if passed else gettext("still to come")
    return Step(_wing(kind), KINDS[kind][0], url, False, True, 0, None, word, "", "", "0", "1")


def _wing(kind: str) -> str:
    return "wing-front" if kind in FRONT else "wing-back"


def _step(kind: str, found: list[Record], record: Record, by: Actor) -> Step:
    shown = next((each for each in found if each.id == record.id), found[-1])
    amounts = [each.sort_amount for each in found if each.sort_amount is not None]
    amount = sum(amounts, Decimal(0)) if amounts else None
    value, most, rest = _fill(kind, found)
    url = record_url(shown) if by.may(f"{kind}.read") else ""
    return Step(
        _wing(kind),
        KINDS[kind][0],
        url,
        record.kind == kind,
        False,
        len(found),
        amount if amount or kind not in WITHOUT_AMOUNT else None,
        shown.number or shown.title[:24],
        record_word(shown)[1],
        rest,
        value,
        most,
    )


def _fill(kind: str, found: list[Record]) -> tuple[str, str, str]:
    """How full the step's bar is, and what is open as words."""
    if kind == "order":
        rows = (
            session()
            .scalars(select(LineProgress).where(LineProgress.document_id.in_([each.id for each in found])))
            .all()
        )
        done = sum((row.delivered for row in rows if row.billing_basis == "delivered"), Decimal(0))
        whole = sum((row.ordered for row in rows if row.billing_basis == "delivered"), Decimal(0))
        return (str(done), str(whole), "") if whole else ("1", "1", "")
    if kind == "invoice":
        items = (
            session()
            .scalars(select(OpenItem).where(OpenItem.record_id.in_([each.id for each in found])))
            .all()
        )
        whole = sum((item.amount for item in items), Decimal(0))
        left = sum((item.open for item in items), Decimal(0))
        if whole and left:
            return str(whole - left), str(whole), gettext("open %(amount)s", amount=number(left))
    return "1", "1", ""
