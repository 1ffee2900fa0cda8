"""Whether the journal is whole: balanced, sealed, chained, gapless, and true to its documents."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import func, select

from suite.base.counter import Counter
from suite.base.db import session
from suite.base.types import BusinessDate
from suite.model import JournalEntry, JournalLine, VatEntry
from suite.reference import tax_cases_by_code
from suite.shared.journal_chain import GENESIS, entry_content, seal
from suite.shared.verification.finding import check, none_found


@check("journal-chain")
def chain_is_unbroken() -> Iterator[tuple[str, str]]:
    """Recompute every hash from the database; only the first broken entry of a run is named."""
    prev, expected_seq = GENESIS, 1
    for entry, lines in entries_with_lines():
        name = f"entry {entry['entry_no']}"
        if entry["seq"] != expected_seq:
            yield name, f"sequence {entry['seq']} follows {expected_seq - 1}"
        if entry["hash"] is None:
            yield name, "is not sealed"
            return
        if entry["prev_hash"] != prev:
            yield name, "does not follow the entry before it"
        if seal(entry["prev_hash"], entry_content(entry, lines)) != entry["hash"]:
            yield name, "was changed after it was sealed"
        prev, expected_seq = entry["hash"], entry["seq"] + 1
    counter = session().get(Counter, "journal")
    last = counter.last if counter else 0
    if last != expected_seq - 1:
        yield f"entry {expected_seq}", f"the counter says {last} entries, {expected_seq - 1} are there"


def entries_with_lines() -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """Every entry with its lines in the order of the chain, streamed."""
    reversed_no = {
        row.id: row.entry_no
        for row in session().execute(
            select(JournalEntry.id, JournalEntry.entry_no).where(
                JournalEntry.id.in_(
                    select(JournalEntry.reverses_id).where(JournalEntry.reverses_id.is_not(None))
                )
            )
        )
    }
    heads = select(JournalEntry.__table__).order_by(JournalEntry.seq).execution_options(yield_per=2000)
    lines = (
        select(JournalEntry.seq, *JournalLine.__table__.columns)
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .order_by(JournalEntry.seq, JournalLine.position)
        .execution_options(yield_per=5000)
    )
    by_entry = groupby(session().execute(lines).mappings(), key=lambda row: row["seq"])
    current: tuple[int, list[Any]] | None = next(((seq, list(rows)) for seq, rows in by_entry), None)
    for head in session().execute(heads).mappings():
        own: list[Any] = []
        if current is not None and current[0] == head["seq"]:
            own = current[1]
            current = next(((seq, list(rows)) for seq, rows in by_entry), None)
        yield {**head, "reverses": reversed_no.get(head["reverses_id"], "")}, own


none_found(
    "journal-balance",
    "SELECT e.entry_no, SUM(l.debit) - SUM(l.credit) FROM journal_entry e JOIN journal_line l ON l.entry_id = e.id "
    "GROUP BY e.id, e.entry_no HAVING SUM(l.debit) <> SUM(l.credit) OR COUNT(*) < 2",
    "debit and credit differ by {1} cents",
)
none_found(
    "journal-empty-entry",
    "SELECT e.entry_no FROM journal_entry e WHERE NOT EXISTS (SELECT 1 FROM journal_line l WHERE l.entry_id = e.id)",
    "has no lines",
)
none_found(
    "journal-entry-numbers",
    "SELECT fiscal_year, COUNT(*), MAX(CAST(substr(entry_no, 6) AS INTEGER)) FROM journal_entry GROUP BY fiscal_year "
    "HAVING COUNT(*) <> MAX(CAST(substr(entry_no, 6) AS INTEGER))",
    "{1} entries are there, the last number is {2}",
)
none_found(
    "journal-capture-order",
    "SELECT b.entry_no FROM journal_entry a JOIN journal_entry b ON b.seq = a.seq + 1 WHERE b.posted_at < a.posted_at",
    "was captured before the entry before it",
)
none_found(
    "journal-reversal",
    "SELECT r.entry_no FROM journal_entry r WHERE r.reverses_id IS NOT NULL AND EXISTS ("
    "SELECT account FROM (SELECT account, SUM(debit) - SUM(credit) AS v FROM journal_line "
    "WHERE entry_id IN (r.id, r.reverses_id) GROUP BY account) AS s WHERE s.v <> 0)",
    "does not take back exactly what it reverses",
)
none_found(
    "journal-year",
    "SELECT entry_no FROM journal_entry WHERE substr(entry_no, 1, 4) <> CAST(fiscal_year AS TEXT)",
    "has a number of another year",
)
none_found(
    "journal-of-invoices",
    "SELECT r.number FROM document d JOIN record r ON r.id = d.id WHERE d.kind IN ('invoice', 'credit_note') "
    "AND d.frozen_at IS NOT NULL AND d.gross_total <> 0 AND (SELECT COUNT(*) FROM journal_entry e WHERE e.record_id = d.id) <> 1",
    "is posted but has not exactly one journal entry",
)
none_found(
    "journal-of-payments",
    "SELECT r.number FROM payment p JOIN record r ON r.id = p.id WHERE (SELECT COUNT(*) FROM journal_entry e "
    "WHERE e.record_id = p.id) <> CASE WHEN r.state = 'reversed' THEN 2 ELSE 1 END",
    "has not exactly its journal entries",
)
none_found(
    "journal-amounts",
    "SELECT d.number, d.gross_total, SUM(l.debit) FROM document d JOIN journal_entry e ON e.record_id = d.id "
    "JOIN journal_line l ON l.entry_id = e.id GROUP BY d.id, d.number, d.gross_total HAVING SUM(l.debit) <> d.gross_total",
    "the document says {1} cents, the journal {2}",
)
none_found(
    "journal-document",
    "SELECT e.entry_no, e.doc_no, d.number FROM journal_entry e JOIN document d ON d.id = e.record_id "
    "WHERE d.number IS NULL OR d.number <> e.doc_no OR d.frozen_at IS NULL",
    "says document {1}, which is {2}",
)
none_found(
    "vat-accounts",
    "SELECT e.entry_no FROM journal_entry e JOIN document d ON d.id = e.record_id WHERE "
    "(SELECT COALESCE(SUM(ABS(v.tax)), 0) FROM vat_entry v WHERE v.entry_id = e.id) <> d.tax_total OR "
    "(SELECT COALESCE(SUM(ABS(v.base)), 0) FROM vat_entry v WHERE v.entry_id = e.id) <> d.net_total",
    "its VAT effects differ from its document",
)
none_found(
    "vat-periods",
    "SELECT e.entry_no, v.period FROM vat_entry v JOIN journal_entry e ON e.id = v.entry_id "
    "WHERE e.kind = 'invoice' AND v.kz NOT IN ('41', '42') AND v.period <> substr(CAST(COALESCE(e.service_date, e.entry_date) AS TEXT), 1, 7)",
    "its VAT period {1} is not the month of the supply",
)
none_found(
    "journal-dates",
    "SELECT e.entry_no, d.number FROM journal_entry e JOIN document d ON d.id = e.record_id WHERE d.kind IN ('invoice', 'credit_note') "
    "AND (e.entry_date <> d.dated_on OR e.document_date <> d.dated_on OR e.service_date IS NULL "
    "OR e.service_date <> COALESCE(d.service_until, d.dated_on))",
    "its dates are not those of {1}",
)
none_found(
    "journal-kinds",
    "SELECT e.entry_no, e.kind FROM journal_entry e JOIN record r ON r.id = e.record_id WHERE "
    "(r.kind IN ('invoice', 'credit_note') AND e.kind <> r.kind) OR (r.kind = 'payment' AND e.kind NOT IN ('payment', 'reversal')) "
    "OR (r.kind NOT IN ('invoice', 'credit_note') AND e.kind IN ('invoice', 'credit_note'))",
    "is {1}, its record is something else",
)
none_found(
    "journal-counters",
    "SELECT c.key, c.last FROM counter c WHERE substr(c.key, 1, 8) = 'journal:' AND c.last <> "
    "(SELECT COUNT(*) FROM journal_entry e WHERE 'journal:' || CAST(e.fiscal_year AS TEXT) = c.key)",
    "the counter says {1} entries, the fiscal year has another number of them",
)
none_found(
    "vat-signs",
    "SELECT e.entry_no, v.kz FROM vat_entry v JOIN journal_entry e ON e.id = v.entry_id WHERE "
    "(e.kind = 'invoice' AND (v.base < 0 OR v.tax < 0)) OR (e.kind = 'credit_note' AND (v.base > 0 OR v.tax > 0))",
    "its effect on field {1} has the wrong sign",
)


@check("vat-fields")
def vat_fields_are_those_of_their_tax_cases() -> Iterator[tuple[str, str]]:
    """A sale stands in the field of the VAT return that its tax case names."""
    cases = tax_cases_by_code()
    on = func.coalesce(JournalEntry.service_date, JournalEntry.entry_date, type_=BusinessDate())
    wanted = (
        select(JournalEntry.entry_no, VatEntry.tax_case, VatEntry.kz, on)
        .join(JournalEntry, JournalEntry.id == VatEntry.entry_id)
        .where(JournalEntry.kind.in_(("invoice", "credit_note")))
        .distinct()
    )
    for entry_no, code, kz, service_on in session().execute(wanted.execution_options(yield_per=2000)):
        case = cases.get(code)
        if case is None or not case.is_valid(service_on) or case.kz_base != kz:
            yield f"entry {entry_no}", f"{code} does not belong into field {kz}"
