"""The words and shapes of states, kinds and fields."""

from suite.base import clock
from suite.model import Record
from suite.web.format import day, due_words
from suite.web.i18n import gettext

# kind of shape per state, and its word
STATES: dict[str, tuple[str, str]] = {
    "draft": ("draft", "draft"),
    "sent": ("open", "sent"),
    "accepted": ("done", "accepted"),
    "ordered": ("done", "ordered"),
    "rejected": ("bad", "rejected"),
    "discarded": ("void", "discarded"),
    "confirmed": ("open", "confirmed"),
    "part_delivered": ("part", "partly delivered"),
    "delivered": ("done", "delivered"),
    "part_invoiced": ("part", "partly invoiced"),
    "invoiced": ("done", "invoiced"),
    "closed": ("done", "closed"),
    "cancelled": ("void", "cancelled"),
    "shipped": ("done", "shipped"),
    "received": ("done", "received"),
    "posted": ("open", "posted"),
    "part_paid": ("part", "partly paid"),
    "paid": ("done", "paid"),
    "settled": ("done", "settled"),
    "allocated": ("done", "allocated"),
    "reversed": ("void", "reversed"),
    "exported": ("done", "exported"),
    "active": ("done", "active"),
    "blocked": ("bad", "blocked"),
    "retired": ("void", "retired"),
    "ending": ("warn", "running out"),
    "ended": ("void", "ended"),
    "new": ("open", "new"),
    "qualified": ("part", "qualified"),
    "converted": ("done", "converted"),
    "open": ("open", "open"),
    "won": ("done", "won"),
    "lost": ("void", "lost"),
    "done": ("done", "done"),
    "in_progress": ("part", "in progress"),
    "waiting_customer": ("draft", "waiting for customer"),
    "waiting_parts": ("draft", "waiting for parts"),
    "resolved": ("done", "resolved"),
    "merged": ("void", "merged"),
    "planned": ("open", "planned"),
    "under_way": ("part", "on site"),
    "reported": ("warn", "to release"),
    "released": ("open", "to bill"),
    "published": ("done", "published"),
    "counting": ("part", "being counted"),
    "booked": ("done", "booked"),
}
KINDS: dict[str, tuple[str, str, str]] = {
    # kind: (singular, plural, path)
    "lead": ("Lead", "Leads", "leads"),
    "opportunity": ("Opportunity", "Opportunities", "opportunities"),
    "quote": ("Quote", "Quotes", "quotes"),
    "order": ("Order", "Orders", "orders"),
    "delivery": ("Delivery", "Deliveries", "deliveries"),
    "return": ("Return", "Returns", "returns"),
    "invoice": ("Invoice", "Invoices", "invoices"),
    "credit_note": ("Credit note", "Credit notes", "credit-notes"),
    "payment": ("Payment", "Payments", "payments"),
    "party": ("Party", "Parties", "parties"),
    "contact": ("Contact", "Contacts", "contacts"),
    "product": ("Product", "Products", "products"),
    "price_list": ("Price list", "Price lists", "price-lists"),
    "activity": ("Activity", "Activities", "activities"),
    "datev_batch": ("DATEV batch", "DATEV batches", "datev"),
    "ticket": ("Ticket", "Tickets", "tickets"),
    "device": ("Device", "Devices", "devices"),
    "contract": ("Contract", "Contracts", "contracts"),
    "deferral": ("Deferral", "Deferrals", "deferrals"),
    "stocktake": ("Stocktake", "Stocktakes", "stocktakes"),
    "article": ("Article", "Knowledge", "knowledge"),
    "visit": ("Visit", "Visits", "visits"),
}


def record_word(record: Record) -> tuple[str, str]:
    """(shape, word) of a record: derived words say how long something is overdue."""
    if record.kind == "invoice" and record.state in ("posted", "part_paid") and record.due_date:
        kind, words = due_words(record.due_date)
        if kind != "open":
            return kind, words
    if (
        record.kind == "quote"
        and record.state == "sent"
        and record.due_date
        and record.due_date < clock.today()
    ):
        return "warn", gettext("expired")
    if record.kind == "contract" and record.state == "ending" and record.due_date:
        return "warn", gettext("ends %(day)s", day=day(record.due_date))
    if record.kind == "activity" and record.state == "open" and record.due_date:
        return due_words(record.due_date)
    kind, word = STATES.get(record.state, ("open", record.state))
    return kind, gettext(word)


def record_url(record: Record) -> str:
    """Where a record is shown."""
    return f"/{KINDS[record.kind][2]}/{record.public_id}"


def record_name(record: Record) -> str:
    """`Invoice RE-2026-0001`, or what a record without number is called."""
    kind = gettext(KINDS[record.kind][0])
    if record.kind in ("party", "contact", "product", "price_list", "activity", "device", "article"):
        return record.title
    return f"{kind} {record.number}" if record.number else f"{kind}, {gettext('Draft')}"


