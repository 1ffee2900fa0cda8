"""Leads: who may want something, qualified, converted or rejected."""
