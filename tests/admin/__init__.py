"""Tests of users, settings and the demo."""
