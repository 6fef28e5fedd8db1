"""What a leaf of a query asks for, after analysis.

Terms are small values, equal when they mean the same, so that they are keys of caches and sets.

Every scoring term comes down to one virtual list of postings, whatever it is made of: a paper
holds it or not, and so many times in each field (`postings`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from indexer.query import HasField, Position, TextField, ValueField
from indexer.text.folding import fold


@dataclass(frozen=True, slots=True)
class StemTerm:
    """A word by its stem in title and abstract, by itself in names.

    Attributes:
        word: the folded surface form. exact: title and abstract must hold this form, too.
    """

    stem: str
    word: str
    field: TextField | None = None
    exact: bool = False


Way = tuple[str, ...]
"""Words at consecutive positions."""


@dataclass(frozen=True, slots=True)
class CompoundTerm:
    """A word that is written joined, with hyphens or apart: "noninvasive", "non-invasive".

    Attributes:
        ways: the joined word, and its parts for each way to part it, for names: one name must
            hold all words of one way.
        text_ways: the same for title and abstract: stems, or the words where `exact`.
    """

    ways: tuple[Way, ...]
    text_ways: tuple[Way, ...]
    field: TextField | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class PhraseTerm:
    """Surface words next to each other, in order.

    Attributes:
        steps: for each step the ways to take it; more than one only for a compound:
            ``((("deep",),), (("non", "invasive"), ("noninvasive",)))``.
    """

    steps: tuple[tuple[Way, ...], ...]
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class NearTerm:
    """Surface words in any order, with at most `slop` other words between them.

    Attributes:
        readings: the words, with compounds in parts, and (where that differs) joined.
    """

    readings: tuple[Way, ...]
    slop: int
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class UnionTerm:
    """Any of these surface words: what a wildcard or a fuzzy word stands for in this index.

    Attributes:
        words: of title and abstract. names: of author names.
    """

    words: tuple[str, ...]
    names: tuple[str, ...]
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class NameTerm:
    """One author whose name has all these words.

    Attributes:
        words: folded, joined forms left out.
        spelled: the German spelling of each word that was typed with an umlaut, else the word.
        opened: an initial stands for a name that begins so, and the reverse.
        key: for an exact name its `name_key`; the words are then void.
    """

    words: tuple[str, ...]
    position: Position = Position.ANY
    opened: bool = True
    key: str | None = None
    spelled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueTerm:
    """Venue, type or id equal to this folded text; `indexer.text.fold` and spaces collapsed.

    Of a record field it is the words that one value must have, parted by spaces
    (`indexer.record.record_fields.record_words`).
    """

    field: ValueField
    folded: str


@dataclass(frozen=True, slots=True)
class IdsTerm:
    """Papers with one of these ids.

    Attributes:
        name: what the ids have in common, for caches: the same within a generation.
        ids: as the papers have them.
    """

    name: str
    ids: tuple[str, ...] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class YearsTerm:
    """Years from `low` to `high`; None is open."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class HasTerm:
    """Papers that have this field."""

    field: HasField


@dataclass(frozen=True, slots=True)
class EveryTerm:
    """Every paper."""


TextTerm = StemTerm | CompoundTerm | PhraseTerm | NearTerm | UnionTerm | NameTerm
SetTerm = ValueTerm | IdsTerm | YearsTerm | HasTerm | EveryTerm


def value_key(value: str) -> str:
    """Folds a venue, type or id for comparison without case and accents, spaces collapsed."""
    return " ".join(fold(value).text.casefold().split())


def term_label(term: TextTerm) -> str:
    """Returns a term in words for the reader.

    >>> term_label(PhraseTerm(((("deep",),), (("learning",),))))
    '"deep learning"'
    """
    match term:
        case StemTerm(stem, word, _, exact):
            return word if exact else stem
        case CompoundTerm(ways):
            return ways[0][0] if len(ways[0]) == 1 else "-".join(ways[0])
        case NameTerm(words, key=key):
            return key if key is not None else " ".join(words)
        case PhraseTerm(steps):
            return '"' + " ".join(word for step in steps for word in step[-1]) + '"'
        case NearTerm(readings, slop):
            return '"' + " ".join(readings[0]) + f'"~{slop}'
        case UnionTerm(union, names):
            every = sorted({*union, *names})
            return every[0] if len(every) == 1 else f"any of {len(every):,} words"
