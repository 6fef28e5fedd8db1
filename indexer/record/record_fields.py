"""Fields of a record that are searched by words: affiliation, ORCID iD, subject, language, kind.

Each of these fields has values, such as one affiliation of an author or one subject heading. A
query names words, and a paper matches where one value has all of them, in any order: "University
of York" is not found in a paper from New York and another university. A paper's values are written
as keys, ``field:word``, which are the terms of both backends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final, get_args

from indexer.analysis import plain_words
from indexer.author import Author
from indexer.cleaning.kinds import kind_of
from indexer.cleaning.languages import language_of
from indexer.paper import Paper
from indexer.publication import KIND_LABELS
from indexer.query import RecordField
from indexer.record.identifiers import orcid_of

RECORD_FIELDS: Final[tuple[RecordField, ...]] = get_args(RecordField)
MAX_WORDS: Final = 64
"""Words of one value that are searchable; affiliations that repeat an address are longer."""
MAX_WORD: Final = 64
"""Characters of one word of a value; longer ones are cut."""
_LABELS: Final = {label.casefold(): kind for kind, label in KIND_LABELS.items()}

RecordValue = tuple[str, ...]
"""The keys of one value, rising, each once."""


class RecordValueReader:
    """Reads the values of papers; remembers the words of values that occur again and again."""

    def __init__(self) -> None:
        """Begins with nothing remembered."""
        self._known: dict[tuple[RecordField, str], RecordValue] = {}

    def values(self, paper: Paper) -> tuple[RecordValue, ...]:
        """Returns the distinct values of a paper, rising; values without a word are left out."""
        folded_values = {self._value(field, text) for field, text in _texts(paper)}
        return tuple(sorted(value for value in folded_values if value))

    def _value(self, field: RecordField, text: str) -> RecordValue:
        known = self._known
        value = known.get((field, text))
        if value is None:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            # A kind is one of CSL's already, and "article" means something else to people.
            words = (text,) if field == "kind" else record_words(field, text)[:MAX_WORDS]
            value = known[field, text] = record_keys(field, words)
        return value


_MOST_KNOWN: Final = 1 << 15
"""Values that are remembered, a few MB."""


def record_values(paper: Paper) -> tuple[RecordValue, ...]:
    """Returns the distinct values of one paper, see `RecordValueReader.values`."""
    return RecordValueReader().values(paper)


def record_words(field: RecordField, text: str) -> tuple[str, ...]:
    """Returns the words by which a value is found; empty where it has none.

    A language is the ranges of its tag ("Brazilian" is "pt" and "pt-br"), a kind its item type of
    CSL ("PhD thesis" is "thesis"), an ORCID iD its digits in groups; all else is cut into words.

    >>> record_words("affiliation", "École Polytechnique"), record_words("language", "pt-BR")
    (('ecole', 'polytechnique'), ('pt', 'pt-br'))
    """
    match field:
        case "orcid":
            orcid = orcid_of(text)
            return (orcid,) if orcid else plain_words(text)
        case "language":
            tag = language_of(text)
            tags = accumulate(tag.casefold().split("-"), "{}-{}".format)  # RFC 4647, 3.3.1
            return tuple(tags) if tag else plain_words(text)
        case "kind":
            kind = kind_named(text)
            return (kind,) if kind else plain_words(text)
    return tuple(word[:MAX_WORD] for word in plain_words(text))


def kind_named(text: str) -> str:
    """Returns the item type of CSL that a text names; empty where it names none.

    >>> kind_named("Book Chapter"), kind_named("chapter"), kind_named("PhD thesis")
    ('chapter', 'chapter', 'thesis')
    """
    folded = " ".join(text.casefold().split())
    if folded in KIND_LABELS and folded != "article":  # CSL calls a preprint so
        return folded
    return _LABELS.get(folded) or kind_of(text)


def record_keys(field: RecordField, words: Sequence[str]) -> RecordValue:
    """Returns the keys of words of one value."""
    return tuple(sorted({f"{field}:{word}" for word in words}))


def _texts(paper: Paper) -> Iterator[tuple[RecordField, str]]:
    people: tuple[Author, ...] = (*paper.author_details, *paper.publication.editors)
    for person in people:
        if person.orcid:
            yield "orcid", person.orcid
        for affiliation in person.affiliations:
            yield "affiliation", affiliation
    for subject in (*paper.publication.subjects, *paper.keywords):
        yield "subject", subject
    if paper.publication.language:
        yield "language", paper.publication.language
    if paper.kind:
        yield "kind", paper.kind
