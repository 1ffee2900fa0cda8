"""Rounding: the only place where a value loses digits."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

_STEPS = [Decimal(1).scaleb(-places) for places in range(13)]


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Round commercially, half away from zero (DIN 1333), to `places` decimals."""
    return value.quantize(_STEPS[places], rounding=ROUND_HALF_UP)


def cents(value: Decimal) -> Decimal:
    """Round an amount of money to two decimals (EN 16931 BR-DEC-*)."""
    return value.quantize(_STEPS[2], rounding=ROUND_HALF_UP)


def fits(value: Decimal, *, places: int, most: Decimal) -> bool:
    """Whether a number lies between 0 and `most` and has at most `places` decimals that are not zero."""
    return value.is_finite() and 0 <= value <= most and value == value.quantize(_STEPS[places])


def whole_towards_zero(value: Decimal) -> Decimal:
    """Cut the cents off, as the German VAT return wants its bases (USt 1 A)."""
    return value.quantize(_STEPS[0], rounding=ROUND_DOWN)


def split_by_weight(amount: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """Split a money amount by weights so that the parts sum up to it (largest remainder).

    Parts are cents; with all weights zero the first part takes everything.
    """
    total = sum(weights, Decimal(0))
    if not weights:
        return []
    if total == 0:
        return [amount, *[_STEPS[2] * 0 for _ in weights[1:]]]
    exact = [amount * weight / total for weight in weights]
    parts = [part.quantize(_STEPS[2], rounding=ROUND_DOWN) for part in exact]
    step = _STEPS[2] if amount >= 0 else -_STEPS[2]
    missing = int((amount - sum(parts, Decimal(0))) / step)
    by_remainder = sorted(range(len(parts)), key=lambda i: (-abs(exact[i] - parts[i]), i))
    for index in by_remainder[:missing]:
        parts[index] += step
    return parts
