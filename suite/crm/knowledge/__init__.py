"""Knowledge: articles with answers that are needed again."""
