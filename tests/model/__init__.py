"""Tests of suite/model."""
