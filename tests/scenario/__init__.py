"""Tests of suite/scenario."""
