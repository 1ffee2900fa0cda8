"""Writing UBL 2.1: the order of elements is the schema's, the bytes are the same every time."""

from collections.abc import Iterator
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from suite.exchange.einvoice.semantic import Address, Allowance, Buyer, Invoice, Line, Seller, VatBreakdown

PROFILES = {
    "en16931": "urn:cen.eu:en16931:2017",
    "xrechnung": "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
    "peppol": "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
}
BUSINESS_PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_OASIS = "urn:oasis:names:specification:ubl:schema:xsd:"


def write_ubl(invoice: Invoice, profile: str) -> bytes:
    """The invoice as UBL in one of `PROFILES`; UTF-8 with an XML declaration."""
    root = "CreditNote" if invoice.is_credit_note else "Invoice"
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{root} xmlns="{_OASIS}{root}-2" xmlns:cac="{_OASIS}CommonAggregateComponents-2" '
        f'xmlns:cbc="{_OASIS}CommonBasicComponents-2">'
    )
    return "\n".join([head, *_body(invoice, profile, root), f"</{root}>\n"]).encode()


def _body(invoice: Invoice, profile: str, root: str) -> Iterator[str]:
    yield _cbc("CustomizationID", PROFILES[profile])
    yield _cbc("ProfileID", BUSINESS_PROCESS)
    yield _cbc("ID", invoice.number)
    yield _cbc("IssueDate", invoice.issued_on.isoformat())
    if not invoice.is_credit_note and invoice.due_on is not None:
        yield _cbc("DueDate", invoice.due_on.isoformat())
    yield _cbc(f"{root}TypeCode", invoice.type_code)
    if invoice.note:
        yield _cbc("Note", invoice.note)
    yield _cbc("DocumentCurrencyCode", invoice.currency)
    if invoice.buyer_reference:
        yield _cbc("BuyerReference", invoice.buyer_reference)
    if invoice.delivery.period_from is not None and invoice.delivery.period_until is not None:
        start, end = invoice.delivery.period_from.isoformat(), invoice.delivery.period_until.isoformat()
        yield _cac("InvoicePeriod", _cbc("StartDate", start), _cbc("EndDate", end))
    if invoice.order_reference:
        yield _cac("OrderReference", _cbc("ID", invoice.order_reference))
    if invoice.preceding is not None:
        about = (
            _cbc("ID", invoice.preceding.number),
            _cbc("IssueDate", invoice.preceding.issued_on.isoformat()),
        )
        yield _cac("BillingReference", _cac("InvoiceDocumentReference", *about))
    yield _cac("AccountingSupplierParty", _cac("Party", *_seller(invoice.seller)))
    yield _cac("AccountingCustomerParty", _cac("Party", *_buyer(invoice.buyer)))
    yield from _delivery(invoice)
    yield from _payment(invoice)
    for allowance in invoice.allowances:
        yield _allowance(
            allowance, invoice.currency, _category("TaxCategory", allowance.category, allowance.rate)
        )
    yield _tax_total(invoice)
    yield _monetary_total(invoice)
    for line in invoice.lines:
        yield _line(line, invoice)


def _seller(seller: Seller) -> Iterator[str]:
    if seller.endpoint_scheme and seller.endpoint_id:
        yield _cbc("EndpointID", seller.endpoint_id, schemeID=seller.endpoint_scheme)
    yield _cac("PartyName", _cbc("Name", seller.name))
    yield _address("PostalAddress", seller.address)
    if seller.vat_id:
        yield _tax_scheme(seller.vat_id, "VAT")
    if seller.tax_number:
        yield _tax_scheme(seller.tax_number, "FC")
    registration = (_cbc("CompanyID", seller.registration),) if seller.registration else ()
    yield _cac("PartyLegalEntity", _cbc("RegistrationName", seller.name), *registration)
    contact = [("Name", seller.contact_name), ("Telephone", seller.phone), ("ElectronicMail", seller.email)]
    if any(value for _, value in contact):
        yield _cac("Contact", *(_cbc(name, value) for name, value in contact if value))


def _buyer(buyer: Buyer) -> Iterator[str]:
    if buyer.endpoint_scheme and buyer.endpoint_id:
        yield _cbc("EndpointID", buyer.endpoint_id, schemeID=buyer.endpoint_scheme)
    yield _cac("PartyName", _cbc("Name", buyer.name))
    yield _address("PostalAddress", buyer.address)
    if buyer.vat_id:
        yield _tax_scheme(buyer.vat_id, "VAT")
    yield _cac("PartyLegalEntity", _cbc("RegistrationName", buyer.name))


def _address(name: str, address: Address) -> str:
    lines = [("StreetName", address.street), ("AdditionalStreetName", address.addition)]
    lines += [("CityName", address.city), ("PostalZone", address.postcode)]
    country = _cac("Country", _cbc("IdentificationCode", address.country))
    return _cac(name, *(_cbc(part, value) for part, value in lines if value), country)


def _tax_scheme(company_id: str, scheme: str) -> str:
    return _cac("PartyTaxScheme", _cbc("CompanyID", company_id), _cac("TaxScheme", _cbc("ID", scheme)))


