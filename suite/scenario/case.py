"""A running case: who acts, which partners and records the file's references stand for, and what events there are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor
from suite.base.db import database
from suite.base.errors import Refusal
from suite.master.parties.commands import AddressInput, PartyInput, create_party
from suite.model import DocumentLine, Record
from suite.shared.lines import LineInput
from suite.shared.lots import LotInput

# The fixed address of a partner the file says no more of, by country.
ADDRESSES = {
    "DE": ("Musterweg 7", "20095", "Hamburg"),
    "AT": ("Ringstraße 3", "1010", "Wien"),
    "FR": ("12 rue de la Gare", "67000", "Strasbourg"),
    "NL": ("Kade 5", "1011 AB", "Amsterdam"),
}
PARTY_FIELDS = ("vat_id", "phone", "iban", "leitweg_id", "e_invoice", "endpoint_scheme", "endpoint_id")


class Case:
    """A running case: its actors, its partners, and records by the references the file gives them.

    `numbers_given`: documents carry the file's numbers; otherwise these are references and numbers are drawn.
    """

    def __init__(
        self, case: Mapping[str, Any], *, actors: Callable[[str], Actor], numbers_given: bool = True
    ) -> None:
        self._actors = actors
        self.by = actors("sales")
        self.numbers_given = numbers_given
        self.partners: Mapping[str, Any] = case.get("partners", {})
        self.party_ids: dict[str, int] = {}
        self.records: dict[str, int] = {}
        self.latest_order: dict[str, int] = {}
        # Technicians by the name the file gives them.
        self.people: dict[str, Actor] = {}
        self.delivered_items = _delivered_items(case.get("events", []))

    def act_as(self, role: str) -> None:
        """Let the next event be done by whoever holds `role`."""
        self.by = self._actors(role)

    def whoever(self, role: str) -> Actor:
        """Whoever holds `role`, for the part of an event that somebody else does."""
        return self._actors(role)

    def person(self, name: str) -> Actor:
        """A technician of the file; raises `Refusal("reference-unknown")`."""
        if name not in self.people:
            raise Refusal("reference-unknown", number=name)
        return self.people[name]

    def number(self, event: Mapping[str, Any]) -> str | None:
        """The number an event's document gets; None: the next one of its range."""
        return str(event["number"]) if self.numbers_given else None

    def party(self, key: str) -> int:
        """The party behind a partner key, entered when first needed."""
        if key not in self.party_ids:
            if key not in self.partners:
                raise Refusal("reference-unknown", number=key)
            self.party_ids[key] = self._enter(key, self.partners[key])
        return self.party_ids[key]

    def reference(self, event: Mapping[str, Any]) -> str:
        """The reference the partner wants on its documents (BT-10)."""
        return str(self.partners.get(event.get("partner", ""), {}).get("buyer_reference", ""))

    def record(self, number: str) -> int:
        """The record a reference of the file stands for; raises `Refusal("reference-unknown")`."""
        if number not in self.records:
            raise Refusal("reference-unknown", number=number)
        return self.records[number]

    def device(self, reference: str) -> int:
        """The device a reference stands for, or the one with this serial number."""
        if reference not in self.records:
            wanted = select(Record.id).where(Record.kind == "device", Record.number == reference)
            with database().reading() as reading:
                found = reading.scalars(wanted.order_by(Record.id)).first()
            if found is None:
                raise Refusal("reference-unknown", number=reference)
            self.records[reference] = found
        return self.records[reference]

    def keep(self, event: Mapping[str, Any], record_id: int) -> int:
        """Remember what the event's reference stands for."""
        self.records[event["number"]] = record_id
        return record_id

    def lines(self, rows: list[Mapping[str, Any]]) -> list[LineInput]:
        """The lines of an event; an `article` names a product, a `text` is a text line."""
        products = self._products([row["article"] for row in rows if "article" in row])
        return [_line(row, products) for row in rows]

    def _products(self, articles: list[str]) -> dict[str, int]:
        if not articles:
            return {}
        with database().reading() as reading:
            wanted = select(Record.number, Record.id).where(
                Record.kind == "product", Record.number.in_(articles)
            )
            found = {str(number): record_id for number, record_id in reading.execute(wanted)}
        for article in articles:
            if article not in found:
                raise Refusal("reference-unknown", number=article)
        return found

    def _enter(self, key: str, partner: Mapping[str, Any]) -> int:
        country = partner.get("country", "DE")
        fixed = ADDRESSES.get(country, ("Main Street 1", "1000", "Capital"))
        street, postcode, city = (
            partner.get(name, default)
            for name, default in zip(("street", "postcode", "city"), fixed, strict=True)
        )
        address = AddressInput(street=street, postcode=postcode, city=city, country=country)
        party = PartyInput(
            partner["name"],
            is_company=partner.get("b2b", True),
            email=partner.get("email", "einkauf@kunde.example"),
            payment_days=partner.get("payment_days"),
            price_list_id=self.records.get(partner.get("price_list", "")),
            **{name: partner[name] for name in PARTY_FIELDS if name in partner},
        )
        number = None if self.numbers_given else key
        return create_party(
            party,
            addresses=[address],
            number=number,
            debtor_account=partner.get("account"),
            by=self._actors("sales"),
        )


