"""Users, roles and company settings."""
