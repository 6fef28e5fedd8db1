"""Does an index find what is in it? Papers are drawn from it and looked for as a reader would.

Questions about each paper drawn: is it first for its own title, in each of the spellings
people type; is it among the first three for its first author, year and three words of its title;
does the link of each of its authors lead to it; and is it first for the further ways of asking of
`indexer.evaluation.known_ways`?
"""

from __future__ import annotations

import random
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from indexer.cleaning.venues import Venues
from indexer.evaluation.known_ways import (
    AUTHOR_YEAR,
    FOUR_WORDS,
    LEAST_SHARES,
    MAIN_TITLE,
    MOST_TYPO_WORDS,
    NAMES,
    TYPO,
    VENUE_YEAR,
    WAYS,
    asked_ways,
    fits_author_year,
    fits_name,
    has_words,
    telling_words,
)
from indexer.language.parse import parse_query
from indexer.language.unparse import format_clause
from indexer.paper import Paper, unnumbered
from indexer.query import And, AuthorName, Clause, Filter, Part, Query, Value, Word, Words, Years
from indexer.query_analysis.main_title import main_titles
from indexer.query_analysis.typed_text import read_typed_text
from indexer.search import Hit, Searcher
from indexer.suggestions.query_correction import search_corrected
from indexer.text.folding import fold

