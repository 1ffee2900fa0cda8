"""Our own checks of EN 16931, XRechnung 3.0 and PEPPOL BIS 3.0, run before posting and shown at the field.

They cover what a person can get wrong; that our own arithmetic keeps the rest is proven in the
tests against the official schemas and rules.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from suite.exchange.einvoice.semantic import Invoice
from suite.reference import endpoint_scheme_exists, is_eu_country, is_peppol_scheme, unit_exists


@dataclass(frozen=True)
class Finding:
    """A broken rule: its id, the business term, whose field it is, and a code for the sentence."""

    rule: str
    term: str
    code: str
    field: str


Rule = Callable[[Invoice], Iterator[Finding]]


def check(invoice: Invoice, profile: str) -> list[Finding]:
    """What stops this invoice in `profile` (en16931, xrechnung or peppol); empty when nothing does."""
    findings = [*_core(invoice)]
    if profile != "en16931":
        findings += _network(invoice, profile)
    if profile == "xrechnung" or (profile == "peppol" and _is_german(invoice)):
        findings += _german(invoice)
    return findings


def _core(invoice: Invoice) -> Iterator[Finding]:
    seller, buyer = invoice.seller, invoice.buyer
    if not seller.name:
        yield Finding("BR-06", "BT-27", "seller-name-missing", "company.name")
    if not (seller.vat_id or seller.registration):
        yield Finding("BR-CO-26", "BT-31", "seller-id-missing", "company.vat_id")
    if not (seller.vat_id or seller.tax_number):
        yield Finding("BR-S-02", "BT-31", "seller-tax-id-missing", "company.vat_id")
    if not buyer.name:
        yield Finding("BR-07", "BT-44", "buyer-name-missing", "party")
    if invoice.is_credit_note and invoice.preceding is None:
        yield Finding("BR-55", "BT-25", "preceding-missing", "corrects")
    if not invoice.lines:
        yield Finding("BR-16", "BG-25", "lines-missing", "lines")
    # § 14 (4) no. 1 UStG: full name and address of both.
    for who, address, field in ((seller, seller.address, "company"), (buyer, buyer.address, "party")):
        if who.name and not (address.street or address.addition) and field == "company":
            yield Finding("§ 14 (4) 1", "BT-35", "street-missing", f"{field}.street")
        if not address.city:
            yield Finding(
                "§ 14 (4) 1", "BT-37" if field == "company" else "BT-52", "city-missing", f"{field}.city"
            )
    for place, line in enumerate(invoice.lines):
        if not unit_exists(line.unit):
            yield Finding("BR-CL-23", "BT-130", "unit-unknown", f"lines-{place}-unit")
    for group in invoice.vat:
        yield from _category(invoice, group.category)


def _category(invoice: Invoice, category: str) -> Iterator[Finding]:
    if category == "K":
        if not invoice.seller.vat_id:
            yield Finding("BR-IC-02", "BT-31", "seller-vat-id-missing", "company.vat_id")
        if not invoice.buyer.vat_id:
            yield Finding("BR-IC-02", "BT-48", "buyer-vat-id-missing", "party.vat_id")
        elif invoice.buyer.vat_id[:2] == (invoice.seller.vat_id or "")[:2]:
            yield Finding("§ 6a (1) 2", "BT-48", "buyer-vat-id-domestic", "party.vat_id")
        delivery = invoice.delivery
        country = delivery.address.country if delivery.address else invoice.buyer.address.country
        if country == invoice.seller.address.country or not is_eu_country(country):
            yield Finding("BR-IC-12", "BT-80", "delivery-country-not-eu", "party.addresses")
        if delivery.delivered_on is None and delivery.period_until is None:
            yield Finding("BR-IC-11", "BT-72", "delivery-date-missing", "service_from")
    reasons = [group for group in invoice.vat if group.category == category and category in "EAEGKO"]
    if any(not (group.reason or group.reason_code) for group in reasons):
        yield Finding(f"BR-{category}-10", "BT-120", "exemption-reason-missing", "tax_case")


def _network(invoice: Invoice, profile: str) -> Iterator[Finding]:
    seller, buyer = invoice.seller, invoice.buyer
    for who, term, field in ((seller, "BT-34", "company.endpoint_id"), (buyer, "BT-49", "party.endpoint_id")):
        if not who.endpoint_id:
            yield Finding(
                "PEPPOL-EN16931-R010" if term == "BT-49" else "PEPPOL-EN16931-R020",
                term,
                "endpoint-missing",
                field,
            )
        elif not endpoint_scheme_exists(who.endpoint_scheme or ""):
            yield Finding("BR-CL-25", term, "endpoint-scheme-unknown", field)
        elif profile == "peppol" and not is_peppol_scheme(who.endpoint_scheme or ""):
            yield Finding("PEPPOL-EN16931-CL008", term, "endpoint-not-peppol", field)
    if profile == "peppol" and not (invoice.buyer_reference or invoice.order_reference):
        yield Finding("PEPPOL-EN16931-R003", "BT-10", "buyer-reference-missing", "buyer_reference")


def _german(invoice: Invoice) -> Iterator[Finding]:
    seller, buyer = invoice.seller, invoice.buyer
    if not invoice.buyer_reference:
        yield Finding("BR-DE-15", "BT-10", "buyer-reference-missing", "buyer_reference")
    if invoice.payment is None:
        yield Finding("BR-DE-1", "BG-16", "iban-missing", "company.iban")
    if not seller.contact_name:
        yield Finding("BR-DE-5", "BT-41", "contact-name-missing", "company.contact_name")
    if len(re.findall(r"\d", seller.phone)) < 3:
        yield Finding("BR-DE-27", "BT-42", "contact-phone-missing", "company.phone")
    if not re.fullmatch(r"[^@\s]{2,}@[^@\s]{2,}", seller.email) or seller.email.endswith("."):
        yield Finding("BR-DE-28", "BT-43", "contact-email-missing", "company.email")
    for address, field, city, postcode in (
        (seller.address, "company", "BT-37", "BT-38"),
        (buyer.address, "party", "BT-52", "BT-53"),
    ):
        rules = ("BR-DE-3", "BR-DE-4") if field == "company" else ("BR-DE-8", "BR-DE-9")
        if not address.city:
            yield Finding(rules[0], city, "city-missing", f"{field}.city")
        if not address.postcode:
            yield Finding(rules[1], postcode, "postcode-missing", f"{field}.postcode")
    delivered = invoice.delivery.address
    if delivered is not None and not (delivered.city and delivered.postcode):
        yield Finding("BR-DE-10", "BT-77", "delivery-place-missing", "party.addresses")


def _is_german(invoice: Invoice) -> bool:
    return invoice.seller.address.country == "DE" and invoice.buyer.address.country == "DE"
