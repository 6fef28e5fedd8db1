"""Dumps on their way in: found, unpacked, read as records, cleaned into papers."""
