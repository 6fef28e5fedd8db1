"""What a segment answers about a term: posting lists, positions, term expansion, author names."""
