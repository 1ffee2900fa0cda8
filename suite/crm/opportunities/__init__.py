"""Opportunities: deals on the pipeline, in stages with a chance."""
