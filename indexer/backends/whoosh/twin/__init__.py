"""Whoosh's own reading of the same index: slow, and what the fast one is tested against."""
