"""Whole stories through the commands."""
