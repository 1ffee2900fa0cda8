"""Orders: made from a quote or directly, confirmed, changed, closed."""
