"""Every module that registers commands, jobs or checks; importing this makes the registries complete."""

import suite.admin.jobs.commands
import suite.admin.users.commands
import suite.crm.activities.commands
import suite.crm.leads.commands
import suite.crm.opportunities.commands
import suite.crm.quotes.commands
import suite.erp.datev.commands
import suite.erp.deliveries.commands
import suite.erp.deliveries.returns
import suite.erp.devices.commands
import suite.erp.invoices.commands
import suite.erp.invoices.corrections
import suite.erp.invoices.drafts
import suite.erp.orders.commands
import suite.erp.payments.commands
import suite.erp.stock.commands
import suite.erp.stock.locations
import suite.exchange.gs1.reading
import suite.master.company.commands
import suite.master.parties.commands
import suite.master.parties.contacts
import suite.master.prices.commands
import suite.master.products.commands
import suite.master.products.spare_parts
import suite.shared.notes
import suite.shared.winning
import suite.web.paper_job  # noqa: F401 - imported for what they register
