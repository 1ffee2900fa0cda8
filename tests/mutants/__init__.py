"""Wrong versions of rules, each of which the tests must notice."""
