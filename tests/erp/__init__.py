"""Tests of suite/erp."""
