"""DATEV: the batch for the accountant, made of journal entries that went out in none yet."""
