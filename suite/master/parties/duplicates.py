"""Parties that are there already under another spelling."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from suite.base.command import Actor
from suite.base.db import session
from suite.model import Party, Record
from suite.shared.identifiers import match_key
from suite.shared.visible import visible

# Of 100. At 88 one letter in eight differs: Schmidt and Schmitt, never Schmidt and Schulz.
ALIKE = 88
SHORTEST_COMPARED = 5
SHOWN = 5
_OTHER = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True)
class Alike:
    """A party that may be the one meant, and why: "name", "vat_id" or "email"."""

    record: Record
    why: str


def alike_parties(name: str, *, vat_id: str = "", email: str = "", by: Actor) -> list[Alike]:
    """Visible parties with the same identifiers, then those with the same or nearly the same name."""
    found: dict[int, Alike] = {}
    for why, condition in _same(name, vat_id, email):
        wanted = visible(by, "party").join(Party, Party.id == Record.id).where(condition)
        for record in session().scalars(wanted.where(Record.forwarded_to.is_(None)).limit(SHOWN)):
            found.setdefault(record.id, Alike(record, why))
    missing = SHOWN - len(found)
    if missing > 0:
        for record in _nearly(name, set(found), by, missing):
            found[record.id] = Alike(record, "name")
    return list(found.values())[:SHOWN]


def _same(name: str, vat_id: str, email: str) -> list[tuple[str, Any]]:
    conditions: list[tuple[str, Any]] = []
    compact = _OTHER.sub("", vat_id.upper())
    if compact:
        conditions.append(("vat_id", Party.vat_id == compact))
    if email.strip():
        conditions.append(("email", Party.email == email.strip()))
    key = match_key(name)
    if key:
        conditions.append(("name", Party.match_key == key))
    return conditions


def _nearly(name: str, known: set[int], by: Actor, most: int) -> list[Record]:
    key = match_key(name)
    if len(key) < SHORTEST_COMPARED:
        return []
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only a question about names needs it

    keys = select(Party.id, Party.match_key).where(Party.match_key != "")
    choices = {row.id: row.match_key for row in session().execute(keys) if row.id not in known}
    best = process.extract(key, choices, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=most)
    ids = [party_id for _, _, party_id in best]
    wanted = visible(by, "party").where(Record.id.in_(ids), Record.forwarded_to.is_(None))
    rows = {record.id: record for record in session().scalars(wanted)}
    return [rows[party_id] for party_id in ids if party_id in rows]
