"""The small world of the tests: a company, a cast, and short ways to make what a test is not about."""

import itertools
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base.command import Actor
from suite.base.db import Database
from suite.crm.quotes.commands import create_quote
from suite.crm.tickets.commands import TicketInput, create_ticket
from suite.erp.deliveries.commands import deliver_order
from suite.erp.invoices.commands import post_invoice
from suite.erp.invoices.drafts import create_invoice, invoice_order
from suite.erp.orders.commands import confirm_order, create_order
from suite.erp.stock.commands import receive_product
from suite.master.parties.commands import AddressInput, PartyInput, create_party
from suite.master.products.commands import ProductInput, create_product
from suite.model import Document, DocumentLine, LineProgress, OpenItem, Record, StockLevel
from suite.shared.lines import LineInput
from suite.shared.roles import permissions_of
from suite.shared.verification import Finding, verify

COMPANY = {
    "street": "Speicherstraße 12",
    "postcode": "20457",
    "city": "Hamburg",
    "vat_id": "DE136695976",
    "tax_number": "27/123/45678",
    "contact_name": "Anna Acker",
    "phone": "+49 40 1234560",
    "email": "rechnung@testfirma.example",
    "iban": "DE89370400440532013000",
    "endpoint_scheme": "EM",
    "endpoint_id": "rechnung@testfirma.example",
}
D = Decimal


def actor(name: str, *roles: str) -> Actor:
    """Somebody with roles."""
    return Actor(None, name, permissions_of(roles), "test", uuid.uuid4().hex)


class World:
    """Makes customers, products and documents on one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.anna = actor("anna", "accounting")
        self.sven = actor("sven", "sales")
        self.wanda = actor("wanda", "warehouse", "purchasing")
        self.ines = actor("ines", "service")
        self.owner = actor(
            "owner", "sales", "warehouse", "accounting", "purchasing", "admin", "management", "service"
        )
        self._count = itertools.count(1)

    def customer(self, name: str = "", *, country: str = "DE", **values: Any) -> int:
        """A customer with an address."""
        number = next(self._count)
        address = AddressInput(street=f"Weg {number}", postcode="20095", city="Hamburg", country=country)
        values.setdefault("email", "einkauf@kunde.example")
        party = PartyInput(name or f"Kunde {number} GmbH", **values)
        return create_party(party, addresses=[address], by=self.owner)

    def product(
        self,
        name: str = "",
        *,
        price: str = "10.00",
        stock: str | None = None,
        number: str | None = None,
        **values: Any,
    ) -> int:
        """A product; with `stock` it is kept in stock and that much lies there."""
        product = ProductInput(
            name or f"Artikel {next(self._count)}",
            base_price=D(price),
            stock_kept=stock is not None,
            **values,
        )
        product_id = create_product(product, number=number, by=self.owner)
        if stock is not None and D(stock):
            receive_product(product_id, quantity=D(stock), by=self.owner)
        return product_id

    def quote(self, *lines: LineInput, customer: int | None = None, **values: Any) -> int:
        """A draft quote."""
        return create_quote(
            party_id=customer or self.customer(), lines=lines or [line()], by=self.owner, **values
        )

    def ticket(self, subject: str = "Anlage steht", *, text: str = "Nichts geht mehr.", **values: Any) -> int:
        """A ticket somebody phoned in."""
        return create_ticket(TicketInput(subject, **values), text=text, by=self.ines)

    def order(self, *lines: LineInput, customer: int | None = None, **values: Any) -> int:
        """A confirmed order."""
        order = create_order(
            party_id=customer or self.customer(), lines=lines or [line()], by=self.owner, **values
        )
        return confirm_order(order, by=self.owner)

    def delivered_order(self, *lines: LineInput, **values: Any) -> int:
        """A confirmed order, wholly delivered."""
        order = self.order(*lines, **values)
        deliver_order(order, by=self.owner)
        return order

    def draft_invoice(self, *lines: LineInput, customer: int | None = None, **values: Any) -> int:
        """A direct draft invoice."""
        return create_invoice(
            party_id=customer or self.customer(), lines=lines or [line()], by=self.owner, **values
        )

    def posted_invoice(self, *lines: LineInput, **values: Any) -> int:
        """A posted direct invoice."""
        return post_invoice(self.draft_invoice(*lines, **values), by=self.owner)

    def invoiced_order(self, *lines: LineInput, **values: Any) -> tuple[int, int]:
        """An order, delivered and invoiced: (order, posted invoice)."""
        order = self.delivered_order(*lines, **values)
        return order, post_invoice(invoice_order(order, by=self.owner), by=self.owner)

    def record(self, record_id: int) -> Record:
        """The register row, fresh."""
        with self.database.reading() as reading:
            return reading.get_one(Record, record_id)

    def document(self, document_id: int) -> Document:
        """The document, fresh."""
        with self.database.reading() as reading:
            return reading.get_one(Document, document_id)

    def lines(self, document_id: int) -> list[DocumentLine]:
        """The lines of a document in order."""
        with self.database.reading() as reading:
            wanted = select(DocumentLine).where(DocumentLine.document_id == document_id)
            return list(reading.scalars(wanted.order_by(DocumentLine.position)))

    def progress(self, line_id: int) -> LineProgress:
        """The progress of a line."""
        with self.database.reading() as reading:
            return reading.get_one(LineProgress, line_id)

    def open_item(self, record_id: int) -> OpenItem:
        """The open item of a document or payment."""
        with self.database.reading() as reading:
            return reading.scalars(
                select(OpenItem).where(OpenItem.record_id == record_id).order_by(OpenItem.id)
            ).first()

    def on_hand(self, product_id: int) -> tuple[Decimal, Decimal]:
        """(on hand, reserved) of a product at the main location."""
        with self.database.reading() as reading:
            level = reading.scalars(select(StockLevel).where(StockLevel.product_id == product_id)).one()
            return level.on_hand, level.reserved

    def findings(self) -> list[Finding]:
        """What `suite verify` finds."""
        with self.database.reading():
            return list(verify())


def line(
    product: int | None = None, quantity: str = "1", price: str | None = None, **values: Any
) -> LineInput:
    """A line of a product, or of something that costs `price`."""
    if product is None:
        values.setdefault("name", "Beratung")
        values.setdefault("unit", "HUR")
        price = price or "100.00"
    given = None if price is None else D(price)
    return LineInput(product_id=product, quantity=D(quantity), unit_price=given, **values)
