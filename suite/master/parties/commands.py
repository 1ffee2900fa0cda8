"""What can be done with parties; a name is enough to begin."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, insert

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.counter import draw_number
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound, Refusal, Refusals
from suite.base.text import clean, searchable
from suite.model import Address, Party, PriceList
from suite.model.record import change_record, expect_version, get_record, new_record
from suite.shared.debtors import open_debtor
from suite.shared.identifiers import checked_identifiers, match_key

CHOICES = {"e_invoice": ("paper", "xrechnung", "peppol"), "language": ("de", "en")}


@dataclass(frozen=True)
class PartyInput:
    """A party as entered; everything but the name may be empty."""

    name: str
    is_company: bool = True
    vat_id: str = ""
    tax_number: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    iban: str = ""
    bic: str = ""
    endpoint_scheme: str = ""
    endpoint_id: str = ""
    leitweg_id: str = ""
    e_invoice: str = "paper"
    payment_days: int | None = None
    price_list_id: int | None = None
    language: str = "de"


@dataclass(frozen=True)
class AddressInput:
    """A postal address as entered."""

    use: str = "main"
    addition: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "DE"


@command("party.create", creates="party")
def create_party(
    party: PartyInput,
    *,
    addresses: Sequence[AddressInput] = (),
    number: str | None = None,
    debtor_account: str | None = None,
    by: Actor,
) -> int:
    """Enter a party; raises `Refusals` naming each wrong field."""
    values, places = _checked(party, addresses)
    party_id = new_record(
        "party",
        title=values["name"],
        state="active",
        number=number or draw_number("party", clock.today()),
        words=_words(values, places),
    )
    session().execute(insert(Party).values(id=party_id, match_key=match_key(values["name"]), **values))
    _write_addresses(party_id, places)
    if debtor_account is not None:
        open_debtor(party_id, values["name"], debtor_account)
    return party_id


@command("party.edit", on="party")
def edit_party(
    party_id: int,
    party: PartyInput,
    *,
    addresses: Sequence[AddressInput] = (),
    version: int | None = None,
    by: Actor,
) -> int:
    """Change a party; documents already made keep what they were made with."""
    record = get_record(party_id, "party")
    expect_version(record, version)
    values, places = _checked(party, addresses)
    known = session().get(Party, party_id)
    if known is None:
        raise NotFound("party", party_id)

    for name, value in values.items():
        note_change(name, getattr(known, name), value)
        setattr(known, name, value)
    known.match_key = match_key(values["name"])
    session().flush()  # the party before its addresses and register row
    session().execute(delete(Address).where(Address.party_id == party_id))
    _write_addresses(party_id, places)
    words = searchable(record.number, values["name"], *_words(values, places))
    change_record(party_id, title=values["name"], search_text=words)
    return party_id


@command("party.block", on="party")
def block_party(party_id: int, *, by: Actor) -> int:
    """No new documents for this party."""
    change_record(party_id, state=Party.flow.after("party.block", get_record(party_id, "party").state))
    return party_id


@command("party.unblock", on="party")
def unblock_party(party_id: int, *, by: Actor) -> int:
    """Documents may be made for this party again."""
    change_record(party_id, state=Party.flow.after("party.unblock", get_record(party_id, "party").state))
    return party_id


def _checked(
    party: PartyInput, addresses: Sequence[AddressInput]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    problems: list[Refusal] = []
    values: dict[str, Any] = {}
    for name, value in asdict(party).items():
        if isinstance(value, str):
            try:
                values[name] = clean(value, name) or None
            except Refusal as problem:
                problems.append(problem)
        else:
            values[name] = value
    if not values.get("name") and not any(problem.field == "name" for problem in problems):
        problems.append(Refusal("field-required", field="name"))
    places = []
    for at, address in enumerate(addresses):
        try:
            places.append(
                {name: clean(value, f"addresses-{at}-{name}") for name, value in asdict(address).items()}
            )
        except Refusal as problem:
            problems.append(problem)
    problems.extend(checked_identifiers(values, places))
    price_list_id = values.get("price_list_id")
    if price_list_id is not None and session().get(PriceList, price_list_id) is None:
        problems.append(Refusal("choice-unknown", field="price_list_id"))
    for field, offered in CHOICES.items():
        if values.get(field) not in offered:
            problems.append(Refusal("choice-unknown", field=field))
    if problems:
        raise Refusals(problems)
    return values, places


def _words(values: dict[str, Any], places: Sequence[dict[str, Any]]) -> tuple[str | None, ...]:
    found = [values.get(name) for name in ("vat_id", "email", "phone", "leitweg_id")]
    return (*found, *(place["city"] for place in places), *(place["postcode"] for place in places))


def _write_addresses(party_id: int, places: Sequence[dict[str, Any]]) -> None:
    if places:
        insert_rows(Address, [{"party_id": party_id, **place} for place in places])
