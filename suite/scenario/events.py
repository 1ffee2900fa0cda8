"""The event types of scenario files and the commands they play."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base.command import Actor
from suite.base.db import database
from suite.base.errors import Refusal
from suite.crm.quotes.commands import accept_quote, create_quote, send_quote
from suite.erp.deliveries.commands import deliver_order
from suite.erp.deliveries.returns import return_delivery
from suite.erp.invoices.commands import cancel_invoice, post_credit_note, post_invoice
from suite.erp.invoices.corrections import correct_invoice, credit_return
from suite.erp.invoices.drafts import create_invoice, edit_invoice, invoice_delivery
from suite.erp.orders.commands import confirm_order, create_order, order_quote
from suite.erp.payments.commands import post_payment
from suite.master.parties.commands import AddressInput, PartyInput, create_party
from suite.model import DocumentLine, OpenItem
from suite.shared.lines import LineInput

ADDRESSES = {
    "DE": ("Musterweg 7", "20095", "Hamburg"),
    "AT": ("Ringstraße 3", "1010", "Wien"),
    "FR": ("12 rue de la Gare", "67000", "Strasbourg"),
    "NL": ("Kade 5", "1011 AB", "Amsterdam"),
}


class Case:
    """A running case: its partners, and records by the numbers the file gives them."""

    def __init__(self, case: Mapping[str, Any], *, by: Actor) -> None:
        self.by = by
        self.partners: Mapping[str, Any] = case.get("partners", {})
        self.party_ids: dict[str, int] = {}
        self.records: dict[str, int] = {}
        self.latest_order: dict[str, int] = {}
        self.returns: dict[str, int] = {}
        self.delivered_items = _delivered_items(case.get("events", []))

    def party(self, key: str) -> int:
        """The party behind a partner key, entered when first needed."""
        if key not in self.party_ids:
            self.party_ids[key] = self._enter(self.partners[key])
        return self.party_ids[key]

    def record(self, number: str) -> int:
        """The record a number of the file stands for; raises `Refusal("reference-unknown")`."""
        if number not in self.records:
            raise Refusal("reference-unknown", number=number)
        return self.records[number]

    def _enter(self, partner: Mapping[str, Any]) -> int:
        street, postcode, city = ADDRESSES.get(
            partner.get("country", "DE"), ("Main Street 1", "1000", "Capital")
        )
        address = AddressInput(
            street=street, postcode=postcode, city=city, country=partner.get("country", "DE")
        )
        party = PartyInput(
            partner["name"],
            is_company=partner.get("b2b", True),
            vat_id=partner.get("vat_id", ""),
            email="einkauf@kunde.example",
        )
        return create_party(party, addresses=[address], debtor_account=partner.get("account"), by=self.by)


Player = Callable[[Case, Mapping[str, Any]], int | None]
EVENTS: dict[str, Player] = {}
INPUTS: dict[str, frozenset[str]] = {}


def plays(event_type: str, *inputs: str) -> Callable[[Player], Player]:
    """Register the function that plays events of one type and the inputs it reads; others are refused."""

    def register(function: Player) -> Player:
        EVENTS[event_type] = function
        INPUTS[event_type] = frozenset(inputs)
        return function

    return register


@plays("quote", "lines")
def play_quote(case: Case, event: Mapping[str, Any]) -> int:
    """A quote is drafted and sent."""
    quote = create_quote(
        party_id=case.party(event["partner"]),
        lines=_lines(event["lines"]),
        dated_on=_day(event),
        number=event["number"],
        by=case.by,
    )
    send_quote(quote, by=case.by)
    case.records[event["number"]] = quote
    return quote


@plays("quote_accepted", "refers_to", "order")
def play_quote_accepted(case: Case, event: Mapping[str, Any]) -> int:
    """The customer accepts; with `order` the order is made at once."""
    quote = case.record(event["refers_to"])
    if "order" not in event:
        return accept_quote(quote, by=case.by)
    order = order_quote(quote, dated_on=_day(event), number=event["order"], by=case.by)
    case.records[event["order"]] = order
    return order


@plays("sales_order", "order_lines", "header_discount_pct")
def play_sales_order(case: Case, event: Mapping[str, Any]) -> int:
    """An order is entered and confirmed; items no delivery names are billed as ordered."""
    lines = [
        replace(
            line, billing_basis="delivered" if (event["number"], place) in case.delivered_items else "ordered"
        )
        for place, line in enumerate(_lines(event["order_lines"]), start=1)
    ]
    order = create_order(
        party_id=case.party(event["partner"]),
        lines=lines,
        dated_on=_day(event),
        header_discount_percent=Decimal(event.get("header_discount_pct", "0")),
        number=event["number"],
        by=case.by,
    )
    confirm_order(order, by=case.by)
    case.records[event["number"]] = order
    case.latest_order[event["partner"]] = order
    return order


@plays("delivery", "refers_to", "delivered")
def play_delivery(case: Case, event: Mapping[str, Any]) -> int:
    """Part or all of the partner's latest open order is delivered."""
    order = case.record(event["refers_to"]) if "refers_to" in event else case.latest_order[event["partner"]]
    lines = {line.position: line.id for line in line_rows(order)}
    quantities = {lines[int(part["order_pos"])]: Decimal(part["qty"]) for part in event["delivered"]}
    delivery = deliver_order(
        order, quantities=quantities, dated_on=_day(event), number=event["number"], by=case.by
    )
    case.records[event["number"]] = delivery
    return delivery


