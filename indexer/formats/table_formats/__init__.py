"""Dump formats that are tables."""
