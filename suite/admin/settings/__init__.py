"""Pages of what is set once: the company, number ranges, users, who may do what."""
