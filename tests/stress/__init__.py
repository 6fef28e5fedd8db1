"""Trials that try to break the product: see `python -m tests.stress`."""