@plays("goods_return", "refers_to", "returned", "reason", "reason_code")
def play_goods_return(case: Case, event: Mapping[str, Any]) -> int | None:
    """Goods come back to the delivery they left with; what was never delivered by us moves nothing."""
    delivery = case.records.get(event.get("refers_to", ""))
    if delivery is None:
        return None
    by_position = {line.position: line.id for line in line_rows(delivery)}
    quantities = {
        by_position[int(part.get("pos", part.get("order_pos", 1)))]: Decimal(part["qty"])
        for part in event["returned"]
    }
    back = return_delivery(
        delivery,
        quantities=quantities,
        reason=event.get("reason_code", "other"),
        dated_on=_day(event),
        number=event["number"],
        by=case.by,
    )
    case.records[event["number"]] = back
    return back


@plays("sales_invoice", "lines", "service_date", "header_discount_pct", "refers_to", "replaces")
def play_sales_invoice(case: Case, event: Mapping[str, Any]) -> int:
    """An invoice of a delivery it refers to, or a direct one, is drafted and posted."""
    service = date.fromisoformat(event.get("service_date", event["date"]))
    lines = _lines(event["lines"])
    discount = Decimal(event.get("header_discount_pct", "0"))
    if event.get("refers_to") in case.records:
        invoice = invoice_delivery(case.record(event["refers_to"]), dated_on=_day(event), by=case.by)
        _write_lines(case, invoice, lines, _day(event), service, discount)
    else:
        replaces = case.records.get(event.get("replaces", ""))
        invoice = create_invoice(
            party_id=case.party(event["partner"]),
            lines=lines,
            dated_on=_day(event),
            service_from=service,
            service_until=service,
            header_discount_percent=discount,
            replaces_id=replaces,
            by=case.by,
        )
    post_invoice(invoice, dated_on=_day(event), number=event["number"], by=case.by)
    case.records[event["number"]] = invoice
    return invoice


@plays("sales_cancellation", "lines", "service_date", "refers_to", "reason")
def play_sales_cancellation(case: Case, event: Mapping[str, Any]) -> int:
    """A Stornorechnung over the whole invoice."""
    invoice = case.record(event["refers_to"])
    reason = event.get("reason", "")
    credit = cancel_invoice(invoice, reason=reason, dated_on=_day(event), number=event["number"], by=case.by)
    case.records[event["number"]] = credit
    return credit


