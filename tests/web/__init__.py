"""Tests of the UI kit: pages, lists, forms, paper."""
