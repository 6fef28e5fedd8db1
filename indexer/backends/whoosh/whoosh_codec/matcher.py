"""A Whoosh matcher over one posting list: the protocol by which Whoosh's queries visit docs."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from whoosh.matching import LeafMatcher, NullMatcher, ReadTooFar

from indexer.backends.whoosh.whoosh_codec.schema import TermPostings


class ArrayMatcher(LeafMatcher):  # type: ignore[misc] # Whoosh has no types
    """A `whoosh.matching.Matcher` over the posting list of a term, which is a single block."""

    def __init__(
        self,
        term: tuple[str, bytes],
        postings: TermPostings,
        format_: Any,
        scorer: Any,
        lengths: tuple[int, int],
    ) -> None:
        """Starts at the first doc.

        Args:
            term: name of the field and the term.
            postings: its posting list; not empty.
            format_: Whoosh's format of the field.
            scorer: Whoosh's scorer, or None.
            lengths: least and greatest field length among the docs.
        """
        self._term = term
        self._postings = postings
        self._docs: list[int] = postings.docs.tolist()
        self._tfs: list[int] = postings.tfs.tolist()
        self._lengths = lengths
        self._index = 0
        self.format = format_
        self.scorer = scorer

    def copy(self) -> ArrayMatcher:
        """Returns an independent matcher at the same doc."""
        matcher = ArrayMatcher(self._term, self._postings, self.format, self.scorer, self._lengths)
        matcher._index = self._index
        return matcher

    def is_active(self) -> bool:
        """Returns whether there is a current doc."""
        return self._index < len(self._docs)

    def reset(self) -> None:
        """Moves back to the first doc."""
        self._index = 0

    def replace(self, minquality: float = 0) -> Any:
        """Returns a cheaper matcher of the docs that can score above `minquality`."""
        if not self.is_active() or (
            minquality and self.supports_block_quality() and self.max_quality() <= minquality
        ):
            return NullMatcher()
        return self

    def id(self) -> int:
        """Returns the current doc id."""
        return self._docs[self._index]

    def all_ids(self) -> Any:
        """Returns an iterator over all doc ids, ascending."""
        return iter(self._docs)

    def next(self) -> None:
        """Moves to the next doc.

        Raises:
            ReadTooFar: past the last doc.
        """
        if not self.is_active():
            raise ReadTooFar
        self._index += 1

    def skip_to(self, id: int) -> None:
        """Moves to the first doc from here on whose id is at least `id`.

        Raises:
            ReadTooFar: past the last doc.
        """
        if not self.is_active():
            raise ReadTooFar
        self._index = bisect_left(self._docs, id, self._index)

    def skip_to_quality(self, minquality: float) -> int:
        """Skips the only block if its bound is at most `minquality`; returns blocks skipped."""
        if self.block_quality() > minquality:
            return 0
        self._index = len(self._docs)
        return 1

    def weight(self) -> float:
        """Returns the term frequency in the current doc."""
        return float(self._tfs[self._index])

    def block_min_length(self) -> int:
        """Returns the least field length."""
        return self._lengths[0]

    def block_max_length(self) -> int:
        """Returns the greatest field length."""
        return self._lengths[1]

    def block_max_weight(self) -> float:
        """Returns the greatest term frequency."""
        return float(max(self._tfs))

    def value(self) -> Any:
        """Returns the current posting as Whoosh's format encodes it."""
        if self.supports("positions"):
            return self.format.encode(self._positions())
        return self._tfs[self._index].to_bytes(4, "big") if self.supports("frequency") else b""

    def value_as(self, astype: str) -> Any:
        """Returns the current posting as positions, frequency or weight, without decoding."""
        if astype == "positions" and self.supports("positions"):
            return self._positions()
        if astype == "frequency":
            return self._tfs[self._index]
        if astype == "weight":
            return self.weight()
        return super().value_as(astype)

    def items_as(self, astype: str) -> Any:
        """Yields doc ids and decoded values from here on."""
        while self.is_active():
            yield self.id(), self.value_as(astype)
            self.next()

    def _positions(self) -> list[int]:
        """Returns the positions in the current doc; none where the field has none."""
        starts, position_array = self._postings.starts, self._postings.positions
        if starts is None or position_array is None:
            return []
        start = int(starts[self._index])
        positions: list[int] = position_array[start : start + self._tfs[self._index]].tolist()
        return positions
