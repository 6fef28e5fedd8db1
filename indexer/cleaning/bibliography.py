"""Clean what a record says of its publication: pages, dates, identifiers, editors and the like."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from indexer.author import Author
from indexer.cleaning import names
from indexer.cleaning.author_details import BAD_IDENTIFIER, Work, clean_author
from indexer.cleaning.dates import iso_date
from indexer.cleaning.kinds import genre_of, kind_of
from indexer.cleaning.languages import language_of
from indexer.intake.record import Record
from indexer.paper import TYPE_KINDS, Paper
from indexer.publication import KIND_LABELS, TEXT_FIELDS, UNPUBLISHED, Publication
from indexer.record.identifiers import normalised

MOST_IDENTIFIERS: Final = 100
MOST_EDITORS: Final = 1_000
BAD_DATE: Final = "no date, taken as missing"
BAD_LANGUAGE: Final = "no known language, dropped"

_PLAIN: Final = tuple(
    field
    for field in TEXT_FIELDS
    if field not in ("kind", "genre", "venue_printed", "pages", "date", "language", "pdf_url")
)
_DASH = re.compile(r"\s*(?:[\u2010-\u2015\u2212]|-+)\s*")
_PAGE_WORD = re.compile(r"^(?:pages?|pp?|s|seiten?)(?:\.\s*|:\s*|\s+)(?=\w)", re.IGNORECASE)
_SAME = re.compile(r"([\w.:]+)-\1")


def clean_identifiers(
    given: tuple[tuple[str, str], ...], work: Work
) -> tuple[tuple[str, str], ...]:
    """Returns identifiers in the form of their schemes, sorted, each once; others are dropped."""
    if not given:
        return ()
    kept: dict[tuple[str, str], None] = {}
    for scheme, value in given[:MOST_IDENTIFIERS]:
        plain = value.strip()
        if not plain:
            continue
        if form := normalised(scheme, plain):
            kept[scheme, form] = None
        else:
            work.change(BAD_IDENTIFIER, scheme, plain[:200], "")
    return tuple(sorted(kept))


def clean_publication(record: Record, paper: Paper, printed: str, work: Work) -> Publication:
    """Returns the publication of a record, cleaned.

    Args:
        record: as the format read it.
        paper: the paper as far as it is clean; what its type and its year say is not said again.
        printed: the venue as the dump prints it; kept where it is not that of the paper.
        work: takes note of changes.
    """
    given = record.publication
    printed = work.text("venue", given.venue_printed, ()) if given.venue_printed else printed
    if printed == paper.venue or (printed.islower() and " " not in printed):
        printed = ""  # one word in small letters ("nips") is a key of a dump, no name
    kind = given.kind if given.kind in KIND_LABELS else kind_of(given.kind or record.type)
    if kind == TYPE_KINDS.get(paper.type) or (kind == "document" and paper.type):
        kind = ""
    genre = work.text("genre", given.genre, ()) if given.genre else genre_of(record.type)
    if given is UNPUBLISHED or given == UNPUBLISHED:
        known = kind or genre or printed
        return Publication(kind, genre, printed) if known else UNPUBLISHED
    texts = {
        field: work.text(field, value, ()) for field in _PLAIN if (value := getattr(given, field))
    }
    editors: list[Author] = []
    for editor in given.editors[:MOST_EDITORS]:
        name = names.unmarked(names.spelled_out(work.text("editors", editor.name, ())))
        if name and not names.is_nobody(name) and not names.is_others(name):
            editors.append(clean_author(editor, name, work))
    subjects = (work.text("subjects", subject, ()) for subject in given.subjects[:1000])
    return Publication(
        kind=kind,
        genre=genre,
        venue_printed=printed,
        pages=clean_pages(work.text("pages", given.pages, ())) if given.pages else "",
        date=_date(given.date, paper.year, work) if given.date else "",
        language=_checked(language_of, BAD_LANGUAGE, "language", given.language, work),
        pdf_url=work.url(given.pdf_url),
        editors=tuple(editors),
        retracted=given.retracted,
        subjects=tuple(dict.fromkeys(subject for subject in subjects if subject)),
        **texts,
    )


def clean_pages(text: str) -> str:
    """Returns pages with one hyphen between first and last and no word before them.

    >>> clean_pages("pp. 45--67"), clean_pages("S12 – S20"), clean_pages("7-7")
    ('45-67', 'S12-S20', '7')
    """
    plain = _DASH.sub("-", _PAGE_WORD.sub("", text.strip())).strip(" \t\r\n-,.;+")
    same = _SAME.fullmatch(plain)
    return same[1] if same else plain


def _date(text: str, year: int | None, work: Work) -> str:
    date = _checked(iso_date, BAD_DATE, "date", text, work)
    if year is not None and not date.startswith(str(year)):
        return work.change("date of another year, dropped", "date", date, "")
    return "" if date == str(year or "") else date


def _checked(read: Callable[[str], str], rule: str, field: str, text: str, work: Work) -> str:
    """Returns what a field reads as; a text that reads as nothing is dropped and noted."""
    if not text.strip():
        return ""
    return read(text) or work.change(rule, field, text[:200], "")
