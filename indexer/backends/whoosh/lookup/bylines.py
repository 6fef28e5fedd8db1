"""Authors of the whole collection: one entry a `name_key`, over all segments."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.occurrences import spread
from indexer.backends.whoosh.lookup.reader import Numbers, SegmentReader
from indexer.text.folding import forms

Longs = NDArray[np.int64]
_SPARSE = 6
"""Papers fewer than one in this many are looked up one by one."""


class Bylines:
    """Counts authors over papers; with one segment a key's number is its place in the segment."""

    def __init__(self, readers: tuple[SegmentReader, ...]) -> None:
        """Speak of the authors of these segments."""
        self._readers = readers

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

    def count(self, papers: tuple[Numbers, ...]) -> tuple[Longs, int]:
        """Count papers: (for each key, for those without any author).

        Args:
            papers: for each segment; a paper with one key twice counts once.
        """
        numbers, size = self._numbers
        total = np.zeros(size, np.int64)
        nameless = 0
        for reader, docs, keys in zip(self._readers, papers, numbers, strict=True):
            counts, without = _counted(reader, docs)
            nameless += without
            if len(self._readers) == 1:
                return counts, nameless
            total[keys] += counts
        return total, nameless

    def find(self, key: str) -> int:
        """Give the number of a `name_key`, -1 where nobody has it."""
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
        """Give the `name_key` of this number."""
        segments, places = self._homes
        return self._readers[int(segments[number])].arrays.name_keys[int(places[number])]

    def spellings(self, number: int) -> Counter[str]:
        """Give the spellings of a key with the papers that have each; never those of none."""
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
        """Give the spelling most papers have; of equals the lowest. The key itself if none has."""
        if self._plain:
            arrays = self._readers[0].arrays
            first = int(arrays.name_key_ptr[number])
            if int(arrays.name_key_ptr[number + 1]) - first == 1:
                return arrays.names[first]
        found = self.spellings(number)
        if not found:
            return self.key(number)
        return min(found, key=lambda name: (-found[name], name))

    def first(self, counts: Longs, limit: int) -> list[int]:
        """Give the keys of the highest counts, equals by what is shown.

        Args:
            counts: of each key; those of 0 are left out.
            limit: how many to give; 0 = all.
        """
        held = np.flatnonzero(counts)
        if limit and len(held) > limit:
            least = -np.partition(-counts[held], limit - 1)[limit - 1]
            held = held[counts[held] >= least]
            sure = held[counts[held] > least]
            tied = held[counts[held] == least]
            wanted = limit - len(sure)
            if len(tied) > wanted:
                tied = self._lowest(tied, wanted)
            held = np.concatenate((sure, tied))
        numbers = held.tolist()
        keyed = [(-int(counts[number]), self.shown(number), number) for number in numbers]
        keyed.sort()
        return [number for _, _, number in keyed]

    def _lowest(self, numbers: Longs, wanted: int) -> Longs:
        """Give those shown first of many keys."""
        ranks = self._ranks[numbers]
        return numbers[np.argpartition(ranks, wanted - 1)[:wanted]]

    @cached_property
    def _ranks(self) -> Longs:
        """For each key the place of what is shown of it among all."""
        if self._plain:
            arrays = self._readers[0].arrays
            names = arrays.name_key_ptr[:-1].astype(np.int64)
            for number in np.flatnonzero(np.diff(arrays.name_key_ptr) > 1).tolist():
                spellings = range(int(names[number]), int(arrays.name_key_ptr[number + 1]))
                papers = arrays.name_papers_ptr
                names[number] = max(spellings, key=lambda at: (papers[at + 1] - papers[at], -at))
            return arrays.name_rank[names].astype(np.int64)
        shown = self._all_shown
        order = sorted(range(len(shown)), key=shown.__getitem__)
        ranks = np.empty(len(shown), np.int64)
        ranks[order] = np.arange(len(shown))
        return ranks

    @cached_property
    def _all_shown(self) -> list[str]:
        if self._plain:
            arrays = self._readers[0].arrays
            names = list(arrays.names)
            shown = [names[at] for at in arrays.name_key_ptr[:-1].tolist()]
            for number in np.flatnonzero(np.diff(arrays.name_key_ptr) > 1).tolist():
                shown[number] = self.shown(number)
            return shown
        return [self.shown(number) for number in range(self.size)]

    @cached_property
    def _folded(self) -> tuple[str, Longs]:
        """The forms of what is shown of every key, a line each; and where each line begins."""
        lines = ["\0".join(forms(one)).replace("\n", " ") for one in self._all_shown]
        starts = np.zeros(len(lines) + 1, np.int64)
        np.cumsum([len(line) + 1 for line in lines], out=starts[1:])
        return "\n".join(lines) + "\n", starts

    def containing(self, folded: str) -> NDArray[np.bool_]:
        """Say of each key whether what is shown of it holds this folded text."""
        text, starts = self._folded
        mask = np.zeros(self.size, np.bool_)
        if "\n" in folded or "\0" in folded:
            return mask
        at = text.find(folded)
        while at >= 0:
            line = int(np.searchsorted(starts, at, "right")) - 1
            mask[line] = True
            at = text.find(folded, int(starts[line + 1]))
        return mask


def _counted(reader: SegmentReader, docs: Numbers) -> tuple[Longs, int]:
    """Count the papers of each key of a segment, and those without authors."""
    arrays = reader.arrays
    pointers = arrays.paper_names_ptr
    size = len(arrays.name_keys)
    if not len(docs):
        return np.zeros(size, np.int64), 0
    starts = pointers[docs]
    counts = pointers[docs.astype(np.int64) + 1] - starts
    nameless = int(np.count_nonzero(counts == 0))
    again, again_keys = reader.doubled_keys
    if len(docs) * _SPARSE < reader.size:
        found = np.bincount(reader.paper_keys[spread(starts, counts)], minlength=size)
        there = np.searchsorted(docs, again)
        doubled = docs.take(there, mode="clip") == again
    else:
        chosen = np.zeros(reader.size, np.bool_)
        chosen[docs] = True
        entries = reader.paper_keys
        if len(docs) < reader.size:
            entries = entries[chosen[reader.name_owner]]
        found = np.bincount(entries, minlength=size)
        doubled = chosen[again]
    if doubled.any():
        found -= np.bincount(again_keys[doubled], minlength=size)
    return found, nameless
