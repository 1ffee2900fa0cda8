"""The DATEV format (EXTF, header version 700): the booking batch, category 21, versions 12 and 13."""
