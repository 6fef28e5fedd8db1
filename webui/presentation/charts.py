"""Papers per year as bars: geometry in the units of an SVG, one link a bar.

The strongest ties among co-authors as arcs beside a list of names: geometry of an SVG.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from indexer import Facet, Ties

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
    """Returns the histogram of a year facet.

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
        int(value.value): value.count
        for value in facet.values
        if value.count and value.value.isdecimal()
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


_ROW: Final = 26
"""Height of a row; a link in it is a target large enough for a finger."""
_NAMES: Final = 196
"""Width of the names and their counts."""
_ARCS: Final = 104
"""Width of the longest arc."""
_WIDEST: Final = 7.0
_MANY: Final = 8
"""Papers that make the widest arc, at least."""
_LETTERS: Final = 24


@dataclass(frozen=True, slots=True)
class CoauthorRow:
    """A name.

    Attributes:
        label: the name, cut where it is too long to show.
        count: papers with the author whose page this is.
        y: middle of the row, from the top.
    """

    name: str
    label: str
    count: int
    href: str
    y: float


@dataclass(frozen=True, slots=True)
class Arc:
    """Two who wrote together.

    Attributes:
        path: of an SVG.
        width: of the stroke; more papers, a wider one.
    """

    one: str
    other: str
    count: int
    path: str
    width: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Names and arcs in a box of `width` by `height` units; arcs begin at `left`."""

    rows: tuple[CoauthorRow, ...]
    arcs: tuple[Arc, ...]
    width: int
    height: int
    left: int = _NAMES


def draw(ties: Ties, href: Callable[[str], str]) -> Picture | None:
    """Returns the drawing of co-author ties; None if there are none, or only of one paper.

    Args:
        ties: the co-authors and who of them wrote with whom.
        href: gives the address of a name.
    """
    if not ties.ties or max(person.count for person in ties.people) < 2:
        return None
    rows = tuple(
        CoauthorRow(
            person.name, _cut(person.name), person.count, href(person.name), _ROW * (index + 0.5)
        )
        for index, person in enumerate(ties.people)
    )
    most = ties.ties[0].count
    furthest = max(tie.other - tie.one for tie in ties.ties)
    arcs = []
    for tie in ties.ties:
        top, bottom = rows[tie.one].y, rows[tie.other].y
        reach = round(_ARCS * (0.25 + 0.75 * (tie.other - tie.one) / furthest), 1)
        high = round((bottom - top) / 2, 1)
        path = f"M{_NAMES + 6} {top}a{reach} {high} 0 0 1 0 {bottom - top}"
        width = round(max(1.0, _WIDEST * tie.count / max(most, _MANY)), 1)
        arcs.append(Arc(rows[tie.one].name, rows[tie.other].name, tie.count, path, width))
    return Picture(rows, tuple(arcs), _NAMES + _ARCS + 12, _ROW * len(rows))


def _cut(name: str) -> str:
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"
