"""The UI kit: pages, lists, forms and the shell."""
