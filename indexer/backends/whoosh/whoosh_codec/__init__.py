"""Whoosh's view of the index: any Whoosh query runs over it through this codec."""
