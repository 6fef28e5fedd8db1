"""Papers to segments: words counted in bulk, runs merged, a generation published."""
