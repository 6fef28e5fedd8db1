"""Did you mean: words of the index that are near a word which the index hardly knows.

Candidates come from the unstemmed vocabulary, so what is suggested is a word that papers hold. A
suggestion is a whole query, and only a search can say that it finds more: `corrected_queries`
gives the queries worth asking, best first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.language.unparse import format_clause
from indexer.query import And, AuthorName, Clause, Not, Or, Query, Word, Words
from indexer.text.folding import fold

LONGEST: Final = 24
"""Letters of the longest word that is corrected or suggested."""
SHORTEST: Final = 4
"""Letters of the shortest word that is corrected; shorter ones have too many neighbours."""
RARE: Final = 1e-5
"""Share of the papers up to which a word counts as rare; one paper always does."""
MOST_WORDS: Final = 4
"""Words of one query, and of one name, that are corrected, the first ones."""
_MEANT: Final = "Did you mean "
SPELT_RIGHT: Final = 3
"""Words from which a query is taken to be spelt right where a paper has all of them."""
LONG: Final = 8
"""Letters from which a word may have two mistakes."""


_AT_ONCE: Final = 16_384
"""Words whose code points are in memory at once, 96 bytes each."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A word near another.

    Attributes:
        papers: number of papers that hold it.
        distance: edits between the two (insert, delete, replace, swap neighbours), 0 to 2.
    """

    word: str
    papers: int
    distance: int


class Vocabulary:
    """The surface words of an index, laid out for finding near ones; never changes.

    A search looks at all words at once: the letters of two words within N edits differ in at most
    2 N places of a bit mask, and few words pass that. Needs about 135 bytes a word.
    """

    def __init__(self, words: Sequence[str], papers: Sequence[int] | NDArray[np.int64]) -> None:
        """Takes the words.

        Args:
            words: folded surface forms, no two equal, in any order.
            papers: for each word, the number of papers that hold it.
        """
        counts = np.asarray(papers, dtype=np.int64)
        kept = [at for at, word in enumerate(words) if 0 < len(word) <= LONGEST]
        kept.sort(key=lambda at: (len(words[at]), words[at]))
        self._words = tuple(words[at] for at in kept)
        self._papers = counts[kept] if kept else np.zeros(0, np.int64)
        self._lengths = np.fromiter(map(len, self._words), np.int8, len(self._words))
        # Two bytes a letter: those beyond the basic plane of Unicode are compared by their lower
        # half, so two words of them may seem nearer than they are.
        self._codes = np.zeros((len(self._words), LONGEST), np.uint16)
        self._masks = np.zeros(len(self._words), np.uint64)
        for start in range(0, len(self._words), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            codes = _codes(self._words[part])
            self._codes[part], self._masks[part] = codes.astype(np.uint16), _masks(codes)

    def __len__(self) -> int:
        return len(self._words)

    def papers(self, word: str) -> int:
        """Returns the number of papers that hold a word; 0 for one that is not there."""
        low, high = np.searchsorted(self._lengths, (len(word), len(word) + 1)).tolist()
        place = bisect_left(self._words, word, low, high)
        known = place < high and self._words[place] == word
        return int(self._papers[place]) if known else 0

    def near(self, word: str, distance: int, *, least: int = 1) -> list[Neighbour]:
        """Finds the words within a distance, the word itself included; nearest, then commonest.

        Args:
            word: folded; one beyond `LONGEST` is near nothing.
            distance: 0 to 2.
            least: papers that a word must have.
        """
        if not 0 < len(word) <= LONGEST or not self._words:
            return []
        codes = _codes((word,))
        low = int(np.searchsorted(self._lengths, len(word) - distance))
        high = int(np.searchsorted(self._lengths, len(word) + distance, side="right"))
        differing = np.bitwise_count(self._masks[low:high] ^ _masks(codes)[0])
        fits = (differing <= 2 * distance) & (self._papers[low:high] >= least)
        places = np.flatnonzero(fits) + low
        letters = codes[0][: len(word)].astype(np.uint16)
        distances = _distances(letters, self._codes[places], self._lengths[places])
        near_words = [
            Neighbour(self._words[place], int(self._papers[place]), int(edits))
            for place, edits in zip(places.tolist(), distances.tolist(), strict=True)
            if edits <= distance
        ]
        return sorted(
            near_words,
            key=lambda candidate: (candidate.distance, -candidate.papers, candidate.word),
        )


def corrections(word: str, vocabulary: Vocabulary, *, papers: int, limit: int = 3) -> list[str]:
    """Returns the words that were probably meant by one that is rare or absent; often none.

    Fewer mistakes come first, then a right first letter, then the commoner word. What is suggested
    is in at least ten times as many papers.

    Args:
        word: folded surface form.
        vocabulary: of the index.
        papers: number of papers of the index.
        limit: most words to give.
    """
    known = vocabulary.papers(word)
    letters = sum(char.isalpha() for char in word)
    if known > max(1, RARE * papers) or letters < SHORTEST or letters < len(word):
        return []
    distance = 2 if len(word) >= LONG else 1
    near = vocabulary.near(word, distance, least=max(2, 10 * known))
    near = [
        candidate
        for candidate in near
        if candidate.distance and _is_other_word(word, candidate.word)
    ]
    near.sort(
        key=lambda candidate: (candidate.distance, candidate.word[0] != word[0], -candidate.papers)
    )
    return [candidate.word for candidate in near[:limit]]


def label_of(text: str) -> str:
    """Returns the label of the alternative that is a corrected query."""
    return f"{_MEANT}{text}?"


def corrects(label: str) -> bool:
    """Returns whether an alternative with this label is a corrected query."""
    return label.startswith(_MEANT)


def name_corrections(
    name: str, vocabulary: Vocabulary, *, is_name: Callable[[str], bool], limit: int = 3
) -> list[str]:
    """Returns an author's name with each word corrected that is part of no name; often none.

    Args:
        name: as typed.
        vocabulary: of the index, words of names included.
        is_name: whether a folded word is part of a known author's name.
        limit: most names to give.
    """
    words = name.split()
    choices: list[list[str]] = []
    unknown = 0
    for word in words:
        folded = fold(word.strip(",.;"), name=True).text
        wrong = folded.isalpha() and len(folded) >= SHORTEST and not is_name(folded)
        unknown += wrong
        if not wrong or unknown > MOST_WORDS:
            choices.append([word])
            continue
        near = vocabulary.near(folded, 2 if len(folded) >= LONG else 1)
        near = [candidate for candidate in near if candidate.distance and is_name(candidate.word)]
        near.sort(
            key=lambda candidate: (
                candidate.distance,
                candidate.word[0] != folded[0],
                -candidate.papers,
            )
        )
        tail = "," if word.endswith(",") else ""
        choices.append([cased(candidate.word, word) + tail for candidate in near[:limit]] or [word])
    corrected = [
        " ".join(options[min(at, len(options) - 1)] for options in choices) for at in range(limit)
    ]
    return [spelling for spelling in dict.fromkeys(corrected) if spelling != name]


def cased(word: str, typed: str) -> str:
    """Returns a word with the capitals of what was typed for it.

    >>> cased("learning", "Lerning"), cased("bert", "BRET"), cased("graph", "grpah")
    ('Learning', 'BERT', 'graph')
    """
    if len(typed) > 1 and typed.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() else word


def corrected_queries(
    query: Query,
    vocabulary: Vocabulary,
    *,
    papers: int,
    is_name: Callable[[str], bool],
    limit: int = 3,
) -> Iterator[tuple[str, Query]]:
    """Yields queries with words corrected, each as it is shown, best first, page 1.

    All words at once come first, then one word at a time. Whether one finds more is for the
    caller to see; only then may it be shown.

    Args:
        query: as it was read.
        vocabulary: of the index.
        papers: number of papers of the index.
        is_name: whether a folded word is part of a known author's name; those are left alone.
        limit: most queries to give.
    """
    if query.clause is None:
        return
    better: dict[Word | AuthorName, list[str]] = {}
    for leaf in islice(_words_of(query.clause), 50):
        if leaf in better or len(better) == MOST_WORDS:
            continue
        if isinstance(leaf, AuthorName):
            names = name_corrections(leaf.name, vocabulary, is_name=is_name)
        elif is_name(folded := fold(leaf.text).text):
            continue
        else:
            names = corrections(folded, vocabulary, papers=papers)
            names = [cased(word, leaf.text) for word in names]
        if names:
            better[leaf] = names
    best = {leaf: words[0] for leaf, words in better.items()}
    changes = [best] if best else []
    changes += [{leaf: word} for leaf, words in better.items() for word in words]
    given: list[dict[Word | AuthorName, str]] = []
    for change in changes:
        if change not in given and len(given) < limit:
            given.append(change)
            clause = _exchanged(query.clause, change)
            text = format_clause(clause)
            yield (
                text,
                replace(query, text=text, clause=clause, repairs=(), typed=(), author=None, page=1),
            )


def _is_other_word(word: str, other: str) -> bool:
    """Returns whether two words differ by more than an ending that stemming takes off anyway."""
    short, long = sorted((word, other), key=len)
    return not (long.startswith(short) and long[len(short) :] in ("s", "es", "d", "ed", "e"))


def _words_of(clause: Clause) -> Iterator[Word | AuthorName]:
    """Lists the plain words and names asked for; what is excluded or exact is meant as typed."""
    match clause:
        case Word(exact=False) | AuthorName(exact=False):
            yield clause
        case Words(parts=parts):
            for part in parts:
                if part.occur != "-":
                    yield from _words_of(part.clause)
        case And(clauses=clauses) | Or(clauses=clauses):
            for clause_ in clauses:
                yield from _words_of(clause_)
        case _:
            return


def _exchanged(clause: Clause, words: dict[Word | AuthorName, str]) -> Clause:
    match clause:
        case AuthorName():
            return replace(clause, name=words[clause]) if clause in words else clause
        case Word():
            return replace(clause, text=words[clause]) if clause in words else clause
        case Words(parts=parts):
            return Words(
                tuple(replace(part, clause=_exchanged(part.clause, words)) for part in parts)
            )
        case And(clauses=clauses):
            return And(tuple(_exchanged(inner, words) for inner in clauses))
        case Or(clauses=clauses):
            return Or(tuple(_exchanged(inner, words) for inner in clauses))
        case Not(clause=inner):
            return Not(_exchanged(inner, words))
        case _:
            return clause


def _codes(words: Sequence[str]) -> NDArray[np.uint32]:
    """Returns the code points of words, a row each, filled up with 0."""
    if not words:
        return np.zeros((0, LONGEST), np.uint32)
    return np.array(words, dtype=f"<U{LONGEST}").view(np.uint32).reshape(len(words), LONGEST)


def _masks(codes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Returns the set of letters of each word as bits; rare letters may share one."""
    masks = np.zeros(len(codes), np.uint64)
    for column in codes.T:
        bits = np.uint64(1) << (column.astype(np.uint64) & np.uint64(63))
        masks |= np.where(column == 0, np.uint64(0), bits)
    return masks


