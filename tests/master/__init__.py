"""Tests of live master data."""
