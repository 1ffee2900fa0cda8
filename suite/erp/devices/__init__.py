"""Devices: what stands at customers, from delivery or entered by hand."""
