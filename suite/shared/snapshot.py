"""Snapshots: seller, buyer and delivery address as they are when a document is made."""

from typing import Any

from sqlalchemy import select

from suite.base.db import session
from suite.base.errors import NotFound, Refusal
from suite.model import Address, Company, Party, Record


def company() -> Company:
    """The company of these books; raises `Refusal("company-missing")` before it was set up."""
    current = session()
    found: Company | None = current.info.get("company")
    if found is None:
        found = current.get(Company, 1)
        if found is None:
            raise Refusal("company-missing")
        current.info["company"] = found
    return found


def active_party(party_id: int) -> Party:
    """A party that documents may be made for; follows a merge. Raises `NotFound` or `Refusal`."""
    found = (
        session()
        .execute(select(Party, Record).join(Record, Record.id == Party.id).where(Party.id == party_id))
        .first()
    )
    if found is None:
        raise NotFound("party", party_id)
    party, record = found
    if record.forwarded_to is not None:
        return active_party(record.forwarded_to)
    if record.state == "blocked":
        raise Refusal("party-blocked", field="party", name=party.name)
    return party


def seller_snapshot(own: Company) -> dict[str, Any]:
    """Our own data as BG-4 wants it."""
    return {
        "role": "seller",
        "name": own.name,
        "addition": "",
        "street": own.street,
        "postcode": own.postcode,
        "city": own.city,
        "country": own.country,
        "vat_id": own.vat_id,
        "tax_number": own.tax_number,
        "register_entry": own.register_entry,
        "contact_name": own.contact_name,
        "phone": own.phone,
        "email": own.email,
        "endpoint_scheme": own.endpoint_scheme,
        "endpoint_id": own.endpoint_id,
        "iban": own.iban,
        "bic": own.bic,
        "bank_name": own.bank_name,
    }


def party_snapshots(party: Party) -> list[dict[str, Any]]:
    """Seller, buyer (BG-7) and, where one is kept, the delivery address (BG-13, BG-15)."""
    by_use = _addresses(party)
    rows = [
        seller_snapshot(company()),
        _snapshot("buyer", party, by_use.get("invoice") or by_use.get("main")),
    ]
    if "delivery" in by_use:
        rows.append(_snapshot("delivery", party, by_use["delivery"]))
    return rows


def delivery_country(party: Party) -> str:
    """Where goods for this party go: the delivery address, else the main one, else our own country."""
    by_use = _addresses(party)
    address = by_use.get("delivery") or by_use.get("main")
    return address.country if address else company().country


def _addresses(party: Party) -> dict[str, Address]:
    """The addresses of a party by their use, read once per transaction."""
    read: dict[int, dict[str, Address]] = session().info.setdefault("addresses", {})
    if party.id not in read:
        wanted = select(Address).where(Address.party_id == party.id).order_by(Address.id)
        read[party.id] = {address.use: address for address in session().scalars(wanted)}
    return read[party.id]


def _snapshot(role: str, party: Party, address: Address | None) -> dict[str, Any]:
    row = dict.fromkeys(("register_entry", "iban", "bic", "bank_name"))
    row |= {"role": role, "name": party.name, "vat_id": party.vat_id, "tax_number": party.tax_number}
    row |= {"contact_name": "", "phone": party.phone or "", "email": party.email or ""}
    row |= {"endpoint_scheme": party.endpoint_scheme, "endpoint_id": party.endpoint_id}
    for name in ("addition", "street", "postcode", "city"):
        row[name] = getattr(address, name) if address else ""
    row["country"] = address.country if address else company().country
    return row
