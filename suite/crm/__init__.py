"""The front wing: leads, opportunities, quotes, activities."""
