"""What templates are given: the results page, hits, facets, charts, author filters."""
