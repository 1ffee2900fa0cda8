"""`./run bench [NAME …] [--json FILE]`: one line per figure; without names all of them."""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.exchange.einvoice.rules import check
from suite.exchange.ubl import write_ubl
from suite.model import Document, DocumentTax
from suite.shared.documents import load_document
from suite.shared.verification import CHECKS
from tests.bench.companies import Workload, company
from tests.bench.exports import measure_datev, measure_pdf
from tests.bench.order_to_cash import Chain, measure
from tests.bench.pages import large_company, measure_pages

ENGINES = ("sqlite", "postgresql")
LARGE = int(os.environ.get("KONTOR_BENCH_INVOICES", "100000"))


def order_to_cash() -> dict[str, Any]:
    """The workload at few invoices on both engines, and on SQLite at 10,000 and 100,000."""
    found: dict[str, Any] = {}
    for engine in ENGINES:
        with company(engine) as database:
            found[engine] = measure(database, chains=100) if database else "NOT MEASURED: not installed"
    for stock in (10_000, LARGE):
        with company("sqlite") as database:
            assert database is not None
            workload = large_company(database, copies=stock // 100)
            found[f"sqlite_at_{stock}"] = measure(database, chains=60, workload=workload)
            base = found["sqlite"]["chain_median_s"]
            found[f"ratio_at_{stock}"] = round(found[f"sqlite_at_{stock}"]["chain_median_s"] / base, 2)
    return found


def pages() -> dict[str, Any]:
    """List and document pages at 100,000 invoices."""
    with company("sqlite") as database:
        assert database is not None
        large_company(database, copies=LARGE // 100)
        return {"invoices": LARGE, **measure_pages(database)}


def verify_chain() -> dict[str, Any]:
    """Entries a second that the journal's chain is recomputed with."""
    with company("sqlite") as database:
        assert database is not None
        large_company(database, copies=100)
        begun = time.perf_counter()
        with database.reading():
            assert list(CHECKS["journal-chain"]()) == []
        seconds = time.perf_counter() - begun
        return {"entries": 20_000, "entries_per_second": round(20_000 / seconds)}


def xrechnung() -> dict[str, Any]:
    """Milliseconds to build, serialise and check one XRechnung of five lines."""
    from suite.erp.invoices.einvoice import semantic_invoice

    with company("sqlite") as database:
        assert database is not None
        workload = Workload(database)
        Chain(workload, 0).run()
        with database.reading() as reading:
            invoice_id = reading.scalars(select(Document.id).where(Document.kind == "invoice")).one()
            loaded = load_document(invoice_id, "invoice")
            taxes = reading.scalars(select(DocumentTax).where(DocumentTax.document_id == invoice_id)).all()
            on = loaded.document.dated_on

            def build() -> Any:
                return semantic_invoice(
                    loaded, taxes, "xrechnung", number="RE-1", dated_on=on, due_on=on, preceding=None
                )

            built = build()
            return {
                "built_and_serialised_ms": _each_ms(lambda: write_ubl(build(), "xrechnung")),
                "with_checks_ms": _each_ms(
                    lambda: (check(build(), "xrechnung"), write_ubl(built, "xrechnung"))
                ),
            }


def datev_export() -> dict[str, Any]:
    """A DATEV batch of 100,000 entries, streamed into the archive."""
    with company("sqlite") as database:
        assert database is not None
        return measure_datev(database, invoices=LARGE // 2)


def pdf() -> dict[str, Any]:
    """An invoice as PDF."""
    with company("sqlite") as database:
        assert database is not None
        return measure_pdf(database)


def start() -> dict[str, Any]:
    """Seconds from the command to the first page, and the memory of an idle process."""
    program = (
        "import time; begun = time.perf_counter()\n"
        "from suite.app import create_app\n"
        "import sys; client = create_app(sys.argv[1]).test_client(); assert client.get('/login').status_code == 200\n"
        "rss = [line.split()[1] for line in open('/proc/self/status') if line.startswith('VmRSS')]\n"
        "print(time.perf_counter() - begun, int(rss[0]) // 1024)"
    )
    with company("sqlite") as database:
        assert database is not None
        Workload(database)
        environment = {**os.environ, "SUITE_SECRET_KEY": "0123456789abcdef0123456789abcdef"}
        answers = []
        for _ in range(3):
            command = [sys.executable, "-c", program, str(database.url)]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
            answers.append(done.stdout.split())
    return {
        "to_first_page_s": round(min(float(seconds) for seconds, _ in answers), 2),
        "memory_mb": int(answers[-1][1]),
    }


def fresh_database() -> dict[str, Any]:
    """Seconds to a database with schema, chart and reference data."""
    found = {}
    for engine in ENGINES:
        begun = time.perf_counter()
        with company(engine) as database:
            if database is not None:
                Workload.founded(database)
                found[f"{engine}_s"] = round(time.perf_counter() - begun, 2)
    return found


def _each_ms(act: Callable[[], Any], *, times: int = 200) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        act()
    return round((time.perf_counter() - begun) / times * 1000, 3)


BENCHMARKS: dict[str, Callable[[], dict[str, Any]]] = {
    "order_to_cash": order_to_cash,
    "pages": pages,
    "verify_chain": verify_chain,
    "xrechnung": xrechnung,
    "datev_export": datev_export,
    "pdf": pdf,
    "start": start,
    "fresh_database": fresh_database,
}
ALIASES = {"list_page": "pages", "document_page": "pages", "memory": "start"}


def main() -> int:
    """Run the benchmarks named, print one line per figure."""
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join([*BENCHMARKS, *ALIASES]))
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    names = list(dict.fromkeys(ALIASES.get(name, name) for name in options.names)) or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark is called {unknown[0]}")
    results = {}
    for name in names:
        results[name] = BENCHMARKS[name]()
        _show(name, results[name])
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1, default=_plain)
    return 0


def _show(name: str, figures: dict[str, Any]) -> None:
    for key, value in figures.items():
        if isinstance(value, dict):
            _show(f"{name}.{key}", value)
        else:
            print(f"{name}.{key} {value}", flush=True)


def _plain(value: object) -> str:
    return str(value) if isinstance(value, Decimal) else repr(value)


if __name__ == "__main__":
    sys.exit(main())
