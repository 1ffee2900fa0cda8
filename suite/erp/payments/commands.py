"""What can be done with payments."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.counter import draw_number
from suite.base.db import insert_rows, insert_rows_returning_ids, session
from suite.base.errors import NotFound, Refusal
from suite.base.money import cents
from suite.base.text import clean
from suite.erp.journal.posting import Entry, Posting, post_entry
from suite.model import JournalEntry, OpenItem, Party, Payment
from suite.model.record import change_record, get_record, new_record
from suite.shared.chain import link_records
from suite.shared.debtors import debtor_account
from suite.shared.settlement import allocate, undo_allocations
from suite.shared.snapshot import company

ZERO = Decimal(0)
MONEY_ACCOUNTS = {"bank": {"SKR03": "1200", "SKR04": "1800"}, "cash": {"SKR03": "1000", "SKR04": "1600"}}
LARGEST = Decimal("9999999999.99")


@command("payment.post", creates="payment")
def post_payment(
    *,
    party_id: int,
    amount: Decimal,
    paid_on: date | None = None,
    direction: str = "in",
    money: str = "bank",
    allocations: Mapping[int, Decimal] | None = None,
    reference: str = "",
    number: str | None = None,
    by: Actor,
) -> int:
    """Record and post a payment; `allocations` are EUR amounts by open item id, the rest stays on account.

    Returns the payment's id. A refund (`direction="out"`) settles credit items of the party.
    """
    on = paid_on or clock.today()
    _check(amount, on, money, direction)
    party = session().get(Party, party_id)
    if party is None:
        raise NotFound("party", party_id)
    number_given = number is not None
    number = number or draw_number("payment", on)
    payment_id = new_record(
        "payment",
        title=party.name,
        state="posted",
        number=number,
        party_id=party_id,
        sort_date=on,
        sort_amount=amount,
        words=(reference,),
    )
    account = MONEY_ACCOUNTS[money][company().chart]
    debtor = debtor_account(party)
    row = {
        "id": payment_id,
        "party_id": party_id,
        "direction": direction,
        "money_account": account,
        "paid_on": on,
        "amount": amount,
        "number": number,
        "number_given": number_given,
        "reference": clean(reference, "reference", max_length=500),
        "frozen_at": clock.now(),
    }
    insert_rows(Payment, [row])
    sign = 1 if direction == "in" else -1
    entry = Entry(
        "payment",
        payment_id,
        on,
        on,
        number,
        party.name,
        [Posting(account, sign * amount), Posting(debtor, -sign * amount)],
    )
    item = _open_item(payment_id, post_entry(entry, by=by), party_id, debtor, number, on, amount, direction)
    _allocate(payment_id, item, direction, allocations or {})
    return payment_id


@command("invoice.pay", on="invoice")
def pay_invoice(
    invoice_id: int,
    *,
    amount: Decimal | None = None,
    paid_on: date | None = None,
    money: str = "bank",
    reference: str = "",
    by: Actor,
) -> int:
    """Record a payment for one invoice, by default all that is open; returns the payment's id."""
    record = get_record(invoice_id, "invoice")
    item = (
        session()
        .scalars(select(OpenItem).where(OpenItem.record_id == invoice_id, OpenItem.side == "debit"))
        .one_or_none()
    )
    if item is None or not item.open:
        raise Refusal("nothing-open", number=record.number)
    paid = item.open if amount is None else amount
    allocations = {item.id: min(paid, item.open)}
    return post_payment(
        party_id=item.party_id,
        amount=paid,
        paid_on=paid_on,
        money=money,
        allocations=allocations,
        reference=reference,
        by=by,
    )


@command("payment.allocate", on="payment")
def allocate_payment(payment_id: int, *, allocations: Mapping[int, Decimal], by: Actor) -> int:
    """Settle further open items from what is left of a payment."""
    record = get_record(payment_id, "payment")
    Payment.flow.after("payment.allocate", record.state)
    payment = session().get_one(Payment, payment_id)
    item = session().scalars(select(OpenItem.id).where(OpenItem.record_id == payment_id)).one()

    _allocate(payment_id, item, payment.direction, allocations)
    return payment_id


@command("payment.reverse", on="payment")
def reverse_payment(payment_id: int, *, reversed_on: date | None = None, by: Actor) -> int:
    """Take a payment back (booked wrongly, returned by the bank): exactly what it closed is open again."""
    record = get_record(payment_id, "payment")
    state = Payment.flow.after("payment.reverse", record.state)
    payment = session().get_one(Payment, payment_id)
    if payment.direction != "in":
        raise Refusal("refund-not-reversible")
    item = session().scalars(select(OpenItem).where(OpenItem.record_id == payment_id)).one()
    undo_allocations(item.id)
    before = session().scalars(select(JournalEntry).where(JournalEntry.record_id == payment_id)).one()
    on = max(reversed_on or clock.today(), before.entry_date)

    postings = [Posting(line.account, line.credit - line.debit, line.tax_case) for line in before.lines]
    entry = Entry("reversal", payment_id, on, on, payment.number, record.title, postings, reverses=before.id)
    reversal = post_entry(entry, by=by)
    back = _open_item(
        payment_id, reversal, payment.party_id, item.account, payment.number, on, payment.amount, "out"
    )
    allocate(item.id, {back: payment.amount})
    change_record(payment_id, state=state)
    return payment_id


def _check(amount: Decimal, on: date, money: str, direction: str) -> None:
    if not 0 < amount <= LARGEST or amount != cents(amount):
        raise Refusal("amount-range", field="amount", most=LARGEST)
    if money not in MONEY_ACCOUNTS:
        raise Refusal("choice-unknown", field="money")
    if direction not in ("in", "out"):
        raise Refusal("choice-unknown", field="direction")
    if on > clock.today():
        raise Refusal("date-in-future", field="paid_on")


def _open_item(
    record_id: int,
    entry_id: int,
    party_id: int,
    account: str,
    number: str,
    on: date,
    amount: Decimal,
    direction: str,
) -> int:
    row = {
        "record_id": record_id,
        "entry_id": entry_id,
        "party_id": party_id,
        "account": account,
        "side": "credit" if direction == "in" else "debit",
        "number": number,
        "dated_on": on,
        "due_on": on,
        "amount": amount,
        "open": amount,
    }
    return insert_rows_returning_ids(OpenItem, [row])[0]


def _allocate(payment_id: int, item: int, direction: str, allocations: Mapping[int, Decimal]) -> None:
    if direction == "in":
        settled = allocate(item, allocations)
    else:
        settled = set()
        for credit, amount in sorted(allocations.items()):
            settled |= allocate(credit, {item: amount})
    link_records(settled - {payment_id}, payment_id)
