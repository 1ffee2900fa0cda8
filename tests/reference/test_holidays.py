"""Public holidays of the Länder against known dates."""

from datetime import date, timedelta

import pytest

from suite.reference.holidays import LAENDER, LOCAL, NAMES, easter_sunday, is_public_holiday, public_holidays

EASTER = {1818: "03-22", 1943: "04-25", 1954: "04-18", 1981: "04-19", 2000: "04-23", 2008: "03-23"}
EASTER |= {2019: "04-21", 2024: "03-31", 2025: "04-20", 2026: "04-05", 2027: "03-28", 2038: "04-25"}
# Weekday holidays differ by Land; the dates of three years from the calendars of the Länder.
EVERYWHERE = {
    2024: "01-01 03-29 04-01 05-01 05-09 05-20 10-03 12-25 12-26",
    2025: "01-01 04-18 04-21 05-01 05-29 06-09 10-03 12-25 12-26",
    2026: "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26",
}
MORE = {
    2024: {
        "BB": "03-31 05-19 10-31",
        "BE": "03-08",
        "BW": "01-06 05-30 11-01",
        "BY": "01-06 05-30 11-01",
        "HB": "10-31",
        "HE": "05-30",
        "HH": "10-31",
        "MV": "03-08 10-31",
        "NI": "10-31",
        "NW": "05-30 11-01",
        "RP": "05-30 11-01",
        "SH": "10-31",
        "SL": "05-30 08-15 11-01",
        "SN": "10-31 11-20",
        "ST": "01-06 10-31",
        "TH": "09-20 10-31",
    },
    2025: {
        "BB": "04-20 06-08 10-31",
        "BE": "03-08 05-08",
        "BW": "01-06 06-19 11-01",
        "BY": "01-06 06-19 11-01",
        "HB": "10-31",
        "HE": "06-19",
        "HH": "10-31",
        "MV": "03-08 10-31",
        "NI": "10-31",
        "NW": "06-19 11-01",
        "RP": "06-19 11-01",
        "SH": "10-31",
        "SL": "06-19 08-15 11-01",
        "SN": "10-31 11-19",
        "ST": "01-06 10-31",
        "TH": "09-20 10-31",
    },
    2026: {
        "BB": "04-05 05-24 10-31",
        "BE": "03-08",
        "BW": "01-06 06-04 11-01",
        "BY": "01-06 06-04 11-01",
        "HB": "10-31",
        "HE": "06-04",
        "HH": "10-31",
        "MV": "03-08 10-31",
        "NI": "10-31",
        "NW": "06-04 11-01",
        "RP": "06-04 11-01",
        "SH": "10-31",
        "SL": "06-04 08-15 11-01",
        "SN": "10-31 11-18",
        "ST": "01-06 10-31",
        "TH": "09-20 10-31",
    },
}


def days(year: int, text: str) -> set[date]:
    """Days written as month and day."""
    return {date.fromisoformat(f"{year}-{each}") for each in text.split()}


@pytest.mark.parametrize("year", sorted(EASTER))
def test_easter_is_on_its_day(year: int) -> None:
    assert easter_sunday(year) == date.fromisoformat(f"{year}-{EASTER[year]}")


@pytest.mark.parametrize("land", sorted(LAENDER))
@pytest.mark.parametrize("year", sorted(MORE))
def test_a_land_keeps_its_days(year: int, land: str) -> None:
    assert set(public_holidays(year, land)) == days(year, EVERYWHERE[year]) | days(year, MORE[year][land])


def test_a_day_is_kept_since_its_law() -> None:
    assert not is_public_holiday(date(2018, 3, 8), "BE")
    assert is_public_holiday(date(2019, 3, 8), "BE")
    assert not is_public_holiday(date(2022, 3, 8), "MV")
    assert not is_public_holiday(date(2016, 10, 31), "HH")
    assert is_public_holiday(date(2017, 10, 31), "BY")
    assert not is_public_holiday(date(2018, 10, 31), "BY")
    assert not is_public_holiday(date(2018, 9, 20), "TH")


def test_parts_of_a_land_keep_days_of_their_own() -> None:
    kept = frozenset(LOCAL)

    assert not is_public_holiday(date(2026, 8, 15), "BY")
    assert is_public_holiday(date(2026, 8, 15), "BY", kept)
    assert is_public_holiday(date(2026, 8, 8), "BY", kept)
    assert is_public_holiday(date(2026, 6, 4), "SN", kept)
    assert is_public_holiday(date(2026, 6, 4), "TH", kept)
    assert set(public_holidays(2026, "HH", kept)) == set(public_holidays(2026, "HH"))
    assert not is_public_holiday(date(2026, 1, 1), None)


def test_the_day_of_repentance_is_a_wednesday_eleven_days_before_advent() -> None:
    for year in range(1990, 2100):
        found = next(day for day, code in public_holidays(year, "SN").items() if code == "repentance")

        assert found.weekday() == 2
        assert date(year, 11, 16) <= found <= date(year, 11, 22)
        assert (found + timedelta(days=11)).weekday() == 6


def test_each_code_has_a_name() -> None:
    kept = {
        code
        for land in LAENDER
        for year in (2025, 2028)
        for code in public_holidays(year, land, frozenset(LOCAL)).values()
    }

    assert kept == set(NAMES)
