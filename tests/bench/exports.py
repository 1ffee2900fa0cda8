"""How long exports and papers take, beside the least they could."""

import csv
import io
import resource
import statistics
import time
from typing import Any

from sqlalchemy import func, select

from suite.base import clock
from suite.base.db import Database
from suite.erp.datev.commands import export_datev
from suite.master.company.commands import edit_company
from suite.model import DatevBatch, Document, JournalEntry
from suite.shared.paper import read_paper
from suite.shared.roles import system_actor
from suite.web.pdf import make_pdf
from tests.bench.companies import Workload
from tests.bench.order_to_cash import Chain
from tests.bench.pages import large_company


def measure_datev(database: Database, *, invoices: int) -> dict[str, Any]:
    """A batch of every entry of a year, and `csv.writer` with as many rows of 125 columns."""
    large_company(database, copies=invoices // 100)
    by = system_actor("bench", door="bench")
    edit_company(details={"datev_consultant": 1001, "datev_client": 1}, by=by)
    today = clock.today()
    with database.reading() as reading:
        entries = reading.scalar(select(func.count()).select_from(JournalEntry))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    batch = export_datev(from_date=today.replace(month=1, day=1), until_date=today, by=by)
    seconds = time.perf_counter() - begun
    with database.reading() as reading:
        rows = reading.get_one(DatevBatch, batch).rows
    return {
        "entries": entries,
        "rows": rows,
        "seconds": round(seconds, 2),
        "seconds_per_100000_rows": round(seconds / rows * 100_000, 2),
        "more_memory_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024,
        "ratio_to_csv": round(seconds / _bare_csv(rows), 1),
    }


def _bare_csv(rows: int) -> float:
    begun = time.perf_counter()
    writer = csv.writer(io.StringIO(), delimiter=";")
    row = ["212,94", "S", "EUR", *[""] * 122]
    for _ in range(rows):
        writer.writerow(row)
    return time.perf_counter() - begun


def measure_pdf(database: Database) -> dict[str, Any]:
    """Seconds for an invoice of one page, the child process and its imports included."""
    Chain(Workload(database), 0).run()
    with database.reading() as reading:
        invoice = reading.scalars(select(Document.id).where(Document.kind == "invoice")).one()
        paper = read_paper(invoice)
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        size = len(make_pdf(paper))
        seconds.append(time.perf_counter() - begun)
    return {"one_page_s": round(statistics.median(seconds), 2), "bytes": size}
