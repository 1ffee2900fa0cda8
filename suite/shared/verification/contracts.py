"""Whether contracts, their billed periods, contingents and deferrals say the same as invoices and journal."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import select

from suite.base.db import session
from suite.model import Contract, ContractPeriod, Record
from suite.shared.verification.finding import check, none_found


@check("contract-billed-until")
def contracts_are_billed_as_their_periods_say() -> Iterator[tuple[str, str]]:
    """The first day not yet billed follows from the periods, and no day is billed twice."""
    wanted = (
        select(Record.number, Contract, ContractPeriod.from_on, ContractPeriod.until_on)
        .join(Record, Record.id == Contract.id)
        .outerjoin(
            ContractPeriod,
            (ContractPeriod.contract_id == Contract.id) & ContractPeriod.freed_at.is_(None),
        )
        .order_by(Contract.id, ContractPeriod.from_on)
    )
    rows = session().execute(wanted.execution_options(yield_per=2000, populate_existing=True))
    for (number, contract), of_contract in groupby(rows, key=lambda row: (row[0], row[1])):
        day, last, is_gapless = contract.starts_on, date.min, True
        for _, _, first, until in of_contract:
            if first is None:
                continue
            if first <= last:
                yield number, f"{first} is billed twice"
            is_gapless = is_gapless and first == day
            day = until + timedelta(days=1) if is_gapless else day
            last = until
        if contract.billed_until != day:
            yield number, f"says billed until {contract.billed_until}, its periods say {day}"


none_found(
    "contract-periods",
    "SELECT c.number, p.from_on FROM contract_period p JOIN record c ON c.id = p.contract_id JOIN record d ON d.id = p.document_id "
    "WHERE d.kind <> 'invoice' OR (p.freed_at IS NULL) <> (d.state NOT IN ('discarded', 'cancelled'))",
    "the invoice of the period from {1} says something else",
)
none_found(
    "contract-links",
    "SELECT c.number, p.from_on FROM contract_period p JOIN record c ON c.id = p.contract_id WHERE NOT EXISTS "
    "(SELECT 1 FROM record_link k WHERE k.source_id = p.contract_id AND k.target_id = p.document_id)",
    "is not linked to the invoice of its period from {1}",
)
none_found(
    "contract-ends",
    "SELECT r.number, r.state FROM contract c JOIN record r ON r.id = c.id WHERE (r.state IN ('ending', 'ended')) <> (c.ends_on IS NOT NULL) "
    "OR (r.state = 'ended' AND c.billed_until <= c.ends_on)",
    "is {1}, its last day says something else",
)
none_found(
    "contract-lines",
    "SELECT r.number, a.name FROM contract_line a JOIN record r ON r.id = a.contract_id WHERE a.valid_until < a.valid_from",
    "line {1} ends before it begins",
)
none_found(
    "contract-parties",
    "SELECT c.number, d.title FROM contract_period p JOIN record c ON c.id = p.contract_id JOIN record d ON d.id = p.document_id "
    "WHERE d.party_id <> c.party_id AND NOT EXISTS (SELECT 1 FROM record q WHERE q.id IN (c.party_id, d.party_id) AND q.forwarded_to IS NOT NULL)",
    "was billed to another customer, {1}",
)
none_found(
    "contingent-uses",
    "SELECT r.number, u.period_from, SUM(u.minutes) FROM contingent_use u JOIN contract c ON c.id = u.contract_id JOIN record r ON r.id = c.id "
    "GROUP BY r.number, u.period_from, c.contingent_minutes HAVING SUM(u.minutes) > c.contingent_minutes",
    "{2} minutes were used in the period from {1}, more than its contingent",
)
none_found(
    "deferral-lines",
    "SELECT r.number, d.amount FROM deferral d JOIN record r ON r.id = d.id WHERE d.amount <> r.sort_amount OR d.amount <> "
    "(SELECT COALESCE(SUM(l.amount), 0) FROM deferral_line l WHERE l.deferral_id = d.id)",
    "its lines come to something else than {1} cents",
)
none_found(
    "deferral-entries",
    "SELECT r.number, d.year FROM deferral d JOIN record r ON r.id = d.id JOIN journal_entry e ON e.id = d.entry_id "
    "JOIN journal_entry b ON b.id = d.release_id WHERE e.record_id <> d.id OR b.record_id <> d.id OR e.fiscal_year <> d.year "
    "OR b.fiscal_year <> d.year + 1 OR (SELECT SUM(l.debit) FROM journal_line l WHERE l.entry_id = e.id) <> d.amount",
    "its entries are not those of {1}",
)
none_found(
    "deferral-releases",
    "SELECT r.number, l.account FROM deferral d JOIN record r ON r.id = d.id JOIN journal_line l ON l.entry_id IN (d.entry_id, d.release_id) "
    "GROUP BY r.number, l.account HAVING SUM(l.debit) <> SUM(l.credit)",
    "its release does not take back what was deferred on account {1}",
)
none_found(
    "journal-manual",
    "SELECT e.entry_no FROM journal_entry e WHERE e.kind = 'manual' AND NOT EXISTS "
    "(SELECT 1 FROM deferral d WHERE e.id IN (d.entry_id, d.release_id))",
    "is manual and belongs to no deferral",
)
none_found(
    "deferral-events",
    "SELECT r.number FROM deferral d JOIN record r ON r.id = d.id WHERE NOT EXISTS "
    "(SELECT 1 FROM event e WHERE e.record_id = d.id AND e.verb = 'deferral.post')",
    "no event says who posted it",
)
