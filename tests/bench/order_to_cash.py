"""The workload `order_to_cash`: nine steps from opportunity to reconciled payment, each its own transaction."""

import resource
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base.db import Database
from suite.crm.opportunities.commands import create_opportunity
from suite.crm.quotes.commands import create_quote
from suite.erp.deliveries.commands import deliver_order
from suite.erp.invoices.commands import post_invoice
from suite.erp.invoices.drafts import invoice_order
from suite.erp.orders.commands import order_quote
from suite.erp.payments.commands import pay_invoice
from suite.model import Document, DocumentLine, OpenItem, Record
from suite.shared.lines import LineInput
from tests.bench.companies import Statements, Workload

CHECK = Decimal("212.94")  # 186.40 net and 26.54 VAT of the first chain


class Chain:
    """One chain; `steps` collects the seconds of each step."""

    def __init__(self, workload: Workload, number: int) -> None:
        self.workload, self.number, self.by = workload, number, workload.by
        self.steps: dict[str, float] = {}
        self.gross = Decimal(0)

    def run(self) -> None:
        """Nine steps; asserts what must hold at the end."""
        party = self.workload.customers[self.number % 100]
        opportunity = self._step(
            "opportunity", lambda: create_opportunity(subject="Bedarf", party_id=party, by=self.by)
        )
        quote = self._step("quote", lambda: self._quote(party, opportunity))
        order = self._step("order", lambda: order_quote(quote, by=self.by))
        lines = self._lines(order)
        first = dict(lines[:3])
        self._step("deliver_part", lambda: deliver_order(order, quantities=first, by=self.by))
        self._step("deliver_rest", lambda: deliver_order(order, by=self.by))
        invoice = self._step("invoice", lambda: invoice_order(order, by=self.by))
        self._step("post", lambda: post_invoice(invoice, by=self.by))  # the XRechnung is built within
        self._step("pay", lambda: pay_invoice(invoice, by=self.by))
        self._assert_done(opportunity, order, invoice)

    def _quote(self, party: int, opportunity: int) -> int:
        lines = [
            LineInput(
                product_id=self.workload.products[(7 * self.number + k) % 100],
                quantity=Decimal(k + 1),
                discount_percent=Decimal(10 if k == 2 else 0),
            )
            for k in range(5)
        ]
        return create_quote(party_id=party, lines=lines, opportunity_id=opportunity, by=self.by)

    def _step(self, name: str, act: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        result = act()
        self.steps[name] = time.perf_counter() - begun
        return result

    def _lines(self, order: int) -> list[tuple[int, Decimal]]:
        with self.workload.database.reading() as reading:
            wanted = select(DocumentLine.id, DocumentLine.quantity).where(DocumentLine.document_id == order)
            return [
                (line, quantity) for line, quantity in reading.execute(wanted.order_by(DocumentLine.position))
            ]

    def _assert_done(self, opportunity: int, order: int, invoice: int) -> None:
        with self.workload.database.reading() as reading:
            states = {
                name: reading.get_one(Record, record_id).state
                for name, record_id in (("opportunity", opportunity), ("order", order), ("invoice", invoice))
            }
            assert states == {"opportunity": "won", "order": "invoiced", "invoice": "paid"}, states
            item = reading.scalars(select(OpenItem).where(OpenItem.record_id == invoice)).one()
            assert item.open == 0
            self.gross = reading.get_one(Document, invoice).gross_total


def statements_per_chain(database: Database) -> tuple[int, Decimal]:
    """The statements of the first chain after one to warm up, and the first chain's gross."""
    workload = Workload(database)
    first = Chain(workload, 0)
    first.run()
    counter = Statements(database)
    second = Chain(workload, 1)
    second.run()
    return counter.count - READS_OF_OUR_OWN, first.gross


READS_OF_OUR_OWN = 6  # what the chain reads to know its lines and to assert its end


def measure(database: Database, *, chains: int, workload: Workload | None = None) -> dict[str, Any]:
    """Play `chains` chains: medians, statements and memory."""
    workload = workload or Workload(database)
    Chain(workload, 0).run()
    counter = Statements(database)
    played = []
    begun = time.perf_counter()
    for number in range(chains):
        chain = Chain(workload, number)
        chain.run()
        played.append(chain)
        if number == 0:
            assert chain.gross == CHECK, chain.gross
    seconds = time.perf_counter() - begun
    names = played[0].steps
    return {
        "chains": chains,
        "chain_median_s": statistics.median(sum(chain.steps.values()) for chain in played),
        "chains_per_hour": round(chains / seconds * 3600),
        "sql_per_chain": round(counter.count / chains) - READS_OF_OUR_OWN,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "steps_ms": {n: round(statistics.median(c.steps[n] for c in played) * 1000, 2) for n in names},
        "check_value": str(played[0].gross),
    }