def _delivery(invoice: Invoice) -> Iterator[str]:
    delivery = invoice.delivery
    parts = []
    if delivery.delivered_on is not None:
        parts.append(_cbc("ActualDeliveryDate", delivery.delivered_on.isoformat()))
    if delivery.address is not None:
        parts.append(_cac("DeliveryLocation", _address("Address", delivery.address)))
    if delivery.name:
        parts.append(_cac("DeliveryParty", _cac("PartyName", _cbc("Name", delivery.name))))
    if parts:
        yield _cac("Delivery", *parts)


def _payment(invoice: Invoice) -> Iterator[str]:
    means = invoice.payment
    if means is not None:
        account = []
        if means.iban:
            branch = (_cac("FinancialInstitutionBranch", _cbc("ID", means.bic)),) if means.bic else ()
            name = (_cbc("Name", means.account_name),) if means.account_name else ()
            account = [_cac("PayeeFinancialAccount", _cbc("ID", means.iban), *name, *branch)]
        yield _cac(
            "PaymentMeans", _cbc("PaymentMeansCode", means.code), _cbc("PaymentID", invoice.number), *account
        )
    if invoice.payment_terms:
        yield _cac("PaymentTerms", _cbc("Note", invoice.payment_terms))


def _allowance(allowance: Allowance, currency: str, *more: str) -> str:
    return _cac(
        "AllowanceCharge",
        _cbc("ChargeIndicator", "false"),
        _cbc("AllowanceChargeReasonCode", "95"),
        _cbc("AllowanceChargeReason", allowance.reason),
        _cbc("MultiplierFactorNumeric", _number(allowance.percent)),
        _amount("Amount", allowance.amount, currency),
        _amount("BaseAmount", allowance.base, currency),
        *more,
    )


def _tax_total(invoice: Invoice) -> str:
    groups = (_subtotal(group, invoice.currency) for group in invoice.vat)
    return _cac("TaxTotal", _amount("TaxAmount", invoice.totals.tax, invoice.currency), *groups)


def _subtotal(group: VatBreakdown, currency: str) -> str:
    reasons = []
    if group.reason_code:
        reasons.append(_cbc("TaxExemptionReasonCode", group.reason_code))
    if group.reason:
        reasons.append(_cbc("TaxExemptionReason", group.reason))
    category = _category("TaxCategory", group.category, group.rate, *reasons)
    return _cac(
        "TaxSubtotal",
        _amount("TaxableAmount", group.base, currency),
        _amount("TaxAmount", group.tax, currency),
        category,
    )


def _category(name: str, category: str, rate: Decimal, *reasons: str) -> str:
    percent = _cbc("Percent", _number(rate))
    return _cac(name, _cbc("ID", category), percent, *reasons, _cac("TaxScheme", _cbc("ID", "VAT")))


def _monetary_total(invoice: Invoice) -> str:
    totals, currency = invoice.totals, invoice.currency
    parts = [
        _amount("LineExtensionAmount", totals.lines, currency),
        _amount("TaxExclusiveAmount", totals.net, currency),
        _amount("TaxInclusiveAmount", totals.gross, currency),
    ]
    if totals.allowances:
        parts.append(_amount("AllowanceTotalAmount", totals.allowances, currency))
    if totals.paid:
        parts.append(_amount("PrepaidAmount", totals.paid, currency))
    return _cac("LegalMonetaryTotal", *parts, _amount("PayableAmount", totals.due, currency))


def _line(line: Line, invoice: Invoice) -> str:
    root, quantity = (
        ("CreditNoteLine", "CreditedQuantity")
        if invoice.is_credit_note
        else ("InvoiceLine", "InvoicedQuantity")
    )
    currency = invoice.currency
    parts = [_cbc("ID", line.id)]
    if line.note:
        parts.append(_cbc("Note", line.note))
    parts.append(_cbc(quantity, _number(line.quantity), unitCode=line.unit))
    parts.append(_amount("LineExtensionAmount", line.net, currency))
    if line.allowance is not None:
        parts.append(_allowance(line.allowance, currency))
    parts.append(_cac("Item", *_item(line)))
    parts.append(
        _cac(
            "Price", f'<cbc:PriceAmount currencyID="{currency}">{_number(line.unit_price)}</cbc:PriceAmount>'
        )
    )
    return _cac(root, *parts)


def _item(line: Line) -> Iterator[str]:
    if line.description:
        yield _cbc("Description", line.description)
    yield _cbc("Name", line.name)
    if line.article:
        yield _cac("SellersItemIdentification", _cbc("ID", line.article))
    yield _category("ClassifiedTaxCategory", line.category, line.rate)


def _cbc(name: str, value: str, **attributes: str) -> str:
    shown = "".join(f" {key}={quoteattr(text)}" for key, text in attributes.items())
    return f"<cbc:{name}{shown}>{escape(value)}</cbc:{name}>"


def _cac(name: str, *parts: str) -> str:
    return f"<cac:{name}>{''.join(parts)}</cac:{name}>"


def _amount(name: str, value: Decimal, currency: str) -> str:
    return f'<cbc:{name} currencyID="{currency}">{value:.2f}</cbc:{name}>'


def _number(value: Decimal) -> str:
    """A decimal without needless zeros and never in exponent form."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
