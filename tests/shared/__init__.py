"""Tests of suite/shared."""
