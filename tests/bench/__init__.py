"""Benchmarks: absolute figures, SQL statements and ratios to a floor measured in the same run."""
