"""Rules that both wings call, without pages."""
