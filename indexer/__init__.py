"""A search engine over abstracts of research papers: dumps in, ranked, faceted answers out."""
