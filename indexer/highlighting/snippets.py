"""What is shown of a hit: its title, the names that matched, the best passage of the abstract."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable

from indexer.highlighting.spans import ChunkTokens, FieldMatcher
from indexer.paper import Paper
from indexer.query_analysis.plan import Plan
from indexer.search import Snippet, Span
from indexer.text.folded import Folded
from indexer.text.folding import fold

LENGTH = 300
"""Characters of a passage, about."""
BEFORE = 60
"""Characters shown before the first mark of a passage, about."""


class Excerpts:
    """Cuts the snippets of the hits of one query."""

    def __init__(
        self, plan: Plan, forms: Callable[[str], Iterable[str]], chunks: ChunkTokens
    ) -> None:
        """Marks what the leaves of a plan ask for.

        Args:
            plan: of the query.
            forms: gives the surface words of a stem.
            chunks: cache of the tokens of chunks.
        """
        terms = list(dict.fromkeys(term for reading in plan.asking for term in reading.terms))
        self._title = FieldMatcher(terms, "title", forms, chunks)
        self._abstract = FieldMatcher(terms, "abstract", forms, chunks)
        self._author = FieldMatcher(terms, "author", forms, chunks)

    def of(self, paper: Paper, *, marked: bool = True) -> tuple[Snippet, ...]:
        """Returns the title, every matching author name, and a passage of the abstract, if any.

        Args:
            paper: a hit.
            marked: False for the title and the beginning of the abstract as they are.
        """
        title: list[Span] = []
        if marked and self._title.anything:
            title = self._title.spans(fold(paper.title, umlauts=True))
        snippets = [Snippet("title", paper.title, 0, tuple(title))]
        if marked and self._author.anything:
            snippets += self._names(paper)
        if paper.abstract:
            folded = fold(paper.abstract, umlauts=True)
            spans = self._abstract.spans(folded) if marked and self._abstract.anything else []
            snippets.append(passage(paper.abstract, folded, spans))
        return tuple(snippets)

    def _names(self, paper: Paper) -> list[Snippet]:
        snippets: list[Snippet] = []
        if not self._author.may_mark(paper.authors):
            return snippets
        last = len(paper.authors) - 1
        for place, name in enumerate(paper.authors):
            spans = self._author.name_spans(name, first=place == 0, last=place == last)
            if spans:
                snippets.append(Snippet("author", name, place, tuple(spans)))
        return snippets


def passage(text: str, folded: Folded, spans: list[Span]) -> Snippet:
    """Cuts the piece with the most distinct marked words; the beginning where nothing matched.

    A piece is at most about `LENGTH` characters, begins and ends beside white space or at an end
    of the text, and cuts no formula.
    """
    if len(text) <= LENGTH:
        return Snippet("abstract", text, 0, tuple(spans))
    starts = [span.start for span in spans]
    ends = [span.end for span in spans]
    words = [text[span.start : span.end].lower() for span in spans]
    distinct = len(set(words))
    best: tuple[int, int, int] | None = None
    for first in starts or [0]:
        start = _cut_before(text, folded, max(0, first - BEFORE))
        end = _cut_before(text, folded, min(len(text), start + LENGTH))
        if end <= start:
            end = _cut_after(text, folded, start)
        low, high = bisect_left(starts, start), bisect_right(ends, end)
        held = len(set(words[low:high]))
        if best is None or held > best[0]:
            best = (held, start, end)
            if held == distinct:
                break
    _, start, end = best or (0, 0, len(text))
    inside = spans[bisect_left(starts, start) : bisect_right(ends, end)]
    shifted = tuple(Span(span.start - start, span.end - start) for span in inside)
    return Snippet("abstract", text[start:end], start, shifted, whole=False)


def _cut_before(text: str, folded: Folded, limit: int) -> int:
    """Returns the last offset up to `limit` at which a text may be cut."""
    if limit >= len(text):
        return len(text)
    while limit > 0:
        if (text[limit - 1] == " " or text[limit] == " ") and not _in_atom(folded, limit):
            return limit
        space = text.rfind(" ", 0, limit)
        limit = space + 1 if space + 1 < limit else space
    return 0


def _cut_after(text: str, folded: Folded, start: int) -> int:
    """Returns the first offset after `start` at which a text may be cut."""
    space = text.find(" ", start + 1)
    while space >= 0 and _in_atom(folded, space):
        space = text.find(" ", space + 1)
    return space if space >= 0 else len(text)


def _in_atom(folded: Folded, place: int) -> bool:
    """Returns whether an offset is inside something that must not be cut."""
    at = bisect_left(folded.atoms, (place,)) - 1
    return at >= 0 and place < folded.atoms[at][1]
