"""Derives the tuning constants of the embedded engine again: where one way overtakes the other.

A constant chooses between two exact ways to the same result. Each is timed on made-up arrays over a
grid of the quantity that the constant bounds; the measured value is where their times cross. What
it costs to be off by two is the time of the wrong way over that of the right one, there.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from math import sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.ragged_arrays import distinct
from indexer.backends.whoosh.postings.positions import is_member
from indexer.backends.whoosh.postings.segment_reader import run_starts

ENGINE: Final = "indexer.backends.whoosh"
SIZE: Final = 87_000
"""Docs of the made-up segment, as many as the collection of the benchmarks has."""
ROUNDS: Final = 15
Way = Callable[[], object]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Constant:
    """One tuning constant.

    Attributes:
        module: where it is, below the engine.
        name: of the constant.
        unit: of what it bounds.
        ways: makes the two ways for one value of the quantity: that of small values, that of large.
        grid: values of the quantity, ascending.
    """

    module: str
    name: str
    unit: str
    ways: Callable[[int], tuple[Way, Way]]
    grid: tuple[int, ...]

    @property
    def value(self) -> float:
        """What the engine uses."""
        return float(getattr(import_module(f"{ENGINE}.{self.module}"), self.name))


@dataclass(frozen=True, slots=True)
class Derived:
    """What was measured for a constant.

    Attributes:
        measured: where the times cross; None where one way is faster on the whole grid.
        off_by_two: time of the wrong way over the right one at half and at double the value used.
    """

    constant: Constant
    measured: float | None
    off_by_two: tuple[float, float]


def _docs(count: int, seed: int) -> NDArray[np.int32]:
    """Returns that many docs of the segment, ascending."""
    chosen = np.random.default_rng(seed).choice(SIZE, max(1, count), replace=False)
    return np.sort(chosen).astype(np.int32)


def _look_up(ratio: int) -> tuple[Way, Way]:
    """Returns the ways to tell which docs of a list are in one that is `ratio` times longer."""
    long = _docs(SIZE // 3, 1)
    short = _docs(len(long) // ratio, 2)
    marks = np.zeros(SIZE, np.bool_)

    def mark() -> object:
        marks[long] = True
        found = marks[short]
        marks[long] = False
        return found

    return mark, lambda: is_member(short, long)


def _unite(share: int) -> tuple[Way, Way]:
    """Returns the ways to unite two lists of one in `share` docs together."""
    lists = [_docs(SIZE // share // 2, seed) for seed in (1, 2)]
    marks = np.zeros(SIZE, np.bool_)

    def mark() -> object:
        for docs in lists:
            marks[docs] = True
        found = np.flatnonzero(marks).astype(np.int32)
        marks[found] = False
        return found

    return mark, lambda: distinct(np.concatenate(lists))


def _count_keys(share: int) -> tuple[Way, Way]:
    """Returns the ways to count one key in `share`."""
    keys = np.random.default_rng(1).integers(0, SIZE, max(1, SIZE // share)).astype(np.int32)

    def sort() -> object:
        ordered = np.sort(keys)
        firsts = run_starts(ordered)
        return np.diff(firsts, append=len(ordered)), ordered[firsts]

    return lambda: np.bincount(keys, minlength=SIZE), sort


def _count_codes(matches: int) -> tuple[Way, Way]:
    """Returns the ways to count the venues of so many matches."""
    codes = np.random.default_rng(1).integers(0, 300, SIZE).astype(np.int32)
    names = [f"venue {number}" for number in range(300)]
    docs = _docs(matches, 2)

    def count_listed() -> object:
        counts = Counter(codes.take(docs).tolist())
        return [(names[code], counts[code]) for code in sorted(counts)]

    def count_all() -> object:
        counts = np.bincount(codes.take(docs), minlength=300).tolist()
        return [(name, count) for name, count in zip(names, counts, strict=True) if count]

    return count_listed, count_all


def _clear(share: int) -> tuple[Way, Way]:
    """Returns the ways to clear sums of which one in `share` was touched."""
    sums = np.zeros(SIZE)
    docs = _docs(SIZE // share, 1)

    def clear_touched() -> object:
        sums[docs] = 0
        return sums

    return lambda: sums.fill(0), clear_touched


def _insert(gaps: int) -> tuple[Way, Way]:
    """Returns the ways to insert values into a list at so many places."""
    values = np.arange(SIZE, dtype=np.int32)
    places = _docs(gaps, 1)
    more = np.zeros(len(places), np.int32)

    def concatenate() -> object:
        slices: list[NDArray[Any]] = []
        before = 0
        for number, place in enumerate(places.tolist()):
            slices += [values[before:place], more[number : number + 1]]
            before = place
        return np.concatenate([*slices, values[before:]])

    return concatenate, lambda: np.insert(values, places, more)


_RATIOS: Final = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
_COUNTS: Final = (8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192)
CONSTANTS: Final = (
    Constant("query.boolean", "_SEARCHED", "times longer", _look_up, _RATIOS),
    Constant("query.boolean", "_SORTED", "docs per listed doc", _unite, _RATIOS),
    Constant("facets.author_counts", "_SPARSE", "keys per counted key", _count_keys, _RATIOS),
    Constant("facets.value_counts", "_FEW", "matches", _count_codes, _COUNTS),
    Constant("scoring.max_score", "_FILLED", "sums per listed doc", _clear, _RATIOS),
    Constant("postings.posting_list", "_MOST_SLICES", "slices", _insert, _COUNTS),
)


def times_of(ways: Sequence[Way], clock: Clock, rounds: int) -> list[float]:
    """Returns the least time of each way, asked in turn for so many rounds."""
    least = [float("inf")] * len(ways)
    for _ in range(rounds):
        for number, way in enumerate(ways):
            began = clock()
            way()
            least[number] = min(least[number], clock() - began)
    return least


def derive(constant: Constant, clock: Clock = time.perf_counter, rounds: int = ROUNDS) -> Derived:
    """Measures where the times of a constant's two ways cross."""
    small, large = [], []
    for quantity in constant.grid:
        first, second = times_of(constant.ways(quantity), clock, rounds)
        small.append(first)
        large.append(second)
    measured = crossing(constant.grid, small, large)
    half, double = (
        times_of(constant.ways(max(1, round(constant.value * factor))), clock, rounds)
        for factor in (0.5, 2)
    )
    return Derived(constant, measured, (half[1] / half[0], double[0] / double[1]))


def crossing(grid: Sequence[int], small: Sequence[float], large: Sequence[float]) -> float | None:
    """Returns the value from which on the way of large values is the faster one.

    It is the geometric mean of the two values of the grid between which that changes.

    >>> crossing([1, 4, 16], [1, 2, 9], [3, 3, 3])
    8.0
    """
    slower = [first <= second for first, second in zip(small, large, strict=True)]
    if all(slower) or not slower[0]:
        return None
    last = len(slower) - 1 - slower[::-1].index(True)
    return sqrt(grid[last] * grid[last + 1]) if last + 1 < len(grid) else None


def table(derived: Sequence[Derived]) -> Iterator[str]:
    """Yields the rows of a table in Markdown."""
    yield "| constant | used | unit | measured | half of it costs | double of it costs |"
    yield "|---|---|---|---|---|---|"
    for one in derived:
        constant = one.constant
        measured = "–" if one.measured is None else f"{one.measured:,.0f}"
        costs = " | ".join(f"{cost:.1f}x" for cost in one.off_by_two)
        yield (
            f"| `{constant.module}.{constant.name}` | {constant.value:,.0f} | {constant.unit} "
            f"| {measured} | {costs} |"
        )
