"""What a format reads from a dump: records as they stand there, and remarks about them.

A `Record` is raw: nothing in it is clean, and only `indexer.cleaning.clean_record` turns it into a
`Paper`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from indexer.author import Author
from indexer.errors import RecordError
from indexer.publication import UNPUBLISHED, Publication

MOST_AUTHORS: Final = 10_000
"""Most authors of a paper; the largest collaborations have some 5,000."""
AUTHORS_READ: Final = MOST_AUTHORS + 1
"""Names of one list that a format need read: one more says that the list goes on."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as its dump has it.

    A field that the dump lacks stays empty. Formats undo only what is their own syntax (TeX
    accents of BibTeX, inverted abstracts of OpenAlex); all other mending is the business of
    `indexer.cleaning.clean_record`.

    Attributes:
        line: where the record begins in its dump, from 1.
        id: an identifier that is unique beyond this dump ("0704.0001", "nips2018-11127");
            never a mere citation key or a running number.
        authors: one name an item, in order.
        year: a number or a text that holds one ("2019-05-01").
        type: in the words of the dump ("inproceedings"); `indexer.cleaning.clean_record` maps it.
        doi: with or without resolver.
        authors_complete: False where the dump is known to cut the list short.
        author_details: empty, or one for each of `authors`, what the dump knows of them.
        identifiers: (scheme, value) pairs in any order and form, without the DOI.
        publication: its texts as the dump has them: a kind in the words of the dump (empty where
            `type` says it), any form of date, pages, language; no `venue_printed`, which is made
            of `venue`.
    """

    line: int
    title: str
    id: str = ""
    abstract: str = ""
    authors: tuple[str, ...] = ()
    venue: str = ""
    year: int | str | None = None
    type: str = ""
    doi: str = ""
    url: str = ""
    keywords: tuple[str, ...] = ()
    authors_complete: bool = True
    author_details: tuple[Author, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    publication: Publication = UNPUBLISHED


class Unread(RecordError):  # noqa: N818 - what it is, a record not read
    """A record that could not be parsed, with its text, so that a person can mend it.

    Attributes:
        raw: the record as it stands in the dump.
    """

    def __init__(self, source: str, line: int, reason: str, raw: str) -> None:
        """Keeps the text of the record."""
        super().__init__(source, line, reason)
        self.raw = raw


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark about a dump that is no fault of one record ("declares 82 papers, holds 81").

    Attributes:
        source: the dump.
        line: from 1, or 0 where a line makes no sense.
    """

    source: str
    line: int
    text: str

    def __str__(self) -> str:
        """Words it as ``source:line: text`` (no line when it is 0)."""
        where = f"{self.source}:{self.line}" if self.line else self.source
        return f"{where}: {self.text}"


PAPER_ID: Final = "id"
"""Stands for a scheme where a deletion names a paper by its id."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """A mark that the source of a dump deleted a record (OAI-PMH 2.0, section 2.5.1).

    Attributes:
        source: the dump.
        line: from 1.
        identifiers: pairs of scheme and value by which the record was known ("oai", "arxiv", or
            `PAPER_ID`).
    """

    source: str
    line: int
    identifiers: tuple[tuple[str, str], ...]


Read = Record | RecordError | Notice | Deletion
"""What reading a dump gives, in the order of the dump."""
