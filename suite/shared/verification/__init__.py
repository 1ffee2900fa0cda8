"""Verification: every invariant as a read that must find nothing; the self-check of the books."""

from suite.shared.verification import (
    archive,
    chain,
    documents,
    events,
    journal,
    lots,
    money,
    numbers,
    schema,
    stock,
)
from suite.shared.verification.finding import CHECKS, Finding, verify

__all__ = [
    "CHECKS",
    "Finding",
    "archive",
    "chain",
    "documents",
    "events",
    "journal",
    "lots",
    "money",
    "numbers",
    "schema",
    "stock",
    "verify",
]
