"""The one schema: one file per thing, its tables and what follows from their own fields."""
