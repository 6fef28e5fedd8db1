"""Dump formats in XML."""
