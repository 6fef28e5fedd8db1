"""Dump formats of tagged lines."""
