"""Authors of the whole index, over all segments: key ids, display names, counts, shortest chains.

An author is a `name_key`, the case-folded exact name; the spelling that most of its docs print is
its display name. `shortest_chain` is a breadth-first search of the co-author graph (Moore 1959,
"The shortest path through a maze") from the goal, level by level over whole arrays: the graph of
a hundred thousand papers has a handful of levels, so it takes milliseconds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.facets.author_counts import (
    PROLIFIC,
    AuthorCounts,
    Longs,
    TopAuthorCounts,
    count_author_keys,
)
from indexer.backends.whoosh.facets.author_ranks import RankedAuthorCounts, RankedKeys
from indexer.backends.whoosh.format.ragged_arrays import concatenate_ranges, distinct
from indexer.backends.whoosh.kernels.dispatch import Kernels
from indexer.backends.whoosh.postings.segment_reader import Ids, SegmentReader
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs
from indexer.text.folding import forms

_SPARSE_MATCHES = 200
"""Matches below one in this many docs are counted directly: ranking would cost more. Both ways are
exact."""
_SIMPLE = re.compile(r"[A-Za-z '-]*(?:\.[A-Za-z '-]*)?")
"""Names whose only folded form is their lower case."""
_SORTED_ALONG = 16
"""Keys beyond k that are sorted along before selecting them first pays off."""
_MOST_NAMES = 20_000
"""Display names in the cache, some 150 bytes each: 3 MB; it is emptied when full."""
_LONGEST_NAME = 200
"""Characters of the longest one there."""


class AuthorIndex:
    """Authors of some segments by key id; with one segment that is its key number."""

    def __init__(self, readers: tuple[SegmentReader, ...]) -> None:
        """Indexes the authors of these segments; everything is computed when first needed."""
        self._readers = readers
        self._name_cache: dict[int, str] = {}

    @cached_property
    def _ids_and_size(self) -> tuple[tuple[Longs, ...], int]:
        """Key ids of each segment's keys, int64, and how many key ids there are."""
        if len(self._readers) == 1:
            size = len(self._readers[0].arrays.name_keys)
            return (np.arange(size),), size
        ids: dict[str, int] = {}
        key_ids = tuple(
            np.array([ids.setdefault(key, len(ids)) for key in reader.arrays.name_keys], np.int64)
            for reader in self._readers
        )
        return key_ids, len(ids)

    @property
    def key_ids(self) -> tuple[Longs, ...]:
        """For each segment the key id of each of its keys, int64."""
        return self._ids_and_size[0]

    @cached_property
    def segment_keys(self) -> tuple[Longs, ...]:
        """For each segment the key number of each key id, int64; -1 where it lacks the key."""
        key_ids, size = self._ids_and_size
        if len(key_ids) == 1:
            return key_ids
        segment_keys = tuple(np.full(size, -1, np.int64) for _ in key_ids)
        for numbers, ids in zip(segment_keys, key_ids, strict=True):
            numbers[ids] = np.arange(len(ids))
        return segment_keys

    @property
    def _compact(self) -> bool:
        """Whether there is one segment without tombstones."""
        return len(self._readers) == 1 and self._readers[0].live is None

    @property
    def size(self) -> int:
        """Number of key ids, those of deleted docs included."""
        return self._ids_and_size[1]

    def count(
        self, matches: tuple[ScoredDocs, ...], kernels: Kernels | None = None
    ) -> AuthorCounts:
        """Counts the matching docs of each key; a doc that prints a key twice counts once.

        Args:
            matches: matching docs of each segment.
            kernels: compiled loops, or None for NumPy's.
        """
        readers = self._readers
        if all(part.count == reader.papers for reader, part in zip(readers, matches, strict=True)):
            return self.totals
        if len(readers) == 1 and matches[0].count * _SPARSE_MATCHES > readers[0].size:
            return RankedAuthorCounts(self._ranked, readers[0], matches[0], kernels)
        if self._compact and kernels is not None:
            return TopAuthorCounts(readers[0], matches[0], self._name_ranks, kernels)
        return self._count_docs(tuple(part.docs for part in matches))

    @cached_property
    def _ranked(self) -> RankedKeys:
        return RankedKeys.of(self._readers[0])

    @cached_property
    def totals(self) -> AuthorCounts:
        """Live docs of each key."""
        return self._count_docs(tuple(reader.live_docs for reader in self._readers))

    def _count_docs(self, docs: tuple[Ids, ...]) -> AuthorCounts:
        key_ids, size = self._ids_and_size
        pairs = zip(self._readers, docs, strict=True)
        parts = [count_author_keys(reader, segment_docs) for reader, segment_docs in pairs]
        if len(parts) == 1:
            return parts[0]
        total = np.zeros(size, np.int64)
        for part, ids in zip(parts, key_ids, strict=True):
            segment_keys, counts = part.top(0, ids[:0])
            total[ids[segment_keys]] += counts
        return AuthorCounts(total, sum(part.nameless for part in parts))

    @cached_property
    def prolific(self) -> Longs:
        """Key ids with at least `PROLIFIC` live docs, int64; see `AuthorCounts.top`."""
        key_ids, counts = self.totals.top(0, np.zeros(0, np.int64))
        return key_ids[counts >= PROLIFIC]

    def find(self, key: str) -> int:
        """Returns the key id of a `name_key`, -1 where no doc prints it."""
        for reader, key_ids in zip(self._readers, self._ids_and_size[0], strict=True):
            number = reader.arrays.name_keys.find(key)
            if number >= 0:
                return int(key_ids[number])
        return -1

    @cached_property
    def _locations(self) -> tuple[Longs, Longs]:
        """For each key id the last segment that has the key, and its key number there."""
        key_ids, size = self._ids_and_size
        segments, numbers = np.zeros(size, np.int64), np.zeros(size, np.int64)
        for segment, ids in enumerate(key_ids):
            segments[ids] = segment
            numbers[ids] = np.arange(len(ids))
        return segments, numbers

    def key(self, key_id: int) -> str:
        """Returns the `name_key` of a key id."""
        segments, numbers = self._locations
        return self._readers[int(segments[key_id])].arrays.name_keys[int(numbers[key_id])]

    def spellings(self, key_id: int) -> Counter[str]:
        """Returns the printed spellings of a key with the live docs of each; none of 0."""
        spellings: Counter[str] = Counter()
        single = len(self._readers) == 1
        key = "" if single else self.key(key_id)
        for reader in self._readers:
            arrays = reader.arrays
            number = key_id if single else arrays.name_keys.find(key)
            if number < 0:
                continue
            for name in range(
                int(arrays.name_key_ptr[number]), int(arrays.name_key_ptr[number + 1])
            ):
                low, high = arrays.name_papers_ptr[name], arrays.name_papers_ptr[name + 1]
                df = len(reader.drop_deleted(arrays.name_papers[low:high]))
                if df:
                    spellings[arrays.names[name]] += df
        return spellings

    def display_name(self, key_id: int) -> str:
        """Returns the display name of a key id: the spelling most docs print, ties by code points.

        The key itself where no live doc prints it.
        """
        name = self._name_cache.get(key_id)
        if name is None:
            name = self._display_name_of(key_id)
            if len(name) > _LONGEST_NAME:
                return name
            if len(self._name_cache) >= _MOST_NAMES:
                self._name_cache.clear()
            self._name_cache[key_id] = name
        return name

    def _display_name_of(self, key_id: int) -> str:
        """Returns the display name of a key id; not cached."""
        if self._compact:
            arrays = self._readers[0].arrays
            first = int(arrays.name_key_ptr[key_id])
            if int(arrays.name_key_ptr[key_id + 1]) - first == 1:
                return arrays.names[first]
        spellings = self.spellings(key_id)
        if not spellings:
            return self.key(key_id)
        return min(spellings, key=lambda name: (-spellings[name], name))

    def top(self, counts: AuthorCounts, limit: int, *, skip: int = 0) -> list[tuple[int, str, int]]:
        """Returns the top k authors: (negated count, display name, key id), ascending.

        Args:
            counts: docs of each key; keys of 0 docs are left out.
            limit: k; 0 for all.
            skip: the first of these that are left out; their names are not looked up.
        """
        if not self._compact:
            key_ids, key_counts = counts.top(limit, self.prolific)
            if limit <= 0 or len(key_ids) <= limit + _SORTED_ALONG:
                pairs = zip((-key_counts).tolist(), key_ids.tolist(), strict=True)
                rows = sorted((count, self.display_name(key_id), key_id) for count, key_id in pairs)
                return rows[skip : limit if limit > 0 else None]
        minus, sorted_ids = counts.top_sorted(limit, self._name_ranks, self.prolific)
        minus, sorted_ids = minus[skip:], sorted_ids[skip:]
        return list(zip(minus, map(self.display_name, sorted_ids), sorted_ids, strict=True))

    @cached_property
    def _name_ranks(self) -> Ids:
        """int32, position of each key id's display name among all of them: the tie-break."""
        if self._compact:
            arrays = self._readers[0].arrays
            names = np.arange(len(arrays.names), dtype=np.int64)
            if not len(names):
                return np.zeros(0, np.int32)
            dfs = np.diff(arrays.name_papers_ptr).astype(np.int64)
            # Of each key's names the first of highest df: df in the high half, negated name below.
            best = np.maximum.reduceat((dfs << 32) - names, arrays.name_key_ptr[:-1])
            ranks: Ids = arrays.name_rank[-best & 0xFFFFFFFF].astype(np.int32)
            return ranks
        shown = self._display_names()
        order = sorted(range(len(shown)), key=shown.__getitem__)
        ranks = np.empty(len(shown), np.int32)
        ranks[order] = np.arange(len(shown))
        return ranks

    def _display_names(self) -> list[str]:
        """Returns the display names by key id; not kept, as they take some 90 bytes each."""
        if self._compact:
            arrays = self._readers[0].arrays
            names = list(arrays.names)
            shown = [names[first] for first in arrays.name_key_ptr[:-1].tolist()]
            for key_id in np.flatnonzero(np.diff(arrays.name_key_ptr) > 1).tolist():
                shown[key_id] = self._display_name_of(key_id)
            return shown
        return [self._display_name_of(key_id) for key_id in range(self.size)]

    @cached_property
    def _folded_names(self) -> tuple[str, Longs]:
        """Folded forms of all display names, a line a key id; and where each line begins."""
        simple = _SIMPLE.fullmatch
        lines = [
            name.lower() if simple(name) else "\0".join(forms(name)).replace("\n", " ")
            for name in self._display_names()
        ]
        starts = np.zeros(len(lines) + 1, np.int64)
        np.cumsum([len(line) + 1 for line in lines], out=starts[1:])
        return "\n".join(lines) + "\n", starts

    def matching_names(self, folded: str, *, beginning: bool = False) -> NDArray[np.bool_]:
        """Returns bool, one a key id: whether its display name contains a folded text.

        Args:
            folded: the text.
            beginning: a word must begin with it, as `indexer.text.folding.begins` has it.
        """
        text, starts = self._folded_names
        mask = np.zeros(self.size, np.bool_)
        if "\n" in folded or "\0" in folded:
            return mask
        # A literal is looked for many times as fast as one after a lookbehind.
        hits = re.finditer(re.escape(folded) + ("" if beginning else r"[^\n]*"), text)
        begins = (hit.start() for hit in hits)
        if beginning:
            begins = (begin for begin in begins if not begin or not text[begin - 1].isalnum())
        offsets = np.fromiter(begins, np.int64)
        mask[np.searchsorted(starts, offsets, "right") - 1] = True
        return mask


