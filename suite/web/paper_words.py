"""The words on paper in the language of the party, whatever the reader's language is."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from suite.reference import tax_case, unit_name

NO_BREAK = "\u00a0"
MINUS = "−"
WORDS: dict[str, dict[str, str]] = {
    "de": {
        "quote": "Angebot",
        "order": "Auftragsbestätigung",
        "delivery": "Lieferschein",
        "invoice": "Rechnung",
        "cancellation": "Stornorechnung",
        "return": "Rechnungskorrektur",
        "price": "Rechnungskorrektur",
        "draft": "ENTWURF",
        "no_number": "Entwurf ohne Nummer",
        "number": "Nummer",
        "revision": "Fassung",
        "date": "Datum",
        "service": "Leistungsdatum",
        "service_span": "Leistungszeitraum",
        "delivered_on": "Lieferdatum",
        "promised": "Liefertermin",
        "valid_until": "Gültig bis",
        "customer": "Kundennummer",
        "order_reference": "Ihre Bestellung",
        "buyer_reference": "Ihre Referenz",
        "our_order": "Auftrag",
        "buyer_vat_id": "Ihre USt-IdNr.",
        "contact": "Ansprechpartner",
        "phone": "Telefon",
        "email": "E-Mail",
        "corrects": "Zu Rechnung",
        "corrects_of": "vom",
        "reason": "Grund",
        "deliver_to": "Lieferanschrift",
        "lots": "Charge/Seriennummer",
        "position": "Pos.",
        "item": "Bezeichnung",
        "article": "Art.-Nr.",
        "quantity": "Menge",
        "unit_price": "Einzelpreis",
        "discount": "Rabatt",
        "tax": "USt",
        "net": "Netto",
        "carry": "Übertrag",
        "sum_of_lines": "Summe der Positionen",
        "net_total": "Nettobetrag",
        "tax_on": "USt %(rate)s auf %(base)s",
        "gross_total": "Rechnungsbetrag",
        "gross_quote": "Angebotssumme",
        "gross_order": "Auftragssumme",
        "gross_credit": "Korrekturbetrag",
        "amounts_in": "Alle Beträge in Euro.",
        "payable": "Zahlbar ohne Abzug bis %(day)s. Bitte nennen Sie bei der Zahlung die Nummer %(number)s.",
        "payment_days": "Zahlbar innerhalb von %(days)s Tagen ohne Abzug.",
        "payable_at_once": "Zahlbar sofort ohne Abzug.",
        "credit_terms": "Der Betrag wird verrechnet oder erstattet.",
        "quote_valid": "Dieses Angebot gilt bis zum %(day)s.",
        "received": "Ware vollständig erhalten: Datum, Unterschrift",
        "vat_id": "USt-IdNr.",
        "tax_number": "Steuernummer",
        "management": "Geschäftsführung",
        "bank": "Bank",
    },
    "en": {
        "quote": "Quote",
        "order": "Order confirmation",
        "delivery": "Delivery note",
        "invoice": "Invoice",
        "cancellation": "Cancellation invoice",
        "return": "Invoice correction",
        "price": "Invoice correction",
        "draft": "DRAFT",
        "no_number": "draft without number",
        "number": "Number",
        "revision": "Revision",
        "date": "Date",
        "service": "Date of supply",
        "service_span": "Period of supply",
        "delivered_on": "Delivered on",
        "promised": "Delivery date",
        "valid_until": "Valid until",
        "customer": "Customer number",
        "order_reference": "Your order",
        "buyer_reference": "Your reference",
        "our_order": "Order",
        "buyer_vat_id": "Your VAT ID",
        "contact": "Contact",
        "phone": "Phone",
        "email": "E-mail",
        "corrects": "Corrects invoice",
        "corrects_of": "of",
        "reason": "Reason",
        "deliver_to": "Delivery address",
        "lots": "Lot/serial number",
        "position": "No.",
        "item": "Description",
        "article": "Item no.",
        "quantity": "Quantity",
        "unit_price": "Unit price",
        "discount": "Discount",
        "tax": "VAT",
        "net": "Net",
        "carry": "Carried over",
        "sum_of_lines": "Sum of lines",
        "net_total": "Net total",
        "tax_on": "VAT %(rate)s on %(base)s",
        "gross_total": "Amount due",
        "gross_quote": "Total of the quote",
        "gross_order": "Total of the order",
        "gross_credit": "Amount corrected",
        "amounts_in": "All amounts in euros.",
        "payable": "Payable without deduction by %(day)s. Please quote number %(number)s with your payment.",
        "payment_days": "Payable within %(days)s days without deduction.",
        "payable_at_once": "Payable at once without deduction.",
        "credit_terms": "The amount will be set off or refunded.",
        "quote_valid": "This quote is valid until %(day)s.",
        "received": "Goods received complete: date, signature",
        "vat_id": "VAT ID",
        "tax_number": "Tax number",
        "management": "Management",
        "bank": "Bank",
    },
}
# What the law wants said beside the tax (§ 14 (4) no. 8, § 14a UStG); other cases say their reason.
TAX_NOTES: dict[str, dict[str, str]] = {
    "EU_IC_SUPPLY": {
        "de": "Steuerfreie innergemeinschaftliche Lieferung (§ 4 Nr. 1b, § 6a UStG).",
        "en": "Tax-exempt intra-Community supply (section 4 no. 1b, section 6a German VAT Act).",
    },
    "DE_S0_PV": {
        "de": "Steuersatz 0 % nach § 12 Abs. 3 UStG.",
        "en": "VAT rate 0% under section 12 (3) German VAT Act.",
    },
}
GROSS_WORD = {"quote": "gross_quote", "order": "gross_order", "credit_note": "gross_credit"}


def tax_note(case: str, on: date, language: str) -> str:
    """The sentence a tax case puts on the paper, or nothing for ordinary taxed sales."""
    if case in TAX_NOTES:
        return TAX_NOTES[case][language]
    found = tax_case(case, on)
    return "" if found.vat_category in ("S", "Z") else found.reason_de


class Figures:
    """How numbers, dates and units are written in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def amount(self, value: Decimal) -> str:
        """`1.234,56`, with a real minus sign."""
        return self._decimal(value, "#,##0.00")

    def money(self, value: Decimal) -> str:
        """`1.234,56 €` or `€1,234.56`."""
        shown = self.amount(abs(value))
        sign = MINUS if value < 0 else ""
        return f"{sign}€{shown}" if self.language == "en" else f"{sign}{shown}{NO_BREAK}€"

    def price(self, value: Decimal) -> str:
        """A unit price: two places, more where it has more."""
        return self._decimal(value, "#,##0.00####")

    def quantity(self, value: Decimal) -> str:
        """A quantity without needless zeros."""
        return self._decimal(value.normalize(), "#,##0.######")

    def percent(self, value: Decimal) -> str:
        """`19 %` or `19%`."""
        return self.quantity(value) + ("%" if self.language == "en" else f"{NO_BREAK}%")

    def day(self, value: date | None) -> str:
        """`23.11.2026` or `23 November 2026`."""
        if value is None:
            return ""
        return format_date(value, "dd.MM.yyyy" if self.language == "de" else "d MMMM yyyy", self.language)

    def unit(self, code: str) -> str:
        """The short name of a unit."""
        return unit_name(code, self.language)

    def _decimal(self, value: Decimal, pattern: str) -> str:
        return format_decimal(value, pattern, self.language).replace("-", MINUS)
