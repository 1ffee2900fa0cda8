"""Roles: presets of permissions, least privilege; several may be combined.

A permission is a verb (`invoice.post`) or the reading of a kind (`invoice.read`). Patterns end in `*`.
"""

import uuid
from collections.abc import Collection, Iterable

from sqlalchemy import select

from suite.base.command import COMMANDS, Actor
from suite.base.db import session
from suite.model import User
from suite.model.record import KINDS

_SALES = """
lead.* opportunity.* quote.* activity.* note.* party.* contact.* portal.invite portal.revoke
order.create order.edit order.confirm order.change order.reserve order.discard order.cancel order.close order.read
contract.create contract.edit contract.start contract.discard contract.adjust contract.cancel contract.read
ticket.create ticket.remark ticket.link ticket.read visit.read device.read article.read
product.read price.read price_list.read stock.read delivery.read return.read invoice.read credit_note.read payment.read
"""
_SERVICE = """
ticket.* device.* activity.* note.* lead.create lead.read party.read contact.read portal.invite portal.revoke
visit.create visit.plan visit.move visit.cancel visit.start visit.load visit.work visit.photo visit.report visit.release
visit.read technician.set need.* product.read product.set_parts stock.read
order.read delivery.read return.read invoice.read contract.read article.*
"""
_PURCHASING = """
party.* contact.* product.* price.* price_list.* stock.* need.* activity.* note.* order.read
"""
_WAREHOUSE = """
order.read order.deliver order.reserve delivery.ship delivery.edit delivery.discard delivery.return delivery.read return.*
stock.* location.* stocktake.* need.raise need.read device.read device.place device.take_back
product.read party.read contact.read activity.* note.* ticket.read ticket.link visit.read article.read
"""
_ACCOUNTING = """
invoice.* credit_note.* payment.* order.invoice order.read delivery.invoice delivery.read return.credit return.read
contract.bill contract.adjust contract.end contract.read deferral.* visit.invoice visit.release visit.read visit_article.set
party.* contact.* product.read price.read price_list.read journal.read datev_batch.* datev.* vat.read
quote.read note.* activity.* stock.read ticket.read ticket.link device.read article.read
"""
# Settings of tickets and of what is promised.
_PROMISES = "ticket_queue.* ticket_category.* canned_text.* business_calendar.* service_level.*"
_READ_ALL = (
    f"{' '.join(f'{kind}.read' for kind in KINDS)} stock.read need.read journal.read vat.read price.read"
)

# return.credit drafts the correction; delivery.return belongs to the warehouse that receives the goods.
ROLES: dict[str, str] = {
    "admin": f"user.* company.* setting.* number_range.* price_list.read job.* {_PROMISES}",
    "sales": _SALES,
    "service": _SERVICE,
    "purchasing": _PURCHASING,
    "warehouse": _WAREHOUSE,
    "accounting": _ACCOUNTING,
    "management": f"{_READ_ALL} {_PROMISES} note.* activity.* product.* price.* price_list.* "
    "company.edit user.read visit.release",
    "auditor": "invoice.read credit_note.read payment.read journal.read vat.read datev_batch.read delivery.read order.read "
    "quote.read party.read product.read return.read contract.read deferral.read",
    "trainer": f"{_READ_ALL} note.* activity.*",
}
# What a customer's contact may do in the portal: no role of a user, and always for its own party alone.
PORTAL = (
    "portal.accept_quote portal.decline_quote portal.place_order "
    "portal.open_ticket portal.answer_ticket portal.rate_ticket "
    "quote.read order.read delivery.read invoice.read credit_note.read ticket.read device.read contract.read visit.read "
    "article.read"
)
# Verbs that are several in one: whoever may do each part may do the whole, also when roles combine to it.
COMPOUNDS: dict[str, frozenset[str]] = {
    "order.deliver_and_invoice": frozenset({"order.deliver", "order.invoice"}),
}
# What everybody may who may do anything at all.
EVERYBODYS = frozenset({"user.change_password"})
# Reads that are not of a kind of record.
_OTHER_READS = (
    "stock.read",
    "need.read",
    "journal.read",
    "vat.read",
    "user.read",
    "price.read",
    "note.read",
    "setting.read",
    "job.read",
)


def all_permissions() -> frozenset[str]:
    """Every verb of the registry and every read."""
    return frozenset({*COMMANDS, *(f"{kind}.read" for kind in KINDS), *_OTHER_READS})


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """The permissions the roles give together; an unknown role gives none."""
    known, roles = all_permissions(), set(roles)
    patterns = {pattern for role in roles for pattern in ROLES.get(role, "").split()}
    granted = {
        permission
        for permission in known
        if permission in patterns or f"{permission.split('.')[0]}.*" in patterns
    }
    granted |= EVERYBODYS if roles & set(ROLES) else set()
    granted |= {verb for verb, parts in COMPOUNDS.items() if parts <= granted}
    return frozenset(granted)


def another_may(verb: str, *, besides: Collection[int | None]) -> bool:
    """Whether an active user other than those named holds a permission: only then four eyes can be asked for."""
    active = User.active == True  # noqa: E712 - a column, not a bool
    users = session().scalars(select(User).where(active, User.id.not_in([each for each in besides if each])))
    return any(verb in permissions_of(role.role for role in user.roles) for user in users)


def actor_of(user: User, *, door: str, request_id: str | None = None) -> Actor:
    """The actor a signed-in user is."""
    permissions = permissions_of(role.role for role in user.roles)
    return Actor(user.id, user.login, permissions, door, request_id or uuid.uuid4().hex, user.locale)


def system_actor(name: str, *, door: str = "system") -> Actor:
    """A named system job; it may do everything its code asks for."""
    return Actor(None, name, all_permissions(), door, uuid.uuid4().hex)
