"""Products: goods and services with unit, tax class and base price."""
