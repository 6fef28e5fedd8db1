"""How papers become a segment: runs, term dictionary, postings, merges, worker processes."""
