"""Public holidays of the sixteen Länder, computed; those that only parts of a Land keep are asked for by code."""

from datetime import date, timedelta
from functools import lru_cache

# ISO 3166-2:DE without "DE-".
LAENDER = {
    "BB": "Brandenburg",
    "BE": "Berlin",
    "BW": "Baden-Württemberg",
    "BY": "Bayern",
    "HB": "Bremen",
    "HE": "Hessen",
    "HH": "Hamburg",
    "MV": "Mecklenburg-Vorpommern",
    "NI": "Niedersachsen",
    "NW": "Nordrhein-Westfalen",
    "RP": "Rheinland-Pfalz",
    "SH": "Schleswig-Holstein",
    "SL": "Saarland",
    "SN": "Sachsen",
    "ST": "Sachsen-Anhalt",
    "TH": "Thüringen",
}
NAMES = {
    "new-year": "Neujahr",
    "epiphany": "Heilige Drei Könige",
    "womens-day": "Internationaler Frauentag",
    "good-friday": "Karfreitag",
    "easter-sunday": "Ostersonntag",
    "easter-monday": "Ostermontag",
    "labour-day": "Tag der Arbeit",
    "ascension": "Christi Himmelfahrt",
    "whit-sunday": "Pfingstsonntag",
    "whit-monday": "Pfingstmontag",
    "corpus-christi": "Fronleichnam",
    "liberation": "Tag der Befreiung",
    "uprising": "Gedenktag des Volksaufstandes",
    "peace-festival": "Augsburger Friedensfest",
    "assumption": "Mariä Himmelfahrt",
    "childrens-day": "Weltkindertag",
    "unity-day": "Tag der Deutschen Einheit",
    "reformation": "Reformationstag",
    "all-saints": "Allerheiligen",
    "repentance": "Buß- und Bettag",
    "christmas-day": "Erster Weihnachtstag",
    "boxing-day": "Zweiter Weihnachtstag",
}
# code: the Länder that keep it as a whole; those not named are kept everywhere.
_ONLY_IN = {
    "epiphany": "BW BY ST",
    "womens-day": "BE MV",
    "easter-sunday": "BB",
    "whit-sunday": "BB",
    "corpus-christi": "BW BY HE NW RP SL",
    "peace-festival": "",
    "assumption": "SL",
    "childrens-day": "TH",
    "reformation": "BB HB HH MV NI SH SN ST TH",
    "all-saints": "BW BY NW RP SL",
    "repentance": "SN",
}
# (code, Land): the first year a day is kept; the laws of the Länder named there.
_SINCE = {
    ("womens-day", "BE"): 2019,
    ("womens-day", "MV"): 2023,
    ("childrens-day", "TH"): 2019,
    ("reformation", "HB"): 2018,
    ("reformation", "HH"): 2018,
    ("reformation", "NI"): 2018,
    ("reformation", "SH"): 2018,
}
# Kept once, by a law of the Land for that one day.
_ONCE = {
    (2020, "BE"): ("liberation", date(2020, 5, 8)),
    (2025, "BE"): ("liberation", date(2025, 5, 8)),
    (2028, "BE"): ("uprising", date(2028, 6, 17)),
}
# Kept only in parts of these Länder: chosen by code.
LOCAL = {
    "corpus-christi": ("SN", "TH"),
    "assumption": ("BY",),
    "peace-festival": ("BY",),
}


def easter_sunday(year: int) -> date:
    """Easter by the Gregorian computus of Gauss as Meeus writes it (Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * weekday) // 433
    month = (h + weekday - 7 * m + 90) // 25
    return date(year, month, (h + weekday - 7 * m + 33 * month + 19) % 32)


@lru_cache(maxsize=256)
def public_holidays(year: int, land: str, local: frozenset[str] = frozenset()) -> dict[date, str]:
    """The public holidays of a Land in a year by day, as codes; `local` names those of `LOCAL` that are kept too."""
    kept = {
        code: day
        for code, day in _days(year).items()
        if _is_kept(code, land, year) or (code in local and land in LOCAL.get(code, ()))
    }
    if (year, land) in _ONCE:
        code, day = _ONCE[year, land]
        kept[code] = day
    return {day: code for code, day in sorted(kept.items(), key=lambda each: each[1])}


def is_public_holiday(day: date, land: str | None, local: frozenset[str] = frozenset()) -> bool:
    """Whether `day` is a public holiday in a Land; without a Land no day is one."""
    return land is not None and day in public_holidays(day.year, land, local)


def _is_kept(code: str, land: str, year: int) -> bool:
    if code == "reformation" and year == 2017:  # 500 years: once in all Länder
        return True
    return (code not in _ONLY_IN or land in _ONLY_IN[code].split()) and year >= _SINCE.get((code, land), 0)


def _days(year: int) -> dict[str, date]:
    easter = easter_sunday(year)
    # The Wednesday before 23 November, eleven days before the first Sunday of Advent.
    before = date(year, 11, 22)
    return {
        "new-year": date(year, 1, 1),
        "epiphany": date(year, 1, 6),
        "womens-day": date(year, 3, 8),
        "good-friday": easter - timedelta(days=2),
        "easter-sunday": easter,
        "easter-monday": easter + timedelta(days=1),
        "labour-day": date(year, 5, 1),
        "ascension": easter + timedelta(days=39),
        "whit-sunday": easter + timedelta(days=49),
        "whit-monday": easter + timedelta(days=50),
        "corpus-christi": easter + timedelta(days=60),
        "peace-festival": date(year, 8, 8),
        "assumption": date(year, 8, 15),
        "childrens-day": date(year, 9, 20),
        "unity-day": date(year, 10, 3),
        "reformation": date(year, 10, 31),
        "all-saints": date(year, 11, 1),
        "repentance": before - timedelta(days=(before.weekday() - 2) % 7),
        "christmas-day": date(year, 12, 25),
        "boxing-day": date(year, 12, 26),
    }
