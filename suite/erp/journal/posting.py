"""Posting: everything in the books is written here, sealed into the chain as it is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, update

from suite.base import clock
from suite.base.command import Actor
from suite.base.counter import draw
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal
from suite.model import JournalEntry, JournalLine, VatEntry
from suite.shared.journal_chain import GENESIS, VERSION, entry_content, seal

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Posting:
    """One line to post: a positive amount is debit, a negative one credit."""

    account: str
    amount: Decimal
    tax_case: str = ""
    text: str = ""


@dataclass(frozen=True)
class VatEffect:
    """An effect on the VAT return: field, signed base and tax in EUR, month `YYYY-MM`."""

    tax_case: str
    rate: Decimal
    kz: str
    base: Decimal
    tax: Decimal
    period: str
    party_vat_id: str | None = None


@dataclass(frozen=True)
class Entry:
    """What is posted for one business fact."""

    kind: str
    record_id: int
    entry_date: date
    document_date: date
    doc_no: str
    text: str
    postings: Sequence[Posting]
    vat: Sequence[VatEffect] = field(default=())
    service_date: date | None = None
    doc_sha256: str = ""
    reverses: int | None = None


def post_entry(entry: Entry, *, by: Actor) -> int:
    """Write, number and seal an entry; returns its id. Raises `Refusal("entry-unbalanced")`.

    The counter of the journal is the lock: number, time and hash follow the entry before.
    """
    lines = _lines(entry.postings)
    seq = draw("journal")
    prev_hash, last_posted_at = _head(seq)
    head = _head_row(entry, seq, last_posted_at, by)
    entry_id: int = (
        session().execute(insert(JournalEntry).values(**head).returning(JournalEntry.id)).scalar_one()
    )
    insert_rows(JournalLine, [{"entry_id": entry_id, **line} for line in lines])
    _insert_vat(entry_id, entry.vat)
    content = entry_content(head | {"reverses": _entry_no(entry.reverses)}, lines)
    session().execute(
        update(JournalEntry)
        .where(JournalEntry.id == entry_id)
        .values(prev_hash=prev_hash, hash=seal(prev_hash, content))
        .execution_options(synchronize_session=False)
    )
    return entry_id


def _lines(postings: Sequence[Posting]) -> list[dict[str, Any]]:
    lines = [
        {
            "position": position,
            "account": posting.account,
            "debit": max(posting.amount, ZERO),
            "credit": max(-posting.amount, ZERO),
            "tax_case": posting.tax_case,
            "text": posting.text,
        }
        for position, posting in enumerate((p for p in postings if p.amount), start=1)
    ]
    if len(lines) < 2 or sum((p.amount for p in postings), ZERO) != 0:
        raise Refusal("entry-unbalanced")
    return lines


def _head(seq: int) -> tuple[str, datetime | None]:
    if seq == 1:
        return GENESIS, None
    wanted = select(JournalEntry.hash, JournalEntry.posted_at).where(JournalEntry.seq == seq - 1)
    before = session().execute(wanted).one()
    if before.hash is None:
        raise Refusal("journal-unsealed", seq=seq - 1)
    return before.hash, before.posted_at


def _head_row(entry: Entry, seq: int, last_posted_at: datetime | None, by: Actor) -> dict[str, Any]:
    year = entry.entry_date.year
    posted_at = clock.now().replace(microsecond=0)
    if last_posted_at is not None and posted_at < last_posted_at:
        posted_at = last_posted_at  # the clock went back: capture time never falls in number order
    return {
        "seq": seq,
        "entry_no": f"{year}-{draw(f'journal:{year}'):06}",
        "fiscal_year": year,
        "entry_date": entry.entry_date,
        "document_date": entry.document_date,
        "service_date": entry.service_date,
        "posted_at": posted_at,
        "kind": entry.kind,
        "record_id": entry.record_id,
        "doc_no": entry.doc_no,
        "doc_sha256": entry.doc_sha256,
        "text": entry.text[:200],
        "currency": "EUR",
        "user": str(by.user_id) if by.user_id is not None else by.name,
        "reverses_id": entry.reverses,
        "version": VERSION,
    }


def _entry_no(entry_id: int | None) -> str:
    if entry_id is None:
        return ""
    return session().scalars(select(JournalEntry.entry_no).where(JournalEntry.id == entry_id)).one()


def _insert_vat(entry_id: int, effects: Sequence[VatEffect]) -> None:
    rows = [
        {
            "entry_id": entry_id,
            "tax_case": effect.tax_case,
            "rate": effect.rate,
            "kz": effect.kz,
            "base": effect.base,
            "tax": effect.tax,
            "period": effect.period,
            "party_vat_id": effect.party_vat_id,
            "is_input": False,
        }
        for effect in effects
        if effect.kz
    ]
    if rows:
        insert_rows(VatEntry, rows)
