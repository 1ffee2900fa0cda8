"""Tests of the front wing."""
