"""Papers near others: versions of one, and those that use the words one or several stand out by.

Both are ordinary searches, so any backend answers them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from indexer.duplicates import decisions_of
from indexer.language.unparse import format_clause
from indexer.paper import Paper
from indexer.query import Or, Phrase, Query, Word
from indexer.search import Hit, Searcher
from indexer.text.display import plain
from indexer.text.folding import fold
from indexer.works import versions_among

_WORD: Final = re.compile(r"[^\W\d_][\w'-]+")
_CANDIDATES: Final = 40
_TERMS: Final = 12
_TITLED: Final = 20
"""Papers with the same title that are looked at for versions."""


@dataclass(frozen=True, slots=True)
class Related:
    """Papers like some others.

    Attributes:
        terms: the words they were found by, the most telling first.
        query: these words with their weights, as a query to be changed.
        hits: the nearest first.
    """

    terms: tuple[str, ...]
    query: str
    hits: tuple[Hit, ...]


NOTHING: Final = Related((), "", ())


def related_papers(searcher: Searcher, *papers: Paper, limit: int = 6) -> Related:
    """Find other papers that share most of the words that some papers stand out by.

    A word weighs its count in the papers (thrice in a title), each paper as much as any other,
    times the logarithm of how few papers have it, as in any "more like this" (tf-idf).
    """
    counts: dict[str, float] = {}
    for paper in papers:
        words = [*_words(paper.abstract), *_words(paper.title) * 3]
        for word in words:
            counts[word] = counts.get(word, 0.0) + 1 / len(words)
    candidates = sorted(counts, key=lambda word: -counts[word])[:_CANDIDATES]
    if not candidates:
        return NOTHING
    asked = Query(clause=Or(tuple(Word(word) for word in candidates)), per_page=0)
    reading = searcher.search(asked, facets=()).receipt.clauses
    total = searcher.info().papers
    weights: dict[str, float] = {}
    stems: set[tuple[int, str]] = set()
    for word, one in zip(candidates, reading, strict=False):
        # Forms of one word have the same papers; the most frequent form stands for all.
        stem = (one.hits, word[:4])
        if one.hits > 1 and stem not in stems:
            stems.add(stem)
            weights[word] = counts[word] * math.log(total / one.hits)
    terms = sorted((word for word in weights if weights[word] > 0), key=lambda one: -weights[one])
    terms = terms[:_TERMS]
    if not terms:
        return NOTHING
    weighed = [
        Word(word, boost=max(0.01, round(weights[word] / weights[terms[0]], 2))) for word in terms
    ]
    clause = Or(tuple(weighed)) if len(weighed) > 1 else weighed[0]
    few = limit + len(papers) + 5  # versions of the papers are passed over
    found = searcher.search(Query(clause=clause, per_page=few), facets=())
    given = {paper.id for paper in papers}
    titles = {_title(paper) for paper in papers}
    hits = [
        one for one in found.hits if one.paper.id not in given and _title(one.paper) not in titles
    ]
    return Related(tuple(terms), format_clause(clause), tuple(hits[:limit]))


def versions_of_paper(searcher: Searcher, paper: Paper, near: Related) -> tuple[Paper, ...]:
    """Find other records of the same work among those of its title and those like it.

    What is one work is decided as on the page of results. Oldest first; a missing year comes last.

    Args:
        searcher: the snapshot to read.
        paper: one record of the work.
        near: papers like it.
    """
    clause = Phrase(plain(paper.title), field="title")
    titled = searcher.search(Query(clause=clause, per_page=_TITLED), facets=())
    hits = (*titled.hits, *near.hits)
    others = {hit.paper.id: hit.paper for hit in hits if hit.paper.id != paper.id}
    same = versions_among([paper, *others.values()]).get(paper.id, ())
    decisions = decisions_of(searcher)
    same = tuple(one for one in same if not decisions.are_different(one.id, paper.id))
    return tuple(sorted(same, key=lambda one: (one.year or 10_000, one.id)))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(fold(text).text) if len(word) > 2]


def _title(paper: Paper) -> str:
    """Reduce a title to its letters and digits, as versions differ in case and punctuation."""
    return "".join(char for char in fold(paper.title).text if char.isalnum())
