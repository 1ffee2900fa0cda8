"""The lines of a billing period: each for the days it holds, to the cent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from suite.base.db import session
from suite.model import ContractLine
from suite.shared.contract_terms import Period, share
from suite.shared.lines import LineInput
from suite.shared.totals import line_amount

WORDS = {
    "de": ("Leistungszeitraum", "von", "Tagen"),
    "en": ("Period of service", "of", "days"),
}


@dataclass(frozen=True)
class Part:
    """A line for some days of a period and what it costs then, net."""

    line: ContractLine
    from_on: date
    until_on: date
    amount: Decimal
    days: int
    whole_days: int

    @property
    def is_whole(self) -> bool:
        """Whether the line holds for the whole period."""
        return self.days == self.whole_days


def lines_of(contract_ids: Sequence[int]) -> dict[int, list[ContractLine]]:
    """The lines of contracts in their order, those of the past too."""
    wanted = select(ContractLine).where(ContractLine.contract_id.in_(contract_ids))
    lines = session().scalars(wanted.execution_options(populate_existing=True)).all()
    found: dict[int, list[ContractLine]] = {}
    # Sorted here: the engines disagree where a day that is left open comes.
    for line in sorted(lines, key=lambda each: (each.position, each.valid_from or date.min, each.id)):
        found.setdefault(line.contract_id, []).append(line)
    return found


def parts_of(lines: Iterable[ContractLine], period: Period) -> list[Part]:
    """What a period bills: a line whose price changes in the middle gives two parts."""
    whole = (period.whole_from, period.whole_until)
    parts = []
    for line in lines:
        first = max(period.from_on, line.valid_from or date.min)
        last = min(period.until_on, line.valid_until or date.max)
        if first <= last:
            amount = line_amount(line.quantity, line.unit_price, line.discount_percent)
            due = share(amount, part=(first, last), whole=whole)
            days, whole_days = (last - first).days + 1, (whole[1] - whole[0]).days + 1
            parts.append(Part(line, first, last, due, days, whole_days))
    return parts


def billed_line(part: Part, language: str) -> LineInput:
    """The invoice line of a part: a whole period with quantity and price, a part of one as one amount for its days."""
    line = part.line
    words = WORDS.get(language, WORDS["de"])
    span = f"{words[0]} {_day(part.from_on)} – {_day(part.until_on)}"
    if part.is_whole:
        return LineInput(
            product_id=line.product_id,
            name=line.name,
            description=span,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            tax_case=line.tax_case,
            billing_basis="ordered",
        )
    return LineInput(
        product_id=line.product_id,
        name=line.name,
        description=f"{span} ({part.days} {words[1]} {part.whole_days} {words[2]})",
        quantity=Decimal(1),
        unit="C62",
        unit_price=part.amount,
        tax_case=line.tax_case,
        billing_basis="ordered",
    )


def _day(day: date) -> str:
    return f"{day.day:02}.{day.month:02}.{day.year:04}"