ROLES: dict[str, str] = {
    "admin": "Administration",
    "sales": "Sales",
    "service": "Customer service",
    "purchasing": "Purchasing",
    "warehouse": "Warehouse",
    "accounting": "Accounting",
    "management": "Management",
    "auditor": "Auditor",
    "trainer": "Trainer",
}


def role_word(role: str) -> str:
    """What people call a role."""
    return gettext(ROLES.get(role, role))


FIELDS: dict[str, str] = {
    # Fields of forms and of changes in the history, as people call them.
    "name": "Name",
    "subject": "Subject",
    "title": "Title",
    "is_public": "Customers may read it",
    "company_name": "Company",
    "contact_name": "Contact",
    "email": "E-mail",
    "phone": "Phone",
    "function": "Function",
    "website": "Website",
    "source": "Source",
    "need": "What is wanted",
    "expected_amount": "Expected amount",
    "amount": "Amount",
    "probability": "Chance",
    "close_on": "Expected on",
    "stage": "Stage",
    "party": "Customer",
    "party_id": "Customer",
    "dated_on": "Date",
    "due_on": "Due",
    "valid_until": "Valid until",
    "promised_on": "Delivery date",
    "service_from": "Service from",
    "service_until": "Service until",
    "payment_days": "Days to pay",
    "header_discount_percent": "Overall discount, %",
    "buyer_reference": "Leitweg-ID or reference",
    "order_reference": "Order number of the customer",
    "intro": "Text above the lines",
    "closing": "Text below the lines",
    "article": "Item",
    "description": "Description",
    "quantity": "Quantity",
    "unit": "Unit",
    "unit_price": "Price",
    "price": "Price",
    "percent_off": "Percent off the base price",
    "from_quantity": "From quantity",
    "valid_from": "Valid from",
    "discount_percent": "Disc. %",
    "tax_case": "VAT",
    "kind": "Kind",
    "is_company": "is a company",
    "language": "Language",
    "vat_id": "VAT id",
    "tax_number": "Tax number",
    "e_invoice": "Invoices go out as",
    "leitweg_id": "Leitweg-ID",
    "endpoint_scheme": "Scheme of the electronic address",
    "endpoint_id": "Electronic address",
    "price_list_id": "Price list",
    "iban": "IBAN",
    "bic": "BIC",
    "main": "Address",
    "invoice": "Invoice address",
    "delivery": "Delivery address",
    "addition": "Addition",
    "street": "Street and number",
    "postcode": "Post code",
    "city": "City",
    "country": "Country",
    "base_price": "Base price",
    "tax_class": "VAT",
    "billing_basis": "Billed by",
    "gtin": "GTIN",
    "stock_kept": "is kept in stock",
    "on_hand": "On hand",
    "tracking": "Tracked by",
    "warranty_months": "Warranty, months",
    "use": "Use",
    "site": "Where it stands",
    "serial": "Serial number",
    "bought_on": "Bought on",
    "warranty_until": "Warranty until",
    "parts": "Spare parts",
    "gross_total": "Gross",
    "roles": "Roles",
    "active": "active",
    "reason": "Reason",
    "number": "Number",
    "contact_id": "Contact",
    "channel": "Channel",
    "queue_id": "Queue",
    "category_id": "Category",
    "priority": "Priority",
    "device_id": "Device",
    "contract_id": "Contract",
    "is_complaint": "is a complaint",
    "reporter_name": "Reported by",
    "reporter_email": "E-mail of who reported it",
    "assignee": "Assignee",
    "service_level": "Service level",
    "solution": "Solution",
    "rating": "Rating",
    "comment": "Comment",
    "text": "Text",
    "timezone": "Time zone",
    "land": "Land",
    "local_holidays": "Holidays of parts of the Land",
    "closed_days": "Closed days",
    "calendar_id": "Calendar",
    "is_default": "for tickets without a contract",
    "low": "low",
    "normal": "normal",
    "high": "high",
    "urgent": "urgent",
    "year": "Year",
    "starts_on": "Starts on",
    "ends_on": "Ends on",
    "received_on": "Notice came in on",
    "first_period_on": "Billing periods begin on",
    "first_term_months": "First term, months",
    "renewal_months": "Renewal, months",
    "notice_months": "Notice, months",
    "interval_months": "Billed every … months",
    "billing": "Billed",
    "labour": "Labour",
    "travel": "Travel",
    "contingent_minutes": "Contingent, minutes",
    "contingent_hours": "Contingent, hours",
    "net": "Net per period",
}


def field_word(name: str) -> str:
    """What people call a field."""
    return gettext(FIELDS.get(name, name.replace("_", " ")))
