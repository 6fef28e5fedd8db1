"""What one leaf of a query says to this collection: the terms or the test it comes down to.

Words are cut and folded like the texts. A word that was seen written with a hyphen is asked for in
all its spellings; a pattern stands for the words of the lexicon that fit it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from indexer.analysis import (
    STOP_ABBREVIATIONS,
    Analyzer,
    german_spelling,
    name_tokens,
    open_word,
)
from indexer.authors.person_papers import PersonPapers
from indexer.budget import DEFAULT
from indexer.highlighting.spans import WORD
from indexer.paper import name_key
from indexer.query import (
    AuthorName,
    Fuzzy,
    Has,
    Leaf,
    LikelyPerson,
    Phrase,
    Position,
    TextField,
    Value,
    ValueField,
    Wildcard,
    Word,
    Years,
)
from indexer.query_analysis.terms import (
    CompoundTerm,
    HasTerm,
    IdsTerm,
    NameTerm,
    NearTerm,
    PhraseTerm,
    SetTerm,
    StemTerm,
    TextTerm,
    ValueTerm,
    Way,
    YearsTerm,
    value_key,
)
from indexer.record.identifier_forms import identifier_key
from indexer.record.record_fields import RECORD_FIELDS, record_words
from indexer.text.folding import fold
from indexer.text.scripts import is_unspaced, without_particle
from indexer.text.word_forms import other_forms

STOP_NOTE = "stop word: not asked for"
EMPTY_NOTE = "nothing to look for"
NO_YEAR_NOTE = "no year: no paper matches it"
JOINED_NOTE = "read as one word: "
NAME_NOTE = "read as an author's name: "
PARTICLE_NOTE = "read without its particle: "
_DOTTED = re.compile(r"(?:[^\W\d_]\.){1,4}[^\W\d_]\.?")
ROW_NOTE = "read as words in a row: {}"
FORMS_NOTE = "also finds {}; in quotation marks only as typed"


@dataclass(frozen=True, slots=True)
class Expansion:
    """The words a pattern stands for, those first that most papers hold, of equals by alphabet.

    Attributes:
        words: as many as a pattern may have.
        total: how many there are.
    """

    words: tuple[str, ...]
    total: int


NO_WORDS: Final = Expansion((), 0)


class Vocabulary(Protocol):
    """What reading needs to know of a collection."""

    @property
    def analyzer(self) -> Analyzer:
        """How its texts were cut into words."""

    def stem(self, word: str) -> str:
        """Returns the stem of a folded word."""

    def partings(self, word: str) -> tuple[Way, ...]:
        """Returns every way a plain word was parted by hyphens, rising."""

    def named(self, words: Way) -> bool:
        """Returns whether these folded words are an author's whole name, but for a number."""

    def fitting(self, pattern: str, *, names: bool) -> Expansion:
        """Expands a wildcard pattern over the words of texts, or of names."""

    def close(self, word: str, distance: int, *, names: bool) -> Expansion:
        """Expands a fuzzy word likewise."""

    def labelled(self, label: str) -> tuple[str, ...]:
        """Returns the ids of the papers with a label of a review; "any" stands for each label."""

    def papers_of_person(self, key: str, number: int) -> PersonPapers:
        """Returns the papers of one of the likely people of a `name_key`."""


@dataclass(frozen=True, slots=True)
class LeafReading:
    """One leaf, read.

    Attributes:
        terms: what must be found, all of it; the score is the sum of theirs times `boost`.
        parts: for each term, the words that a compound typed with hyphens is made of; they take
            no part in matching and score only where words may be missing.
        test: for a leaf about the record instead: what must hold; it scores nothing.
        stop: it is a word of nothing but stop words.
        note: what the receipt should say.
    """

    leaf: Leaf
    terms: tuple[TextTerm, ...] = ()
    test: SetTerm | None = None
    boost: float = 1.0
    stop: bool = False
    note: str = ""
    parts: tuple[tuple[StemTerm, ...], ...] = ()

    @property
    def speaks(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.terms) or self.test is not None


@dataclass(frozen=True, slots=True)
class _Slot:
    """One raw word of a query: the ways to say it, its parts, and its joined form or nothing."""

    ways: tuple[Way, ...]
    parts: Way
    joined: str


