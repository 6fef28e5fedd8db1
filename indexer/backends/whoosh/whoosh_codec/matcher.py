"""Steps through the papers of one term, the way Whoosh's queries want to."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from whoosh.matching import LeafMatcher, NullMatcher, ReadTooFar

from indexer.backends.whoosh.whoosh_codec.schema import TermPostings


class ArrayMatcher(LeafMatcher):  # type: ignore[misc] # Whoosh has no types
    """A `whoosh.matching.Matcher` over the postings of one term; one block, from end to end."""

    def __init__(
        self,
        term: tuple[str, bytes],
        postings: TermPostings,
        format_: Any,
        scorer: Any,
        lengths: tuple[int, int],
    ) -> None:
        """Begin at the first paper.

        Args:
            term: name of the field and the term.
            postings: where it is; at least one paper.
            format_: Whoosh's format of the field.
            scorer: Whoosh's scorer, or None.
            lengths: least and greatest length of the field among the papers.
        """
        self._term = term
        self._postings = postings
        self._papers: list[int] = postings.papers.tolist()
        self._weights: list[int] = postings.weights.tolist()
        self._lengths = lengths
        self._at = 0
        self.format = format_
        self.scorer = scorer

    def copy(self) -> ArrayMatcher:
        """Returns an independent matcher at the same document."""
        twin = ArrayMatcher(self._term, self._postings, self.format, self.scorer, self._lengths)
        twin._at = self._at
        return twin

    def is_active(self) -> bool:
        """Whether there is a current paper."""
        return self._at < len(self._papers)

    def reset(self) -> None:
        """Go back to the first paper."""
        self._at = 0

    def replace(self, minquality: float = 0) -> Any:
        """Returns a cheaper matcher for the documents that can still reach a score."""
        if not self.is_active() or (
            minquality and self.supports_block_quality() and self.max_quality() <= minquality
        ):
            return NullMatcher()
        return self

    def id(self) -> int:
        """Number of the current paper."""
        return self._papers[self._at]

    def all_ids(self) -> Any:
        """Returns the doc ids of all documents."""
        return iter(self._papers)

    def next(self) -> None:
        """Go to the next paper."""
        if not self.is_active():
            raise ReadTooFar
        self._at += 1

    def skip_to(self, id: int) -> None:
        """Go to the first paper from here on whose number is not below `id`."""
        if not self.is_active():
            raise ReadTooFar
        self._at = bisect_left(self._papers, id, self._at)

    def skip_to_quality(self, minquality: float) -> int:
        """Go past the block, which is everything, when it cannot score higher."""
        if self.block_quality() > minquality:
            return 0
        self._at = len(self._papers)
        return 1

    def weight(self) -> float:
        """How often the current paper holds the term."""
        return float(self._weights[self._at])

    def block_min_length(self) -> int:
        """Least length of the field."""
        return self._lengths[0]

    def block_max_length(self) -> int:
        """Greatest length of the field."""
        return self._lengths[1]

    def block_max_weight(self) -> float:
        """Greatest weight of a paper."""
        return float(max(self._weights))

    def value(self) -> Any:
        """Returns the current posting as Whoosh's format encodes it."""
        if self.supports("positions"):
            return self.format.encode(self._positions())
        return self._weights[self._at].to_bytes(4, "big") if self.supports("frequency") else b""

    def value_as(self, astype: str) -> Any:
        """Returns the current posting as positions, frequency or weight, without decoding."""
        if astype == "positions" and self.supports("positions"):
            return self._positions()
        if astype == "frequency":
            return self._weights[self._at]
        if astype == "weight":
            return self.weight()
        return super().value_as(astype)

    def items_as(self, astype: str) -> Any:
        """Yields the doc ids and decoded postings from here on."""
        while self.is_active():
            yield self.id(), self.value_as(astype)
            self.next()

    def _positions(self) -> list[int]:
        starts, places = self._postings.starts, self._postings.places
        if starts is None or places is None:
            return []
        start = int(starts[self._at])
        positions: list[int] = places[start : start + self._weights[self._at]].tolist()
        return positions
