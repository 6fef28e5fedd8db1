"""What one query may cost: fixed limits, and a counter that goes with the query as an argument.

Three kinds of limits keep a page from being expensive. Limits of the query itself (`Limits.terms`,
`patterns`, `phrase_words`) cut the same in every backend, so an answer does not depend on the
engine or on how busy the machine is. Limits of the work (`postings`, `bytes`) are counted by the
embedded engine before it does the work. The deadline is the last resort. What was cut is said in
the note of the clause.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

TIME_NOTE: Final = "left out: the query took too long"
WORK_NOTE: Final = "left out: the query would have to search too much"
MEMORY_NOTE: Final = "left out: the query needs too much memory"
_PAPER_POSTINGS: Final = 64
"""Of a large collection so many postings for each paper: as if 64 words were in all of them."""
_PAPER_BYTES: Final = 256
PATTERNS_NOTE: Final = "left out: a query may have {:,} patterns and fuzzy words"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one query.

    Attributes:
        terms: words that all its patterns and fuzzy words stand for together. 1,024 is what the
            clauses of a query are limited to in Lucene (`IndexSearcher.getMaxClauseCount`).
        patterns: different fuzzy words, and patterns that are no plain prefix; each is compared
            with every word of the index, which takes 1 to 20 ms for 230,000 words.
        phrase_words: words of a phrase; a title of a paper has about 10, a long sentence 50.
        postings: postings and positions that are read or combined, some 40 ns each.
        bytes: memory for lists that are made for this query alone.
        seconds: processor time of the thread that answers, so that a busy machine cuts nothing.
    """

    terms: int = 1_024
    patterns: int = 32
    phrase_words: int = 64
    postings: int = 16_000_000
    bytes: int = 32 << 20
    seconds: float = 1.0

    def over(self, papers: int) -> Limits:
        """Returns the limits over a collection: of a large one, a query may look at more.

        Without that a few common words would be more than a query may have; then the deadline
        is what stops a query.
        """
        return replace(
            self,
            postings=max(self.postings, _PAPER_POSTINGS * papers),
            bytes=max(self.bytes, _PAPER_BYTES * papers),
        )


DEFAULT: Final = Limits()
UNLIMITED: Final = Limits(
    terms=1 << 62, patterns=1 << 62, postings=1 << 62, bytes=1 << 62, seconds=float("inf")
)
"""For work that no reader asked for."""


class BudgetSpent(Exception):  # noqa: N818 - no error: the query goes on without one clause
    """Some limit of the work of a query is reached; never leaves a search.

    Attributes:
        note: what the receipt says of the clause that is left out.
    """

    def __init__(self, note: str) -> None:
        """Say what is left out."""
        super().__init__(note)
        self.note = note


class Budget:
    """Counts what one query uses; for one thread.

    Attributes:
        limits: of the query.
        postings: postings and positions counted so far.
        bytes: bytes counted so far.
        late: whether the deadline has cut anything, so that the same query may find more later.
    """

    __slots__ = ("_clock", "_started", "bytes", "late", "limits", "postings")

    def __init__(
        self, limits: Limits | None = None, clock: Callable[[], float] = time.thread_time
    ) -> None:
        """Begin to count.

        Args:
            limits: of the query; None = the defaults.
            clock: gives seconds.
        """
        self.limits = limits or DEFAULT
        self.postings = 0
        self.bytes = 0
        self.late = False
        self._clock = clock
        self._started = clock()

    def check(self) -> None:
        """Look at the clock.

        Raises:
            BudgetSpent: when the deadline has passed.
        """
        if self.late or self.overdue:
            self.late = True
            raise BudgetSpent(TIME_NOTE)

    @property
    def overdue(self) -> bool:
        """Whether the deadline has passed."""
        return self._clock() - self._started > self.limits.seconds

    def spend(self, postings: int) -> None:
        """Count postings or positions before they are read; looks at the clock, too.

        Raises:
            BudgetSpent: when these would be too many; nothing can be spent any more then.
        """
        self.check()
        if not self.affords(postings):
            self.exhaust()
            raise BudgetSpent(WORK_NOTE)
        self.postings += postings

    def rest(self) -> Budget:
        """Returns a budget of what is left, with the same deadline, which counts from 0."""
        left = Budget(
            replace(self.limits, postings=self.limits.postings - self.postings), self._clock
        )
        left._started = self._started
        return left

    def exhaust(self, *, late: bool = False) -> None:
        """Let nothing more be spent; `late` where the deadline has passed."""
        self.late = self.late or late
        self.postings = max(self.postings, self.limits.postings)

    def affords(self, postings: int) -> bool:
        """Say whether so many postings are left."""
        return self.postings + postings <= self.limits.postings

    def hold(self, size: int) -> None:
        """Count bytes that stay until the query is answered.

        Raises:
            BudgetSpent: when these would be too many, which then are not counted.
        """
        if self.bytes + size > self.limits.bytes:
            raise BudgetSpent(MEMORY_NOTE)
        self.bytes += size
