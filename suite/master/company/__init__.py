"""The company: founded once, its own data kept up to date."""
