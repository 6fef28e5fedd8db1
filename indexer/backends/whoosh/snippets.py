"""What is shown of a hit: its title, the names that matched, the best passage of the abstract."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable

from indexer.backends.whoosh.marks import Asked
from indexer.backends.whoosh.plan import Plan
from indexer.paper import Paper
from indexer.search import Snippet, Span
from indexer.text import Folded, fold

LENGTH = 300
"""Characters of a passage, about."""
BEFORE = 60
"""Characters shown before the first mark of a passage, about."""


class Excerpts:
    """Cuts the snippets of the hits of one query."""

    def __init__(self, plan: Plan, forms: Callable[[str], Iterable[str]]) -> None:
        """Mark what the leaves of a plan ask for.

        Args:
            plan: of the query.
            forms: gives the surface words of a stem.
        """
        terms = list(dict.fromkeys(term for one in plan.asking for term in one.terms))
        self._title = Asked(terms, "title", forms)
        self._abstract = Asked(terms, "abstract", forms)
        self._author = Asked(terms, "author", forms)

    def of(self, paper: Paper) -> tuple[Snippet, ...]:
        """Give the title, every name that matched, and a passage of the abstract, if any."""
        title: list[Span] = []
        if self._title.anything:
            title = self._title.spans(fold(paper.title, umlauts=True))
        found = [Snippet("title", paper.title, 0, tuple(title))]
        if self._author.anything:
            found += self._names(paper)
        if paper.abstract:
            folded = fold(paper.abstract, umlauts=True)
            spans = self._abstract.spans(folded) if self._abstract.anything else []
            found.append(passage(paper.abstract, folded, spans))
        return tuple(found)

    def _names(self, paper: Paper) -> list[Snippet]:
        found = []
        last = len(paper.authors) - 1
        for place, name in enumerate(paper.authors):
            spans = self._author.name_spans(name, first=place == 0, last=place == last)
            if spans:
                found.append(Snippet("author", name, place, tuple(spans)))
        return found


def passage(text: str, folded: Folded, spans: list[Span]) -> Snippet:
    """Cut the piece with the most distinct marked words; the beginning where nothing matched.

    A piece is at most about `LENGTH` characters, begins and ends beside white space or at an end
    of the text, and cuts no formula.
    """
    if len(text) <= LENGTH:
        return Snippet("abstract", text, 0, tuple(spans))
    cuts = _cuts(text, folded)
    best: tuple[int, int, int] | None = None
    for first in [span.start for span in spans] or [0]:
        at = bisect_right(cuts, max(0, first - BEFORE)) - 1
        start = cuts[at]
        last = bisect_right(cuts, start + LENGTH) - 1
        end = cuts[last] if last > at else cuts[at + 1]
        if best is not None and best[1] == start:
            continue
        words = {
            text[one.start : one.end].lower()
            for one in spans
            if start <= one.start and one.end <= end
        }
        if best is None or len(words) > best[0]:
            best = (len(words), start, end)
    _, start, end = best or (0, 0, len(text))
    shifted = tuple(
        Span(one.start - start, one.end - start)
        for one in spans
        if start <= one.start and one.end <= end
    )
    return Snippet("abstract", text[start:end], start, shifted, whole=False)


def _cuts(text: str, folded: Folded) -> list[int]:
    """Give where a text may be cut, in order: its ends, beside spaces, never inside an atom."""
    cuts = {0, len(text)}
    for space in re.finditer(" ", text):
        cuts.add(space.start())
        cuts.add(space.end())
    for start, end in folded.atoms:
        cuts.difference_update(range(start + 1, end))
    return sorted(cuts)
