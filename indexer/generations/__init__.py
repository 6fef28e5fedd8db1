"""What a build publishes: changes, the report, integrity, and the history of an index."""
