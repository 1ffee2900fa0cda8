"""Personal accounts: a debtor gets one at the first posting, 10000 to 69999."""

from sqlalchemy import select, update

from suite.base.counter import draw
from suite.base.db import insert_rows, session
from suite.base.errors import Refusal
from suite.model import Account, Party

FIRST_DEBTOR = 10000
LAST_DEBTOR = 69999


def debtor_account(party: Party) -> str:
    """The party's personal account (10000–69999), opened at its first posting."""
    if party.debtor_account is not None:
        return party.debtor_account
    # The row lock makes two first postings for one party agree on one account.
    known = session().scalar(select(Party.debtor_account).where(Party.id == party.id).with_for_update())
    return known or open_debtor(party.id, party.name, None)


def open_debtor(party_id: int, name: str, wanted: str | None) -> str:
    """Open a debtor account, the next free one or the one wanted. Raises `Refusal("account-taken")`."""
    number = wanted
    while number is None:
        candidate = str(FIRST_DEBTOR + draw("debtor") - 1)
        if session().get(Account, candidate) is None:
            number = candidate
    if not number.isdigit() or not FIRST_DEBTOR <= int(number) <= LAST_DEBTOR:
        raise Refusal("account-not-debtor", field="debtor_account", account=number)
    if wanted is not None and session().get(Account, number) is not None:
        raise Refusal("account-taken", field="debtor_account", account=number)
    row = {"number": number, "name": name, "kind": "debtor", "automatic": "", "party_id": party_id}
    insert_rows(Account, [row])
    session().execute(update(Party).where(Party.id == party_id).values(debtor_account=number))
    return number
