"""The tree that is evaluated: leaves as terms; what says nothing and stop words left out.

A leaf becomes a `Test` (the record around the text: true or false, no score) or `Terms` (all of
them must be found; the score is the sum of theirs).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from indexer.analysis import STOP_ABBREVIATIONS, open_word, plain_words
from indexer.authors.clustering.people_table import paper_hash, read_table
from indexer.paper import Paper, name_key
from indexer.query import (
    And,
    AuthorName,
    Clause,
    Fuzzy,
    Has,
    Leaf,
    LikelyPerson,
    Not,
    Occur,
    Or,
    Part,
    Phrase,
    TextField,
    Value,
    Wildcard,
    Word,
    Words,
    Years,
)
from indexer.query_analysis.compounds import BOUND
from indexer.record.identifier_forms import identifier_key, paper_keys
from indexer.record.record_fields import record_values, record_words
from indexer.text.folding import fold
from indexer.text.scripts import is_unspaced, without_particle
from tests.oracle.document import Collection
from tests.oracle.expansion import (
    PATTERNS,
    PHRASE,
    TERMS,
    expand,
    fits,
    near,
    pattern_word,
    shared_out,
)
from tests.oracle.terms import FIELDS, AnyOf, Author, Near, Sequence, Slot, Term, author

Test = Callable[[Paper], bool]


@dataclass(frozen=True)
class Terms:
    """All of these terms, and the factor on the sum of their scores.

    Attributes:
        parts: for each term, the words of a compound that was typed with hyphens.
    """

    terms: tuple[Term, ...]
    boost: float = 1.0
    parts: tuple[tuple[Term, ...], ...] = ()


def read(leaf: Leaf, collection: Collection) -> Terms | Test | None:
    """Read a leaf; None where it says nothing."""
    match leaf:
        case Word():
            return _word(leaf, collection)
        case Phrase():
            return _phrase(leaf, collection)
        case Wildcard() | Fuzzy():
            return _expansion(leaf, collection)
        case AuthorName(name, position, exact):
            if exact:
                key = name_key(name)
                return Terms((Author((), position, exact=key),)) if key else None
            term = author(name, position)
            return Terms((term,)) if term else None
        case _:
            return record_test(leaf, collection)


def record_test(  # noqa: PLR0911
    leaf: LikelyPerson | Value | Years | Has, collection: Collection
) -> Test | None:
    """Read a leaf about the record around the text."""
    match leaf:
        case LikelyPerson(name, number):
            key = name_key(name)
            table = read_table(collection.people) if collection.people else None
            people = table.people(key) if table is not None else None
            group = people.current(number) if people is not None else None
            if people is None or group is None:
                return lambda _: False
            members = people.groups.get(group)
            return lambda paper: (
                key in map(name_key, paper.authors)
                and (members is None or paper_hash(paper.id) in members)
            )
        case Value("identifier", value):
            wanted = identifier_key(value)
            return (lambda paper: wanted in paper_keys(paper)) if wanted else None
        case Value("label", label):
            labelled = set(collection.labels.ids(label))
            return lambda paper: paper.id in labelled
        case Value("year", _):
            return lambda _: False
        case Value("affiliation" | "orcid" | "subject" | "language" | "kind" as field, value):
            keys = {f"{field}:{word}" for word in record_words(field, value)}
            if not keys:
                return None
            return lambda paper: any(keys <= set(one) for one in record_values(paper))
        case Value(field, value):
            key = value_key(value)
            return (lambda paper: value_key(getattr(paper, field)) == key) if key else None
        case Years(low, high):
            return lambda paper: (
                paper.year is not None
                and ((low is None or low <= paper.year) and (high is None or paper.year <= high))
            )
        case Has("year"):
            return lambda paper: paper.year is not None
        case Has(field):
            return lambda paper: bool(getattr(paper, field))


def value_key(value: str) -> str:
    """Fold a venue, type or id for comparison without case and accents."""
    return " ".join(fold(value).text.casefold().split())


def _fields(field: TextField | None) -> tuple[TextField, ...]:
    return FIELDS if field is None else (field,)


def _slots(text: str, collection: Collection) -> list[tuple[Slot, tuple[str, ...], str]]:
    """Returns, for each raw word of a text, the ways to say it, its parts and its joined form."""
    slots: list[tuple[Slot, tuple[str, ...], str]] = []
    for raw in collection.analyzer.words(fold(text, umlauts=True).text):
        parts, joined = open_word(raw)
        if joined:
            slots.append((((joined,), parts), parts, joined))
        elif len(parts) > 1:
            slots += [(((part,),), (part,), "") for part in parts]
        else:
            partings = sorted(collection.partings(parts[0]))
            slots.append(((parts, *partings), parts, ""))
    return slots


def _word(leaf: Word, collection: Collection) -> Terms | None:
    if leaf.field == "author":
        term = author(leaf.text)
        if term is None:
            return None
        return Terms((replace(term, opened=not leaf.exact),), leaf.boost)
    text = leaf.text
    if re.fullmatch(r"(?:[^\W\d_]\.){1,4}[^\W\d_]\.?", text):  # "U.S.": one word or its letters
        text = text.strip(".").replace(".", "-")
    slots = _slots(text, collection)
    stops = collection.analyzer.stop_words
    kinds = [_kind(slot, stops) for slot in slots]
    pairs = list(zip(kinds, slots, strict=True))
    asked = [
        slot
        for at, (kind, slot) in enumerate(pairs)
        if slot[2]
        or slot[1][0] not in stops
        or (kind == "slight" and kind in kinds[max(0, at - 1) : at] + kinds[at + 1 : at + 2])
    ] or slots
    if not asked:
        return None
    said = list(_said(asked, _fields(leaf.field), leaf, stops))
    if is_stop_abbreviation(leaf):
        said = [(term, ()) for term, _ in said]
    return Terms(tuple(term for term, _ in said), leaf.boost, tuple(parts for _, parts in said))


def _kind(slot: tuple[Slot, tuple[str, ...], str], stops: frozenset[str]) -> str:
    """Returns what a slot has to have on both sides to be looked for in a row with its like."""
    _, parts, joined = slot
    if is_unspaced(parts[0]):
        return "character"
    is_slight = not joined and len(parts) == 1 and (len(parts[0]) <= 2 or parts[0] in stops)
    return "slight" if is_slight else ""


def _said(
    asked: list[tuple[Slot, tuple[str, ...], str]],
    fields: tuple[TextField, ...],
    leaf: Word,
    stops: frozenset[str],
) -> Iterator[tuple[Term, tuple[Term, ...]]]:
    """Yields the terms of a word, each with the words of its compound; some in a row."""
    stemmed = not leaf.exact

    def single(slot: Slot) -> Term:
        return Sequence((slot,), fields, stemmed, phrase=False)

    for kind, group in groupby(asked, lambda slot: _kind(slot, stops)):
        run = list(group)
        if not kind or len(run) == 1:
            for slot, parts, _ in run:
                apart = tuple(single(((part,),)) for part in parts if part not in stops)
                yield single(slot), apart if len(parts) > 1 and stemmed else ()
            continue
        length = len(run)
        if kind == "character" and stemmed:
            length = len(without_particle("".join(parts[0] for _, parts, _ in run)))
        yield (
            Sequence(
                tuple(slot for slot, _, _ in run[:length]), fields, stemmed=False, phrase=True
            ),
            (),
        )


def _phrase(leaf: Phrase, collection: Collection) -> Terms | None:
    fields = _fields(leaf.field)
    slots = _slots(leaf.text, collection)[:PHRASE]
    if not slots:
        return None
    if len(slots) == 1:
        return Terms((Sequence((slots[0][0],), fields, stemmed=False, phrase=False),), leaf.boost)
    if leaf.slop <= 0:
        ways = tuple(slot for slot, _, _ in slots)
        return Terms((Sequence(ways, fields, stemmed=False, phrase=True),), leaf.boost)
    parted = tuple(word for _, parts, _ in slots for word in parts)
    joined = tuple(word for _, parts, whole in slots for word in ((whole,) if whole else parts))
    readings = (parted,) if parted == joined else (parted, joined)
    return Terms((Near(readings, fields, leaf.slop),), leaf.boost)


def _expansion(leaf: Wildcard | Fuzzy, collection: Collection) -> Terms | Test | None:
    expanded = expanded_words(leaf, collection)
    if not isinstance(expanded, tuple):
        return expanded
    words, names = expanded
    most = collection.shares.get(leaf, TERMS)
    if most < 0:
        return None
    if len(words) + len(names) > most:
        # Half for names; what either leaves of its half, the other may have.
        of_names = min(len(names), most - min(len(words), most - most // 2))
        words, names = words[: most - of_names], names[:of_names]
    return Terms((AnyOf(frozenset(words), frozenset(names), _fields(leaf.field)),), leaf.boost)


def shares_of(clause: Clause | None, collection: Collection) -> dict[Leaf, int]:
    """Returns the most words that each pattern of a query may stand for; -1 = it is left out."""
    sizes: dict[Leaf, int] = {}
    left_out: list[Leaf] = []
    compared = 0
    for leaf in dict.fromkeys(leaves(clause)):
        if not isinstance(leaf, Wildcard | Fuzzy):
            continue
        expanded = expanded_words(leaf, collection)
        if not isinstance(expanded, tuple):
            continue
        pattern = pattern_word(leaf.pattern) if isinstance(leaf, Wildcard) else "?"
        prefix = pattern[-1] == "*" and not set(pattern[:-1]) & set("*?")
        compared += not prefix
        if compared > PATTERNS and not prefix:
            left_out.append(leaf)
        else:
            sizes[leaf] = sum(map(len, expanded))
    most = shared_out(list(sizes.values()), TERMS)
    return dict.fromkeys(sizes, most) | dict.fromkeys(left_out, -1)


def expanded_words(
    leaf: Wildcard | Fuzzy, collection: Collection
) -> tuple[list[str], list[str]] | Test | None:
    """Returns the words of texts and of names that a pattern fits, commonest first."""
    if leaf in collection.expanded:
        return collection.expanded[leaf]
    if isinstance(leaf, Wildcard):
        pattern = pattern_word(leaf.pattern)
        if not any(sign.isalnum() or sign in "*?" for sign in pattern):
            return None
        if not pattern.strip("*"):
            return lambda _: True
        test = fits(pattern)
    else:
        pattern = pattern_word(leaf.text)
        if not any(sign.isalnum() for sign in pattern):
            return None
        test = near(pattern, min(2, max(1, leaf.distance)))
    fields = _fields(leaf.field)
    none = Counter[str]()
    words, _ = expand(none if fields == ("author",) else collection.vocabulary, test)
    names, _ = expand(collection.author_vocabulary if "author" in fields else none, test)
    collection.expanded[leaf] = words, names
    return words, names


def leaves(clause: Clause | None) -> Iterator[Leaf]:
    """Yields the leaves of a tree in order, negated ones too."""
    match clause:
        case None:
            return
        case Words(parts):
            for part in parts:
                yield from leaves(part.clause)
        case And(clauses) | Or(clauses):
            for one in clauses:
                yield from leaves(one)
        case Not(inner):
            yield from leaves(inner)
        case _:
            yield clause


def asking(clause: Clause | None) -> Iterator[Leaf]:
    """Yields the leaves that a hit may show: those that are not negated."""
    match clause:
        case None | Not():
            return
        case Words(parts):
            for part in parts:
                if part.occur is not Occur.EXCLUDED:
                    yield from asking(part.clause)
        case And(clauses) | Or(clauses):
            for one in clauses:
                yield from asking(one)
        case _:
            yield clause


def about_words(clause: Clause) -> bool:
    """Returns whether a clause asks for words: such a part of a run may be missing under "any"."""
    return any(isinstance(leaf, Word | Phrase | Wildcard | Fuzzy) for leaf in asking(clause))


def speaking(clause: Clause | None, collection: Collection) -> Clause | None:
    """Leave out what says nothing, and stop words beside other words; None if nothing is left."""
    match clause:
        case None:
            return None
        case Words(parts):
            kept = [
                Part(inner, part.occur)
                for part in joined_up(parts, collection)
                if (inner := speaking(part.clause, collection)) is not None
            ]
            asked = [part for part in kept if part.occur is not Occur.EXCLUDED]
            if not all(is_stop(part, collection) for part in asked):
                kept = [part for part in kept if not is_stop(part, collection)]
            return Words(tuple(kept)) if kept else None
        case And(clauses) | Or(clauses):
            inner_ones = [speaking(one, collection) for one in clauses]
            left = tuple(one for one in inner_ones if one is not None)
            return type(clause)(left) if left else None
        case Not(inner_clause):
            negated = speaking(inner_clause, collection)
            return None if negated is None else Not(negated)
        case _:
            return clause if read(clause, collection) is not None else None


def joined_up(parts: tuple[Part, ...], collection: Collection) -> Iterator[Part]:
    """Put bare words together that are one: what some paper hyphenates, or an author's name."""
    before: Part | None = None
    for part in parts:
        one = compound(before, part, collection) if before is not None else None
        if before is not None:
            yield one or before
        before = None if one else part
    if before is not None:
        yield before


