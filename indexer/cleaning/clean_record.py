"""Mend what dumps do to records, once and in one place, and say what was mended.

Every rule is guarded by a test that costs next to nothing, so that clean text passes quickly. TeX
stays as it is: `indexer.text.folding` folds it for matching and the web renders it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from indexer.author import Author
from indexer.cleaning import markup, names
from indexer.cleaning.author_details import BAD_IDENTIFIER, clean_details
from indexer.cleaning.bibliography import (
    BAD_DATE,
    BAD_LANGUAGE,
    clean_identifiers,
    clean_publication,
)
from indexer.cleaning.characters import mend_characters, one_line
from indexer.cleaning.dates import iso_date
from indexer.cleaning.kinds import paper_type
from indexer.cleaning.venues import Venues
from indexer.errors import RecordError
from indexer.intake.record import MOST_AUTHORS, Record
from indexer.paper import Paper, paper_id
from indexer.publication import UNPUBLISHED

EARLIEST_YEAR: Final = 1500
LONGEST_TEXT: Final = 200_000
"""Most characters of an abstract; of all texts, what follows is cut off and said."""
LONGEST_TITLE: Final = 5_000
LONGEST_NAME: Final = 500
"""Most characters of the name of an author or a venue, of a keyword, a DOI, an address."""
MOST_KEYWORDS: Final = 1_000
LONGEST_ID: Final = 200
TOO_LONG, BAD_YEAR = "text too long, cut off", "impossible year, taken as missing"
BAD_DOI, BAD_URL = "no DOI, taken as missing", "no web address, taken as missing"
LOSSES: Final = frozenset(
    (TOO_LONG, BAD_YEAR, BAD_DOI, BAD_URL, BAD_DATE, BAD_IDENTIFIER, BAD_LANGUAGE)
)
"""The rules that drop what they cannot mend."""

_DOI = re.compile(r"10\.\d{3,9}(?:\.\d+)*/\S+")
_TORN = re.compile(r"(?<=[_./-])\s+|\s+(?=[_./-])")
_URL = re.compile(r"https?://[^\s/?#]+[^\s<>\"]*", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_NO_TEXT = re.compile(
    r"\W*(?:n/?a|none|nan|null|unknown|untitled|"
    r"(?:an? |the )?(?:abstract|title|summary)?\s*(?:is )?(?:not|un|no)\s*-?\s*"
    r"(?:available|provided|given|abstract|title)(?: available| provided)?)\W*",
    re.IGNORECASE,
)
_LONGEST = {"abstract": LONGEST_TEXT} | dict.fromkeys(
    ("title", "affiliations", "note", "original_title"), LONGEST_TITLE
)
_SMALL = frozenset(
    "a an and as at by for from in into of on or over the to under via vs with".split()
)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a rule changed in a record.

    Attributes:
        rule: what was mended ("HTML entities").
        field: of the paper.
        before, after: the field, whole; see `cut`.
    """

    rule: str
    field: str
    before: str
    after: str

    @property
    def is_loss(self) -> bool:
        """Whether something could not be mended and was dropped; worth a warning."""
        return self.rule in LOSSES

    def cut(self, around: int = 30) -> Change:
        """Returns the change with no more of the field than shows it, for reports."""
        pairs = enumerate(zip(self.before, self.after, strict=False))
        same = min(len(self.before), len(self.after))
        at = next((place for place, (one, other) in pairs if one != other), same)
        shown = slice(max(at - around, 0), at + around)
        return Change(self.rule, self.field, self.before[shown], self.after[shown])


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A paper and how its record was mended.

    Attributes:
        changes: in the order they were made.
    """

    paper: Paper
    changes: tuple[Change, ...] = ()


def clean(record: Record, source: str, venues: Venues, *, this_year: int) -> Cleaned:
    """Makes a paper of a record.

    Args:
        record: as a format read it.
        source: name of the dump, for `Paper.source` and errors.
        venues: the table of canonical names.
        this_year: CE; a year after the next one is taken for an error.

    Raises:
        RecordError: when the record has no title, for then it is no paper.
    """
    work = _Cleaning()
    title = work.text("title", record.title, _TITLE_RULES)
    if not title:
        raise RecordError(source, record.line, "the record has no title")
    abstract = work.text("abstract", record.abstract, _ABSTRACT_RULES)
    if title.isupper():
        title = work.change("all capitals", "title", title, recased(title, abstract))
    authors, details, complete = work.authors(record.authors, record.author_details)
    printed = work.text("venue", record.venue, ())
    identifiers = clean_identifiers(record.identifiers, work)
    venue = venues.canonical(printed) or venues.identified(identifiers)
    venue = work.change("venue name", "venue", printed, venue)
    year = work.year(record.year, this_year)
    doi = work.doi(record.doi)
    paper = Paper(
        id=_id(record.id) or doi or paper_id(title, authors, venues.name_in_ids(printed), year),
        title=title,
        abstract=abstract,
        authors=authors,
        venue=venue,
        year=year,
        type=paper_type(record.type) or venues.types.get(venue, ""),
        doi=doi,
        url=work.url(record.url),
        keywords=work.keywords(record.keywords),
        authors_complete=record.authors_complete and complete,
        source=f"{source}:{record.line}",
        author_details=details,
        identifiers=identifiers,
    )
    publication = clean_publication(record, paper, printed, work)
    if publication is not UNPUBLISHED:
        paper = replace(paper, publication=publication)
    return Cleaned(paper, tuple(work.changes))


class _Cleaning:
    """The cleaning of one record: its changes gather here."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def change(self, rule: str, field: str, before: str, after: str) -> str:
        """Notes a change, if it is one, and returns the text as it is now."""
        if before != after:
            self.changes.append(Change(rule, field, before, after))
        return after

    def text(self, field: str, text: str, rules: tuple[Rule, ...]) -> str:
        """Applies the rules that every text passes, then those of its field."""
        if is_plain(text):
            mended = text
        else:
            mended = text[: LONGEST_TEXT * 2]  # before white space is taken out
            for rule, apply in _TEXT_RULES:
                mended = self.change(rule, field, mended, apply(mended))
        for rule, apply in rules:
            mended = self.change(rule, field, mended, apply(mended))
        longest = _LONGEST.get(field, LONGEST_NAME)
        if len(mended) > longest:
            mended = self.change(TOO_LONG, field, mended, mended[:longest].rstrip())
        return mended

    def authors(
        self, given: tuple[str, ...], details: tuple[Author, ...]
    ) -> tuple[tuple[str, ...], tuple[Author, ...], bool]:
        """Cleans the list of authors with its details; says whether it is complete."""
        if details and len(details) == len(given):
            return self._detailed(given, details)
        kept, complete = self._listed(given)
        return kept, (), complete

    def _detailed(
        self, given: tuple[str, ...], details: tuple[Author, ...]
    ) -> tuple[tuple[str, ...], tuple[Author, ...], bool]:
        """Cleans authors of whom more than the name is known."""
        kept, complete = clean_details(
            given[:MOST_AUTHORS], details[:MOST_AUTHORS], self._listed, self
        )
        names_kept = tuple(author.name for author in kept)
        halved = self._names("doubled author list", names_kept, names.halved(names_kept))
        known = any(author.has_details for author in kept)
        complete = complete and len(given) <= MOST_AUTHORS
        return halved, kept[: len(halved)] if known else (), complete

    def _listed(self, given: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
        """Cleans a list of names; says whether it is complete."""
        if len(given) <= MOST_AUTHORS and all(map(names.is_usual, given)):
            return self._names("doubled author list", given, names.halved(given)), True
        given_names = self._names(
            "glued names", given[:MOST_AUTHORS], names.unglued(given[:MOST_AUTHORS])
        )
        before = tuple(
            name if is_plain(name) and len(name) <= LONGEST_NAME else self.text("authors", name, ())
            for name in given_names
        )
        complete = len(given) <= MOST_AUTHORS
        if before and names.is_others(before[-1]):
            before, complete = before[:-1], False
        kept = tuple(names.without_et_al(name) for name in before)
        complete = complete and kept == before
        kept = self._names("TeX in names", kept, tuple(names.spelled_out(name) for name in kept))
        kept = self._names("marks on names", kept, tuple(names.unmarked(name) for name in kept))
        real = tuple(name for name in kept if not names.is_nobody(name))
        kept = self._names("names that are none", kept, real)
        return self._names("doubled author list", kept, names.halved(kept)), complete

    def keywords(self, given: tuple[str, ...]) -> tuple[str, ...]:
        """Cleans keywords; what is nothing but marks of space is none."""
        cleaned = (self.text("keywords", keyword, ()) for keyword in given[:MOST_KEYWORDS])
        return tuple(text for text in cleaned if text)

    def _names(self, rule: str, before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
        if before != after:
            self.changes.append(Change(rule, "authors", "; ".join(before), "; ".join(after)))
        return after

    def year(self, given: int | str | None, this_year: int) -> int | None:
        """Reads a year; what is none, or out of range, is missing and warned of."""
        if given is None or given == "":
            return None
        text = str(given)[:LONGEST_NAME]
        match = _YEAR.search(text) or _YEAR.search(iso_date(text))
        year = int(match[0]) if match else None
        if year is not None and EARLIEST_YEAR <= year <= this_year + 1:
            return year
        self.change(BAD_YEAR, "year", str(given), "")
        return None

    def doi(self, given: str) -> str:
        """Normalises a DOI: no resolver, lower case (doi.org handbook, 2.4)."""
        if not given:
            return ""
        plain = given[:LONGEST_NAME].strip().replace("%2F", "/").replace("%2f", "/")
        match = _DOI.search(_TORN.sub("", plain))
        if match is None or not match[0].isprintable():
            return self.change(BAD_DOI, "doi", given, "")
        return self.change("DOI form", "doi", given, match[0].rstrip(".,;").lower())

    def url(self, given: str) -> str:
        """Keeps an address only if it is one of the web."""
        if not given:
            return ""
        plain = given.strip()
        if len(plain) <= 4 * LONGEST_NAME and _URL.fullmatch(plain) and plain.isprintable():
            return plain
        return self.change(BAD_URL, "url", given, "")


def is_plain(text: str) -> bool:
    """Returns whether no rule for texts can find anything in it: clean ASCII in one line."""
    return (
        text.isascii()
        and text.isprintable()
        and "&" not in text
        and "<" not in text
        and ">;" not in text
        and "  " not in text
        and "(cid:" not in text
        and text[:1] != " "
        and text[-1:] != " "
        and len(text) <= LONGEST_TEXT
    )


def recased(title: str, abstract: str) -> str:
    """Writes an all-capitals title of several words in title case.

    A word that the abstract writes with capitals of its own ("GAN", "LiDAR") is written so.
    """
    if len(title.split(" ")) < 4 or "\\" in title or "$" in title:
        return title
    known: dict[str, str] = {}
    for word in re.findall(r"[^\W\d_][\w-]*", abstract):
        if len(word) > 1 and not word[1:].islower():
            known.setdefault(word.upper(), word)
    return re.sub(r"[^\W\d_][\w'’]*(?:-[\w'’]+)*", lambda at: _cased(at, known), title)


def _cased(match: re.Match[str], known: dict[str, str]) -> str:
    word = match[0]
    if word in known:
        return known[word]
    parts = [known.get(part, part.capitalize()) for part in word.split("-")]
    cased = "-".join(parts)
    before = match.string[: match.start()].rstrip()
    first = not before or before.endswith((":", ".", "?"))
    return cased.lower() if cased.lower() in _SMALL and not first else cased


def dropped_if_no_text(text: str) -> str:
    """Drops what only says that there is nothing ("No abstract available.", "N/A")."""
    return "" if len(text) < 60 and _NO_TEXT.fullmatch(text) else text


def _id(given: str) -> str:
    plain = "_".join(given.split())
    if len(plain) > LONGEST_ID or not plain.isprintable():
        return ""
    return plain


Rule = tuple[str, Callable[[str], str]]
_TEXT_RULES: tuple[Rule, ...] = (
    ("HTML entities", markup.without_entities),
    ("characters", mend_characters),
    ("markup", markup.without_tags),
    ("white space", one_line),
)


def without_cell_quotes(title: str) -> str:
    """Returns a title without the quotes that a CSV file puts around a cell with a comma.

    >>> without_cell_quotes('"Fast, and ""safe"" robots"')
    'Fast, and "safe" robots'
    """
    inner = title[1:-1]
    quoted = len(title) > 2 and title[0] == title[-1] == '"' and "," in inner
    if not quoted or '"' in inner.replace('""', ""):
        return title
    return inner.replace('""', '"').strip()


_TITLE_RULES: tuple[Rule, ...] = (
    ("no title", dropped_if_no_text),
    ("quotes of a CSV cell", without_cell_quotes),
)
_ABSTRACT_RULES: tuple[Rule, ...] = (
    ("site boilerplate", markup.without_boilerplate),
    ("no abstract", dropped_if_no_text),
)