@dataclass(frozen=True)
class EventType:
    """What plays an event: its function, the inputs it reads and the role that does it in a company."""

    play: Callable[[Case, Mapping[str, Any]], int | None]
    inputs: frozenset[str]
    role: str


EVENTS: dict[str, EventType] = {}
Player = Callable[[Case, Mapping[str, Any]], int | None]


def plays(event_type: str, *inputs: str, role: str) -> Callable[[Player], Player]:
    """Register the function that plays events of one type; inputs it does not read are refused."""

    def register(function: Player) -> Player:
        EVENTS[event_type] = EventType(function, frozenset(inputs), role)
        return function

    return register


def day_of(event: Mapping[str, Any], name: str = "date") -> date:
    """The day of an event."""
    return date.fromisoformat(event[name])


def optional_day(event: Mapping[str, Any], name: str) -> date | None:
    """A day the event may leave out."""
    return date.fromisoformat(event[name]) if name in event else None


def moment(event: Mapping[str, Any], name: str = "time") -> datetime:
    """The instant of an event: its wall-clock `time` at the company, else noon in winter."""
    if name not in event:
        return datetime.combine(day_of(event), time(11), tzinfo=UTC)
    return clock.instant(day_of(event), time.fromisoformat(event[name]))


def lots_of(row: Mapping[str, Any]) -> list[LotInput]:
    """The lots or serial numbers of a row: codes, or rows of code, quantity and last day."""
    return [
        LotInput(lot)
        if isinstance(lot, str)
        else LotInput(
            lot["code"],
            Decimal(lot["qty"]) if "qty" in lot else None,
            optional_day(lot, "expires_on"),
        )
        for lot in row.get("lots", [])
    ]


def line_rows(document_id: int) -> list[DocumentLine]:
    """The lines of a document, read in a session of their own."""
    with database().reading() as reading:
        wanted = (
            select(DocumentLine)
            .where(DocumentLine.document_id == document_id)
            .order_by(DocumentLine.position)
        )
        return list(reading.scalars(wanted))


def _line(row: Mapping[str, Any], products: Mapping[str, int]) -> LineInput:
    if "text" in row:
        return LineInput(kind="text", name=row["text"])
    return LineInput(
        product_id=products.get(row.get("article", "")),
        name=row.get("item", ""),
        quantity=Decimal(row["qty"]),
        unit=row.get("unit"),
        unit_price=Decimal(row["unit_price_net"]) if "unit_price_net" in row else None,
        discount_percent=Decimal(row.get("discount_pct", "0")),
        tax_case=row.get("tax_case"),
        billing_basis=row.get("billing_basis"),
    )


def _delivered_items(events: list[Mapping[str, Any]]) -> set[tuple[str, int]]:
    """(order, position) of everything a delivery names; a delivery belongs to the latest order of its partner."""
    latest: dict[str, str] = {}
    named: set[tuple[str, int]] = set()
    for event in sorted(events, key=lambda each: each["seq"]):
        if event["type"] == "sales_order":
            latest[event["partner"]] = event["number"]
        if event["type"] == "delivery":
            order = event.get("refers_to", latest.get(event.get("partner", ""), ""))
            named |= {(order, int(part["order_pos"])) for part in event.get("delivered", [])}
    return named
