"""Authors by their names: clusters, co-authors, how two are connected, what people who know say.

    authors.py     the cluster of a name, and the names that fold to the same
    coauthors.py   who wrote with whom
    connection.py  the shortest chain of co-authors between two names
    curation.py    which names are one person's, as somebody said who knows

Evidence that nobody gave, but that the papers hold, is in `indexer.identity`.
"""
