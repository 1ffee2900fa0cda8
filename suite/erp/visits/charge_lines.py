"""The invoice lines of a visit: what is billed as items, what the contract or goodwill covers as words."""

from collections.abc import Sequence
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from suite.base.clock import company_zone
from suite.base.db import session
from suite.base.money import round_half_up
from suite.erp.visits.settings import HOUR, MINUTES_PER_HOUR, billed_article
from suite.model import Party, Product, Record, Visit, VisitCharge, VisitPart
from suite.reference import unit_name
from suite.shared.lines import LineInput

WORDS = {
    "de": {
        "head": "{number} am {day}: {subject}",
        "included": "Im Vertrag {contract} enthalten: {what}",
        "included-without": "Ohne Berechnung (Gewährleistung): {what}",
        "contingent": "Aus dem Kontingent des Vertrags {contract}: {what}",
        "goodwill": "Kulanz: {what}",
        "work": "Arbeitszeit",
        "travel": "Anfahrt",
    },
    "en": {
        "head": "{number} on {day}: {subject}",
        "included": "Included in contract {contract}: {what}",
        "included-without": "Free of charge (warranty): {what}",
        "contingent": "From the contingent of contract {contract}: {what}",
        "goodwill": "Goodwill: {what}",
        "work": "labour",
        "travel": "travel",
    },
}


def invoice_lines(record: Record, visit: Visit, charges: Sequence[VisitCharge]) -> list[LineInput]:
    """A heading, the billable pieces as items at the customer's prices, then in words what costs nothing."""
    party = session().get_one(Party, record.party_id)
    language = "en" if party.language == "en" else "de"
    day = visit.starts_at.astimezone(company_zone()).date()
    head = WORDS[language]["head"].format(
        number=record.number, day=format_date(day, "medium", locale=language), subject=record.title
    )
    lines = [LineInput(kind="text", name=head)]
    lines += [_item(charge) for charge in charges if charge.charge == "billable"]
    contract = session().get(Record, visit.contract_id) if visit.contract_id is not None else None
    for how in ("included", "contingent", "goodwill"):
        covered = [_words(charge, language) for charge in charges if charge.charge == how]
        if covered:
            key = "included-without" if how == "included" and contract is None else how
            number = contract.number if contract else ""
            text = WORDS[language][key].format(contract=number, what=", ".join(covered))
            lines.append(LineInput(kind="text", name=text))
    return lines


def _item(charge: VisitCharge) -> LineInput:
    if charge.part_id is not None:
        part = session().get_one(VisitPart, charge.part_id)
        return LineInput(product_id=part.product_id, quantity=charge.quantity)
    article = billed_article(charge.piece)
    return LineInput(product_id=article.id, quantity=_quantity(article, charge.minutes))


def _quantity(article: Product, minutes: int) -> Decimal:
    """Hours to the hundredth where the article is an hour; one journey where it is not."""
    return round_half_up(minutes / MINUTES_PER_HOUR, 2) if article.unit == HOUR else Decimal(1)


def _words(charge: VisitCharge, language: str) -> str:
    if charge.part_id is not None:
        product = session().get_one(Product, session().get_one(VisitPart, charge.part_id).product_id)
        amount = format_decimal(charge.quantity.normalize(), locale=language)
        return f"{amount} {unit_name(product.unit, language)} {product.name}"
    hours = format_decimal(round_half_up(charge.minutes / MINUTES_PER_HOUR, 2), locale=language)
    return f"{hours} {unit_name(HOUR, language)} {WORDS[language][charge.piece]}"
