"""What one query may cost: fixed limits, and a counter that goes with the query as an argument.

Three kinds of limits keep a page from being expensive. Limits of the query itself (`Limits.terms`,
`patterns`, `phrase_words`) cut the same in every backend (`query_analysis.expansion_shares` checks
the first two, `query_analysis.leaf_analysis` the third), so an answer does not depend on the
engine or on how busy the machine is. Limits of the work (`postings`, `bytes`) are counted by the
embedded engine before it does the work. The deadline is the last resort, and one deadline holds for
all searches of a page. What was cut is said in the note of the clause.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock
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
        seconds: of the deadline, see `Deadline`.
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
        """Says what is left out."""
        super().__init__(note)
        self.note = note


class HeavyLane:
    """Lets one long query at a time go on; the others wait, or give up.

    The interpreter gives one thread at a time a part of its time, so that ten long queries side by
    side take ten times as long each, and every short one beside them, too. Safe to share between
    threads.
    """

    def __init__(self) -> None:
        """Begins with nobody in the lane."""
        self._lock = Lock()

    def enter(self, seconds: float) -> bool:
        """Waits for the lane, so many seconds at most; says whether it is free for this query."""
        return self._lock.acquire(timeout=seconds)

    def leave(self) -> None:
        """Lets the next query in; only for one that is in the lane."""
        self._lock.release()


LIGHT: Final = 0.1
"""Seconds of the processor that every query has; beyond these it is a long one.

Nearly every query takes less than half of it on a slow core (`tests.bench`). Twice as much makes
short queries beside many long ones wait that much longer.
"""
PATIENCE: Final = 1.5
"""A long query ends when so many times its seconds have passed, whatever it had of them."""


class Deadline:
    """When the work for one reader ends: all searches of a page have one together.

    It is overdue after `seconds` of processor time of the thread that answers. A query that has had
    `LIGHT` of these is a long one: it goes on alone, if there is a lane, and is overdue when
    `PATIENCE` times `seconds` have passed on the wall, too. So a busy machine cuts no short query,
    and keeps no reader waiting for a long one. For one thread.

    Attributes:
        seconds: of processor time.
        late: whether it was overdue when it was looked at, so that something was left out and the
            same query may find more later.
    """

    __slots__ = (
        *("_alone", "_begun", "_clock", "_lane", "_light", "_started", "_wall"),
        *("late", "seconds"),
    )

    def __init__(
        self,
        seconds: float,
        lane: HeavyLane | None = None,
        *,
        clock: Callable[[], float] = time.thread_time,
        wall: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begins now.

        Args:
            seconds: of processor time.
            lane: for long queries; None = they go on beside each other.
            clock: gives seconds of processor time.
            wall: gives seconds that pass.
        """
        self.seconds = seconds
        self.late = False
        self._clock = clock
        self._wall = wall
        self._lane = lane
        self._alone = False
        self._light = min(seconds, LIGHT)
        self._started = clock()
        self._begun = wall()

    @property
    def overdue(self) -> bool:
        """Whether the deadline has passed; may wait for the lane."""
        if not self.late:
            # The clock of a thread is a system call, 30 times as slow as the one on the wall; and
            # no thread uses more of the processor than passes there.
            if self._wall() - self._begun <= self._light:
                return False
            used = self._clock() - self._started
            self.late = used > self.seconds or (used > LIGHT and not self._goes_on())
            if self.late:
                self.end()
        return self.late

    @property
    def patience(self) -> float:
        """Seconds that may pass until a long query ends; negative where they have passed."""
        return PATIENCE * self.seconds - (self._wall() - self._begun)

    def _goes_on(self) -> bool:
        """Returns whether a long query may go on."""
        left = self.patience
        if left <= 0:
            return False
        if self._lane is not None and not self._alone:
            self._alone = self._lane.enter(min(left, _LONGEST_WAIT))
            return self._alone
        return True

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stops the clock over what is derived once for all queries, such as a table of words."""
        clock, wall = self._clock(), self._wall()
        try:
            yield
        finally:
            self._started += self._clock() - clock
            self._begun += self._wall() - wall

    def check(self) -> None:
        """Looks at the clock.

        Raises:
            BudgetSpent: when the deadline has passed.
        """
        if self.overdue:
            raise BudgetSpent(TIME_NOTE)

    def end(self) -> None:
        """Leaves the lane; to be called after each search."""
        if self._alone and self._lane is not None:
            self._alone = False
            self._lane.leave()


_LONGEST_WAIT: Final = 3_600.0
"""Seconds; `Lock.acquire` takes no infinity."""


class Budget:
    """Counts what one query uses; for one thread.

    Attributes:
        limits: of the query.
        deadline: of the query, which it may have together with others.
        postings: postings and positions counted so far.
        bytes: bytes counted so far.
    """

    __slots__ = ("bytes", "deadline", "limits", "postings")

    def __init__(self, limits: Limits | None = None, deadline: Deadline | None = None) -> None:
        """Begins to count.

        Args:
            limits: of the query; None = the defaults.
            deadline: None = one of its own, that begins now.
        """
        self.limits = limits or DEFAULT
        self.deadline = deadline or Deadline(self.limits.seconds)
        self.postings = 0
        self.bytes = 0

    def check(self) -> None:
        """Looks at the clock.

        Raises:
            BudgetSpent: when the deadline has passed.
        """
        self.deadline.check()

    @property
    def overdue(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline.overdue

    @property
    def late(self) -> bool:
        """Whether the deadline has cut anything."""
        return self.deadline.late

    def spend(self, postings: int) -> None:
        """Counts postings or positions before they are read; looks at the clock, too.

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
        left = replace(self.limits, postings=self.limits.postings - self.postings)
        return Budget(left, self.deadline)

    def exhaust(self) -> None:
        """Lets nothing more be spent."""
        self.postings = max(self.postings, self.limits.postings)

    def affords(self, postings: int) -> bool:
        """Returns whether so many postings are left."""
        return self.postings + postings <= self.limits.postings

    def hold(self, size: int) -> None:
        """Counts bytes that stay until the query is answered.

        Raises:
            BudgetSpent: when these would be too many, which then are not counted.
        """
        if self.bytes + size > self.limits.bytes:
            raise BudgetSpent(MEMORY_NOTE)
        self.bytes += size
