"""Deliveries and returns: goods out, goods back."""
