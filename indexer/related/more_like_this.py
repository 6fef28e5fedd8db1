"""Papers near others: versions of one, and those that use the words one or several stand out by.

Both are ordinary searches, so any backend answers them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from indexer.language.unparse import format_clause
from indexer.paper import Paper
from indexer.query import Or, Phrase, Query, Word
from indexer.related.duplicates import decisions_of
from indexer.related.works import versions_among
from indexer.search import Hit, Searcher
from indexer.text.display import plain
from indexer.text.folding import fold

_WORD: Final = re.compile(r"[^\W\d_][\w'-]+")
_CANDIDATES: Final = 40
_TERMS: Final = 12
_DEPTH: Final = 100
"""Papers that are looked at by words, and by meaning, before the best of both are taken."""
_VERSIONS: Final = 5
"""Versions of the papers themselves, which are passed over."""
_TITLED: Final = 20
"""Papers with the same title that are looked at for versions."""


@dataclass(frozen=True, slots=True)
class Related:
    """Papers like some others.

    Attributes:
        terms: the words they were found by, the most telling first.
        query: these words with their weights, as a query to be changed.
        hits: the nearest first.
        shares: of each hit, by the id of its paper; none where only words were compared.
    """

    terms: tuple[str, ...]
    query: str
    hits: tuple[Hit, ...]
    shares: Mapping[str, Shares] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shares:
    """What a paper was found by: words and meaning count the same, see `related_papers`.

    Attributes:
        words: share of the words in its score, 0 to 1.
        meaning: share of the meaning, 0 to 1; both add up to 1.
        shared: those of `Related.terms` that its title or abstract has, in their order.
    """

    words: float
    meaning: float
    shared: tuple[str, ...]


_GENERAL: Final = frozenset(
    "about above across after all allow allows along already also although among and any approach "
    "approaches are argue around based because been before being below best better between both "
    "but can common commonly compared consider could current demonstrate demonstrates despite "
    "different does due during each either enable enables especially even evaluate existing "
    "experiments extensive first for four from further furthermore general given good has have "
    "here high however human important improve improved improves include including into introduce "
    "introduces its itself known large less like make many may method methods might more moreover "
    "most much must namely need needs new not noting novel now number obtain obtained often one "
    "only other others our out outperform outperforms over own paper part performance popular "
    "possible present presents previous problem problems propose proposed proposes provide "
    "provides recent recently related rely result results same several should show shown shows "
    "significantly similar simple since single small some state-of-the-art still study such "
    "term terms than that the their them then there these they this those three through thus "
    "together two under unlike until use used uses using various very via was way well were what "
    "when where whether which while who whose why widely will with within without work works "
    "worth would yet you wide range real-world benchmark benchmarks dataset datasets".split()
)
"""Words that stand out in no subject: of grammar, and of what abstracts say of themselves."""


NOTHING: Final = Related((), "", ())


def related_papers(searcher: Searcher, *papers: Paper, limit: int = 6) -> Related:
    """Finds other papers that share most of the words that some papers stand out by.

    A word weighs its count in the papers (thrice in a title), each paper as much as any other,
    times the logarithm of how few papers have it, as in any "more like this" (tf-idf). Where the
    index has vectors, papers are also found by meaning: the score is then half the score of the
    words, the highest of which is 1, and half the cosine of the vectors, the highest of which is 1.
    """
    by_words = _by_words(searcher, papers, limit=max(limit, _DEPTH))
    near = searcher.nearest(papers, _DEPTH + len(papers) + _VERSIONS) if papers else ()
    if not near:
        return replace(by_words, hits=by_words.hits[:limit])
    return _together(by_words, near, papers, limit)


def _by_words(searcher: Searcher, papers: Sequence[Paper], limit: int) -> Related:
    """Returns the papers that share the words."""
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
    for word, leaf in zip(candidates, reading, strict=False):
        # Forms of one word have the same papers; the most frequent form stands for all.
        stem = (leaf.hits, word[:4])
        if leaf.hits > 1 and stem not in stems:
            stems.add(stem)
            weights[word] = counts[word] * math.log(total / leaf.hits)
    terms = sorted(
        (word for word in weights if weights[word] > 0), key=lambda word_: -weights[word_]
    )
    terms = terms[:_TERMS]
    if not terms:
        return NOTHING
    weighed = [
        Word(word, boost=max(0.01, round(weights[word] / weights[terms[0]], 2))) for word in terms
    ]
    clause = Or(tuple(weighed)) if len(weighed) > 1 else weighed[0]
    few = limit + len(papers) + _VERSIONS
    results = searcher.search(Query(clause=clause, per_page=few), facets=())
    is_other = _others(papers)
    hits = [hit for hit in results.hits if is_other(hit.paper)]
    return Related(tuple(terms), format_clause(clause), tuple(hits[:limit]))


def _others(papers: Sequence[Paper]) -> Callable[[Paper], bool]:
    """Returns a test for papers that are none of these and no version of them."""
    given = {paper.id for paper in papers}
    titles = {_title(paper) for paper in papers} - {""}
    return lambda paper: paper.id not in given and _title(paper) not in titles


def _together(
    by_words: Related,
    near: Sequence[tuple[Paper, float]],
    papers: Sequence[Paper],
    limit: int,
) -> Related:
    """Returns the papers near by words or by meaning; ties go to the newer year, then the id."""
    is_other = _others(papers)
    cosines = {paper.id: cosine for paper, cosine in near if is_other(paper) and cosine > 0}
    hits_by_id = {paper.id: Hit(paper, 0.0) for paper, _ in near if paper.id in cosines}
    hits_by_id |= {hit.paper.id: hit for hit in by_words.hits}
    most = max((hit.score for hit in by_words.hits), default=0.0) or 1.0
    nearest = max(cosines.values(), default=0.0) or 1.0
    ranked = []
    for paper_id, hit in hits_by_id.items():
        words, meaning = hit.score / most / 2, cosines.get(paper_id, 0.0) / nearest / 2
        ranked.append((round(words + meaning, 6), words, meaning, hit))
    ranked.sort(key=lambda row: (-row[0], -(row[3].paper.year or 0), row[3].paper.id))
    shares, hits = {}, []
    for total, words, meaning, hit in ranked[:limit]:
        has = set(_words(f"{hit.paper.title} {hit.paper.abstract}"))
        shared = tuple(term for term in by_words.terms if term in has)
        share = words / (words + meaning) if words + meaning else 0.0
        shares[hit.paper.id] = Shares(share, 1 - share, shared)
        hits.append(replace(hit, score=total))
    return Related(by_words.terms, by_words.query, tuple(hits), shares)


def is_general(word: str) -> bool:
    """Returns whether a folded word stands out in no subject."""
    return word in _GENERAL or word.endswith("'s")


def shared_terms(terms: tuple[str, ...], paper: Paper, most: int = 5) -> tuple[str, ...]:
    """Returns the terms that a paper has in its title or abstract, in their order.

    Args:
        terms: of `Related`.
        paper: one of its hits.
        most: terms returned.
    """
    words = set(_words(f"{paper.title} {paper.abstract}"))
    return tuple(term for term in terms if term in words)[:most]


def versions_of_paper(searcher: Searcher, paper: Paper, near: Related) -> tuple[Paper, ...]:
    """Finds other records of the same work among those of its title and those like it.

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
    same = tuple(other for other in same if not decisions.are_different(other.id, paper.id))
    return tuple(sorted(same, key=lambda other: (other.year or 10_000, other.id)))


def _words(text: str) -> list[str]:
    return [
        word for word in _WORD.findall(fold(text).text) if len(word) > 2 and not is_general(word)
    ]


def _title(paper: Paper) -> str:
    """Reduce a title to its letters and digits, as versions differ in case and punctuation."""
    return "".join(char for char in fold(paper.title).text if char.isalnum())
