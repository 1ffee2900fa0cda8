"""Units of measure on offer: UN/ECE Recommendation 20 and 21 codes (BT-130) with the words people use."""

from functools import lru_cache

from suite.reference.table import read_table


@lru_cache(maxsize=1)
def _units() -> dict[str, tuple[str, str]]:
    return {row["code"]: (row["name_de"], row["name_en"]) for row in read_table("units")}


def units() -> tuple[str, ...]:
    """The codes on offer, the usual ones first."""
    return tuple(_units())


def unit_exists(code: str) -> bool:
    """Whether a code is on offer (all of them pass EN 16931 BR-CL-23)."""
    return code in _units()


def unit_name(code: str, locale: str) -> str:
    """What people call a unit, `Stk` for H87; an unknown code is shown as it is."""
    names = _units().get(code)
    return code if names is None else names[0 if locale == "de" else 1]
