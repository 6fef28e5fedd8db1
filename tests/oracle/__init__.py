"""A brute-force index in plain Python: what every search has to answer, slowly but obviously.

document.py    papers analysed, and what a collection of them knows
terms.py       what one leaf of a query asks of one paper
expansion.py   wildcards and fuzzy words over the vocabulary
reading.py     the tree that is evaluated: what says nothing or only stop words is left out
matching.py    which papers match a tree, and with what score
signals.py     what is added to the score of the best papers
ordering.py    filters, orders and facets
snippets.py    what is shown of a hit, and what is marked in it
searcher.py    one search
index.py       snapshots and writing
"""

from __future__ import annotations

from tests.oracle.index import MemoryIndex
from tests.oracle.searcher import MemorySearcher

__all__ = ["MemoryIndex", "MemorySearcher"]
