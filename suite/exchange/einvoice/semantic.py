"""An invoice in the terms of EN 16931-1: what every syntax writes and the rules read.

Amounts are Decimals in document currency with two places, prices and quantities as agreed.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Address:
    """BG-5, BG-8, BG-15: lines, city, post code, country (ISO 3166-1)."""

    street: str
    addition: str
    city: str
    postcode: str
    country: str


@dataclass(frozen=True)
class Seller:
    """BG-4: name BT-27, VAT id BT-31, tax number BT-32, registration BT-30, endpoint BT-34, contact BG-6."""

    name: str
    address: Address
    vat_id: str | None
    tax_number: str | None
    registration: str | None
    endpoint_scheme: str | None
    endpoint_id: str | None
    contact_name: str
    phone: str
    email: str


@dataclass(frozen=True)
class Buyer:
    """BG-7: name BT-44, VAT id BT-48, endpoint BT-49, address BG-8."""

    name: str
    address: Address
    vat_id: str | None
    endpoint_scheme: str | None
    endpoint_id: str | None


@dataclass(frozen=True)
class Delivery:
    """BG-13 to BG-15: party BT-70, address BG-15, actual date BT-72 or period BT-73 to BT-74."""

    delivered_on: date | None
    period_from: date | None
    period_until: date | None
    name: str | None
    address: Address | None


@dataclass(frozen=True)
class PaymentMeans:
    """BG-16: UNTDID 4461 code BT-81, account BT-84, its name BT-85, its bank BT-86."""

    code: str
    iban: str | None
    account_name: str | None
    bic: str | None


@dataclass(frozen=True)
class Preceding:
    """BG-3: number BT-25 and date BT-26 of the invoice this one is about."""

    number: str
    issued_on: date


@dataclass(frozen=True)
class Allowance:
    """BG-20 or BG-27: amount, base, percentage, reason; category and rate on document level."""

    amount: Decimal
    base: Decimal
    percent: Decimal
    reason: str
    category: str = ""
    rate: Decimal = ZERO


@dataclass(frozen=True)
class VatBreakdown:
    """BG-23: base BT-116, tax BT-117, category BT-118, rate BT-119, reason BT-120, code BT-121."""

    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True)
class Line:
    """BG-25: id BT-126, note BT-127, quantity BT-129, unit BT-130, net BT-131, price BT-146, item BG-31."""

    id: str
    name: str
    description: str
    article: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net: Decimal
    category: str
    rate: Decimal
    allowance: Allowance | None = None
    note: str = ""


@dataclass(frozen=True)
class Totals:
    """BG-22: BT-106 lines, BT-107 allowances, BT-109 net, BT-110 tax, BT-112 gross, BT-113 paid, BT-115 due."""

    lines: Decimal
    allowances: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    paid: Decimal = ZERO

    @property
    def due(self) -> Decimal:
        """BT-115."""
        return self.gross - self.paid


@dataclass(frozen=True)
class Invoice:
    """An invoice (BT-3 380) or credit note (381)."""

    number: str
    issued_on: date
    type_code: str
    currency: str
    due_on: date | None
    payment_terms: str
    buyer_reference: str | None
    order_reference: str | None
    note: str
    preceding: Preceding | None
    seller: Seller
    buyer: Buyer
    delivery: Delivery
    payment: PaymentMeans | None
    allowances: tuple[Allowance, ...]
    vat: tuple[VatBreakdown, ...]
    totals: Totals
    lines: tuple[Line, ...]

    @property
    def is_credit_note(self) -> bool:
        """Whether UBL writes it with the CreditNote root."""
        return self.type_code == "381"
