"""One module a kind of page, or a family of representations."""
