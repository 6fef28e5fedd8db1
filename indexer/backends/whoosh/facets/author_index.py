"""Authors of the whole collection: one entry a `name_key`, over all segments.

How two authors are connected: the shortest chain of papers written together.

A search in breadth from the far end, level by level over whole arrays: the levels of a collection
of a hundred thousand papers are a handful, so it takes milliseconds.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.facets.author_counts import PROLIFIC, FewTally, Longs, Tally, tally
from indexer.backends.whoosh.facets.author_ranks import RankedKeys, RankedTally
from indexer.backends.whoosh.kernels.dispatch import Kernels
from indexer.backends.whoosh.postings.positions import distinct, spread
from indexer.backends.whoosh.postings.segment_reader import Numbers, SegmentReader
from indexer.backends.whoosh.scoring.scored_docs import Matches
from indexer.text.folding import forms

_FEW = 200
"""Fewer papers than one in this many have too few authors to number these."""
_SIMPLE = re.compile(r"[A-Za-z '-]*(?:\.[A-Za-z '-]*)?")
"""Names that fold to their lower case, and to nothing else."""
_SPARE = 16
"""So many more keys than are wanted are sorted with them."""
_KEPT = 20_000
"""Names that are kept as they are shown, some 150 bytes each: 3 MB."""


class Bylines:
    """Counts authors over papers; with one segment a key's number is its place in the segment."""

    def __init__(self, readers: tuple[SegmentReader, ...]) -> None:
        """Speak of the authors of these segments."""
        self._readers = readers
        self._names: dict[int, str] = {}

    @cached_property
    def _numbers(self) -> tuple[tuple[Longs, ...], int]:
        """For each segment the number of each of its keys, and how many there are in all."""
        if len(self._readers) == 1:
            size = len(self._readers[0].arrays.name_keys)
            return (np.arange(size),), size
        known: dict[str, int] = {}
        numbers = tuple(
            np.array(
                [known.setdefault(key, len(known)) for key in reader.arrays.name_keys], np.int64
            )
            for reader in self._readers
        )
        return numbers, len(known)

    @property
    def numbers(self) -> tuple[Longs, ...]:
        """For each segment the number of each of its keys."""
        return self._numbers[0]

    @cached_property
    def places(self) -> tuple[Longs, ...]:
        """For each segment the place in it of each number's key, -1 where it is not there."""
        every, size = self._numbers
        if len(every) == 1:
            return every
        found = tuple(np.full(size, -1, np.int64) for _ in every)
        for places, keys in zip(found, every, strict=True):
            places[keys] = np.arange(len(keys))
        return found

    @property
    def _plain(self) -> bool:
        """Whether there is one segment, and nothing of it deleted."""
        return len(self._readers) == 1 and self._readers[0].live is None

    @property
    def size(self) -> int:
        """How many keys there are, those of deleted papers included."""
        return self._numbers[1]

    def tally(self, found: tuple[Matches, ...], kernels: Kernels | None = None) -> Tally:
        """Count papers of each key.

        Args:
            found: for each segment; a paper with one key twice counts once.
            kernels: compiled loops, if there are any.
        """
        readers = self._readers
        if all(one.count == reader.papers for reader, one in zip(readers, found, strict=True)):
            return self.totals
        if len(readers) == 1 and found[0].count * _FEW > readers[0].size:
            return RankedTally(self._ranked, readers[0], found[0], kernels)
        if self._plain and kernels is not None:
            return FewTally(readers[0], found[0], self._ranks, kernels)
        return self._tally(tuple(one.docs for one in found))

    @cached_property
    def _ranked(self) -> RankedKeys:
        return RankedKeys.of(self._readers[0])

    @cached_property
    def totals(self) -> Tally:
        """The live papers of each key."""
        return self._tally(tuple(reader.every for reader in self._readers))

    def _tally(self, papers: tuple[Numbers, ...]) -> Tally:
        numbers, size = self._numbers
        pairs = zip(self._readers, papers, strict=True)
        found = [tally(reader, docs) for reader, docs in pairs]
        if len(found) == 1:
            return found[0]
        total = np.zeros(size, np.int64)
        for one, keys in zip(found, numbers, strict=True):
            held, counts = one.most(0, keys[:0])
            total[keys[held]] += counts
        return Tally(total, sum(one.nameless for one in found))

    @cached_property
    def prolific(self) -> Longs:
        """The keys that have many papers; see `Tally.most`."""
        numbers, counts = self.totals.most(0, np.zeros(0, np.int64))
        return numbers[counts >= PROLIFIC]

    def find(self, key: str) -> int:
        """Returns the number of a `name_key`, -1 if unknown."""
        for reader, numbers in zip(self._readers, self._numbers[0], strict=True):
            at = reader.arrays.name_keys.find(key)
            if at >= 0:
                return int(numbers[at])
        return -1

    @cached_property
    def _homes(self) -> tuple[Longs, Longs]:
        """For each key its segment, the last that has it, and its place there."""
        numbers, size = self._numbers
        segments, places = np.zeros(size, np.int64), np.zeros(size, np.int64)
        for at, keys in enumerate(numbers):
            segments[keys] = at
            places[keys] = np.arange(len(keys))
        return segments, places

    def key(self, number: int) -> str:
        """Returns the `name_key` of this number."""
        segments, places = self._homes
        return self._readers[int(segments[number])].arrays.name_keys[int(places[number])]

    def spellings(self, number: int) -> Counter[str]:
        """Returns the spellings of a key with their numbers of papers, all above 0."""
        found: Counter[str] = Counter()
        alone = len(self._readers) == 1
        key = "" if alone else self.key(number)
        for reader in self._readers:
            arrays = reader.arrays
            at = number if alone else arrays.name_keys.find(key)
            if at < 0:
                continue
            for name in range(int(arrays.name_key_ptr[at]), int(arrays.name_key_ptr[at + 1])):
                low, high = arrays.name_papers_ptr[name], arrays.name_papers_ptr[name + 1]
                papers = len(reader.living(arrays.name_papers[low:high]))
                if papers:
                    found[arrays.names[name]] += papers
        return found

    def shown(self, number: int) -> str:
        """Returns the most frequent spelling, the lowest of ties; by default the key itself."""
        name = self._names.get(number)
        if name is None:
            name = self._shown(number)
            if len(self._names) >= _KEPT:
                self._names.clear()
            self._names[number] = name
        return name

    def _shown(self, number: int) -> str:
        if self._plain:
            arrays = self._readers[0].arrays
            first = int(arrays.name_key_ptr[number])
            if int(arrays.name_key_ptr[number + 1]) - first == 1:
                return arrays.names[first]
        found = self.spellings(number)
        if not found:
            return self.key(number)
        return min(found, key=lambda name: (-found[name], name))

    def first(self, tally: Tally, limit: int) -> list[tuple[int, str, int]]:
        """Returns the keys with the highest counts: (negated count, spelling, number), ascending.

        Args:
            tally: of each key; those of 0 are left out.
            limit: how many to give; 0 = all.
        """
        if not self._plain:
            held, counts = tally.most(limit, self.prolific)
            if limit <= 0 or len(held) <= limit + _SPARE:
                pairs = zip((-counts).tolist(), held.tolist(), strict=True)
                rows = sorted((count, self.shown(number), number) for count, number in pairs)
                return rows[:limit] if limit > 0 else rows
        minus, numbers = tally.in_order(limit, self._ranks, self.prolific)
        return list(zip(minus, map(self.shown, numbers), numbers, strict=True))

    @cached_property
    def _ranks(self) -> Numbers:
        """For each key the place of what is shown of it among all."""
        if self._plain:
            arrays = self._readers[0].arrays
            names = np.arange(len(arrays.names), dtype=np.int64)
            if not len(names):
                return np.zeros(0, np.int32)
            papers = np.diff(arrays.name_papers_ptr).astype(np.int64)
            # Of each key's names, the first of those that most papers have.
            best = np.maximum.reduceat((papers << 32) - names, arrays.name_key_ptr[:-1])
            places: Numbers = arrays.name_rank[-best & 0xFFFFFFFF].astype(np.int32)
            return places
        shown = self._all_shown
        order = sorted(range(len(shown)), key=shown.__getitem__)
        ranks = np.empty(len(shown), np.int32)
        ranks[order] = np.arange(len(shown))
        return ranks

    @cached_property
    def _all_shown(self) -> list[str]:
        if self._plain:
            arrays = self._readers[0].arrays
            names = list(arrays.names)
            shown = [names[at] for at in arrays.name_key_ptr[:-1].tolist()]
            for number in np.flatnonzero(np.diff(arrays.name_key_ptr) > 1).tolist():
                shown[number] = self._shown(number)
            return shown
        return [self._shown(number) for number in range(self.size)]

    @cached_property
    def _folded(self) -> tuple[str, Longs]:
        """The forms of what is shown of every key, a line each; and where each line begins."""
        simple = _SIMPLE.fullmatch
        lines = [
            one.lower() if simple(one) else "\0".join(forms(one)).replace("\n", " ")
            for one in self._all_shown
        ]
        starts = np.zeros(len(lines) + 1, np.int64)
        np.cumsum([len(line) + 1 for line in lines], out=starts[1:])
        return "\n".join(lines) + "\n", starts

    def containing(self, folded: str) -> NDArray[np.bool_]:
        """Say of each key whether what is shown of it holds this folded text."""
        text, starts = self._folded
        mask = np.zeros(self.size, np.bool_)
        if "\n" in folded or "\0" in folded:
            return mask
        found = re.finditer(re.escape(folded) + r"[^\n]*", text)
        at = np.fromiter((one.start() for one in found), np.int64)
        mask[np.searchsorted(starts, at, "right") - 1] = True
        return mask


