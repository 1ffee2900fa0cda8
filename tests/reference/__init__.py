"""Tests of dated facts."""
