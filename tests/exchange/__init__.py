"""Tests of suite/exchange."""
