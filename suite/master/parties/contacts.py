"""What can be done with the contacts of a party."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, insert, select

from suite.base.command import Actor, command, note_change
from suite.base.db import session
from suite.base.errors import NotFound, Refusal, Refusals
from suite.base.text import clean, searchable
from suite.model import Contact, Record
from suite.model.record import change_record, expect_version, get_record, new_record
from suite.shared.identifiers import checked_identifiers
from suite.shared.portal_access import end_portal_access


@dataclass(frozen=True)
class ContactInput:
    """A person at a party; a name is enough."""

    name: str
    function: str = ""
    email: str = ""
    phone: str = ""


@command("contact.create", on="party")
def create_contact(party_id: int, contact: ContactInput, *, by: Actor) -> int:
    """Enter a person at a party; returns the contact's id."""
    party = get_record(party_id, "party")
    values = _checked(contact)
    contact_id = new_record(
        "contact",
        title=values["name"],
        state="active",
        party_id=party.id,
        words=(values["email"], values["phone"], party.title),
    )
    session().execute(insert(Contact).values(id=contact_id, party_id=party.id, **values))
    return contact_id


@command("contact.edit", on="contact")
def edit_contact(contact_id: int, contact: ContactInput, *, version: int | None = None, by: Actor) -> int:
    """Change a contact."""
    record = get_record(contact_id, "contact")
    expect_version(record, version)
    known = _contact(contact_id)
    values = _checked(contact)

    if values["email"] != known.email:
        end_portal_access(contact_id)  # whoever reads the old mail box is somebody else now
    for name, value in values.items():
        note_change(name, getattr(known, name), value)
        setattr(known, name, value)
    session().flush()  # before the register row
    party = session().get_one(Record, known.party_id)
    words = searchable(values["name"], values["email"], values["phone"], party.title)
    change_record(contact_id, title=values["name"], search_text=words)
    return contact_id


@command("contact.remove", on="contact")
def remove_contact(contact_id: int, *, version: int | None = None, by: Actor) -> int:
    """Forget a person: only that there was one stays in the register. Returns the party's id."""
    record = get_record(contact_id, "contact")
    expect_version(record, version)
    party_id = _contact(contact_id).party_id

    end_portal_access(contact_id)
    session().execute(delete(Contact).where(Contact.id == contact_id))
    # What names a person leaves the register too (Art. 17 GDPR); documents keep their own words.
    change_record(contact_id, title="–", search_text="", state="discarded")
    return party_id


def contacts_of(party_id: int, by: Actor) -> list[tuple[Contact, Record]]:
    """The people at a party, by name."""
    if not by.may("contact.read"):
        return []
    wanted = select(Contact, Record).join(Record, Record.id == Contact.id).where(Contact.party_id == party_id)
    return [(contact, record) for contact, record in session().execute(wanted.order_by(Contact.name))]


def _contact(contact_id: int) -> Contact:
    found = session().get(Contact, contact_id, populate_existing=True)
    if found is None:
        raise NotFound("contact", contact_id)
    return found


def _checked(contact: ContactInput) -> dict[str, Any]:
    values: dict[str, Any] = {}
    problems: list[Refusal] = []
    for name, value in asdict(contact).items():
        try:
            values[name] = clean(value, name)
        except Refusal as problem:
            problems.append(problem)
    if not values.get("name") and not problems:
        problems.append(Refusal("field-required", field="name"))
    values |= {name: values.get(name) or None for name in ("email", "phone")}
    problems.extend(checked_identifiers(values))
    if problems:
        raise Refusals(problems)
    return values
