"""Plays files of business events through the commands: demo data, tests, training cases."""
