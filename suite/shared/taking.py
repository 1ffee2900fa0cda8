"""Taking goods out of stock: which locations and lots they come from, and writing that down."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from suite.base.db import insert_rows
from suite.base.errors import Refusal, Refusals
from suite.model import StockMove
from suite.shared.lots import LotInput, change_lot_levels, is_expired, lots_in_stock, shared_out
from suite.shared.stock_levels import Held, Levels, change_levels, move_row, use_reservations

ZERO = Decimal(0)


@dataclass
class Claim:
    """Goods wanted out of stock: by whom, whose reservations may be used, of which lots."""

    product_id: int
    quantity: Decimal
    name: str
    field: str
    line_id: int | None
    held: dict[int, Held]
    place: int | None = None
    lots: Sequence[LotInput] = ()


@dataclass
class Taken:
    """What taking goods comes to: levels to change by (product, location), and moves."""

    levels: dict[tuple[int, int], tuple[Decimal, Decimal]] = field(default_factory=dict)
    lots: dict[tuple[int, int], Decimal] = field(default_factory=dict)
    moves: list[tuple[Claim, int, int | None, Decimal]] = field(default_factory=list)

    def add(self, product: int, place: int, on_hand: Decimal, reserved: Decimal) -> None:
        """Add to the change of a level."""
        before = self.levels.get((product, place), (ZERO, ZERO))
        self.levels[product, place] = (before[0] + on_hand, before[1] + reserved)


def take_goods(claims: Sequence[Claim], levels: Levels, tracked: Mapping[int, str]) -> Taken:
    """Plan where goods are taken from; raises `Refusals` with everything that is not there."""
    taken, problems = Taken(), []
    lots = lots_in_stock(tracked, lock=True)
    for claim in claims:
        rows = levels.get(claim.product_id, [])
        whole = sum((held.left for held in claim.held.values()), ZERO)
        try:
            if claim.product_id in tracked:
                rest = _take_lots(
                    claim, rows, lots.get(claim.product_id, []), tracked[claim.product_id], taken
                )
            else:
                rest = _take_any(claim, rows, taken)
        except Refusal as problem:
            problems.append(problem)
            continue
        if rest:
            problems.append(
                Refusal(
                    "not-enough-stock",
                    field=f"quantity{claim.field}",
                    name=claim.name,
                    available=claim.quantity - rest,
                )
            )
        _give_back(claim, min(whole, claim.quantity), whole, taken)
    if problems:
        raise Refusals(problems)
    return taken


def _take_any(claim: Claim, rows: Sequence[dict[str, Any]], taken: Taken) -> Decimal:
    """From the reservations first wherever they are, then what is free; returns what is missing."""
    rest, parts = claim.quantity, dict[int, Decimal]()
    for level in rows:
        own = claim.held.get(level["location_id"])
        take = min(rest, own.left) if own is not None else ZERO
        if own is not None and take > 0:
            _draw(claim, level, take, taken)
            parts[level["location_id"]] = take
            rest -= take
    for level in rows:
        take = min(rest, level["on_hand"] - level["reserved"])
        if take > 0:
            _draw(claim, level, take, taken)
            parts[level["location_id"]] = parts.get(level["location_id"], ZERO) + take
            rest -= take
    taken.moves += [(claim, place, None, quantity) for place, quantity in parts.items()]
    return rest


def _take_lots(
    claim: Claim, rows: Sequence[dict[str, Any]], lots: list[dict[str, Any]], tracking: str, taken: Taken
) -> Decimal:
    """The lots named, else the proposal; returns what is missing of the proposal."""
    by_place = {level["location_id"]: level for level in rows}
    named = shared_out(claim.lots, tracking, claim.quantity, field=f"lots{claim.field}") if claim.lots else {}
    wanted: list[tuple[str | None, Decimal]] = [(lot.code, lot.quantity or ZERO) for lot in named.values()]
    missing = ZERO
    for code, rest in wanted or [(None, claim.quantity)]:
        for lot in lots:
            level = by_place.get(lot["location_id"])
            if level is None or code not in (None, lot["code"]):
                continue
            if code is None and is_expired(lot):
                continue  # what is over leaves only when somebody names it
            own = claim.held.get(lot["location_id"])
            free = level["on_hand"] - level["reserved"] + (own.left if own else ZERO)
            take = min(rest, lot["on_hand"], free)
            if take > 0:
                _draw(claim, level, take, taken)
                lot["on_hand"] -= take
                rest -= take
                key = (lot["lot_id"], lot["location_id"])
                taken.lots[key] = taken.lots.get(key, ZERO) - take
                taken.moves.append((claim, lot["location_id"], lot["lot_id"], take))
        if rest and code is not None:
            raise Refusal("lot-not-there", field=f"lots{claim.field}", lot=code, name=claim.name)
        missing += rest
    return missing


def _draw(claim: Claim, level: dict[str, Any], quantity: Decimal, taken: Taken) -> None:
    own = claim.held.get(level["location_id"])
    from_own = min(quantity, own.left) if own is not None else ZERO
    if own is not None:
        own.left -= from_own
    level["on_hand"] -= quantity
    level["reserved"] -= from_own
    taken.add(claim.product_id, level["location_id"], -quantity, -from_own)


def _give_back(claim: Claim, due: Decimal, whole: Decimal, taken: Taken) -> None:
    """What was taken beside the reservations leaves as much of them over: it is promised no longer."""
    left = sum((held.left for held in claim.held.values()), ZERO)
    too_much = left - (whole - due)
    for place, held in sorted(claim.held.items()):
        give = min(too_much, held.left)
        if give > 0:
            held.left -= give
            too_much -= give
            taken.add(claim.product_id, place, ZERO, -give)


def write_taken(
    taken: Taken,
    held: Mapping[tuple[int, int], Mapping[int, Held]],
    *,
    target: int,
    on: date,
    reason: str = "",
) -> None:
    """Write what was planned: reservations, levels, lots and moves to `target`."""
    each = (one for by_place in held.values() for one in by_place.values())
    use_reservations([one for one in each if one.left != one.quantity])
    change_levels([(product, place, *change) for (product, place), change in taken.levels.items()])
    change_lot_levels([(lot, place, quantity) for (lot, place), quantity in taken.lots.items()])
    rows = [
        move_row(
            claim.product_id, place, target, quantity, on, line_id=claim.line_id, lot_id=lot_id, reason=reason
        )
        for claim, place, lot_id, quantity in taken.moves
    ]
    insert_rows(StockMove, rows)


def summed(parts: Iterable[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    """Quantities by lot, each lot once."""
    found: dict[int, Decimal] = {}
    for lot, quantity in parts:
        found[lot] = found.get(lot, ZERO) + quantity
    return list(found.items())
