"""Payments: money in and out, posted when recorded, allocated to open items."""
