"""Checks of what identifies a party: VAT id, IBAN, Leitweg-ID, endpoint, countries."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from stdnum import bic as bics
from stdnum import ean, iban
from stdnum.de import leitweg
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from suite.base.errors import Refusal
from suite.base.text import fold
from suite.reference import country_exists, endpoint_scheme_exists

_EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>().]+")
_LEGAL_FORMS = re.compile(
    r"\b(gmbh|co|kg|ag|ug|haftungsbeschraenkt|ohg|gbr|ev|eg|se|kgaa|mbh|inc|ltd|limited|und|and)\b"
)


def match_key(name: str) -> str:
    """The name as duplicates are found by: folded, without legal form and blanks."""
    words = re.sub(r"[^a-z0-9 ]", " ", fold(name))
    return re.sub(r"\s+", "", _LEGAL_FORMS.sub(" ", words))[:100]


def checked_identifiers(values: dict[str, Any], places: Sequence[dict[str, Any]] = ()) -> list[Refusal]:
    """Bring identifiers, terms and addresses into their standard form in place; returns what is wrong, by field."""
    problems = []
    for field, check in _CHECKS.items():
        value = values.get(field)
        if value:
            try:
                values[field] = check(value)
            except ValidationError:
                problems.append(Refusal(f"{field.replace('_', '-')}-wrong", field=field, value=value))
    problems.extend(_endpoint(values))
    days = values.get("payment_days")
    if days is not None and not 0 <= days <= 365:
        problems.append(Refusal("payment-days-range", field="payment_days"))
    uses = [place["use"] for place in places]
    for at, place in enumerate(places):
        field = f"addresses-{at}-country"
        problems.extend(checked_country(place, field))
        if place["use"] not in ("main", "invoice", "delivery") or uses.index(place["use"]) != at:
            problems.append(Refusal("choice-unknown", field=f"addresses-{at}-use"))
    return problems


def checked_country(place: dict[str, Any], field: str = "country") -> list[Refusal]:
    """Bring an ISO 3166 code into capitals in place; returns what is wrong."""
    place["country"] = place["country"].upper()
    if country_exists(place["country"]):
        return []
    return [Refusal("country-unknown", field=field, value=place["country"])]


def _endpoint(values: dict[str, Any]) -> list[Refusal]:
    scheme, endpoint = values.get("endpoint_scheme"), values.get("endpoint_id")
    if bool(scheme) != bool(endpoint):
        return [Refusal("field-required", field="endpoint_id" if scheme else "endpoint_scheme")]
    if scheme and not endpoint_scheme_exists(scheme):
        return [Refusal("endpoint-scheme-unknown", field="endpoint_scheme", value=scheme)]
    if scheme == "0088" and not ean.is_valid(endpoint or ""):
        return [Refusal("gln-wrong", field="endpoint_id", value=endpoint)]
    return []


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValidationError()
    return value


def _website(value: str) -> str:
    if not re.fullmatch(r"(https?://)?[^\s/:]+\.[^\s:]+", value):
        raise ValidationError()
    return value if value.startswith("http") else f"https://{value}"


def _vat_id(value: str) -> str:
    compact = re.sub(r"[^A-Za-z0-9+*]", "", value).upper()
    country = "EL" if compact.startswith("GR") else compact[:2]
    return country + vat.validate(country + compact[2:])[2:]


_CHECKS: dict[str, Callable[[str], str]] = {
    "vat_id": _vat_id,
    "iban": iban.validate,
    "bic": bics.validate,
    "leitweg_id": leitweg.validate,
    "email": _email,
    "website": _website,
}