def shortest_chain(
    readers: tuple[SegmentReader, ...],
    author_index: AuthorIndex,
    start: int,
    goal: int,
    *,
    closed: Sequence[int] = (),
) -> tuple[int, ...]:
    """Returns the key ids of the shortest co-author chain, both ends included; empty without one.

    Of equally short chains it follows, at each step from `start`, the key with most live docs; ties
    go to the lowest key by code points.

    Args:
        readers: the segments.
        author_index: their authors.
        start: first key id.
        goal: last key id.
        closed: key ids through which it does not lead; none of its ends.
    """
    if not author_index.totals.count_of(start) or not author_index.totals.count_of(goal):
        return ()
    distance = np.full(author_index.size, -1, np.int32)
    distance[list(closed)] = np.iinfo(np.int32).max
    distance[goal] = 0
    frontier: Longs = np.array([goal], np.int64)
    while len(frontier) and distance[start] < 0:
        level = distance[frontier[0]] + 1
        neighbours = _co_authors(readers, author_index, frontier)
        frontier = neighbours[distance[neighbours] < 0]
        distance[frontier] = level
    if distance[start] < 0:
        return ()
    chain = [start]
    while chain[-1] != goal:
        neighbours = _co_authors(readers, author_index, np.array(chain[-1:], np.int64))
        closer = neighbours[distance[neighbours] == distance[chain[-1]] - 1]
        chain.append(_most_prolific(author_index, closer))
    return tuple(chain)