SEED: Final = 20260
KEPT: Final = 50
"""Most misses of one kind that a report keeps."""
SPELLINGS: Final = (
    "as is",
    "lower case",
    "without punctuation",
    "without accents",
)
DESCRIPTION: Final = "first author, year, three words"
LINK: Final = "author link"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked about a paper.

    Attributes:
        kind: one of `SPELLINGS` (of the title), `DESCRIPTION`, `LINK` or `known_ways.WAYS`.
        query: what a reader would type or follow.
        within: the last rank, from 1, at which the paper may stand.
    """

    kind: str
    query: Query
    within: int


@dataclass(frozen=True, slots=True)
class Miss:
    """A paper that was not found where it should be.

    Attributes:
        instead: title of the first hit; empty where there was none.
    """

    kind: str
    paper: Paper
    asked: str
    instead: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one kind of question was asked and how often the paper was found.

    Attributes:
        p95_ms: 95th percentile of the time of an answer on the wall, in milliseconds.
        p95_cpu_ms: the same of processor time of this thread.
    """

    kind: str
    asked: int
    found: int
    p95_ms: float = 0.0
    p95_cpu_ms: float = 0.0

    @property
    def share(self) -> float:
        """Share of the papers found, 1 where nothing was asked."""
        return self.found / self.asked if self.asked else 1.0


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What the questions gave.

    Attributes:
        papers: papers drawn.
        tallies: one a kind of question, in their order.
        misses: of each kind the first `KEPT`.
    """

    generation: str
    papers: int
    tallies: tuple[Tally, ...]
    misses: tuple[Miss, ...]

    @property
    def passed(self) -> bool:
        """Whether 99.5% of the titles, 95% of the descriptions and all links lead home.

        So must the shares of `known_ways.LEAST_SHARES` of the further ways of asking.
        """
        least = {DESCRIPTION: 0.95, LINK: 1.0, **LEAST_SHARES}
        return all(tally.share >= least.get(tally.kind, 0.995) for tally in self.tallies)


def run_self_test(
    searcher: Searcher,
    *,
    sample: int = 1000,
    seed: int = SEED,
    venues: Venues | None = None,
    advance: Callable[[int], None] | None = None,
) -> SelfTest:
    """Sample papers and run every query about each.

    Args:
        searcher: the index to test.
        sample: papers to draw, each of a title of its own; fewer where the index has fewer.
        seed: of the drawing: the same seed draws the same papers from the same generation.
        venues: the table of aliases; what is typed is then read as the search box reads it.
        advance: told how many papers are done.
    """
    asked: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    misses: list[Miss] = []
    times: dict[str, list[float]] = {}
    processor: dict[str, list[float]] = {}
    papers = 0
    for papers, paper in enumerate(draw_papers(searcher, sample, seed), start=1):
        for question in questions(paper):
            asked[question.kind] += 1
            started, begun = time.perf_counter(), time.thread_time()
            hits = _ask(searcher, question, venues)
            took, used = time.perf_counter() - started, time.thread_time() - begun
            miss = _missed(hits, paper, question)
            if miss is not None and _is_ambiguous(hits, paper, question):
                asked[question.kind] -= 1
                continue
            times.setdefault(question.kind, []).append(took)
            processor.setdefault(question.kind, []).append(used)
            if miss is not None:
                missed[miss.kind] += 1
                misses += [miss] if missed[miss.kind] <= KEPT else []
        if advance is not None:
            advance(papers)
    kinds = (*SPELLINGS, DESCRIPTION, LINK, *WAYS)
    tallies = tuple(
        Tally(
            kind,
            asked[kind],
            asked[kind] - missed[kind],
            _p95(times.get(kind, ())),
            _p95(processor.get(kind, ())),
        )
        for kind in kinds
    )
    return SelfTest(searcher.generation, papers, tallies, tuple(misses))


def _p95(seconds: Sequence[float]) -> float:
    """Returns the 95th percentile of times, in milliseconds; 0 where there are none."""
    ordered = sorted(seconds)
    return round(ordered[int(0.95 * len(ordered))] * 1000, 1) if ordered else 0.0


def draw_papers(searcher: Searcher, sample: int, seed: int = SEED) -> Iterator[Paper]:
    """Yields random papers, no two with the same folded title."""
    ids = sorted(searcher.ids(Query()))
    random.Random(seed).shuffle(ids)  # noqa: S311 - drawing a sample is no secret
    seen: set[str] = set()
    for paper_id in ids:
        if len(seen) >= sample:
            return
        paper = searcher.get(paper_id)
        title = "" if paper is None else fold(paper.title).text
        if paper is not None and title not in seen:
            seen.add(title)
            yield paper


def questions(paper: Paper) -> Iterator[Question]:
    """Yields the queries that should find a paper."""
    for kind, text in zip(SPELLINGS, _spellings(paper.title), strict=True):
        if re.search(r"\w", text):
            yield Question(kind, parse_query(text, per_page=1), 1)
    description = _description(paper)
    if description is not None:
        text = format_clause(description)
        yield Question(DESCRIPTION, Query(text=text, clause=description, per_page=3), 3)
    for name in dict.fromkeys(paper.authors):
        filters = (Filter("author", (name,)),)
        clause = Value("id", paper.id)
        yield Question(LINK, Query(text=name, clause=clause, filters=filters, per_page=1), 1)
    yield from _further(paper)


def _further(paper: Paper) -> Iterator[Question]:
    for kind, text in asked_ways(paper):
        yield Question(kind, parse_query(text, per_page=1), 1)


def self_test_json(test: SelfTest) -> dict[str, Any]:
    """Writes a self-test as JSON values."""
    return {
        "generation": test.generation,
        "papers": test.papers,
        "passed": test.passed,
        "questions": [
            {
                "kind": tally.kind,
                "asked": tally.asked,
                "found": tally.found,
                "p95_ms": tally.p95_ms,
                "p95_cpu_ms": tally.p95_cpu_ms,
            }
            for tally in test.tallies
        ],
        "misses": [
            {"kind": miss.kind, "id": miss.paper.id, "asked": miss.asked, "instead": miss.instead}
            for miss in test.misses
        ],
    }


def _spellings(title: str) -> tuple[str, str, str, str]:
    """Writes a title as people type it, in the order of `SPELLINGS`."""
    words = re.sub(r"[^\w\s]|_", " ", title)
    taken_apart = unicodedata.normalize("NFD", title)
    bare = "".join(char for char in taken_apart if not unicodedata.combining(char))
    return title, title.lower(), " ".join(words.split()), bare


def _description(paper: Paper) -> Clause | None:
    words = dict.fromkeys(re.findall(r"[^\W\d_]{3,}", re.sub(r"\$[^$]*\$|\\\w+", " ", paper.title)))
    longest = sorted(words, key=len, reverse=True)[:3]
    if not paper.authors or paper.year is None or len(longest) < 3:
        return None
    run = Words(tuple(Part(Word(word)) for word in words if word in longest))
    return And((AuthorName(unnumbered(paper.authors[0])), Years(paper.year, paper.year), run))


def _is_ambiguous(hits: Sequence[Hit], paper: Paper, question: Question) -> bool:
    """Returns whether what was asked is as true of the first hit as of the paper meant."""
    if not hits:
        return False
    first = hits[0].paper
    if question.kind == AUTHOR_YEAR:
        return fits_author_year(first, paper)
    words = question.query.text.split()
    if question.kind == VENUE_YEAR:
        same = (first.venue, first.year) == (paper.venue, paper.year)
        return same and has_words(first, words[-2:])
    if question.kind == MAIN_TITLE:
        return fold(question.query.text).text in map(_folded, main_titles(first.title))
    if question.kind == TYPO:
        words = telling_words(paper.title)[:MOST_TYPO_WORDS]
    return question.kind in (FOUR_WORDS, TYPO) and has_words(first, words)


def _folded(text: str) -> str:
    return fold(text).text


def _ask(searcher: Searcher, question: Question, venues: Venues | None) -> Sequence[Hit]:
    """Returns the hits within which the paper must be; typed text is read as in the box."""
    query = question.query
    if question.kind not in WAYS or venues is None:
        return searcher.search(query, facets=()).hits[: question.within]
    results = search_corrected(searcher, read_typed_text(query, searcher, venues))
    return results.hits[: question.within]


def _missed(hits: Sequence[Hit], paper: Paper, question: Question) -> Miss | None:
    """Returns how one query missed its paper, or None.

    A paper of the same title counts as it; for a name, so does any paper by an author of it.
    """
    title = fold(paper.title).text
    if any(hit.paper.id == paper.id or fold(hit.paper.title).text == title for hit in hits):
        return None
    if question.kind in NAMES and hits and fits_name(hits[0].paper, paper):
        return None
    instead = hits[0].paper.title if hits else ""
    return Miss(question.kind, paper, question.query.text, instead)
