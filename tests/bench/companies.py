"""Companies to measure with: the workload's own, on SQLite with fsync or on PostgreSQL."""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from sqlalchemy import create_engine, event

import suite.registry  # noqa: F401 - the commands
from suite.admin.migrate import create_or_upgrade
from suite.base.command import Actor
from suite.base.db import Database, use_database
from suite.erp.stock.commands import receive_product
from suite.master.company.commands import found_company
from suite.master.parties.commands import AddressInput, PartyInput, create_party
from suite.master.products.commands import ProductInput, create_product
from suite.shared.roles import permissions_of, system_actor
from tests.servers import start_postgres
from tests.world import COMPANY

NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SET TRANSACTION")


class Statements:
    """Counts the statements the driver executes; an executemany is one."""

    def __init__(self, database: Database) -> None:
        self.count = 0
        event.listen(database.engine, "before_cursor_execute", self._seen)

    def _seen(self, _connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.lstrip().upper().startswith(NOT_COUNTED):
            self.count += 1


class Workload:
    """100 customers and 100 products with a million pieces each, as the workload says."""

    def __init__(self, database: Database) -> None:
        self.database = database
        roles = ("sales", "warehouse", "accounting", "purchasing")
        self.by = Actor(None, "bench", permissions_of(roles), "bench", uuid.uuid4().hex)
        with use_database(database):
            self.founded(database)
            self.customers = [self._customer(n) for n in range(100)]
            self.products = [self._product(n) for n in range(100)]

    @staticmethod
    def founded(database: Database) -> None:
        """Found the company: chart, ranges, locations."""
        with use_database(database):
            founder = system_actor("founder", door="bench")
            found_company(mark="demo", chart="SKR03", name="Messwert GmbH", details=COMPANY, by=founder)

    def _customer(self, n: int) -> int:
        address = AddressInput(street=f"Weg {n + 1}", postcode="20095", city="Hamburg")
        party = PartyInput(
            f"Kunde {n:03} GmbH",
            vat_id="DE136695976",
            email="rechnung@kunde.example",
            leitweg_id="04011000-1234512345-06",
            endpoint_scheme="0204",
            endpoint_id="04011000-1234512345-06",
            e_invoice="xrechnung",
        )
        return create_party(party, addresses=[address], by=self.by)

    def _product(self, n: int) -> int:
        product = ProductInput(
            f"Produkt {n:03}",
            base_price=Decimal(10 + n),
            tax_class="standard" if n % 2 == 0 else "reduced",
            stock_kept=True,
        )
        product_id = create_product(product, number=f"P{n:03}", by=self.by)
        receive_product(product_id, quantity=Decimal(1_000_000), by=self.by)
        return product_id


@contextmanager
def company(engine: str) -> Iterator[Database | None]:
    """A fresh database on `sqlite` (FULL, in a temporary file) or `postgresql` (fsync on); None where it cannot be had."""
    with tempfile.TemporaryDirectory(prefix="kontor-bench-") as folder:
        if engine == "sqlite":
            yield from _migrated(f"sqlite:///{Path(folder) / 'bench.db'}")
            return
        server = start_postgres(fsync=True)
        if server is None:
            yield None
            return
        try:
            admin = create_engine(
                server.url("postgres").replace("postgresql:", "postgresql+psycopg:"),
                isolation_level="AUTOCOMMIT",
            )
            with admin.connect() as connection:
                connection.exec_driver_sql("CREATE DATABASE bench")
            admin.dispose()
            yield from _migrated(server.url("bench"))
        finally:
            server.stop()


def _migrated(url: str) -> Iterator[Database]:
    database = Database(url)
    create_or_upgrade(database)
    with use_database(database):
        yield database
    database.dispose()
