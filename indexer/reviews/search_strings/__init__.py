"""Search strings of other databases, read as Quiver's own query.

    syntax.py   how each database writes fields, wildcards, proximity and precedence: a table
    lines.py    numbered lines of a search history
    tokens.py   text to tokens
    tree.py     tokens to a tree of terms and operators
    values.py   terms of records: years, languages, headings, names, numbers
    terms.py    terms of titles and abstracts: wildcards, phrases, words near each other
    reading.py  the tree as a clause, and what was lost

The package `search-query` of PyPI (0.15, MIT) was tried first: it reads neither Ovid nor Scopus,
drops the numbers of PubMed lines that stand without a dot, and lays out its findings on standard
output. A table and a small parser of our own cover all five databases.
"""