def _co_authors(
    readers: tuple[SegmentReader, ...], author_index: AuthorIndex, key_ids: Longs
) -> Longs:
    """Returns the authors of all live docs of some keys, these included: int64, ascending."""
    parts: list[Longs] = []
    for reader, segment_ids, segment_keys in zip(
        readers, author_index.key_ids, author_index.segment_keys, strict=True
    ):
        arrays = reader.arrays
        local_keys = segment_keys[key_ids]
        local_keys = local_keys[local_keys >= 0]
        # The names of a key are adjacent, and so are the doc lists of these names.
        starts = arrays.name_papers_ptr[arrays.name_key_ptr[local_keys]]
        counts = arrays.name_papers_ptr[arrays.name_key_ptr[local_keys + 1]] - starts
        docs = reader.drop_deleted(
            distinct(np.array(arrays.name_papers[concatenate_ranges(starts, counts)]), in_runs=True)
        )
        first = arrays.paper_names_ptr[docs]
        sizes = arrays.paper_names_ptr[docs.astype(np.int64) + 1] - first
        present: NDArray[np.bool_] = np.zeros(len(segment_ids), np.bool_)
        present[reader.paper_keys[concatenate_ranges(first, sizes)]] = True
        parts.append(segment_ids[present])
    return distinct(np.concatenate(parts), in_runs=True) if parts else key_ids[:0]


def _most_prolific(author_index: AuthorIndex, key_ids: Longs) -> int:
    """Returns the key id with most live docs, ties by `name_key`."""
    candidates: list[int] = key_ids.tolist()
    return min(
        candidates,
        key=lambda key_id: (-author_index.totals.count_of(key_id), author_index.key(key_id)),
    )
