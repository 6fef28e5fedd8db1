"""Papers shown in full, one after the other, as the author pages have them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from indexer import CONFERENCE, JOURNAL, Paper
from webui.display import Display


@dataclass(frozen=True, slots=True)
class Shown:
    """A paper with its texts as they are shown."""

    paper: Paper
    title: Markup
    abstract: Markup


@dataclass(frozen=True, slots=True)
class YearGroup:
    """The papers of one year, in the order of the list; year None where it is not known."""

    year: int | None
    papers: tuple[Shown, ...]


def by_year(papers: Iterable[Paper], display: Display) -> tuple[YearGroup, ...]:
    """Group papers that already come year by year."""
    return tuple(
        YearGroup(year, tuple(shown(paper, display) for paper in group))
        for year, group in groupby(papers, key=lambda paper: paper.year)
    )


def kind(paper_type: str) -> str:
    """Give the kind of venue a type of paper belongs to: "Conference" or "Journal"."""
    return {CONFERENCE: "Conference", JOURNAL: "Journal"}.get(paper_type, "")


def shown(paper: Paper, display: Display) -> Shown:
    """Lay out one paper."""
    return Shown(paper, display.markup(paper.title), display.markup(paper.abstract))
