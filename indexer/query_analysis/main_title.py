"""Titles typed without their subtitle: papers whose main title is the query come first.

Readers cite "Dropout", not "Dropout: A Simple Way to Prevent …". The main title is what stands
before a colon, a dash or a question mark.

Works on the `Searcher` contract alone, so every engine puts the same papers first.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import Final

from indexer.query import (
    And,
    Clause,
    Match,
    Occur,
    Or,
    Phrase,
    Query,
    Value,
    Word,
    Words,
    YearRange,
)
from indexer.query_analysis.plain_text import MOST_WORDS
from indexer.references.parse import words_of
from indexer.search import Searcher
from indexer.text.display import plain

MOST_TITLED: Final = 12
"""More papers of one main title ("Editorial") are no known item."""
_LOOKED_AT: Final = 24
"""Titles that are compared with the query, the likeliest first."""
_BOOST: Final = 100.0
"""Factor on the score of the title: above any other paper."""
_END: Final = re.compile(r"\s*(?::(?=\s)|\s[-–—]{1,3}\s|—|[?!](?=\s))\s*")


def main_titles(title: str) -> tuple[str, ...]:
    """Returns what a reader may call a title: all of it, and what stands before each mark.

    >>> main_titles("Dropout: A Simple Way")
    ('Dropout: A Simple Way', 'Dropout')
    """
    shown = plain(title)
    return (shown, *(shown[: match.start()] for match in _END.finditer(shown)))


def read_main_title(query: Query, searcher: Searcher) -> Query | None:
    """Returns a query whose first papers are those so titled; None where no paper is.

    It is the query as it is where these papers are first anyway.

    Args:
        query: as parsed.
        searcher: of the collection.
    """
    if query.typed or not _is_text(query.clause):
        return None
    words = words_of(query.text)
    if not 0 < len(words) <= MOST_WORDS:
        return None
    text = " ".join(words)
    leaf: Word | Phrase = Word(text, "title", exact=True)
    if len(words) > 1:
        leaf = Phrase(text, "title")
    joined = "".join(words)
    ids = []
    for paper_id in islice(searcher.ids(Query(clause=leaf, match=Match.ALL)), _LOOKED_AT):
        paper = searcher.get(paper_id)
        if paper and any("".join(words_of(main)) == joined for main in main_titles(paper.title)):
            ids.append(paper_id)
    if not 0 < len(ids) <= MOST_TITLED:
        return None
    # Without the filters: they must not change how a text is read, nor so what they count.
    unfiltered = replace(query, filters=(), years=YearRange(), page=1)
    first = set(islice(searcher.ids(unfiltered), len(ids)))
    if first == set(ids):
        return query
    papers = tuple(Value("id", paper_id) for paper_id in ids)
    either: Clause = papers[0] if len(papers) == 1 else Or(papers)
    clause = And((either, replace(leaf, boost=_BOOST)))
    return replace(query, clause=clause if query.clause is None else Or((clause, query.clause)))


def _is_text(clause: Clause | None) -> bool:
    """Whether a clause asks for words and phrases of the text alone, as a title is read."""
    if isinstance(clause, Word | Phrase):
        return clause.field is None and clause.boost == 1.0
    if isinstance(clause, Words):
        return all(
            part.occur is not Occur.EXCLUDED and _is_text(part.clause) for part in clause.parts
        )
    return False
