"""Dated facts as data: charts, tax cases, units, DATEV columns."""
