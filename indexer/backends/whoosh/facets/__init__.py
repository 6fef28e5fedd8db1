"""What is counted over the hits: facet values, authors, drill-sideways counts."""
