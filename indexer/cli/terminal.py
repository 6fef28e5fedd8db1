"""How papers and results look in a terminal: plain lines, emphasis only where there is a tty."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence

import click

from indexer.paper import Paper
from indexer.search import Facet, Hit, Results, Snippet, Span
from indexer.suggestions.identifier_sentence import identifier_answer
from indexer.suggestions.name_sentence import name_sentence
from indexer.suggestions.relaxation_text import relaxation_sentence
from indexer.text.display import display, plain

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and line feed, and those that turn the direction of a line."""
_LINE = re.compile(rf"(?P<style>\x1b\[(?:0|1|2|33)m)|\n|{_CONTROL.pattern}")
"""What is not printed as it stands in a line: styles of ours, line feeds, control characters."""
MARGIN = "    "
SHOWN_AUTHORS = 10
_TITLES = {"venue": "Venues", "year": "Years", "type": "Types", "author": "Authors"}


def width() -> int:
    """Columns to write in: the terminal's, within what reads well."""
    return max(40, min(100, shutil.get_terminal_size((100, 24)).columns))


def printable(text: str) -> str:
    r"""Writes control characters as codes (``\x1b``): names of files must not steer a terminal."""
    return _CONTROL.sub(lambda match: ascii(match[0])[1:-1], text)


def echo_lines(*lines: str, err: bool = False) -> None:
    r"""Prints lines, whatever is in them: what a paper, a query or a file name says stays text.

    A control character is written as a code (``\x1b``), and so is a line feed inside a line; of the
    terminal's own sequences only the emphasis of `click.style` passes.
    """
    click.echo("\n".join(_LINE.sub(_style_or_escape, line) for line in lines), err=err)


def _style_or_escape(match: re.Match[str]) -> str:
    return match["style"] or ascii(match[0])[1:-1]


