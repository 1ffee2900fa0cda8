"""Ways into the portal: a link that works once, for a while, with a code told beside it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update

from suite.base import clock
from suite.base.db import insert_rows, session
from suite.base.password import hash_password
from suite.base.setting import environment
from suite.model import Contact, PortalPass, PortalUser
from suite.shared.mail import write_mail
from suite.shared.snapshot import company
from suite.web.i18n import text_in

# What the mail says: subject and text.
MAIL_WORDS = {
    "invitation-subject": "Your access to our customer portal",
    "invitation": "Hello %(name)s,\n\nin our customer portal you see your quotes, orders, deliveries and invoices.\n\n"
    "Your link, which works once and for seven days:\n%(link)s\n\n"
    "The page asks for a code. We tell it to you by another way.\n\n%(company)s",
    "sign-in-subject": "Your code for our customer portal",
    "sign-in": "Hello %(name)s,\n\nyour link, which works once and for 15 minutes:\n%(link)s\n\nYour code: %(code)s\n\n"
    "You did not ask for it? Then do nothing; nobody gets in without the code.\n\n%(company)s",
}


@dataclass(frozen=True)
class WayIn:
    """A fresh pass: the token of its link and the code beside it; both are kept only as hashes."""

    token: str
    code: str


def make_pass(portal_user_id: int, *, lasts: timedelta) -> WayIn:
    """A pass in the current transaction; older ones of the same user open nothing any more."""
    way = WayIn(secrets.token_urlsafe(32), f"{secrets.randbelow(10**8):08}")
    unused = (PortalPass.portal_user_id == portal_user_id) & PortalPass.used_at.is_(None)
    session().execute(update(PortalPass).where(unused).values(used_at=clock.now()))
    row = {
        "token_hash": digest(way.token),
        "portal_user_id": portal_user_id,
        "code_hash": hash_password(way.code),
        "expires_at": clock.now() + lasts,
        "tries": 0,
        "used_at": None,
    }
    insert_rows(PortalPass, [row])
    return way


def mail_pass(user: PortalUser, contact: Contact, way: WayIn, *, with_code: bool) -> None:
    """Write the mail with the link in the contact's language; an invitation's code is told another way."""
    words = "sign-in" if with_code else "invitation"
    filled = {"name": contact.name, "link": pass_url(way.token), "company": company().name}
    if with_code:
        filled["code"] = way.code
    write_mail(
        contact.email or "",
        subject=text_in(user.locale, MAIL_WORDS[f"{words}-subject"]),
        body=text_in(user.locale, MAIL_WORDS[words], **filled),
        record_id=user.contact_id,
        is_secret=True,
    )


def pass_url(token: str) -> str:
    """The link of a pass under the address of SUITE_PUBLIC_URL, a bare path without one."""
    return f"{environment('SUITE_PUBLIC_URL').rstrip('/')}/portal/enter/{token}"


def digest(token: str) -> bytes:
    """The hash under which a token of 256 random bits is kept."""
    return hashlib.sha256(token.encode()).digest()
