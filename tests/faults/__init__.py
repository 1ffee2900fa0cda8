"""Tests of what goes wrong: many at once, tampering, attempts to change what is final."""
