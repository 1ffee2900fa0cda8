"""The back wing: orders, deliveries, stock, invoices, payments, journal."""
