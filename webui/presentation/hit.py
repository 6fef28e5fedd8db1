"""One hit as its entry on a page shows it: marked text, shortened authors, the passage.

Papers shown in full, one after the other, as the author pages have them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

from markupsafe import Markup

from indexer import CONFERENCE, JOURNAL, Contribution, Hit, Paper, Snippet, Span
from webui.presentation.markup import Display

SHOWN_AUTHORS: Final = 10
"""Names an entry shows before "+n"; a matching name is always shown beyond them."""
_OPENING: Final = 300


class AuthorName(NamedTuple):
    """One name of the list.

    Attributes:
        shown: the name with what matched in it, as HTML.
        skipped: names left out between this one and the one before it.
    """

    name: str
    shown: str
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A hit, laid out.

    Attributes:
        number: its place in the whole answer, from 1.
        authors: the names shown, in order.
        hidden: names left out after the last one shown.
        passage: best piece of the abstract.
        begins, ends: whether the passage is cut at its beginning, at its end.
        abstract: the whole abstract; empty where the passage is all of it.
        why: what the score is made of, where asked for.
    """

    number: int
    paper: Paper
    score: float
    title: Markup
    authors: tuple[AuthorName, ...]
    hidden: int
    passage: Markup
    begins: bool
    ends: bool
    abstract: Markup
    why: tuple[Contribution, ...]


def entry(hit: Hit, number: int, display: Display) -> Entry:
    """Lays out a hit for the place it has in the answer."""
    paper = hit.paper
    title: tuple[Span, ...] = ()
    names: dict[int, tuple[Span, ...]] = {}
    passage: Snippet | None = None
    for snippet in hit.snippets:
        if snippet.field == "title":
            title = snippet.spans
        elif snippet.field == "author":
            names[snippet.offset] = snippet.spans
        else:
            passage = snippet
    if passage is None:
        shown, ends = display.opening(paper.abstract, _OPENING)
        begins = False
    else:
        shown = display.markup(passage.text, passage.spans)
        begins = passage.offset > 0
        ends = passage.offset + len(passage.text) < len(paper.abstract)
    authors, hidden = _shortened(paper.authors, names, display)
    return Entry(
        number=number,
        paper=paper,
        score=hit.score,
        title=display.markup(paper.title, title),
        authors=authors,
        hidden=hidden,
        passage=shown,
        begins=begins,
        ends=ends,
        abstract=display.markup(paper.abstract) if begins or ends else Markup(),
        why=hit.why,
    )


def _shortened(
    authors: tuple[str, ...], matched: dict[int, tuple[Span, ...]], display: Display
) -> tuple[tuple[AuthorName, ...], int]:
    """Keeps the first names and every matching one, and counts what is left out where."""
    # A list that is one longer than the limit is no shorter with "+1" in its place.
    limit = SHOWN_AUTHORS if len(authors) > SHOWN_AUTHORS + 1 else len(authors)
    listed = [place for place in range(len(authors)) if place < limit or place in matched]
    drawn = iter(display.several([authors[place] for place in listed if place not in matched]))
    shown: list[AuthorName] = []
    before = 0
    for place in listed:
        name, spans = authors[place], matched.get(place)
        text = next(drawn) if spans is None else display.markup(name, spans)
        shown.append(AuthorName(name, text, place - before))
        before = place + 1
    return tuple(shown), len(authors) - before


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
    """Groups papers that already come year by year."""
    return tuple(
        YearGroup(year, tuple(shown(paper, display) for paper in group))
        for year, group in groupby(papers, key=lambda paper: paper.year)
    )


def kind(paper_type: str) -> str:
    """Returns the kind of venue of a type of paper: "Conference" or "Journal"."""
    return {CONFERENCE: "Conference", JOURNAL: "Journal"}.get(paper_type, "")


def shown(paper: Paper, display: Display) -> Shown:
    """Lays out one paper."""
    return Shown(paper, display.markup(paper.title), display.markup(paper.abstract))
