"""Sentences for refusals: what is, then what to do, by the stable code of the refusal."""

from datetime import date
from decimal import Decimal
from typing import Any

from suite.base.errors import Refusal
from suite.web.format import day, quantity
from suite.web.i18n import gettext
from suite.web.words import role_word

SENTENCES = {
    "account-not-debtor": "%(account)s is not a debtor account. Debtors have 10000 to 69999.",
    "account-taken": "Account %(account)s belongs to somebody else. Choose another one.",
    "allocation-crosses-accounts": "%(number)s belongs to another customer. A payment settles only items of the same customer.",
    "already-delivered": "%(name)s was delivered or invoiced; its price stays. Correct the invoice instead.",
    "amount-range": "Enter an amount above 0, with at most two decimals.",
    "amount-too-large": "The amount is larger than %(largest)s. Check quantity and price.",
    "before-invoice": "Invoice %(number)s is dated later. Choose a later date.",
    "before-last-number": "The last number was given on %(last)s. Choose that day or a later one.",
    "below-progress": "%(least)s of %(name)s are delivered or invoiced. Enter %(least)s or more.",
    "bic-wrong": "%(value)s is not a BIC. A BIC has 8 or 11 characters.",
    "buyer-name-missing": "The customer has no name.",
    "buyer-reference-missing": "The recipient needs its reference (Leitweg-ID or order reference). Enter it here.",
    "buyer-vat-id-domestic": "The VAT id is of our own country. An intra-community supply needs one of another member state.",
    "buyer-vat-id-missing": "An intra-community supply needs the customer's VAT id. Add it to the customer.",
    "case-unknown": "There is no case %(case)s in this file.",
    "changed-look-again": "Somebody else changed this meanwhile. The page shows it as it is now. Look at it and send again.",
    "changed-meanwhile": "Somebody else changed this meanwhile. Compare both versions below and save again.",
    "choice-unknown": "Choose one of the offered values.",
    "city-missing": "The address has no city. Add it.",
    "code-wrong": "That is not the code. %(left)s tries are left for this link.",
    "company-exists": "The company has already been set up.",
    "company-file-wrong": "The file is no JSON object with the name of the company in it.",
    "company-missing": "The company has not been set up yet.",
    "contact-email-missing": "Our company has no e-mail address for invoices. Add it in the settings.",
    "contact-name-missing": "Our company has no contact for invoices. Add one in the settings.",
    "contact-phone-missing": "Our company has no telephone number for invoices. Add it in the settings.",
    "country-unknown": "%(value)s is not a country code. Use two letters such as DE.",
    "database-away": "The database cannot be reached right now. Nothing was saved; try again in a minute.",
    "database-busy": "Somebody else is writing right now. Nothing was saved; try again.",
    "database-empty": "The database is empty. Set it up with “suite init” or “suite demo”.",
    "database-full": "The disk is full. Nothing was saved; make room, then try again.",
    "database-not-empty": "The database is not empty.",
    "database-read-only": "The database can only be read right now. Nothing was saved.",
    "database-url-wrong": "SUITE_DATABASE_URL is no sqlite:///FILE and no postgresql://… address.",
    "date-in-future": "The day is in the future. Choose today or an earlier day.",
    "date-wrong": "“%(value)s” is not a date. Write 23.11.2026, 2311 or +14.",
    "datev-nothing-new": "Nothing in this range is new, and no batch was made for exactly this range.",
    "datev-number-range": "DATEV numbers here go from %(least)s to %(most)s.",
    "datev-numbers-missing": "Consultant and client number of DATEV are missing. Add them in the settings.",
    "datev-other-format": "Batch %(number)s holds these entries in another format. Export all again instead.",
    "delivery-country-not-eu": "An intra-community supply goes to another member state. Check the delivery address.",
    "delivery-date-missing": "An intra-community supply needs the day of delivery.",
    "delivery-place-missing": "The delivery address needs city and post code.",
    "demo-day-range": "Choose a day from %(first)s to %(last)s.",
    "disable-oneself": "You cannot shut yourself out. Ask another administrator.",
    "email-wrong": "“%(value)s” is not an e-mail address.",
    "endpoint-missing": "The electronic address is missing. Add it to the customer.",
    "endpoint-not-peppol": "PEPPOL takes no address of this kind. Enter the PEPPOL address, 9930 for a German VAT id.",
    "endpoint-scheme-unknown": "“%(value)s” is not a known scheme of electronic addresses.",
    "entry-unbalanced": "Debit and credit differ. Nothing was posted.",
    "event-input-unsupported": "The input “%(input)s” of %(type)s is not understood.",
    "event-unknown": "Events of type %(type)s are not known.",
    "exemption-reason-missing": "A tax-free line needs the reason of the exemption.",
    "field-required": "This is needed.",
    "field-unknown": "This field is not known.",
    "folder-is-file": "%(folder)s is a file. Name a folder.",
    "gln-wrong": "%(value)s is not a GLN. Check its 13 digits.",
    "gtin-taken": "Another product has the GTIN %(value)s.",
    "gtin-wrong": "%(value)s is not a GTIN. Check its digits.",
    "iban-missing": "Our company has no IBAN for payments. Add it in the settings.",
    "iban-wrong": "%(value)s is not an IBAN. Check its digits.",
    "invoice-has-credits": "%(number)s was corrected before. Correct the rest instead of cancelling.",
    "invoice-unknown": "There is no posted document %(number)s in this format.",
    "item-moved-meanwhile": "Somebody else settled one of these items meanwhile. Look again.",
    "item-unknown": "This item does not exist.",
    "journal-unsealed": "The journal is not sealed before entry %(seq)s. Run “suite verify”.",
    "leitweg-id-wrong": "%(value)s is not a Leitweg-ID. Check its digits.",
    "line-not-issued": "This line was not issued yet.",
    "lines-missing": "There is no line yet. Add one.",
    "lines-too-many": "A document has at most %(most)s lines.",
    "location-unknown": "There is no location %(value)s.",
    "login-failed": "User name or password is wrong. %(left)s tries left, then a pause of 15 minutes.",
    "login-paused": "Too many tries. Try again in %(minutes)s minutes.",
    "login-taken": "Somebody has the user name %(login)s already.",
    "login-wrong": "A user name has letters and digits, no spaces.",
    "mail-server-wrong": "SUITE_SMTP_URL is no address of a mail server. It reads smtp://USER:PASSWORD@HOST:587 or smtps://….",
    "more-than-billed": "More than invoice %(number)s says cannot be credited.",
    "more-than-open": "%(name)s: only %(open)s are open. Enter %(open)s or less.",
    "more-than-open-amount": "Only %(open)s of %(number)s are open. Enter that or less.",
    "more-than-paid": "Only %(open)s of this payment are left.",
    "name-taken": "%(name)s exists already. Choose another name.",
    "not-enough-stock": "%(name)s: only %(available)s are in stock and free. Deliver less or receive goods first.",
    "not-found": "This does not exist, or you may not see it.",
    "not-permitted": "Your roles do not allow this (%(verb)s).",
    "nothing-open": "Nothing on %(number)s is open.",
    "nothing-to-credit": "There is nothing to credit.",
    "nothing-to-deliver": "There is nothing left to deliver.",
    "nothing-to-invoice": "There is nothing to invoice yet. Deliver first.",
    "nothing-to-return": "Enter how much came back.",
    "number-not-given": "Numbers of posted documents are drawn, not entered.",
    "number-wrong": "“%(value)s” is not a number. Write 1234,50.",
    "order-has-progress": "Something of this order was delivered or invoiced. Close it instead.",
    "orders-differ": "%(number)s differs in customer, terms or currency. Invoice it alone.",
    "party-blocked": "%(name)s is blocked. Unblock the customer first.",
    "party-unknown": "No single customer matches. Choose one or enter a new customer first.",
    "pass-over": "This link no longer opens anything. Ask for a new one below.",
    "password-length": "A password has at least %(least)s characters.",
    "password-same": "The new password is the old one. Choose another one.",
    "password-twice": "Both new passwords differ. Type the same one twice.",
    "password-wrong": "This is not your password.",
    "pattern-taken": "Another range looks like that. Choose other letters.",
    "pattern-wrong": "Write letters and digits and once {n:04} at the end, for example RE-{year}-{n:04}.",
    "payment-days-range": "Enter 0 to 365 days.",
    "pdf-busy": "Others are making PDFs right now. Try again in a moment.",
    "pdf-failed": "The PDF could not be made (%(reason)s).",
    "pdf-libraries-missing": "This machine cannot make PDFs (%(reason)s). Run “./run setup”.",
    "pdf-too-slow": "The PDF took longer than %(seconds)s seconds.",
    "percent-range": "Enter a percentage from 0 to 100.",
    "port-wrong": "“%(value)s” is no port. Use a number from 0 to 65535.",
    "portal-no-access": "This contact has no access to the portal.",
    "postcode-missing": "The address has no post code. Add it.",
    "preceding-missing": "A correction must name its invoice.",
    "price-backdated": "A price begins or ends on %(today)s at the earliest. Documents of the past keep theirs.",
    "price-ends-before": "Choose a day that fits %(last)s.",
    "price-one-form": "Enter either a price or a percentage.",
    "price-range": "Enter a price from 0 to %(most)s, with at most six decimals.",
    "product-has-stock": "Stock of this product moved already; it stays kept in stock.",
    "product-not-stocked": "%(name)s is not kept in stock. Change the product first.",
    "product-unknown": "There is no such product.",
    "quantity-range": "Enter a quantity above 0 and up to %(most)s.",
    "quote-expired": "The quote held until %(until)s. Ask us for a new one.",
    "range-backwards": "The last day is before the first one.",
    "range-missing": "A range needs its first and its last day.",
    "reduction-range": "%(name)s: enter at most the price of %(most)s.",
    "reference-unknown": "%(number)s does not exist.",
    "refund-not-reversible": "A refund is not reversed. Record the money that came in instead.",
    "request-key-reused": "This form was sent before with other content. Reload it.",
    "role-unknown": "Choose at least one role of: %(known)s.",
    "roles-changed-meanwhile": "Somebody else changed the roles meanwhile to: %(roles)s. Save again if yours are to hold.",
    "roles-of-oneself": "Nobody changes their own roles. Ask another administrator.",
    "scale-range": "Enter a quantity from 0 to %(most)s, with at most six decimals.",
    "scenario-wrong": "The file holds no list of cases with id and events.",
    "schema-differs": "%(count)s parts of the database schema are not as they must be: %(first)s.",
    "schema-newer": "The database is of a newer version (%(found)s). Install that version.",
    "schema-older": "The database is of an older version (%(found)s). Run “suite upgrade”.",
    "secret-missing": "A productive company needs SUITE_SECRET_KEY: at least 32 random characters, the same at every start.",
    "secret-weak": "SUITE_SECRET_KEY needs at least 32 characters that are not all alike.",
    "seller-id-missing": "Our company has neither VAT id nor registration. Add one in the settings.",
    "seller-name-missing": "Our company has no name. Add it in the settings.",
    "seller-tax-id-missing": "Our company has neither VAT id nor tax number. Add one in the settings.",
    "seller-vat-id-missing": "Our company has no VAT id. Add it in the settings.",
    "service-not-stocked": "A service is not kept in stock.",
    "step-not-open": "This is not possible now: the document is “%(state)s”.",
    "stock-moved-meanwhile": "Stock moved meanwhile. Try again.",
    "street-missing": "Our address has no street. Add it in the settings.",
    "tax-case-not-offered": "The tax case %(tax_case)s is not offered here.",
    "tax-case-not-valid": "%(tax_case)s is valid since %(since)s. Choose a later date of supply.",
    "tax-case-unknown": "The tax case %(tax_case)s is unknown.",
    "text-forbidden-character": "The text holds a character that cannot be kept (%(character)s). Remove it.",
    "text-one-line": "Only one line is possible here.",
    "text-too-long": "The text is too long. At most %(max_length)s characters.",
    "timezone-unknown": "SUITE_TIMEZONE names no time zone (%(value)s). Use for example Europe/Berlin.",
    "unit-unknown": "%(unit)s is not a unit of UN/ECE Recommendation 20.",
    "value-kind-wrong": "This value is of the wrong kind: text where a number belongs, or the other way round.",
    "value-unfit": "“%(value)s” cannot be kept: too many digits, or a character that is not allowed.",
    "vat-id-wrong": "%(value)s is not a VAT id. Check letters and digits.",
    "website-wrong": "“%(value)s” is not a web address.",
}


def sentence(refusal: Refusal) -> str:
    """The refusal as a sentence in the reader's language, with its rule in brackets."""
    params = {name: _shown(name, value) for name, value in refusal.params.items()}
    text = gettext(SENTENCES.get(refusal.code, refusal.code))
    shown = text % _Forgiving(params)
    rule = refusal.params.get("rule")
    return f"{shown} ({refusal.params.get('term')} · {rule})" if rule else shown


class _Forgiving(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def _shown(name: str, value: Any) -> str:
    if isinstance(value, Decimal):
        return quantity(value)
    if isinstance(value, date):
        return day(value)
    if name == "state":
        return gettext(value)
    if name == "roles":
        return ", ".join(map(role_word, value))
    return str(value)
