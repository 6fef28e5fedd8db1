"""Queries that are as expensive as 2,000 characters can be, by family, from one seed."""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

LONGEST: Final = 2_000
"""Characters of a query that the pages read."""
STOP_WORDS: Final = tuple(
    "the of and a in to is we for that with on as this are by from an be which it or at can have "
    "our not has these but also their its between more such than into one been".split()
)


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a collection, most frequent first, names of its authors, and ids of its papers."""

    frequent: tuple[str, ...]
    rare: tuple[str, ...]
    names: tuple[str, ...]
    ids: tuple[str, ...] = ()


def words_of(texts: Iterable[str], names: Iterable[str], ids: Iterable[str] = ()) -> Words:
    """Counts the words of some texts.

    Args:
        texts: titles and abstracts.
        names: of authors.
        ids: of papers.
    """
    counts = Counter(
        word for text in texts for word in text.lower().split() if word.isascii() and word.isalpha()
    )
    ranked = [word for word, _ in counts.most_common()]
    kept = sorted({name for name in names if name.isascii()})
    return Words(tuple(ranked[:600]), tuple(ranked[-5_000:]), tuple(kept[:2_000]), tuple(ids))


def filled(pieces: Iterable[str], joint: str = " ") -> str:
    """Joins pieces up to the length that is read."""
    text = ""
    for piece in pieces:
        longer = f"{text}{joint}{piece}" if text else piece
        if len(longer) > LONGEST:
            break
        text = longer
    return text


def _letters(chance: random.Random, size: int) -> str:
    return "".join(chance.choices(string.ascii_lowercase, k=size))


def fuzzy(chance: random.Random, _: Words) -> str:
    """Short fuzzy words, which have most neighbours."""
    far = chance.choice(("~", "~1", "~2"))
    joint = chance.choice((" ", " OR ", " AND "))
    return filled((_letters(chance, chance.randint(3, 6)) + far for _ in range(700)), joint)


def fuzzy_words(chance: random.Random, words: Words) -> str:
    """Fuzzy words of the collection, with many neighbours that many papers hold."""
    some = chance.sample(words.frequent, 300)
    return filled((f"{word}~2" for word in some), chance.choice((" ", " OR ")))


def patterns(chance: random.Random, _: Words) -> str:
    """Patterns that no prefix narrows."""
    shapes = ("*{}*", "?{}*", "*{}?", "*{}*{}*", "??{}*")
    pieces = (
        chance.choice(shapes).format(_letters(chance, 1), _letters(chance, 1)) for _ in range(700)
    )
    return filled(pieces, chance.choice((" ", " OR ")))


def prefixes(chance: random.Random, _: Words) -> str:
    """Patterns of a letter or two and a star."""
    pieces = (_letters(chance, chance.randint(1, 2)) + "*" for _ in range(700))
    return filled(pieces, chance.choice((" ", " OR ", " AND ")))


def stop_phrase(chance: random.Random, _: Words) -> str:
    """One phrase of stop words."""
    few = chance.sample(STOP_WORDS, chance.choice((2, 3, 8, len(STOP_WORDS))))
    return '"' + filled(chance.choice(few) for _ in range(360))[: LONGEST - 2] + '"'


def phrases(chance: random.Random, words: Words) -> str:
    """Short phrases of the most frequent words, all of them different."""
    pool = (*STOP_WORDS, *words.frequent[:60])
    pieces = (
        '"' + " ".join(chance.choice(pool) for _ in range(chance.randint(2, 4))) + '"'
        for _ in range(400)
    )
    return filled(pieces, chance.choice((" ", " OR ", " AND ")))


def repeated_phrase(chance: random.Random, _: Words) -> str:
    """The same words in phrases again and again, each a little longer."""
    pair = " ".join(chance.sample(STOP_WORDS[:6], 2))
    pieces = ('"' + " ".join([pair] * times) + '"' for times in range(1, 60))
    return filled(pieces, chance.choice((" ", " OR ")))


def near(chance: random.Random, words: Words) -> str:
    """Frequent words within wide windows."""
    width = chance.choice((5, 50, 1_000, 10**9))
    pool = (*STOP_WORDS, *words.frequent[:40])
    pieces = (
        '"' + " ".join(chance.choices(pool, k=chance.randint(2, 12))) + f'"~{width + at}'
        for at in range(200)
    )
    return filled(pieces, chance.choice((" ", " OR ")))


def near_operators(chance: random.Random, words: Words) -> str:
    """Frequent words joined by NEAR."""
    pieces = (f"{chance.choice(words.frequent)} NEAR/{chance.randint(1, 999)}" for _ in range(200))
    return filled(pieces) + " " + chance.choice(words.frequent)


def nested(chance: random.Random, words: Words) -> str:
    """Parentheses as deep as they go."""
    text = chance.choice(words.frequent)
    while len(text) < LONGEST - 24:
        joint = chance.choice((" AND ", " OR ", " ", " NOT ", " -"))
        text = f"({text}{joint}{chance.choice(words.frequent)[:12]})"
    return text


def negations(chance: random.Random, words: Words) -> str:
    """Unions of what nearly every paper is in."""
    pieces = (f"(NOT {word})" for word in chance.sample(words.frequent, 250))
    return filled(pieces, chance.choice((" OR ", " AND ", " ")))


def many_words(chance: random.Random, words: Words) -> str:
    """As many frequent words as there is room for."""
    some = sorted(words.frequent, key=len)[:450]
    chance.shuffle(some)
    return filled(some, chance.choice((" ", " OR ", " +", " -")))


def rare_words(chance: random.Random, words: Words) -> str:
    """Words of single papers, misspelt: each is looked up among all words."""
    pieces = []
    for word in chance.sample(words.rare, 300):
        at = chance.randrange(len(word))
        pieces.append(word[:at] + chance.choice(string.ascii_lowercase) + word[at:])
    return filled(pieces)


def nothing_found(chance: random.Random, words: Words) -> str:
    """Words that no paper has all of: each is left out in turn."""
    some = [f"+{word}" for word in chance.sample(words.frequent, 22)]
    return filled([*some, "+qqzxv", "+" + _letters(chance, 9)])


def compounds(chance: random.Random, words: Words) -> str:
    """Words with many hyphens, in phrases, too."""
    pool = (*STOP_WORDS, *words.frequent[:40])
    pieces = ("-".join(chance.choices(pool, k=chance.randint(2, 9))) for _ in range(300))
    text = filled(pieces)
    return text if chance.random() < 0.5 else f'"{text[: LONGEST - 2]}"'


def names(chance: random.Random, words: Words) -> str:
    """Names by initials and parts, which most authors answer to."""
    pieces = []
    for name in chance.sample(words.names, 100):
        last = name.split()[-1]
        first = chance.choice(string.ascii_lowercase)
        pieces += [f'author:"{first} {last}"', f"author:{first}", f"author:{first}*"]
    return filled(pieces, chance.choice((" ", " OR ")))


def fields(chance: random.Random, words: Words) -> str:
    """Words, phrases and patterns of single fields, with factors."""
    shapes = ('title:"{} {}"', "title:{}^3", "abstract:{}~", "abs:*{}*", "ti:{}*", "={}", "={}-{}")
    pieces = (
        chance.choice(shapes).format(chance.choice(words.frequent), chance.choice(STOP_WORDS))
        for _ in range(300)
    )
    return filled(pieces, chance.choice((" ", " OR ")))


def mixed(chance: random.Random, words: Words) -> str:
    """Pieces of all the others."""
    others = [one for one in FAMILIES.values() if one is not mixed]
    pieces = []
    for _ in range(8):
        text = chance.choice(others)(chance, words)
        pieces.append(text[: chance.randint(20, 400)])
    return filled(pieces, chance.choice((" ", " OR ", " AND ")))


Family = Callable[[random.Random, Words], str]
FAMILIES: Final[Mapping[str, Family]] = MappingProxyType(
    {
        made.__name__.replace("_", " "): made
        for made in (
            fuzzy,
            fuzzy_words,
            patterns,
            prefixes,
            stop_phrase,
            phrases,
            repeated_phrase,
            near,
            near_operators,
            nested,
            negations,
            many_words,
            rare_words,
            nothing_found,
            compounds,
            names,
            fields,
            mixed,
        )
    }
)
