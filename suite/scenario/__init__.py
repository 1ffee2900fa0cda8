"""Plays a file of business events through the commands."""
