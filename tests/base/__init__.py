"""Tests of suite/base."""
