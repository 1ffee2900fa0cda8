"""Kontor: sales and back office of a small company on one data model."""
