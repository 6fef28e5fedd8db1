"""What is shown of a hit: its title, the names that matched, the best passage of the abstract."""

from __future__ import annotations

from indexer.query import Clause, TextField
from indexer.search import Snippet, Span
from indexer.text.folding import fold
from tests.oracle.matching import Matching
from tests.oracle.reading import Terms, asking, read, speaking
from tests.oracle.terms import Mark

LENGTH = 300
"""Characters of a passage, about."""
BEFORE = 60
"""Characters shown before the first mark of a passage, about."""


def marks_of(clause: Clause | None, at: int, matching: Matching) -> set[Mark]:
    """Returns everything that the words asked for mark in one paper."""
    marks: set[Mark] = set()
    for leaf in asking(speaking(clause, matching.collection)):
        asked = read(leaf, matching.collection)
        if isinstance(asked, Terms):
            for term in asked.terms:
                found = matching.found(term).get(at)
                marks.update(found.marks if found else ())
    return marks


def merged(marks: set[Mark], field: TextField, place: int = 0) -> tuple[Span, ...]:
    """Returns the marks of one text, those that overlap or touch as one."""
    spans: list[Span] = []
    for mark in sorted(marks):
        if (mark.field, mark.place) != (field, place):
            continue
        if spans and mark.start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(spans[-1].end, mark.end))
        else:
            spans.append(Span(mark.start, mark.end))
    return tuple(spans)


def snippets(clause: Clause | None, at: int, matching: Matching) -> tuple[Snippet, ...]:
    """Show one paper: the title, the matching names in order, the best passage."""
    paper = matching.collection.documents[at].paper
    marks = marks_of(clause, at, matching)
    shown = [Snippet("title", paper.title, 0, merged(marks, "title"))]
    for place, name in enumerate(paper.authors):
        spans = merged(marks, "author", place)
        if spans:
            shown.append(Snippet("author", name, place, spans))
    if paper.abstract:
        spans = merged(marks, "abstract")
        shown.append(passage(paper.abstract, spans))
    return tuple(shown)


def passage(text: str, spans: tuple[Span, ...]) -> Snippet:
    """Cut the piece with the most distinct marked words; the beginning where nothing matched."""
    if len(text) <= LENGTH:
        return Snippet("abstract", text, 0, spans)
    cuts = boundaries(text)

    def piece(first: int) -> tuple[int, int, tuple[Span, ...]]:
        start = max(cut for cut in cuts if cut <= max(0, first - BEFORE))
        fitting = [cut for cut in cuts if start < cut <= start + LENGTH]
        end = max(fitting) if fitting else min(cut for cut in cuts if cut > start)
        inside = tuple(span for span in spans if start <= span.start and span.end <= end)
        return start, end, inside

    pieces = [piece(span.start) for span in spans] or [piece(0)]
    best = max(
        pieces,
        key=lambda one: (len({text[s.start : s.end].lower() for s in one[2]}), -one[0]),
    )
    start, end, inside = best
    shifted = tuple(Span(span.start - start, span.end - start) for span in inside)
    return Snippet("abstract", text[start:end], start, shifted, whole=False)


def boundaries(text: str) -> list[int]:
    """Returns where a text may be cut: its ends, and before and after white space outside atoms."""
    inside = {place for start, end in fold(text).atoms for place in range(start + 1, end)}
    cuts = {0, len(text)}
    for place, char in enumerate(text):
        if char == " ":
            cuts |= {place, place + 1}
    return sorted(cuts - inside)