def compound(first: Part, second: Part, collection: Collection) -> Part | None:
    """Returns the one word that two neighbours in a run are: with a hyphen, or a name."""
    one, other = first.clause, second.clause
    if not (isinstance(one, Word) and isinstance(other, Word)) or one.exact or other.exact:
        return None
    if (one.field, one.boost) != (other.field, other.boost):
        return None
    if first.occur is not Occur.DEFAULT or second.occur is not Occur.DEFAULT:
        return None
    before, behind = (_slots(each.text, collection) for each in (one, other))
    if len(before) == len(behind) == 1 and not (before[0][2] or behind[0][2]):
        pair = (*before[0][1], *behind[0][1])
        if pair[0] in BOUND and pair in collection.partings("".join(pair)):
            return Part(replace(one, text="-".join(pair)))
    words = (plain_words(one.text), plain_words(other.text))
    if [len(each) for each in words] != [1, 1]:
        return None
    pair = (*words[0], *words[1])
    stops = [word in collection.analyzer.stop_words for word in pair]
    capitals = one.text[0].isupper() and other.text[0].isupper()
    beside = stops == [False, True] or (stops == [True, False] and capitals)
    if one.field or not beside or pair not in collection.whole_names:
        return None
    return Part(replace(one, text=f"{one.text} {other.text}", field="author"))


