"""Papers per year as bars: geometry in the units of an SVG, one link a bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from indexer import Facet

_LONGEST: Final = 120
"""Years of a gapless axis; a collection that spans more shows only the years it has."""


class Bar(NamedTuple):
    """One year.

    Attributes:
        href: empty where it has no papers.
        x, y, width, height: the bar, from the top left corner.
        chosen: it lies within the years asked for.
    """

    year: int
    count: int  # type: ignore[assignment] # the number, not the method of tuples
    href: str
    x: float
    y: float
    width: float
    height: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class Histogram:
    """All bars, oldest first, in a box of `width` by `height` units."""

    bars: tuple[Bar, ...]
    width: int
    height: int

    @property
    def first(self) -> int:
        """The oldest year shown."""
        return self.bars[0].year

    @property
    def last(self) -> int:
        """The newest year shown."""
        return self.bars[-1].year

    @property
    def end(self) -> float:
        """Where the last bar ends, from the left."""
        return self.bars[-1].x + self.bars[-1].width


def year_histogram(
    facet: Facet,
    href: Callable[[int], str],
    chosen: Callable[[int], bool],
    *,
    width: int = 272,
    height: int = 72,
) -> Histogram | None:
    """Draw the year facet of an answer.

    Args:
        facet: the year facet, with all its values.
        href: gives the address of one year.
        chosen: says whether a year is among those asked for.
        width: of the box; a few years do not fill it.
        height: of the fullest year's bar.

    Returns:
        the bars, or None where no paper has a year.
    """
    counts = {
        int(one.value): one.count for one in facet.values if one.count and one.value.isdecimal()
    }
    if not counts:
        return None
    low, high = min(counts), max(counts)
    years = list(range(low, high + 1)) if high - low < _LONGEST else sorted(counts)
    peak = max(counts.values())
    step = min(width / len(years), 24.0)
    gap = 0.0 if step < 3 else min(step / 4, 2.0)
    bars: list[Bar] = []
    for place, year in enumerate(years):
        count = counts.get(year, 0)
        # A year with a single paper stays visible beside one with thousands.
        tall = max(height * count / peak, 1.5) if count else 0.0
        bars.append(
            Bar(
                year=year,
                count=count,
                href=href(year) if count else "",
                x=round(place * step, 2),
                y=round(height - tall, 2),
                width=round(step - gap, 2),
                height=round(tall, 2),
                chosen=chosen(year),
            )
        )
    return Histogram(tuple(bars), width=width, height=height)