def read_leaf(  # noqa: PLR0911 - one a kind of leaf
    leaf: Leaf, vocabulary: Vocabulary, *, phrase_words: int = DEFAULT.phrase_words
) -> LeafReading:
    """Reads a leaf that is no pattern (these are read together, see `expansion_shares`).

    Never raises but ValueError for a pattern.

    Args:
        leaf: of a query.
        vocabulary: of the collection.
        phrase_words: most words of a phrase; the rest of it is not asked for.
    """
    match leaf:
        case Word():
            return _word(leaf, vocabulary)
        case Phrase():
            return _phrase(leaf, vocabulary, phrase_words)
        case Wildcard() | Fuzzy():
            raise ValueError("patterns are read by expansion_shares.read_patterns")
        case AuthorName(name, position, exact):
            if exact:
                key = name_key(name)
                term = NameTerm((), position, key=key) if key else None
            else:
                term = _name(name, position)
            return _of_terms(leaf, (term,) if term else ())
        case LikelyPerson(name, number):
            person = vocabulary.papers_of_person(name_key(name), number)
            test = IdsTerm(f"person:{number}:{name_key(name)}", person.ids)
            return LeafReading(leaf, (), test, note=person.note)
        case Value("year", _):
            return LeafReading(leaf, (), YearsTerm(1, 0), note=NO_YEAR_NOTE)
        case Value("label", label):
            return _of_test(leaf, IdsTerm(f"label:{label}", vocabulary.labelled(label)))
        case Value(field, value):
            key = _value_key(field, value)
            return _of_test(leaf, ValueTerm(field, key) if key else None)
        case Years(low, high):
            return _of_test(leaf, YearsTerm(low, high))
        case Has(field):
            return _of_test(leaf, HasTerm(field))


def _value_key(field: ValueField, value: str) -> str:
    """Returns what `ValueTerm.folded` is for a value; empty where it has nothing to look for."""
    if field == "identifier":
        return identifier_key(value)
    if field in RECORD_FIELDS:
        return " ".join(record_words(field, value))
    return value_key(value)


def _of_terms(
    leaf: Leaf, terms: tuple[TextTerm, ...], boost: float = 1.0, *, stop: bool = False
) -> LeafReading:
    return LeafReading(leaf, terms, None, boost, stop, "" if terms else EMPTY_NOTE)


def _of_test(leaf: Leaf, test: SetTerm | None) -> LeafReading:
    return LeafReading(leaf, (), test, note="" if test else EMPTY_NOTE)


def _name(text: str, position: Position = Position.ANY, *, opened: bool = True) -> NameTerm | None:
    tokens = name_tokens(text)
    words = tuple(token.word for token in tokens if not token.joined)
    spelled = tuple(german_spelling(tokens))
    return NameTerm(words, position, opened, spelled=spelled) if words else None


def _raw_words(text: str) -> list[str]:
    if _DOTTED.fullmatch(text):  # texts have "U.S." as "us", names "S.V.N." as "s v n"
        text = text.strip(".").replace(".", "-")
    return WORD.findall(fold(text, umlauts=True).text)


def _words_in(raw: str) -> int:
    """Counts the slots of a raw word."""
    parts, joined = open_word(raw)
    return 1 if joined else len(parts)


def _slots(raws: Sequence[str], vocabulary: Vocabulary) -> list[_Slot]:
    slots: list[_Slot] = []
    for raw in raws:
        parts, joined = open_word(raw)
        if joined:
            slots.append(_Slot(((joined,), parts), parts, joined))
        elif len(parts) > 1:
            slots += [_Slot(((part,),), (part,), "") for part in parts]
        else:
            slots.append(_Slot((parts, *vocabulary.partings(parts[0])), parts, ""))
    return slots