def shortest_chain(
    readers: tuple[SegmentReader, ...], bylines: Bylines, start: int, goal: int
) -> tuple[int, ...]:
    """Returns the keys of the shortest path, both ends included; empty if there is none.

    Of equally short ones, at each step from `start` the key with most papers; of equals the
    lowest by code points.

    Args:
        readers: the segments.
        bylines: their authors, with the numbers that are taken and given.
        start: number of the first key.
        goal: number of the last key.
    """
    if not bylines.totals.of(start) or not bylines.totals.of(goal):
        return ()
    distance = np.full(bylines.size, -1, np.int32)
    distance[goal] = 0
    front: Longs = np.array([goal], np.int64)
    while len(front) and distance[start] < 0:
        steps = distance[front[0]] + 1
        around = _around(readers, bylines, front)
        front = around[distance[around] < 0]
        distance[front] = steps
    if distance[start] < 0:
        return ()
    chain = [start]
    while chain[-1] != goal:
        around = _around(readers, bylines, np.array(chain[-1:], np.int64))
        nearer = around[distance[around] == distance[chain[-1]] - 1]
        chain.append(_foremost(bylines, nearer))
    return tuple(chain)


def _around(readers: tuple[SegmentReader, ...], bylines: Bylines, keys: Longs) -> Longs:
    """Returns all authors of the papers of some keys, themselves included; ascending, distinct."""
    found: list[Longs] = []
    for reader, numbers, places in zip(readers, bylines.numbers, bylines.places, strict=True):
        arrays = reader.arrays
        here = places[keys]
        here = here[here >= 0]
        # The names of one key stand together, and so do the lists of their papers.
        starts = arrays.name_papers_ptr[arrays.name_key_ptr[here]]
        counts = arrays.name_papers_ptr[arrays.name_key_ptr[here + 1]] - starts
        papers = reader.living(distinct(np.array(arrays.name_papers[spread(starts, counts)])))
        first = arrays.paper_names_ptr[papers]
        sizes = arrays.paper_names_ptr[papers.astype(np.int64) + 1] - first
        held: NDArray[np.bool_] = np.zeros(len(numbers), np.bool_)
        held[reader.paper_keys[spread(first, sizes)]] = True
        found.append(numbers[held])
    return distinct(np.concatenate(found)) if found else keys[:0]


def _foremost(bylines: Bylines, keys: Longs) -> int:
    numbers: list[int] = keys.tolist()
    return min(numbers, key=lambda number: (-bylines.totals.of(number), bylines.key(number)))
