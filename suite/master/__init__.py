"""Live master data: parties, products, prices."""
