"""The player: the worked cases come out exactly, refusals end a case with a clear reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from suite.scenario.player import play

GIVEN = Path(__file__).parent / "cases.json"
CASES = json.loads(GIVEN.read_text(encoding="utf-8"))["cases"]


def _sorted(rows: list[Any]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


@pytest.mark.parametrize("chart", ["SKR03", "SKR04"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_worked_case_comes_out_exactly(case: dict[str, Any], chart: str) -> None:
    played = play({"cases": [case]}, chart=chart)["cases"][0]

    assert played["error"] is None
    for expected, actual in zip(
        sorted(case["events"], key=lambda e: e["seq"]), played["events"], strict=True
    ):
        assert actual.get("totals") == expected.get("totals")
        assert actual["vat_effects"] == expected["vat_effects"]
        assert _sorted(actual["journal"]) == _sorted(expected["journal"][chart])
        assert _sorted(actual["datev"]) == _sorted(expected["datev"][chart])
    for part in ("open_items", "ustva", "zm", "oss"):
        assert played[part] == case["expected"][part]


def test_an_event_the_rules_refuse_ends_the_case_and_names_itself() -> None:
    case = json.loads(json.dumps(CASES[0]))
    case["events"][1]["applied"][0]["amount"] = "9999.00"

    played = play({"cases": [case]}, chart="SKR03")["cases"][0]

    assert played["error"]["code"] == "more-than-open-amount"
    assert played["error"]["seq"] == case["events"][1]["seq"]
    assert len(played["events"]) == 1


def test_an_input_that_is_not_understood_is_refused_not_skipped() -> None:
    case = json.loads(json.dumps(CASES[0]))
    case["events"][1]["skonto"] = [{"document": "RE-2026-0001", "gross": "10.00"}]

    played = play({"cases": [case]}, chart="SKR03")["cases"][0]

    assert played["error"]["code"] == "event-input-unsupported"
