"""Records made clean: characters, markup, names, venues, dates, kinds of work."""
