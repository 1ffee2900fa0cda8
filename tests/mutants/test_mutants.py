"""Wrong versions of rules: the driven company or the oracle must notice every one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from suite.base import counter, money
from suite.erp.deliveries import commands as deliveries
from suite.erp.deliveries import returns
from suite.erp.invoices import commands as invoices
from suite.erp.invoices import drafts, sources
from suite.erp.orders import changes
from suite.erp.orders import commands as orders
from suite.erp.payments import commands as payments
from suite.erp.stock import counting, stocktake_booking
from suite.shared import progress, reservation, settlement, totals
from tests.erp.test_stocktake import STEPS, take_stock_as_told
from tests.shared import test_totals_oracle
from tests.shared.test_totals_oracle import DISCOUNTS, DOCUMENTS, assert_norm
from tests.stories.test_state_machine import drive, stocked_template
from tests.world import World, actor

__all__ = ["stocked_template"]
Patch = Callable[[pytest.MonkeyPatch], None]
ONE = Decimal(1)


@dataclass(frozen=True)
class Mutant:
    """What is wrong, and how it is made wrong."""

    what: str
    make: Patch


def wrong(module: Any, name: str, value: Any) -> Patch:
    """Another value for a name of a module."""
    return lambda patch: patch.setattr(module, name, value)


def without(module: Any, name: str, answer: Any = None) -> Patch:
    """A function that does nothing."""
    return wrong(module, name, lambda *_, **__: answer)


def shifted(module: Any, name: str, shift: Callable[[Any], Any]) -> Patch:
    """A function whose answer is a little off."""
    right = getattr(module, name)
    return wrong(module, name, lambda *args, **values: shift(right(*args, **values)))


def _only_gathers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(drafts, "GATHERING", ())


def _number_twice(patch: pytest.MonkeyPatch) -> None:
    right = counter.draw_in_order
    patch.setattr(counter, "draw_in_order", lambda key, on: max(right(key, on) - 1, 1))


def _half_of_allocations_undone(patch: pytest.MonkeyPatch) -> None:
    right = settlement.undo_allocations

    def undo(credit_item: int) -> None:
        if credit_item % 2:
            right(credit_item)

    patch.setattr(payments, "undo_allocations", undo)


def _forgets_returns(patch: pytest.MonkeyPatch) -> None:
    delivered = drafts._delivered

    def without_returns(order_line_ids: Any) -> dict[int, list[Any]]:
        return {
            line: [SimpleNamespace(**row._mapping | {"returned": Decimal(0)}) for row in rows]
            for line, rows in delivered(order_line_ids).items()
        }

    patch.setattr(drafts, "_delivered", without_returns)
    patch.setattr(drafts, "open_to_invoice", lambda row: row.delivered - row.invoiced + row.credited)


def _refuses_late(patch: pytest.MonkeyPatch) -> None:
    limits = dict(progress._LIMITS)
    limits["invoiced"] = progress.LineProgress.ordered
    patch.setattr(progress, "_LIMITS", limits)


DRIVEN = [
    Mutant(
        "one more than open may be delivered", shifted(deliveries, "open_to_deliver", lambda rest: rest + ONE)
    ),
    Mutant("what was ordered is billed, delivered or not", _refuses_late),
    Mutant("returned goods are billed again", _forgets_returns),
    Mutant("an invoice does not move its deliveries", without(invoices, "invoice_upstream")),
    Mutant("a cancellation leaves its deliveries billed", without(invoices, "uninvoice_upstream")),
    Mutant("a credit does not move what came back", without(invoices, "credit_upstream")),
    Mutant("goods are credited twice", without(sources, "_refuse_crediting_twice")),
    Mutant("credited beyond what was billed", without(invoices, "_raise_credited")),
    Mutant("a correction settles nothing", without(invoices, "settle_items")),
    Mutant("what was settled stays open", without(settlement, "_change_open")),
    Mutant("a reversal opens half", _half_of_allocations_undone),
    Mutant("states do not follow money", without(settlement, "_refresh")),
    Mutant("a number is drawn twice", _number_twice),
    Mutant("a closed order keeps its reservation", without(orders, "release")),
    Mutant("goods leave without a move", without(deliveries, "issue_stock")),
    Mutant("returned goods are not put back", without(returns, "receive_all")),
    Mutant("counting less keeps every promise", without(reservation, "_release_latest", [])),
    Mutant("changed below what was delivered", without(changes, "_refuse_impossible")),
    Mutant("orders of two customers are gathered", _only_gathers),
    Mutant("an order's word does not follow", without(deliveries, "refresh_orders")),
    Mutant("a delivery is not frozen", without(deliveries, "freeze")),
    Mutant("an invoice has no rollup", without(invoices, "invoice_progress")),
]


def _half_even(patch: pytest.MonkeyPatch) -> None:
    cent = Decimal("0.01")
    patch.setattr(totals, "cents", lambda value: value.quantize(cent, rounding=ROUND_HALF_EVEN))


def _taxes_a_cent_off(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        totals,
        "_taxes",
        lambda bases: {
            key: money.cents(base * key[2] / 100) + Decimal("0.01") * (base > 100)
            for key, base in bases.items()
        },
    )


COMPUTED = [
    Mutant("halves are rounded to even", _half_even),
    Mutant("taxes are a cent off above 100", _taxes_a_cent_off),
    Mutant(
        "a line is a cent short",
        shifted(
            test_totals_oracle,
            "line_amount",
            lambda amount: amount - Decimal("0.01") if amount > 7 else amount,
        ),
    ),
]


def _level_is_what_was_counted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        stocktake_booking,
        "_differences",
        lambda rows: {row.line.id: row.line.counted - row.level for row in rows},
    )


def _books_of_the_first_count(patch: pytest.MonkeyPatch) -> None:
    right, first = counting._books, dict[int, Any]()
    patch.setattr(counting, "_books", lambda line, place: first.setdefault(line.id, right(line, place)))


TAKEN = [
    Mutant("what moved since the count is booked away", _level_is_what_was_counted),
    Mutant("a count is compared with the books at the first one", _books_of_the_first_count),
    Mutant("a difference is booked into nothing", without(stocktake_booking, "correct_stock")),
    Mutant("counts are not added up", without(counting, "_sum_up")),
]


@pytest.mark.parametrize("mutant", DRIVEN, ids=[each.what for each in DRIVEN])
def test_the_driven_company_notices(
    stocked_template: Path, monkeypatch: pytest.MonkeyPatch, mutant: Mutant
) -> None:
    mutant.make(monkeypatch)

    with pytest.raises(Exception):  # noqa: B017 - a finding, a broken constraint or a wrong answer
        drive(stocked_template, examples=60, steps=30, seed=20260704, phases=(Phase.generate,))


@pytest.mark.parametrize("mutant", COMPUTED, ids=[each.what for each in COMPUTED])
def test_the_oracle_notices(monkeypatch: pytest.MonkeyPatch, mutant: Mutant) -> None:
    mutant.make(monkeypatch)

    @seed(20260704)
    @settings(max_examples=400, deadline=None, database=None, phases=(Phase.generate,))
    @given(lines=DOCUMENTS, discount=DISCOUNTS)
    def against_the_norm(lines: Any, discount: Any) -> None:
        assert_norm(lines, discount)

    with pytest.raises(AssertionError):
        against_the_norm()


@pytest.mark.parametrize("mutant", TAKEN, ids=[each.what for each in TAKEN])
def test_a_stocktake_notices(sqlite_world: World, monkeypatch: pytest.MonkeyPatch, mutant: Mutant) -> None:
    ben = actor("ben", "warehouse")
    mutant.make(monkeypatch)

    @seed(20261125)
    @settings(
        max_examples=40,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(start=st.integers(0, 12), steps=STEPS)
    def counted(start: int, steps: list[tuple[str, int]]) -> None:
        take_stock_as_told(sqlite_world, ben, start, steps)

    with pytest.raises(Exception):  # noqa: B017 - a wrong level, a finding or a refusal
        counted()