@plays("sales_correction", "lines", "service_date", "refers_to", "reason", "correction", "return")
def play_sales_correction(case: Case, event: Mapping[str, Any]) -> int:
    """A Rechnungskorrektur: of a return that is known, or of prices."""
    back = case.records.get(event.get("return", ""))
    if back is not None:
        credit = credit_return(back, dated_on=_day(event), by=case.by)
    else:
        invoice = case.record(event["refers_to"])
        names = {line.name: line.id for line in line_rows(invoice)}
        reductions = {names[line["item"]]: Decimal(line["unit_price_net"]) for line in event["lines"]}
        credit = correct_invoice(
            invoice, reductions=reductions, reason=event.get("reason", ""), dated_on=_day(event), by=case.by
        )
    post_credit_note(credit, dated_on=_day(event), number=event["number"], by=case.by)
    case.records[event["number"]] = credit
    return credit


@plays("payment_in", "amount", "applied", "money_account")
def play_payment_in(case: Case, event: Mapping[str, Any]) -> int:
    """Money comes in and settles the documents it names."""
    wanted = {part["document"]: Decimal(part["amount"]) for part in event.get("applied", [])}
    with database().reading() as reading:
        items = reading.execute(
            select(OpenItem.number, OpenItem.id).where(OpenItem.number.in_(wanted), OpenItem.side == "debit")
        )
        ids = {number: item for number, item in items}  # noqa: C416 - a Result is no mapping
    for number in wanted:
        if number not in ids:
            raise Refusal("reference-unknown", number=number)
    return post_payment(
        party_id=case.party(event["partner"]),
        amount=Decimal(event["amount"]),
        paid_on=_day(event),
        money=event.get("money_account", "bank"),
        allocations={ids[number]: amount for number, amount in wanted.items()},
        number=event["number"],
        by=case.by,
    )


def line_rows(document_id: int) -> list[DocumentLine]:
    """The lines of a document, read in a session of their own."""
    with database().reading() as reading:
        wanted = (
            select(DocumentLine)
            .where(DocumentLine.document_id == document_id)
            .order_by(DocumentLine.position)
        )
        return list(reading.scalars(wanted))


def _write_lines(
    case: Case, invoice: int, lines: list[LineInput], on: date, service: date, discount: Decimal
) -> None:
    """Give a drafted invoice the lines of the file, each keeping the link of the line it came from."""
    drafted = {line.name: line.id for line in line_rows(invoice)}
    linked = [replace(line, source_line_id=drafted.get(line.name)) for line in lines]
    edit_invoice(
        invoice,
        lines=linked,
        dated_on=on,
        service_from=service,
        service_until=service,
        header_discount_percent=discount,
        by=case.by,
    )


def _lines(rows: list[Mapping[str, Any]]) -> list[LineInput]:
    return [
        LineInput(
            name=row["item"],
            quantity=Decimal(row["qty"]),
            unit=row.get("unit"),
            unit_price=Decimal(row["unit_price_net"]),
            discount_percent=Decimal(row.get("discount_pct", "0")),
            tax_case=row.get("tax_case"),
        )
        for row in rows
    ]


def _day(event: Mapping[str, Any]) -> date:
    return date.fromisoformat(event["date"])


def _delivered_items(events: list[Mapping[str, Any]]) -> set[tuple[str, int]]:
    """(order number, position) of everything a delivery names; a delivery belongs to the latest order of its partner."""
    latest: dict[str, str] = {}
    named: set[tuple[str, int]] = set()
    for event in sorted(events, key=lambda each: each["seq"]):
        if event["type"] == "sales_order":
            latest[event["partner"]] = event["number"]
        if event["type"] == "delivery":
            order = event.get("refers_to", latest.get(event["partner"], ""))
            named |= {(order, int(part["order_pos"])) for part in event["delivered"]}
    return named