def _word(leaf: Word, vocabulary: Vocabulary) -> LeafReading:
    slots = _slots(_raw_words(leaf.text), vocabulary)
    stops = vocabulary.analyzer.stop_words
    slight = [_is_slight(slot, stops) for slot in slots]
    asked = [
        slot
        for at, slot in enumerate(slots)
        if slot.joined or slot.parts[0] not in stops or _has_neighbour(slight, at)
    ]
    if not leaf.exact and leaf.text.casefold().rstrip(".") in STOP_ABBREVIATIONS:
        asked = []
    stop = bool(slots) and not asked and not leaf.exact
    if leaf.field == "author":
        name = _name(leaf.text, opened=not leaf.exact)
        return _of_terms(leaf, (name,) if name else (), leaf.boost, stop=stop)
    terms: list[TextTerm] = []
    parts: list[tuple[StemTerm, ...]] = []
    note = ""
    for group in _side_by_side(asked or slots, stops):
        if len(group) == 1:
            terms.append(_slot_term(group[0], leaf.field, vocabulary, exact=leaf.exact))
            parts.append(_parts(group[0], leaf, vocabulary) if asked else ())
            continue
        if not is_unspaced(group[0].parts[0]):
            terms.append(PhraseTerm(tuple(slot.ways for slot in group), leaf.field))
            parts.append(())
            note = ROW_NOTE.format(" ".join(slot.parts[0] for slot in group))
            continue
        word = "".join(slot.parts[0] for slot in group)
        kept = word if leaf.exact else without_particle(word)
        note = PARTICLE_NOTE + kept if kept != word else note
        terms.append(PhraseTerm(tuple(slot.ways for slot in group[: len(kept)]), leaf.field))
        parts.append(())
    if not leaf.exact and vocabulary.analyzer.stemming and len(slots) == len(terms) == 1:
        forms = other_forms(slots[0].parts[0]) if len(slots[0].parts) == 1 else ()
        note = FORMS_NOTE.format(", ".join(forms)) if forms else note
    reading = _of_terms(leaf, tuple(terms), leaf.boost, stop=stop)
    return replace(reading, parts=tuple(parts) if any(parts) else (), note=reading.note or note)


def _is_slight(slot: _Slot, stops: frozenset[str]) -> bool:
    """Whether a slot means little alone: a letter or two, or a stop word, as in "A/B", "AT&T"."""
    word = slot.parts[0]
    is_whole = len(slot.parts) == 1 and not slot.joined
    return is_whole and not is_unspaced(word) and (len(word) <= 2 or word in stops)


def _has_neighbour(slight: list[bool], at: int) -> bool:
    """Whether the slot at a place is slight and stands beside another that is."""
    return slight[at] and any(slight[max(0, at - 1) : at] + slight[at + 1 : at + 2])


def _side_by_side(slots: Sequence[_Slot], stops: frozenset[str]) -> list[list[_Slot]]:
    """Groups what is asked for in a row, every other slot alone.

    In a row are the characters of words that are sequences of characters, and slight words that a
    sign parts: "AT&T", "I/O", "SE(3)".
    """

    def kind(slot: _Slot) -> str:
        if len(slot.parts) == 1 and is_unspaced(slot.parts[0]):
            return "character"
        return "slight" if _is_slight(slot, stops) else ""

    groups: list[list[_Slot]] = []
    for slot in slots:
        if groups and kind(slot) and kind(slot) == kind(groups[-1][-1]):
            groups[-1].append(slot)
        else:
            groups.append([slot])
    return groups


def _parts(slot: _Slot, leaf: Word, vocabulary: Vocabulary) -> tuple[StemTerm, ...]:
    """Returns the words of a compound as terms of their own; none where it has one or is exact."""
    if len(slot.parts) < 2 or leaf.exact:
        return ()
    stops = vocabulary.analyzer.stop_words
    asked = (part for part in slot.parts if part not in stops)
    return tuple(StemTerm(vocabulary.stem(part), part, leaf.field) for part in asked)


def _slot_term(
    slot: _Slot, field: TextField | None, vocabulary: Vocabulary, *, exact: bool
) -> TextTerm:
    if len(slot.ways) == 1 and len(slot.ways[0]) == 1:
        word = slot.ways[0][0]
        return StemTerm(vocabulary.stem(word), word, field, exact)
    ways = slot.ways
    if not exact:
        ways = tuple(tuple(vocabulary.stem(word) for word in way) for way in ways)
    return CompoundTerm(slot.ways, ways, field, exact)


def _phrase(leaf: Phrase, vocabulary: Vocabulary, most: int) -> LeafReading:
    raws = _raw_words(leaf.text)
    slots = _slots(raws[:most], vocabulary)
    total = len(slots) + sum(map(_words_in, raws[most:]))
    note = f"stopped at {most:,} of {total:,} words" if total > most else ""
    slots = slots[:most]
    if not slots:
        return _of_terms(leaf, ())
    term: TextTerm
    if len(slots) == 1:
        term = _slot_term(slots[0], leaf.field, vocabulary, exact=True)
    elif leaf.slop <= 0:
        term = PhraseTerm(tuple(slot.ways for slot in slots), leaf.field)
    else:
        parted = tuple(word for slot in slots for word in slot.parts)
        joined = tuple(
            word for slot in slots for word in ((slot.joined,) if slot.joined else slot.parts)
        )
        readings = (parted,) if parted == joined else (parted, joined)
        term = NearTerm(readings, leaf.slop, leaf.field)
    return LeafReading(leaf, (term,), None, leaf.boost, note=note)
