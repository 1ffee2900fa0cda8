"""Plumbing without a business word in it, and the tables of that plumbing."""
