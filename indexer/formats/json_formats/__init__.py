"""Dump formats in JSON."""
