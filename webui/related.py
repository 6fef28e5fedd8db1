"""Papers near one paper: its other versions, and those that use the words it stands out by.

Both are ordinary searches, so any backend answers them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from indexer import Hit, Or, Paper, Phrase, Query, Searcher, Word, fold, plain, versions_among

_WORD: Final = re.compile(r"[^\W\d_][\w'-]+")
_CANDIDATES: Final = 40
_TERMS: Final = 12
_TITLED: Final = 20
"""Papers with the same title that are looked at for versions."""


@dataclass(frozen=True, slots=True)
class Related:
    """Papers like one paper.

    Attributes:
        terms: the words they were found by, the most telling first.
        hits: the nearest first.
    """

    terms: tuple[str, ...]
    hits: tuple[Hit, ...]


def related(searcher: Searcher, paper: Paper, limit: int = 6) -> Related:
    """Find the papers that share most of the words a paper stands out by.

    A word weighs its count in the paper (thrice in the title) times the logarithm of how few
    papers have it, as in any "more like this" (tf-idf).
    """
    counts = Counter(_words(paper.abstract))
    for word in _words(paper.title):
        counts[word] += 3
    candidates = [word for word, _ in counts.most_common(_CANDIDATES)]
    if not candidates:
        return Related((), ())
    asked = Query(clause=Or(tuple(Word(word) for word in candidates)), per_page=0)
    reading = searcher.search(asked, facets=()).receipt.clauses
    papers = searcher.info().papers
    weights: dict[str, float] = {}
    stems: set[tuple[int, str]] = set()
    for word, one in zip(candidates, reading, strict=False):
        # Forms of one word have the same papers; the most frequent form stands for all.
        stem = (one.hits, word[:4])
        if one.hits > 1 and stem not in stems:
            stems.add(stem)
            weights[word] = counts[word] * math.log(papers / one.hits)
    terms = sorted((word for word in weights if weights[word] > 0), key=lambda one: -weights[one])
    terms = terms[:_TERMS]
    if not terms:
        return Related((), ())
    clause = Or(tuple(Word(word, boost=weights[word] / weights[terms[0]]) for word in terms))
    found = searcher.search(Query(clause=clause, per_page=limit + 5), facets=())
    title = _title(paper)
    hits = [one for one in found.hits if one.paper.id != paper.id and _title(one.paper) != title]
    return Related(tuple(terms), tuple(hits[:limit]))


def versions(searcher: Searcher, paper: Paper, near: Related) -> tuple[Paper, ...]:
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
    return tuple(sorted(same, key=lambda one: (one.year or 10_000, one.id)))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(fold(text).text) if len(word) > 2]


def _title(paper: Paper) -> str:
    """Reduce a title to its letters and digits, as versions differ in case and punctuation."""
    return "".join(char for char in fold(paper.title).text if char.isalnum())
