"""A bibliography of any kind, split into its references: .bib, .ris, CSL-JSON or a pasted list.

Files are read by the formats that dumps are read by; a text that is none of them is a list, one
reference a line, a paragraph or a number.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from indexer.citation.person import person_of
from indexer.cleaning.clean_record import clean
from indexer.cleaning.venues import load_venues
from indexer.errors import RecordError
from indexer.formats import detect, load_formats
from indexer.intake.dump import Dump, decode
from indexer.intake.record import Deletion, Notice, Read
from indexer.paper import Paper, unnumbered
from indexer.record.identifier_forms import Identifier
from indexer.references.parse import ParsedReference, parse_reference, words_of

MAX_REFERENCES: Final = 20_000
"""References of one file that are read."""
_STRUCTURED = re.compile(r"^\s*@\s*\w+\s*[{(]|^TY  ?-|^%0 |^\s*[\[{]|^\s*<", re.MULTILINE)
_NUMBERED = re.compile(r"^\s*(?:\[\w{1,12}\+?\]|\(\d{1,3}\)|\d{1,3}\.(?=\s))\s*", re.MULTILINE)
_START = re.compile(r"[\[({]?[\w\"“@À-ÿ]")


@dataclass(frozen=True, slots=True)
class GivenReference:
    """One reference of a bibliography.

    Attributes:
        number: its place, from 1.
        reference: what it says.
        paper: its record, where the bibliography has fields; None for one in a pasted list.
        fault: why it could not be read; empty where it could.
    """

    number: int
    reference: ParsedReference
    paper: Paper | None = None
    fault: str = ""


def read_bibliography(
    data: bytes, name: str = "-", *, limit: int = MAX_REFERENCES
) -> tuple[GivenReference, ...]:
    """Returns the references of a file or of a pasted text, in order.

    Args:
        data: the file's bytes; UTF-8 or one of the encodings that dumps come in.
        name: of the file, for reports.
        limit: most references to read.

    Raises:
        DumpError: when a file that looks like one of a format cannot be read as such.
    """
    text = "\n".join(decode(line) for line in data.splitlines())
    references = _recorded(data, name) if _STRUCTURED.search(text[:20_000]) else None
    given = list(references) if references is not None else []
    if not given:
        given = [GivenReference(0, parse_reference(item)) for item in split_list(text)]
    return tuple(
        replace(reference, number=number) for number, reference in enumerate(given[:limit], 1)
    )


def split_list(text: str) -> tuple[str, ...]:
    r"""Returns the references of a pasted list.

    Numbers at the beginnings of lines part them; without numbers, empty lines do; without these,
    each line is one.

    >>> split_list("[1] A. Author, One.\n2020.\n[2] B. Author, Two. 2021.")
    ('A. Author, One.\n2020.', 'B. Author, Two. 2021.')
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(_NUMBERED.findall(text)) > 1 and _NUMBERED.match(text):
        pieces = _NUMBERED.split(text)
    elif re.search(r"\n\s*\n", text):
        pieces = re.split(r"\n\s*\n", text)
    else:
        pieces = text.split("\n")
    return tuple(piece.strip() for piece in pieces if len(words_of(piece)) > 1)


def _recorded(data: bytes, name: str) -> Iterator[GivenReference] | None:
    dump = Dump(name, io.BytesIO(data))
    chosen = detect(dump, load_formats())
    if chosen is None:
        return None
    return _records(dump, chosen.read(dump))


def _records(dump: Dump, items: Iterable[Read]) -> Iterator[GivenReference]:
    venues, this_year = load_venues(), datetime.now(UTC).year
    for item in items:
        if isinstance(item, Notice | Deletion):
            continue
        try:
            if isinstance(item, RecordError):
                raise item
            paper = clean(item, dump.name, venues, this_year=this_year).paper
        except RecordError as error:
            yield GivenReference(0, parse_reference(""), fault=str(error))
            continue
        yield GivenReference(0, reference_of(paper), paper)


def reference_of(paper: Paper) -> ParsedReference:
    """Returns what a record says, as a reference."""
    families = (person_of(unnumbered(name)).family for name in paper.authors)
    line = " ".join((*families, paper.title, paper.venue))
    identifiers = [Identifier("doi", paper.doi)] if paper.doi else []
    identifiers += [
        Identifier(scheme, value)
        for scheme, value in paper.identifiers
        if scheme in ("arxiv", "pmid", "pmcid", "acl", "openreview", "openalex", "s2", "dblp")
    ]
    return ParsedReference(
        text=f"{', '.join(paper.authors)} ({paper.year}). {paper.title}",
        titles=(paper.title,),
        year=paper.year,
        years=(paper.year,) if paper.year else (),
        pages=paper.publication.pages,
        identifiers=tuple(identifiers),
        key=paper.identifier("citekey"),
        words=words_of(line),
    )
