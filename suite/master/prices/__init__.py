"""Prices and price lists."""
