"""What must not change while the code is reshaped: recorded from one tree, compared with another.

    python -m tests.freeze record before
    … change the code …
    python -m tests.freeze record after --like before
    python -m tests.freeze compare before after

`record` builds an index of the Arrow page in `data/` and one of 10,000 papers of the shared
collection (without it, of the Arrow page alone) under a fixed clock. It writes the sha256 of every
file of the two indexes, and what the application answers: results as HTML and JSON of random
queries, pages of papers and authors, exports, feeds, help texts, the description of the API. Times
and digests of static files are left out. `compare` lists what differs; patterns of
`may_differ.txt` say which texts may.
"""
