"""The semantic invoice of EN 16931 and the rules it must keep before it is posted."""
