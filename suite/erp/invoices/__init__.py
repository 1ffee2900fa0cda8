"""Invoices and their corrections: drafted from deliveries or orders, checked, posted, cancelled, corrected."""
