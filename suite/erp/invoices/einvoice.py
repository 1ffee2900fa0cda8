"""The e-invoice of a document: built in the terms of EN 16931, checked, and archived before anything is final."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from suite.base.errors import Refusal, Refusals
from suite.base.money import cents
from suite.exchange.einvoice import semantic
from suite.exchange.einvoice.rules import check
from suite.exchange.ubl import write_ubl
from suite.model import DocumentTax
from suite.reference import tax_case, vat_endpoint_scheme
from suite.shared.archive import archive
from suite.shared.documents import Loaded, parties_of

CREDIT_TERMS = "Der Betrag wird verrechnet oder erstattet."


def checked_invoice(
    document: Loaded,
    taxes: Sequence[DocumentTax],
    profile: str,
    *,
    number: str,
    dated_on: date,
    due_on: date,
    preceding: semantic.Preceding | None,
) -> bytes:
    """The XML in the chosen profile; raises `Refusals` with what is fatal for it, each at its field."""
    is_credit = document.document.kind == "credit_note"
    invoice = semantic_invoice(
        document,
        taxes,
        profile,
        number=number,
        dated_on=dated_on,
        due_on=None if is_credit else due_on,
        preceding=preceding,
    )
    findings = check(invoice, profile)
    if findings:
        raise Refusals([Refusal(f.code, field=f.field, rule=f.rule, term=f.term) for f in findings])
    return write_ubl(invoice, profile)


def archive_einvoice(document_id: int, number: str, profile: str, xml: bytes) -> str:
    """Keep the bytes for good and return their SHA-256."""
    name = f"{number}.xml".replace("/", "-")
    return archive(document_id, xml, role="xml", profile=profile, name=name, media_type="application/xml")


def semantic_invoice(
    document: Loaded,
    taxes: Sequence[DocumentTax],
    profile: str,
    *,
    number: str,
    dated_on: date,
    due_on: date | None,
    preceding: semantic.Preceding | None,
) -> semantic.Invoice:
    """The document in the terms of EN 16931."""
    head = document.document
    parties = {row["role"]: row for row in parties_of(head.id)}
    is_credit = head.kind == "credit_note"
    seller = _seller(parties["seller"], profile)
    return semantic.Invoice(
        number=number,
        issued_on=dated_on,
        type_code="381" if is_credit else "380",
        currency=head.currency,
        due_on=due_on,
        payment_terms=CREDIT_TERMS if is_credit else _payment_terms(due_on),
        buyer_reference=head.buyer_reference,
        order_reference=head.order_reference,
        note="\n".join(part for part in (head.intro, head.closing) if part),
        preceding=preceding,
        seller=seller,
        buyer=_buyer(parties["buyer"], profile, head.buyer_reference),
        delivery=_delivery(head.service_from, head.service_until, parties, taxes),
        payment=_payment(parties["seller"], is_credit=is_credit),
        allowances=tuple(_document_allowances(taxes, head.header_discount_percent)),
        vat=tuple(_breakdown(taxes, dated_on)),
        totals=semantic.Totals(
            head.line_total, head.allowance_total, head.net_total, head.tax_total, head.gross_total
        ),
        lines=tuple(_lines(document.lines, dated_on)),
    )


def _seller(row: Mapping[str, Any], profile: str) -> semantic.Seller:
    scheme, endpoint = _endpoint(row, profile)
    return semantic.Seller(
        name=row["name"],
        address=_address(row),
        vat_id=row["vat_id"],
        tax_number=row["tax_number"],
        registration=row["register_entry"],
        endpoint_scheme=scheme,
        endpoint_id=endpoint,
        contact_name=row["contact_name"],
        phone=row["phone"],
        email=row["email"],
    )


def _buyer(row: Mapping[str, Any], profile: str, reference: str | None) -> semantic.Buyer:
    scheme, endpoint = _endpoint(row, profile)
    return semantic.Buyer(row["name"], _address(row), row["vat_id"], scheme, endpoint)


def _endpoint(row: Mapping[str, Any], profile: str) -> tuple[str | None, str | None]:
    """The address for electronic delivery: what was entered, else VAT id (PEPPOL) or e-mail (XRechnung)."""
    scheme, endpoint = row["endpoint_scheme"], row["endpoint_id"]
    if endpoint and not (profile == "peppol" and scheme == "EM"):
        return scheme, endpoint
    by_vat_id = vat_endpoint_scheme(row["country"])
    if profile == "peppol" and row["vat_id"] and by_vat_id:
        return by_vat_id, row["vat_id"]
    if profile != "peppol" and row["email"]:
        return "EM", row["email"]
    return scheme, endpoint


def _address(row: Mapping[str, Any]) -> semantic.Address:
    return semantic.Address(row["street"], row["addition"], row["city"], row["postcode"], row["country"])


def _delivery(
    start: date | None,
    end: date | None,
    parties: Mapping[str, Mapping[str, Any]],
    taxes: Sequence[DocumentTax],
) -> semantic.Delivery:
    goods_abroad = any(tax.category == "K" for tax in taxes)
    place = parties.get("delivery") or (parties["buyer"] if goods_abroad else None)
    name = place["name"] if place is not None else None
    address = _address(place) if place is not None else None
    if start is not None and end is not None and start != end:
        return semantic.Delivery(None, start, end, name, address)
    return semantic.Delivery(end or start, None, None, name, address)


def _payment(row: Mapping[str, Any], *, is_credit: bool) -> semantic.PaymentMeans | None:
    if is_credit:
        return semantic.PaymentMeans("97", None, None, None)  # UNTDID 4461: clearing between partners
    if not row["iban"]:
        return None
    return semantic.PaymentMeans("58", row["iban"], row["name"], row["bic"])


def _payment_terms(due_on: date | None) -> str:
    return "" if due_on is None else f"Zahlbar ohne Abzug bis {due_on:%d.%m.%Y}."


def _document_allowances(taxes: Sequence[DocumentTax], percent: Decimal) -> Iterator[semantic.Allowance]:
    for tax in taxes:
        if tax.allowance:
            yield semantic.Allowance(tax.allowance, tax.line_total, percent, "Rabatt", tax.category, tax.rate)


def _breakdown(taxes: Sequence[DocumentTax], on: date) -> Iterator[semantic.VatBreakdown]:
    groups: dict[tuple[str, Decimal], list[DocumentTax]] = {}
    for tax in taxes:
        groups.setdefault((tax.category, tax.rate), []).append(tax)
    for (category, rate), members in groups.items():
        cases = [tax_case(member.tax_case, on) for member in members]
        exempt = category not in ("S", "Z")
        yield semantic.VatBreakdown(
            category,
            rate,
            sum((member.base for member in members), Decimal("0.00")),
            sum((member.tax for member in members), Decimal("0.00")),
            reason="; ".join(dict.fromkeys(case.reason_de for case in cases if exempt and case.reason_de)),
            reason_code=cases[0].vatex if exempt else "",
        )


def _lines(rows: Sequence[Mapping[str, Any]], on: date) -> Iterator[semantic.Line]:
    """Item lines; text lines become the note of the item that follows, or of the last one."""
    items = [row for row in rows if row["kind"] == "item"]
    notes: dict[int, list[str]] = {}
    waiting: list[str] = []
    for row in rows:
        if row["kind"] == "text":
            waiting.append(row["name"])
        else:
            notes[row["id"]], waiting = waiting, []
    if waiting and items:
        notes[items[-1]["id"]] += waiting
    for place, row in enumerate(items, start=1):
        full = cents(row["quantity"] * row["unit_price"])
        allowance = None
        if full != row["amount"]:
            allowance = semantic.Allowance(full - row["amount"], full, row["discount_percent"], "Rabatt")
        yield semantic.Line(
            id=str(place),
            name=row["name"],
            description=row["description"],
            article=row["article"],
            quantity=row["quantity"],
            unit=row["unit"],
            unit_price=row["unit_price"],
            net=row["amount"],
            category=tax_case(row["tax_case"], on).vat_category,
            rate=row["tax_rate"],
            allowance=allowance,
            note="\n".join(notes[row["id"]]),
        )
