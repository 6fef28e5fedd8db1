"""Near-duplicates and versions of one work: linked, never merged.

A conference paper and its journal version, a preprint and its publication, the same paper from two
dumps: papers of the same people whose titles are the same or nearly so. What counts as the same is
decided by words, not by likeness of meaning, so every link can be explained.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final, Literal, TypeVar

from indexer.paper import Paper, unnumbered
from indexer.text.folding import fold

Kind = Literal["duplicate", "version"]

LIKE_TITLES: Final = 0.75
"""Least share of common words (Jaccard) of two titles that are nearly the same."""
LIKE_ABSTRACTS: Final = 0.6
"""Least share of common words of two abstracts, where titles are only alike."""
ALMOST_THE_SAME: Final = 0.9
"""Least share of common words of two titles, where one of the papers has no abstract."""
TELLING_TITLE: Final = 4
"""Least words of a title that stands for one work; shorter ones ("In this issue", "Introduction")
are often those of columns, and in one venue only like abstracts make them the same."""
LIKE_PEOPLE: Final = 0.5
"""Least share of common authors, of the shorter list."""
LARGEST_BLOCK: Final = 400
"""Most papers with the same DOI, title or first author that are compared with each other."""
MOST_PEOPLE: Final = 100
"""Most authors of a paper that are compared."""
_T = TypeVar("_T")
_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset("a an the of in on for and to with by from at via is are as or".split())
_MARKED = frozenset("extended abstract version full paper short preprint".split())


@dataclass(frozen=True, slots=True)
class Versions:
    """Papers that are one work.

    Attributes:
        kind: "duplicate" when all have the same venue and year, otherwise "version".
        ids: two or more, oldest first, then by id.
        reason: what they have in common, in words for the reader.
    """

    kind: Kind
    ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Trace:
    """What is kept of a paper to compare it by; words as hashes, for there may be millions."""

    id: str
    year: int
    venue: str
    doi: str
    title: frozenset[int]
    title_key: int
    people: tuple[str, ...]


class _Abstracts:
    """The abstracts of papers and their words, of which those of one block are kept."""

    def __init__(self, text: Callable[[str], str]) -> None:
        self.text = text
        self.words = lru_cache(2 * LARGEST_BLOCK)(self._words)

    def _words(self, paper: str) -> frozenset[str]:
        return frozenset(_words(self.text(paper)))


class VersionFinder:
    """Gathers papers, then tells which of them are one work.

    Abstracts are not kept: they are asked for again where titles alone do not decide.
    """

    def __init__(self) -> None:
        self._traces: dict[str, _Trace] = {}

    def add(self, paper: Paper) -> None:
        """Takes in a paper; one with the same id is replaced."""
        words = _title_words(paper.title)
        self._traces[paper.id] = _Trace(
            id=paper.id,
            year=paper.year or 0,
            venue=paper.venue,
            doi=paper.doi,
            title=frozenset(hash(word) for word in words),
            title_key=hash(" ".join(words)) if words else 0,
            people=tuple(_person(name) for name in paper.authors[:MOST_PEOPLE]),
        )

    def groups(self, abstract: Callable[[str], str]) -> tuple[Versions, ...]:
        """Returns every group of papers that are one work, ordered by their first id.

        Args:
            abstract: gives the abstract of the paper with this id.
        """
        reasons: dict[frozenset[str], str] = {}
        for one, other, reason in self._links(_Abstracts(abstract)):
            reasons.setdefault(frozenset((one.id, other.id)), reason)
        groups = _connected(reasons)
        group_of = {member: ids for ids in groups for member in ids}
        because: defaultdict[frozenset[str], set[str]] = defaultdict(set)
        for pair, reason in reasons.items():
            because[group_of[min(pair)]].add(reason)
        groups_ = [self._group(ids, because[ids]) for ids in groups]
        return tuple(sorted(groups_, key=lambda group: group.ids[0]))

    def _links(self, abstract: _Abstracts) -> Iterator[tuple[_Trace, _Trace, str]]:
        for one, other in self._pairs(lambda trace: trace.doi):
            yield one, other, "same DOI"
        for one, other in self._pairs(lambda trace: trace.title_key):
            if _same_people(one, other) and not _are_columns(one, other, abstract):
                yield one, other, "same title and authors"
            elif not (one.people and other.people) and _same_text(one, other, abstract):
                # Equal titles without authors are often those of columns: "Preface", "Erratum".
                yield one, other, "same title and abstract"
        for one, other in self._pairs(lambda trace: trace.people[0] if trace.people else ""):
            if one.title_key != other.title_key and _alike(one, other, abstract):
                yield one, other, "like titles and abstracts, same authors"

    def _pairs(self, key: Callable[[_Trace], str | int]) -> Iterator[tuple[_Trace, _Trace]]:
        """Yields the pairs that share a key; an empty one is none."""
        blocks: defaultdict[str | int, list[_Trace]] = defaultdict(list)
        for trace in self._traces.values():
            if key_ := key(trace):
                blocks[key_].append(trace)
        for block in blocks.values():
            yield from combinations(block[:LARGEST_BLOCK], 2)

    def _group(self, ids: frozenset[str], reasons: set[str]) -> Versions:
        traces = sorted(
            (self._traces[trace] for trace in ids), key=lambda trace: (trace.year, trace.id)
        )
        places = {(trace.venue, trace.year) for trace in traces}
        return Versions(
            kind="duplicate" if len(places) == 1 else "version",
            ids=tuple(trace.id for trace in traces),
            reason="; ".join(sorted(reasons)),
        )


def find_versions(papers: Iterable[Paper]) -> tuple[Versions, ...]:
    """Returns every group of papers that are one work, ordered by their first id.

    Of papers with one id the last counts.
    """
    finder = VersionFinder()
    abstracts: dict[str, str] = {}
    for paper in _sharing(list({paper_.id: paper_ for paper_ in papers}.values())):
        finder.add(paper)
        abstracts[paper.id] = paper.abstract
    return finder.groups(abstracts.__getitem__)


def _sharing(papers: list[Paper]) -> list[Paper]:
    """Leaves out papers that share no DOI, title or first author with another: they have no pair.

    Most papers of a page are such, and a trace of a paper takes much longer than this.
    """
    keys = [
        (
            ("doi", paper.doi),
            ("title", " ".join(_title_words(paper.title))),
            ("first", _person(paper.authors[0]) if paper.authors else ""),
        )
        for paper in papers
    ]
    counts = Counter(key for three in keys for key in three if key[1])
    return [
        paper
        for paper, three in zip(papers, keys, strict=True)
        if any(counts[key] > 1 for key in three)
    ]


def _same_people(one: _Trace, other: _Trace) -> bool:
    shorter = min(len(one.people), len(other.people))
    return shorter > 0 and len({*one.people} & {*other.people}) >= LIKE_PEOPLE * shorter


def _same_text(one: _Trace, other: _Trace, abstract: _Abstracts) -> bool:
    text = abstract.text(one.id)
    return bool(text) and text == abstract.text(other.id)


def _alike(one: _Trace, other: _Trace, abstract: _Abstracts) -> bool:
    if min(len(one.title), len(other.title)) < 3 or not _same_people(one, other):
        return False
    share = _share(one.title, other.title)
    if share < LIKE_TITLES:
        return False
    like = _like_abstracts(one, other, abstract)
    if like is None:
        return share >= ALMOST_THE_SAME and not _are_columns(one, other, abstract)
    return like


def _like_abstracts(one: _Trace, other: _Trace, abstract: _Abstracts) -> bool | None:
    """Compares the abstracts; None where one is missing."""
    words = [abstract.words(trace.id) for trace in (one, other)]
    return _share(*words) >= LIKE_ABSTRACTS if all(words) else None


def _are_columns(one: _Trace, other: _Trace, abstract: _Abstracts) -> bool:
    """Returns whether two papers of one venue may share just a title such as "Editorial"."""
    if one.venue != other.venue or min(len(one.title), len(other.title)) >= TELLING_TITLE:
        return False
    return not _like_abstracts(one, other, abstract)


def _connected(pairs: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Joins pairs that have a paper in common."""
    group: dict[str, set[str]] = {}
    for pair in pairs:
        one, other = pair
        if one in group and group[one] is group.get(other):
            continue
        joined: set[str] = set().union(pair, *(group[member] for member in pair if member in group))
        for member in joined:
            group[member] = joined
    return [frozenset(ids) for ids in {id(ids): ids for ids in group.values()}.values()]


def _title_words(title: str) -> list[str]:
    return [word for word in _words(title) if word not in _MARKED]


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(fold(text).text) if word not in _SMALL]


def _person(name: str) -> str:
    """Returns initial and last name: dumps write out first names or not."""
    parts = _WORD.findall(fold(unnumbered(name)).text)
    return f"{parts[0][:1]} {parts[-1]}" if parts else ""


def _share(one: frozenset[_T], other: frozenset[_T]) -> float:
    if not one or not other:
        return 0.0
    common = len(one & other)
    return common / (len(one) + len(other) - common)
