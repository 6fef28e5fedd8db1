"""URL to query and back: parameters, the links on a page, slugs."""
