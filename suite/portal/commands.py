"""What a customer's contact can do, and how staff lets it in; every verb asks whose the record is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.db import insert_rows_returning_ids, session
from suite.base.errors import NotFound, Refusal
from suite.base.text import clean
from suite.crm.quotes.commands import accept_quote, reject_quote
from suite.erp.orders.commands import create_order
from suite.model import Contact, OrderSide, Party, PortalUser, Product, QuoteSide, Record
from suite.model.record import change_record, get_record
from suite.portal.passes import WayIn, mail_pass, make_pass
from suite.shared.lines import LineInput
from suite.shared.portal_access import end_portal_access, portal_user_of
from suite.shared.pricing import find_prices
from suite.shared.roles import all_permissions
from suite.shared.visible import visible

INVITATION_LASTS = timedelta(days=7)


@command("portal.invite", on="contact")
def invite_contact(contact_id: int, *, locale: str = "de", by: Actor) -> WayIn:
    """Let a contact into the portal: a link by mail that works once for seven days, and the code for it.

    The code is for telling it another way. Raises `Refusal` for a contact without an e-mail address.
    """
    record = get_record(contact_id, "contact")
    contact = session().get(Contact, contact_id)
    if contact is None or record.state == "discarded":
        raise NotFound("contact", contact_id)
    if not contact.email:
        raise Refusal("field-required", field="email")
    if locale not in ("de", "en"):
        raise Refusal("choice-unknown", field="locale")
    user = portal_user_of(contact_id)
    if user is None:
        row = {"contact_id": contact_id, "locale": locale, "active": True, "created_at": clock.now()}
        user = session().get_one(PortalUser, insert_rows_returning_ids(PortalUser, [row])[0])
    user.active, user.locale = True, locale
    session().flush()  # before the pass that refers to it
    way = make_pass(user.id, lasts=INVITATION_LASTS)
    mail_pass(user, contact, way, with_code=False)
    note_change("portal", None, contact.email)
    return way


@command("portal.revoke", on="contact")
def revoke_access(contact_id: int, *, by: Actor) -> int:
    """Shut a contact out of the portal at once."""
    get_record(contact_id, "contact")
    if not end_portal_access(contact_id):
        raise Refusal("portal-no-access")
    return contact_id


@command("portal.accept_quote", on="quote")
def accept_own_quote(quote_id: int, *, name: str, version: int | None = None, by: Actor) -> int:
    """A customer accepts a quote under a typed name; name and time stand with the quote.

    Raises `Refusal` for a quote that ended, `Conflict` for a version the customer has not seen.
    """
    record = own_record(quote_id, "quote", by)
    words = clean(name, "name")
    if not words:
        raise Refusal("field-required", field="name")
    if record.due_date is not None and record.due_date < clock.today():
        raise Refusal("quote-expired", field="name", until=record.due_date)
    accept_quote(quote_id, version=version, by=for_us(by))
    side = session().get_one(QuoteSide, quote_id, populate_existing=True)
    side.accepted_by, side.accepted_at = words, clock.now()
    note_change("accepted_by", None, words)
    return quote_id


@command("portal.decline_quote", on="quote")
def decline_own_quote(quote_id: int, *, reason: str = "", version: int | None = None, by: Actor) -> int:
    """A customer declines a quote, with the reason if it likes."""
    record = own_record(quote_id, "quote", by)
    if record.state != "sent":
        raise Refusal("step-not-open", verb="quote.reject", state=record.state)
    return reject_quote(quote_id, reason=reason, version=version, by=for_us(by))


@command("portal.place_order", creates="order")
def place_own_order(
    quantities: Mapping[int, Decimal], *, order_reference: str = "", note: str = "", by: Actor
) -> int:
    """A customer orders products at its own prices; the order is a draft until we confirm it."""
    if by.party_id is None:
        raise NotFound("party", "")
    lines = [
        LineInput(product_id=product, quantity=quantity)
        for product, quantity in quantities.items()
        if quantity
    ]
    if not lines:
        raise Refusal("lines-missing", field="lines")
    _check_offered(
        [line.product_id for line in lines if line.product_id is not None],
        session().get_one(Party, by.party_id),
    )
    words = clean(note, "note", max_length=1000, multiline=True)
    if words:
        lines.append(LineInput(kind="text", name=words))
    order_id = create_order(party_id=by.party_id, lines=lines, order_reference=order_reference, by=for_us(by))
    session().get_one(OrderSide, order_id).placed_by = by.name.removeprefix("portal:")
    session().flush()  # before the register row
    change_record(order_id)
    return order_id


def _check_offered(product_ids: list[int], party: Party) -> None:
    """Only what is offered can be ordered, whatever the form says."""
    goods = Product.kind == "goods"
    wanted = select(Record.id).join(Product, Product.id == Record.id)
    wanted = wanted.where(Record.id.in_(product_ids), Record.state == "active", goods)
    offered = set(session().scalars(wanted))
    products = list(session().scalars(select(Product).where(Product.id.in_(sorted(offered)))))
    prices = find_prices(party, [(product, Decimal(1)) for product in products], clock.today())
    priced = {product.id for product, found in zip(products, prices, strict=True) if found.unit_price > 0}
    missing = set(product_ids) - priced
    if missing:
        raise Refusal("product-unknown", field=f"quantity-{min(missing)}")


def own_record(record_id: int, kind: str, by: Actor) -> Record:
    """The customer's own record, locked; anything else does not exist for it."""
    mine = visible(by, kind).where(Record.id == record_id).with_for_update(of=Record)
    record: Record | None = session().scalar(mine.execution_options(populate_existing=True))
    if by.party_id is None or record is None:
        raise NotFound(kind, record_id)
    return record


def for_us(by: Actor) -> Actor:
    """The same request acting through our own verbs, once it is clear that it may."""
    return replace(by, permissions=all_permissions(), party_id=None)
