"""Price adjustments: from a day on a line ends and its successor begins; never within what is billed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select, update

from suite.base.command import Actor, command, note_change, together
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal, Refusals
from suite.base.money import cents, fits, round_half_up
from suite.erp.contracts.commands import load_contract
from suite.erp.contracts.period_lines import lines_of
from suite.model import Contract, ContractLine, ContractPeriod, Record
from suite.model.record import change_record
from suite.shared.contract_periods import LIVE
from suite.shared.lines import LARGEST_PRICE
from suite.shared.totals import line_amount

HUNDRED = Decimal(100)
LEAST_PERCENT, MOST_PERCENT = Decimal(-50), Decimal(100)
CARRIED = (
    "contract_id",
    "position",
    "product_id",
    "name",
    "quantity",
    "unit",
    "discount_percent",
    "tax_case",
)


@dataclass(frozen=True)
class NewPrice:
    """A line that holds from a day on, and what it costs then."""

    line: ContractLine
    price: Decimal

    @property
    def before(self) -> Decimal:
        """What the line costs in a whole period now, net."""
        return line_amount(self.line.quantity, self.line.unit_price, self.line.discount_percent)

    @property
    def after(self) -> Decimal:
        """What it will cost."""
        return line_amount(self.line.quantity, self.price, self.line.discount_percent)


@command("contract.adjust", on="contract")
def adjust_contract(
    contract_id: int,
    *,
    from_on: date,
    percent: Decimal | None = None,
    prices: Mapping[int, Decimal] | None = None,
    version: int | None = None,
    by: Actor,
) -> int:
    """Change prices from a day on, all by a percentage or some by line id.

    Raises `Refusal("adjust-billed")` where the day lies in a period that has its invoice.
    """
    record, contract, _ = load_contract(contract_id, "contract.adjust", version)
    lines = lines_of([contract_id]).get(contract_id, [])
    _check_day(record, contract, from_on)
    changed = [
        new
        for new in new_prices(lines, from_on=from_on, percent=percent, prices=prices or {})
        if new.price != new.line.unit_price
    ]
    if not changed:
        raise Refusal("nothing-to-adjust", number=record.number)

    for new in changed:
        _change(contract, new, from_on)
        note_change(new.line.name, new.line.unit_price, new.price)
    note_change("valid_from", None, from_on)
    latest = [line for line in lines_of([contract_id])[contract_id] if line.valid_until is None]
    net = sum(
        (line_amount(line.quantity, line.unit_price, line.discount_percent) for line in latest), Decimal(0)
    )
    change_record(contract_id, sort_amount=net)
    return contract_id


def adjust_contracts(
    contract_ids: Sequence[int], *, from_on: date, percent: Decimal, request_key: str | None = None, by: Actor
) -> list[int]:
    """Several contracts by the same percentage (an index clause), all or none."""

    def act() -> list[int]:
        done = []
        for contract_id in sorted(contract_ids):
            key = {"request_key": f"{request_key}-{contract_id}"} if request_key else {}
            done.append(adjust_contract(contract_id, from_on=from_on, percent=percent, by=by, **key))  # type: ignore[arg-type]  # every command takes a request key
        return done

    return together(act)


def new_prices(
    lines: Iterable[ContractLine], *, from_on: date, percent: Decimal | None, prices: Mapping[int, Decimal]
) -> list[NewPrice]:
    """The lines that hold on `from_on` or later and what they cost then; raises `Refusals`."""
    holding = [line for line in lines if line.valid_until is None or line.valid_until >= from_on]
    if (percent is None) == (not prices):
        raise Refusal("price-one-form", field="percent")
    if percent is not None:
        if not LEAST_PERCENT <= percent <= MOST_PERCENT or not fits(abs(percent), most=HUNDRED, places=4):
            raise Refusal("adjust-percent", field="percent", least=LEAST_PERCENT, most=MOST_PERCENT)
        return [NewPrice(line, _raised(line.unit_price, percent)) for line in holding]
    problems: list[Refusal] = []
    known = {line.id for line in holding}
    for line_id, price in prices.items():
        if line_id not in known:
            problems.append(Refusal("item-unknown", field=f"price-{line_id}"))
        elif not fits(price, most=LARGEST_PRICE, places=6):
            problems.append(Refusal("price-range", field=f"price-{line_id}", most=LARGEST_PRICE))
    if problems:
        raise Refusals(problems)
    return [NewPrice(line, prices.get(line.id, line.unit_price)) for line in holding]


def first_free_day(contract: Contract) -> date:
    """The first day from which prices may change: behind every period that has its invoice."""
    last = select(func.max(ContractPeriod.until_on)).where(ContractPeriod.contract_id == contract.id, LIVE)
    billed = session().scalar(last)
    return max(contract.billed_until, billed + timedelta(days=1)) if billed else contract.billed_until


def _check_day(record: Record, contract: Contract, from_on: date) -> None:
    first = first_free_day(contract)
    if from_on < first:
        raise Refusal("adjust-billed", field="from_on", number=record.number, day=first)
    if contract.ends_on is not None and from_on > contract.ends_on:
        raise Refusal("adjust-after-end", field="from_on", number=record.number, day=contract.ends_on)


def _raised(price: Decimal, percent: Decimal) -> Decimal:
    """Prices in cents stay in cents; finer ones keep six places."""
    return round_half_up(price * (HUNDRED + percent) / HUNDRED, 2 if price == cents(price) else 6)


def _change(contract: Contract, new: NewPrice, from_on: date) -> None:
    """End the line and begin its successor; one that holds only from the day on gets the price itself."""
    line = new.line
    if (line.valid_from or contract.starts_on) >= from_on:
        values: dict[str, object] = {"unit_price": new.price}
    else:
        values = {"valid_until": from_on - timedelta(days=1)}
        successor = {name: getattr(line, name) for name in CARRIED}
        successor |= {"unit_price": new.price, "valid_from": from_on, "valid_until": line.valid_until}
        insert_rows(ContractLine, [successor])
    changed = update(ContractLine).where(ContractLine.id == line.id).values(**values)
    session().execute(changed.execution_options(synchronize_session=False))
