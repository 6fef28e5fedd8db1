"""The "Author name cluster" page of Arrow Research search, saved as plain text.

After the name, the declared numbers and an explanation, each paper is, between blank lines: a line
"<venue> Conference|Journal <year> <type>", the title, the authors as bullets, the abstract. The
page shows at most eight authors a paper, and every paper on it has the page's author.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from indexer.intake.dump import Dump
from indexer.intake.record import Notice, Read, Record
from indexer.paper import name_key, unnumbered

SHOWN_AUTHORS = 8
"""Most authors that the page shows of one paper."""
_PAPER = re.compile(
    r"(?P<venue>\S.{0,120}?) (?:Conference|Journal|Workshop|Preprint|Book) (?P<year>\d{4})"
    r" (?P<type>(?:Conference|Workshop|Journal|Book|Preprint|Survey)[A-Za-z ]{0,30})"
)
_BULLET = re.compile(r"\s*[•·‣▪◦]\s*(?P<name>.*)|\s+[*-]\s+(?P<plain>\S.*)")
_CLUSTER = "author name cluster"
_SITE = "arrow research search"
_DECLARED = re.compile(r"(\d[\d,. ]*) papers?", re.IGNORECASE)
_MORE = re.compile(
    r"(?:…|\.\.\.|and|\+)\s*\d*\s*(?:more|others?)?(?:\s+authors?)?\.?", re.IGNORECASE
)


def sniff(head: bytes, name: str) -> bool:
    """Recognises the words above the author's name."""
    del name
    text = head[:20_000].decode(errors="replace")
    lines = [line.strip().casefold() for line in text.splitlines()[:60]]
    return _CLUSTER in lines


@dataclass(slots=True)
class _Page:
    """What the top of a page says, and how many papers followed."""

    line: int
    author: str = ""
    declared: int | None = None
    held: int = 0


@dataclass(slots=True)
class _Entry:
    """One paper, as far as it was read."""

    line: int
    venue: str
    year: str
    type: str
    title: str = ""
    authors: list[str] = field(default_factory=list)
    abstract: list[str] = field(default_factory=list)
    cut: bool = False


def read(dump: Dump) -> Iterator[Read]:
    """Reads the papers of one page, or of several in one file, and compares their number."""
    page = _Page(1)
    entry: _Entry | None = None
    for number, line in dump.lines():
        stripped = line.strip()
        header = _PAPER.fullmatch(stripped)
        top = stripped.casefold()
        if header is not None or top in (_SITE, _CLUSTER):
            if entry is not None:
                yield _finished(entry, page)
                entry = None
            if header is not None:
                page.held += 1
                entry = _Entry(number, header["venue"], header["year"], header["type"])
            elif top == _CLUSTER:
                yield from _compared(page, dump.name)
                page = _Page(number)
        elif entry is not None:
            _extend(entry, line)
        elif stripped:
            _read_top(page, stripped)
    if entry is not None:
        yield _finished(entry, page)
    yield from _compared(page, dump.name)


def _read_top(page: _Page, line: str) -> None:
    """Takes name and declared number from a line above the first paper."""
    declared = _DECLARED.fullmatch(line)
    if declared is not None:
        page.declared = int(re.sub(r"\D", "", declared[1]))
    elif not page.author and not line[0].isdigit():
        page.author = line


def _extend(entry: _Entry, line: str) -> None:
    bullet = _BULLET.fullmatch(line)
    if bullet is not None and entry.title and not entry.abstract:
        name = (bullet["name"] or bullet["plain"] or "").strip()
        if _MORE.fullmatch(name):
            entry.cut = True
        elif name:
            entry.authors.append(name)
    elif not line.strip():
        return
    elif not entry.title and bullet is None:
        entry.title = line.strip()
    elif entry.title and not entry.authors and not entry.abstract and _goes_on(entry.title, line):
        entry.title = f"{entry.title} {line.strip()}"
    else:
        entry.abstract.append(line.strip())


def _goes_on(title: str, line: str) -> bool:
    """Returns whether the line is the rest of a title that was broken in two."""
    ends_open = title.endswith((":", ",", "-", "–"))
    return ends_open and len(line) < 120 and not line.rstrip().endswith(".")


def _finished(entry: _Entry, page: _Page) -> Record:
    authors = tuple(entry.authors)
    complete = not entry.cut
    wanted = unnumbered(name_key(page.author))
    if page.author and wanted not in {unnumbered(name_key(name)) for name in authors}:
        authors = (*authors, page.author)
        complete = False
    return Record(
        line=entry.line,
        title=entry.title,
        abstract="\n".join(entry.abstract),
        authors=authors,
        venue=entry.venue,
        year=entry.year,
        type=entry.type,
        authors_complete=complete,
    )


def _compared(page: _Page, source: str) -> Iterator[Notice]:
    if page.declared is not None and page.declared != page.held:
        whose = f"the page of {page.author} " if page.author else ""
        numbers = f"declares {page.declared} papers, holds {page.held}"
        yield Notice(source, page.line, whose + numbers)
