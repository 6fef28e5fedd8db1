"""The query language: what a person typed, read as clauses, and written back."""