def _distances(
    word: NDArray[np.uint16], codes: NDArray[np.uint16], lengths: NDArray[np.int8]
) -> NDArray[np.int8]:
    """Returns the edits between one word and each of many, all rows of the table at once.

    The restricted Damerau-Levenshtein distance (no letter is edited twice): Wagner & Fischer
    1974 with the transposition of Damerau 1964.
    """
    width = int(lengths.max(initial=0))
    letters = np.ascontiguousarray(codes[:, :width].T)
    before = np.zeros((width + 1, len(codes)), np.int8)
    above = np.repeat(np.arange(width + 1, dtype=np.int8)[:, None], len(codes), axis=1)
    for row, letter in enumerate(word, start=1):
        here = np.empty_like(above)
        here[0] = row
        differs = (letters != letter).astype(np.int8)
        for column in range(1, width + 1):
            cell = np.minimum(above[column] + 1, above[column - 1] + differs[column - 1])
            np.minimum(cell, here[column - 1] + 1, out=cell)
            if row > 1 and column > 1:
                swapped = (letters[column - 2] == letter) & (letters[column - 1] == word[row - 2])
                np.minimum(cell, before[column - 2] + 1, out=cell, where=swapped)
            here[column] = cell
        before, above = above, here
    return above[lengths, np.arange(len(codes))] if len(codes) else np.zeros(0, np.int8)
