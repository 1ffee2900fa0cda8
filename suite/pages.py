"""All pages: the blueprints of the slices and where the navigation leads."""

from suite.admin.jobs import views as jobs
from suite.admin.settings import views as settings
from suite.admin.users import views as users
from suite.crm.activities import views as activities
from suite.crm.knowledge import views as knowledge
from suite.crm.leads import views as leads
from suite.crm.opportunities import views as opportunities
from suite.crm.quotes import views as quotes
from suite.crm.tickets import entry_views, level_views, report_views, settings_views, step_views
from suite.crm.tickets import views as tickets
from suite.erp.contracts import deferral_views as deferrals
from suite.erp.contracts import run_views as contract_runs
from suite.erp.contracts import views as contracts
from suite.erp.datev import views as datev
from suite.erp.deliveries import views as deliveries
from suite.erp.devices import views as devices
from suite.erp.invoices import correction_views, gathering_views
from suite.erp.invoices import views as invoices
from suite.erp.journal import views as journal
from suite.erp.orders import part_views
from suite.erp.orders import views as orders
from suite.erp.payments import views as payments
from suite.erp.stock import counting_views, label_views, lot_views, product_views
from suite.erp.stock import stocktake_views as stocktakes
from suite.erp.stock import views as stock
from suite.erp.visits import calendar_views, parts_views, release_views, work_views
from suite.erp.visits import settings_views as visit_settings
from suite.erp.visits import views as visits
from suite.master.parties import contact_views
from suite.master.parties import views as parties
from suite.master.prices import views as prices
from suite.master.products import part_views as spare_parts
from suite.master.products import views as products
from suite.web.shell import Place, Wing

BLUEPRINTS = (
    activities.blueprint,
    leads.blueprint,
    opportunities.blueprint,
    quotes.blueprint,
    knowledge.blueprint,
    tickets.blueprint,
    entry_views.blueprint,
    step_views.blueprint,
    settings_views.blueprint,
    report_views.blueprint,
    level_views.blueprint,
    orders.blueprint,
    part_views.blueprint,
    deliveries.blueprint,
    invoices.blueprint,
    correction_views.blueprint,
    gathering_views.blueprint,
    payments.blueprint,
    contract_runs.blueprint,
    contracts.blueprint,
    deferrals.blueprint,
    journal.blueprint,
    datev.blueprint,
    devices.blueprint,
    stock.blueprint,
    visits.blueprint,
    calendar_views.blueprint,
    work_views.blueprint,
    release_views.blueprint,
    parts_views.blueprint,
    visit_settings.blueprint,
    product_views.blueprint,
    lot_views.blueprint,
    label_views.blueprint,
    stocktakes.blueprint,
    counting_views.blueprint,
    parties.blueprint,
    contact_views.blueprint,
    products.blueprint,
    spare_parts.blueprint,
    prices.blueprint,
    settings.blueprint,
    users.blueprint,
    jobs.blueprint,
)
WINGS = (
    Wing(
        "wing-front",
        "Sales and service",
        (
            Place("leads.index", "Leads", "person-plus", "lead.read"),
            Place("opportunities.board", "Pipeline", "kanban", "opportunity.read"),
            Place("quotes.index", "Quotes", "file-earmark-text", "quote.read"),
            Place("tickets.index", "Tickets", "headset", "ticket.read"),
            Place("calendar.board", "Calendar", "calendar-week", "visit.read"),
            Place("visits.index", "Visits", "wrench", "visit.read"),
            Place("ticket_report.report", "Promises kept", "bar-chart-line", "ticket.read"),
            Place("knowledge.index", "Knowledge", "book", "article.read"),
            Place("devices.index", "Devices", "cpu", "device.read"),
            Place("activities.index", "Activities", "calendar-event", "activity.read"),
        ),
    ),
    Wing(
        "wing-back",
        "Fulfilment and books",
        (
            Place("orders.index", "Orders", "box-seam", "order.read"),
            Place("deliveries.index", "Deliveries", "truck", "delivery.read"),
            Place("deliveries.returns", "Returns", "arrow-return-left", "return.read"),
            Place("stock.index", "Stock", "boxes", "stock.read"),
            Place("stocktakes.index", "Stocktakes", "clipboard", "stocktake.read"),
            Place("contracts.index", "Contracts", "arrow-repeat", "contract.read"),
            Place("ticket_parts.needs", "To buy", "cart", "need.read"),
            Place("contract_runs.run", "Billing run", "receipt", "contract.bill"),
            Place("invoices.index", "Invoices", "receipt", "invoice.read"),
            Place("invoices.credit_notes", "Credit notes", "clipboard", "credit_note.read"),
            Place("payments.index", "Payments", "bank", "payment.read"),
            Place("journal.open_items", "Open items", "clock-history", "journal.read"),
            Place("journal.index", "Journal", "journal-text", "journal.read"),
            Place("journal.accounts", "Accounts", "calculator", "journal.read"),
            Place("deferrals.index", "Deferrals", "calendar-event", "deferral.read"),
            Place("datev.index", "DATEV", "download", "datev_batch.read"),
        ),
    ),
    Wing(
        "wing-hall",
        "Master data",
        (
            Place("parties.index", "Parties", "people", "party.read"),
            Place("products.index", "Products", "tag", "product.read"),
            Place("prices.index", "Price lists", "list-ul", "price_list.read"),
            Place("settings.own", "Settings", "gear", "company.edit"),
        ),
    ),
)
