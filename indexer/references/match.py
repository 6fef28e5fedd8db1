"""The paper that a reference names, found by its identifiers, its title, its authors and year.

Works on the `Searcher` contract alone, so every engine answers the same. Candidates are papers
whose titles hold the longest words of a stretch that may be the title; they are judged by how much
of their title stands in the reference, whether their authors do, and by the year. All queries are
intersections of a few rare words, so a reference costs some milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from indexer.paper import Paper, unnumbered
from indexer.query import (
    And,
    AuthorName,
    Clause,
    Match,
    Part,
    Query,
    Sort,
    Value,
    Word,
    Words,
    Years,
)
from indexer.references.parse import ParsedReference, words_of
from indexer.search import Searcher

CANDIDATES: Final = 40
"""Papers that are judged for one query."""
ASKED_WORDS: Final = 5
"""Words of a title that are asked for together; the longest are the rarest."""
MOST_WORDS: Final = 8
"""Words of a reference that are looked for in titles where none of its parts finds its paper: the
longest, which are the rarest."""
MOST_LIKE: Final = 10
"""Papers that are judged of those that have most of these words."""
LEAST_TITLE: Final = 0.75
"""Least likeness of a title (Dice's coefficient of its words) to be the one named."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that a reference may name.

    Attributes:
        title: likeness of its title to the one in the reference, 0 to 1.
        authors: share of its first three authors whose family names stand in the reference; 1
            where it has none.
        year: whether its year stands in the reference, or either has none.
        venue: whether its venue stands in the reference.
        identified: an identifier in the reference is the paper's.
    """

    paper: Paper
    title: float
    authors: float
    year: bool
    venue: bool = False
    identified: bool = False

    @property
    def score(self) -> float:
        """Sum by which candidates are ordered; unitless."""
        agreed = 1.5 * self.year + 2 * self.venue + 4 * self.identified
        return 10 * self.title + 3 * self.authors + agreed

    @property
    def is_match(self) -> bool:
        """Whether so much agrees that the reference names this paper."""
        if self.identified:
            return self.title >= 0.4
        if self.title >= 0.9:
            return self.authors > 0 or self.year
        return self.title >= LEAST_TITLE and (
            self.authors > 0.3 or (self.year and self.title > 0.85)
        )


def find_paper(searcher: Searcher, reference: ParsedReference) -> Candidate | None:
    """Returns the paper that a reference names; None where this collection has none like it."""
    candidates = find_candidates(searcher, reference, 1)
    return candidates[0] if candidates else None


def find_candidates(
    searcher: Searcher, reference: ParsedReference, limit: int = 5
) -> tuple[Candidate, ...]:
    """Returns the papers that a reference may name, likeliest first."""
    seen: dict[str, Candidate] = {}
    for identifier in reference.identifiers:
        for paper in _papers(searcher, Value("identifier", str(identifier))):
            seen[paper.id] = judged(reference, paper, identified=True)
    if not _is_sure(seen):
        for clause in _clauses(reference):
            for paper in _papers(searcher, clause):
                if paper.id not in seen:
                    seen[paper.id] = judged(reference, paper)
            if _is_sure(seen):
                break
        else:
            if not any(candidate.is_match for candidate in seen.values()):
                for paper in _likeliest(searcher, reference):
                    seen.setdefault(paper.id, judged(reference, paper))
    matches = (candidate for candidate in seen.values() if candidate.is_match)
    return tuple(sorted(matches, key=lambda match: (-match.score, match.paper.id))[:limit])


def judged(reference: ParsedReference, paper: Paper, *, identified: bool = False) -> Candidate:
    """Returns how far a paper agrees with a reference."""
    title = words_of(paper.title)
    likeness = max((_likeness(title, words_of(title_)) for title_ in reference.titles), default=0.0)
    if likeness < 1 and len(title) > 3 and _stands_in(title, reference.words):
        likeness = max(likeness, min(0.99, 0.85 + len(title) / 50))
    named = set(reference.words)
    first = paper.authors[:3]
    known = sum(_is_named(name, named) for name in first)
    authors = known / len(first) if first else 1.0
    year = paper.year is None or not reference.years or paper.year in reference.years
    venue = bool(paper.venue) and _stands_in(words_of(paper.venue), reference.words)
    return Candidate(paper, likeness, authors, year, venue, identified)


def _is_sure(seen: dict[str, Candidate]) -> bool:
    return any(
        candidate.is_match
        and (
            candidate.identified
            or (candidate.title > 0.95 and candidate.year and candidate.authors > 0.3)
        )
        for candidate in seen.values()
    )


def _papers(searcher: Searcher, clause: Clause) -> Iterator[Paper]:
    query = Query(clause=clause, match=Match.ALL, sort=Sort.NEWEST)
    for paper_id in islice(searcher.ids(query), CANDIDATES):
        paper = searcher.get(paper_id)
        if paper is not None:
            yield paper


def _likeliest(searcher: Searcher, reference: ParsedReference) -> Iterator[Paper]:
    """Yields the papers whose titles have most of a reference's words, whatever part they are."""
    words = [word for word in dict.fromkeys(reference.words) if len(word) > 3 and word.isalpha()]
    if not words:
        return
    longest = sorted(words, key=len, reverse=True)[:MOST_WORDS]
    parts = tuple(Part(Word(word, "title")) for word in longest)
    query = Query(clause=Words(parts), match=Match.ANY)
    papers = map(searcher.get, islice(searcher.ids(query), MOST_LIKE))
    yield from (paper for paper in papers if paper is not None)


def _clauses(reference: ParsedReference) -> Iterator[Clause]:
    """Returns what is asked for, one after the other, until a paper is sure."""
    asked: list[list[str]] = []
    for title in reference.titles:
        words = sorted(dict.fromkeys(words_of(title)), key=len, reverse=True)
        words = [word for word in words if len(word) > 2] or words
        asked.append(words)
        if words:
            clause = _in_title(words[:ASKED_WORDS])
            yield (
                And((clause, Years(reference.year, reference.year)))
                if (reference.year is not None and len(words) < 3)
                else clause
            )
    if asked and asked[0]:
        yield from _without_one(asked[0])
    names = [word for word in reference.words[:6] if len(word) > 2 and word.isalpha()]
    for title_words in asked[:2]:
        for name in names[:2]:
            if reference.year is not None and title_words:
                yield And(
                    (AuthorName(name), Years(reference.year, reference.year),
                     Word(title_words[0], "title"))
                )  # fmt: skip


def _without_one(words: list[str]) -> Iterator[Clause]:
    """Returns queries that forgive a misspelt word, or one that belongs to something else."""
    for start in range(0, min(len(words), 9), 3):
        some = words[start : start + 3]
        if len(some) > 1:
            yield _in_title(some)


def _in_title(words: list[str]) -> Clause:
    parts = tuple(Word(word, "title") for word in words)
    return parts[0] if len(parts) == 1 else And(parts)


def _likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Returns Dice's coefficient of two lists of words, each word as often as it stands there."""
    if not one or not other:
        return 0.0
    if one == other or "".join(one) == "".join(other):
        return 1.0
    rest = list(other)
    common = 0
    for word in one:
        if word in rest:
            rest.remove(word)
            common += 1
    return 0.99 * 2 * common / (len(one) + len(other))


def _stands_in(title: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return f" {' '.join(title)} " in f" {' '.join(words)} "


def _is_named(name: str, words: set[str]) -> bool:
    """Whether the family name of an author stands among words."""
    parts = words_of(unnumbered(name))
    if not parts:
        return False
    return parts[-1] in words or (len(parts) > 1 and len(parts[0]) > 2 and parts[0] in words
                                  and parts[-1][0] in words)  # fmt: skip
