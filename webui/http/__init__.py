"""What surrounds a request: its context, caches, limits, headers, error pages, metrics."""
