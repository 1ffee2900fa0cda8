"""The pipeline in figures."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from suite.base.command import Actor
from suite.base.db import session
from suite.base.money import cents
from suite.model import Opportunity, Record
from suite.shared.visible import visible


@dataclass(frozen=True)
class StageSum:
    """Open deals of a stage: how many, their amounts and their weighted amounts in euros."""

    count: int = 0
    amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)


def stage_sums(by: Actor) -> dict[str, StageSum]:
    """Sums by stage; weighted in Python, because two scaled columns are never multiplied in SQL."""
    open_deals = visible(by, "opportunity").where(Record.state == "open").subquery()
    wanted = (
        select(Opportunity.stage, Opportunity.probability, func.count(), func.sum(Opportunity.amount))
        .join(open_deals, open_deals.c.id == Opportunity.id)
        .group_by(Opportunity.stage, Opportunity.probability)
    )
    sums: dict[str, StageSum] = {}
    for stage, chance, count, amount in session().execute(wanted):
        before = sums.get(stage, StageSum())
        sums[stage] = StageSum(
            before.count + count, before.amount + amount, before.weighted + cents(amount * chance / 100)
        )
    return sums
