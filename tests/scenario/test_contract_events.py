"""Contracts as a scenario plays them: run after run, on both charts."""

from typing import Any

import pytest

from suite.scenario.player import play_case

CASE: dict[str, Any] = {
    "id": "contracts",
    "partners": {"C": {"role": "customer", "name": "Musterkunde GmbH", "country": "DE", "b2b": True}},
    "events": [
        {
            "seq": 1,
            "date": "2025-07-01",
            "type": "contract",
            "number": "VT-1",
            "partner": "C",
            "subject": "Wartung",
            "interval_months": 12,
            "lines": [{"item": "Wartung", "qty": "1", "unit_price_net": "365.00"}],
        },
        {"seq": 2, "date": "2025-07-02", "type": "contract_run", "number": "L1"},
        {"seq": 3, "date": "2025-07-20", "type": "contract_run_paid", "number": "Z1", "refers_to": "L1"},
        {"seq": 4, "date": "2025-08-01", "type": "contract_run", "number": "L2"},
        {"seq": 5, "date": "2026-01-05", "type": "deferral", "number": "RA", "year": 2025},
        {"seq": 6, "date": "2026-02-01", "type": "contract_notice", "number": "K1", "refers_to": "VT-1"},
        {
            "seq": 7,
            "date": "2026-07-01",
            "type": "contract_adjusted",
            "number": "P1",
            "refers_to": "VT-1",
            "percent": "2",
        },
    ],
}


@pytest.mark.parametrize(
    ("chart", "revenue", "deferred"), [("SKR03", "8400", "0990"), ("SKR04", "4400", "3900")]
)
def test_a_contract_is_billed_paid_and_deferred(chart: str, revenue: str, deferred: str) -> None:
    case = CASE | {"events": CASE["events"][:6]}

    played = play_case(case, chart=chart)

    assert played["error"] is None
    assert [event["type"] for event in played["events"]] == [each["type"] for each in case["events"]]
    rows = [
        (row["konto"], row["gegenkonto"], row["umsatz"], row["bu"]) for row in played["events"][4]["datev"]
    ]
    assert rows == [(revenue, deferred, "181.00", "40"), (deferred, revenue, "181.00", "40")]
    assert played["events"][4]["journal"] == []
    assert played["ustva"][0]["kz"].keys() == {"81"}


def test_an_adjustment_after_the_last_day_ends_the_case() -> None:
    played = play_case(CASE, chart="SKR03")

    assert played["error"]["code"] == "adjust-after-end"
    assert played["error"]["seq"] == 7
