"""Users, roles, settings, and setting databases up."""
