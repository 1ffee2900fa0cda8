"""Contracts: term and notice, what is billed each period, price adjustments, deferral at the end of a year."""
