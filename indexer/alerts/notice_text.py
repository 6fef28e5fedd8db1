"""A notice as plain text: for mails, files and standard output."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from indexer.alerts.notice import Notice, NoticePaper

_WIDTH: Final = 76
"""Characters of a line, as RFC 5322 advises; addresses are not broken."""
_HEADINGS: Final = (
    ("new", "New"),
    ("changed", "Changed"),
    ("removed", "No longer in the collection"),
)


def notice_text(notice: Notice, site: str, alerts_file: str) -> str:
    """Returns a notice as text; it ends in a line feed.

    Args:
        notice: what is told.
        site: name of the site.
        alerts_file: path of the file that defines the alert; empty = left out.
    """
    return "\n".join(_lines(notice, site, alerts_file)) + "\n"


def _lines(notice: Notice, site: str, alerts_file: str) -> Iterator[str]:
    yield from _wrapped(notice.subject, "")
    yield from _wrapped(f"{site}, generation {notice.generation}, published {notice.built}", "")
    if notice.page:
        yield notice.page
    number = 0
    for kind, heading in _HEADINGS:
        papers: Sequence[NoticePaper] = getattr(notice, kind)
        if not papers:
            continue
        yield ""
        yield heading
        yield "-" * len(heading)
        for paper in papers:
            number += 1
            yield ""
            yield from _paper(number, paper)
    if alerts_file:
        yield ""
        yield "-- "  # RFC 3676: what follows is a signature
        yield from _wrapped(f"Sent by the alert {notice.alert} of {alerts_file}.", "")


def _paper(number: int, paper: NoticePaper) -> Iterator[str]:
    head = f"{number}. "
    indent = " " * len(head)
    lines = list(_wrapped(paper.title, indent))
    yield head + lines[0][len(indent) :]
    yield from lines[1:]
    if paper.authors:
        yield from _wrapped(paper.authors, indent)
    where = f"{paper.venue} {paper.year or ''}".strip()
    if where:
        yield from _wrapped(where, indent)
    if paper.address:
        yield indent + paper.address
    if paper.abstract:
        yield from _wrapped(paper.abstract, indent)


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [indent]