def readings(clause: Clause | None, collection: Collection) -> Iterator[tuple[Leaf, Leaf]]:
    """Yields the leaves of a tree in order, each with what it is read as."""
    match clause:
        case None:
            return
        case Words(parts):
            rest = list(parts)
            while rest:
                part = rest.pop(0)
                one = compound(part, rest[0], collection) if rest else None
                if one is not None and isinstance(one.clause, Word):
                    yield from ((leaf, one.clause) for leaf in leaves(part.clause))
                    yield from ((leaf, one.clause) for leaf in leaves(rest.pop(0).clause))
                else:
                    yield from readings(part.clause, collection)
        case And(clauses) | Or(clauses):
            for each in clauses:
                yield from readings(each, collection)
        case Not(inner):
            yield from readings(inner, collection)
        case _:
            yield clause, clause


def is_stop_abbreviation(word: Word) -> bool:
    return not word.exact and word.text.casefold().rstrip(".") in STOP_ABBREVIATIONS


def is_stop(part: Part, collection: Collection) -> bool:
    """Returns whether a part is a plain word of nothing but stop words."""
    if part.occur is not Occur.DEFAULT or not isinstance(part.clause, Word) or part.clause.exact:
        return False
    if is_stop_abbreviation(part.clause):
        return True
    tokens = collection.analyzer.tokens(part.clause.text)
    return bool(tokens) and all(token.stop for token in tokens)


def without(clause: Clause | None, at: int) -> Clause | None:
    """Take the leaf at a place of `leaves` out of a tree; None if nothing is left."""
    match clause:
        case None:
            return None
        case Words(parts):
            kept = []
            for part in parts:
                inner = without(part.clause, at)
                at -= sum(1 for _ in leaves(part.clause))
                if inner is not None:
                    kept.append(Part(inner, part.occur))
            return Words(tuple(kept)) if kept else None
        case And(clauses) | Or(clauses):
            left = []
            for one in clauses:
                inner = without(one, at)
                at -= sum(1 for _ in leaves(one))
                if inner is not None:
                    left.append(inner)
            return type(clause)(tuple(left)) if left else None
        case Not(negated):
            inner = without(negated, at)
            return None if inner is None else Not(inner)
        case _:
            return None if at == 0 else clause
