"""Parties: whom we sell to, with addresses and contacts."""
