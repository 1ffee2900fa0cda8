"""Verification: every invariant as a read that must find nothing; the self-check of the books."""

from suite.shared.verification import (
    archive,
    chain,
    contracts,
    documents,
    events,
    journal,
    knowledge,
    lots,
    money,
    numbers,
    schema,
    stock,
    stocktakes,
    tickets,
    visits,
)
from suite.shared.verification.finding import CHECKS, Finding, verify

__all__ = [
    "CHECKS",
    "Finding",
    "archive",
    "chain",
    "contracts",
    "documents",
    "events",
    "journal",
    "knowledge",
    "lots",
    "money",
    "numbers",
    "schema",
    "stock",
    "stocktakes",
    "tickets",
    "verify",
    "visits",
]
