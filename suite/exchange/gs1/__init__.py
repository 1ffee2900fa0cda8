"""GS1: what scanners send (GS1 General Specifications)."""