def counted(number: int, noun: str) -> str:
    """Writes a number and its noun: "1 paper", "1,234 papers"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def results_lines(results: Results) -> Iterator[str]:
    """Writes one page of answers: count, reading, hits, facets, page."""
    query = results.query
    pages = -(-results.total // query.per_page) if query.per_page else 0
    asked = f" for {click.style(query.text, bold=True)}" if query.text.strip() else ""
    yield f"{counted(results.total, 'paper')}{asked}"
    yield from _receipt_lines(results)
    for number, hit in enumerate(results.hits, (query.page - 1) * query.per_page + 1):
        yield ""
        yield from hit_lines(hit, number)
    if results.close:
        yield ""
        yield "Close in meaning, without all your words (not counted):"
        for hit in results.close:
            yield from wrapped(hit.paper.title, (), "  ", "    ")
            yield click.style(f"    {where(hit.paper)}", dim=True)
    facets = [facet for facet in results.facets.values() if facet.values]
    if facets:
        yield ""
        yield from (line for facet in facets for line in _facet_lines(facet))
    if pages > 1 or query.page > 1:
        yield ""
        yield click.style(f"Page {query.page:,} of {pages:,}", dim=True)


def hit_lines(hit: Hit, number: int) -> Iterator[str]:
    """Writes one hit: rank, title, authors, where, the passage that matched, why."""
    paper = hit.paper
    title = next(
        (snippet for snippet in hit.snippets if snippet.field == "title"), Snippet("title", "")
    )
    head = f"{number:>2}. "
    yield from wrapped(title.text or paper.title, title.spans, head, " " * len(head), bold=True)
    names = _names(paper, [snippet for snippet in hit.snippets if snippet.field == "author"])
    if names:
        yield from wrapped(names[0], names[1], MARGIN, MARGIN)
    yield click.style(MARGIN + where(paper), dim=True)
    for snippet in hit.snippets:
        if snippet.field == "abstract":
            before = "… " if snippet.offset else ""
            end = snippet.offset + len(snippet.text)
            after = " …" if end < len(paper.abstract) else ""
            spans = [Span(s.start + len(before), s.end + len(before)) for s in snippet.spans]
            yield from wrapped(f"{before}{snippet.text.rstrip()}{after}", spans, MARGIN, MARGIN)
    for part in hit.why:
        label = f"{part.label} in {part.field}" if part.field else part.label
        yield click.style(f"{MARGIN}{part.value:>9.3f}  {label}", dim=True)


def paper_lines(paper: Paper) -> Iterator[str]:
    """Writes a whole paper."""
    yield from wrapped(paper.title, (), "", "", bold=True)
    if paper.authors:
        rest = "" if paper.authors_complete else ", and others that the dump does not name"
        yield from wrapped(", ".join(paper.authors) + rest, (), "", "")
    yield click.style(where(paper), dim=True)
    if paper.doi:
        yield f"https://doi.org/{paper.doi}"
    if paper.url:
        yield paper.url
    if paper.abstract:
        yield ""
        yield from wrapped(paper.abstract, (), "", "")
    if paper.keywords:
        yield ""
        yield from wrapped("Keywords: " + ", ".join(paper.keywords), (), "", "")


def where(paper: Paper) -> str:
    """Writes venue, year, type and id of a paper on one line."""
    place = " ".join(part for part in (paper.venue, str(paper.year or "")) if part)
    return " · ".join(part for part in (place, paper.type, paper.id) if part)


def wrapped(
    text: str, spans: Sequence[Span], first: str, rest: str, *, bold: bool = False
) -> Iterator[str]:
    """Break a text into lines at white space, its marked stretches emphasised, its TeX rendered.

    Args:
        text: one line, however long, as the paper has it.
        spans: stretches of it to emphasise, in order.
        first: what the first line begins with.
        rest: what every other line begins with.
        bold: whether the text around the emphasis is bold.
    """
    text, spans = _rendered(text, spans)
    text = text.replace("\n", " ")
    room = width()
    start, end, prefix = 0, 0, first
    for word in re.finditer(r"\S+", text):
        if end > start and len(prefix) + word.end() - start > room:
            yield prefix + _marked(text, start, end, spans, bold=bold)
            start, prefix = word.start(), rest
        if end == 0:
            start = word.start()
        end = word.end()
    if end > start:
        yield prefix + _marked(text, start, end, spans, bold=bold)


def _rendered(text: str, spans: Sequence[Span]) -> tuple[str, Sequence[Span]]:
    """Writes TeX as the text it stands for, the spans going along."""
    if not spans:
        return plain(text), ()
    written, moved = "", []
    for piece in display(text, spans):
        if piece.marked:
            moved.append(Span(len(written), len(written) + len(piece.text)))
        written += piece.text
    return written, moved


def _marked(text: str, start: int, end: int, spans: Sequence[Span], *, bold: bool) -> str:
    pieces: list[str] = []
    at = start
    for span in spans:
        low, high = max(span.start, start), min(span.end, end)
        if low >= high:
            continue
        pieces.append(_plain(text[at:low], bold=bold))
        pieces.append(click.style(text[low:high], bold=True, fg="yellow"))
        at = high
    pieces.append(_plain(text[at:end], bold=bold))
    return "".join(pieces)


def _plain(text: str, *, bold: bool) -> str:
    return click.style(text, bold=True) if bold and text else text


def _names(paper: Paper, matched: list[Snippet]) -> tuple[str, list[Span]] | None:
    """Returns the author line and the spans to emphasise: ten names, and every one that matched."""
    places = {snippet.offset: snippet for snippet in matched}
    line, spans, left_out = "", [], 0
    for place, name in enumerate(paper.authors):
        if place >= SHOWN_AUTHORS and place not in places:
            left_out += 1
            continue
        line += ", " if line else ""
        if place in places:
            spans += [
                Span(len(line) + span.start, len(line) + span.end) for span in places[place].spans
            ]
        line += name
    if left_out:
        line += f", and {counted(left_out, 'other')}"
    if not paper.authors_complete:
        line += ", …"
    return (line, spans) if line else None


def _receipt_lines(results: Results) -> Iterator[str]:
    receipt = results.receipt
    if receipt.read_as and receipt.read_as != results.query.text:
        yield click.style(f"Read as: {receipt.read_as}", dim=True)
    named = identifier_answer(results)
    if named is not None:
        yield named.sentence + (f" It may be at {named.address}" if named.address else "")
    if results.query.author is not None:
        yield f"Author: {name_sentence(results.query.author)}"
    for reason, times in Counter(repair.reason for repair in receipt.repairs).items():
        yield f"Note: {reason}" + (f" ({times} times)" if times > 1 else "")
    for clause in receipt.clauses:
        if clause.emptied:
            verb = "matches" if clause.hits == 1 else "match"
            alone = f"{counted(clause.hits, 'paper')} {verb} it on its own"
            left = f"No papers are left after {clause.text} ({alone})"
            yield left if clause.hits else f"No papers match {clause.text}"
        if clause.note:
            yield click.style(f"{clause.text}: {clause.note}", dim=True)
    if relaxed := relaxation_sentence(results):
        yield relaxed
    if receipt.ordered_by:
        yield click.style(f"Ordered by words and meaning ({receipt.ordered_by})", dim=True)
    for other in receipt.alternatives:
        label = other.label[:1].upper() + other.label[1:]
        yield f"{label}: {counted(other.total, 'paper')}"


def _facet_lines(facet: Facet) -> Iterator[str]:
    """Writes one facet on one line: as many values as fit, and how many more there are."""
    head = f"{_TITLES[facet.field]:<8}"
    line, shown = head, 0
    for value in facet.values:
        mark = "✓ " if value.selected else "✗ " if value.excluded else ""
        piece = f"{mark}{value.value} {value.count:,}"
        if shown and len(line) + len(piece) > width() - 12:
            break
        line += (" · " if shown else "") + piece
        shown += 1
    if facet.distinct > shown:
        line += f" · +{facet.distinct - shown:,}"
    yield click.style(line, dim=True)
