"""VAT: the return's fields and the recapitulative statement, read from the journal's VAT entries."""
