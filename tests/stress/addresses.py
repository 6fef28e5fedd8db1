"""Addresses that are as expensive as a site allows, by family, from one seed: all but searches."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlencode

from tests.stress.families import FAMILIES, Words, filled

_SUFFIXES: Final = ("bib", "ris", "csl.json", "enw", "csv", "jsonl")
_STYLES: Final = ("apa", "ieee", "acm", "mla", "chicago", "acl")
_FIELDS: Final = ("author", "author", "author", "venue", "type")
_SIGNS: Final = (".", "-", "'", " ", "лин", "王", "é", "ß", "\U0001f600", "a" * 100, "\0", "%")


def _address(path: str, *pairs: tuple[str, str | int]) -> str:
    return f"{path}?{urlencode(pairs)}"


def _query(chance: random.Random, words: Words) -> str:
    """Returns a query: every word, a common one, or one of the worst."""
    name = chance.choice(("", "", *FAMILIES))
    return FAMILIES[name](chance, words) if name else chance.choice(("", *words.frequent[:20]))


def _misspelt(chance: random.Random, word: str) -> str:
    at = chance.randrange(len(word) + 1)
    return word[:at] + chance.choice(string.ascii_lowercase) + word[at:]


def completion(chance: random.Random, words: Words) -> str:
    """What is typed so far: two letters, a letter that most names have, signs, other scripts."""
    name = chance.choice(words.names)
    typed = chance.choice(
        (
            "".join(chance.choices(string.ascii_lowercase, k=2)),
            chance.choice("aeinorst") * chance.randint(1, 60),
            chance.choice(_SIGNS) * chance.randint(1, 3),
            f"{name.split()[-1][:2]} {chance.choice(string.ascii_lowercase)} x y z",
            filled((one.split()[-1] for one in chance.sample(words.names, 100)), " "),
        )
    )
    return _address("/suggest", ("q", typed))


def values(chance: random.Random, words: Words) -> str:
    """Pages of all values of a facet, deep ones, and those that hold some text."""
    some = chance.choice((*_SIGNS, *string.ascii_lowercase, "an", "zhang", ""))
    return _address(
        f"/facet/{chance.choice(_FIELDS)}",
        ("q", _query(chance, words)),
        ("contains", some),
        ("values_page", chance.choice((1, 2, 50, 400, 10**9))),
    )


def spelling(chance: random.Random, words: Words) -> str:
    """Misspelt words and names, each of which is compared with all words."""
    pieces = [_misspelt(chance, word) for word in chance.sample(words.rare, 120)]
    if chance.random() < 0.5:
        pieces = [f'author:"{filled(pieces)[:1_900]}"']
    elif chance.random() < 0.5:
        pieces = [f"author:{piece}" for piece in pieces]
    some = pieces[: chance.choice((1, 3, 120))]
    return _address("/search", ("q", filled(some)), ("match", chance.choice(("all", "any", ""))))


def similar(chance: random.Random, words: Words) -> str:
    """Papers like many others at once."""
    ids = chance.sample(words.ids, min(len(words.ids), 60))
    return _address("/similar", *(("id", one) for one in ids))


def trends(chance: random.Random, words: Words) -> str:
    """Five of the worst queries, year by year."""
    path = chance.choice(("/trends", "/trends.csv"))
    # As much as an address may have; the server refuses more.
    texts = [_query(chance, words)[:600] for _ in range(6)]
    return _address(path, *(("q", text) for text in texts), ("match", "any"))


def exports(chance: random.Random, words: Words) -> str:
    """All papers of a query, as references, as formatted references, or by their ids."""
    kind = chance.randrange(3)
    if kind == 0:
        return _address(f"/search.{chance.choice(_SUFFIXES)}", ("q", _query(chance, words)))
    if kind == 1:
        ids = chance.sample(words.ids, min(len(words.ids), 300))
        return _address("/export", *(("id", one) for one in ids))
    return _address("/export", ("style", chance.choice(_STYLES)), ("q", _query(chance, words)))


def feeds(chance: random.Random, words: Words) -> str:
    """Feeds of the worst queries, deep in them."""
    return _address(
        chance.choice(("/feed.atom", "/search.atom")),
        ("q", _query(chance, words)),
        ("per_page", 100),
        ("page", chance.choice((1, 5, 500))),
    )


def arxiv_api(chance: random.Random, words: Words) -> str:
    """The arXiv API with as many results as it gives."""
    text = chance.choice((f"all:{chance.choice(words.frequent)}", _query(chance, words)))
    return _address(
        "/api/query",
        ("search_query", text),
        ("start", chance.choice((0, 50_000))),
        ("max_results", 2_000),
    )


def json_answers(chance: random.Random, words: Words) -> str:
    """Groups, cursors and explanations for programs."""
    more: tuple[str, str | int] = chance.choice(
        (("group_by", "author"), ("cursor", "*"), ("explain", 1), ("page", 10**6))
    )
    return _address("/search.json", ("q", _query(chance, words)), more, ("per_page", 100))


def records(chance: random.Random, words: Words) -> str:
    """Search records, which list every paper."""
    path = chance.choice(("/record", "/record.json", "/record/diff", "/record/diff.json"))
    return _address(path, ("q", _query(chance, words)), ("since", "g000001"))


def people(chance: random.Random, words: Words) -> str:
    """Pages of names, and ways between them."""
    one, other = chance.sample(words.names, 2)
    slug = quote(one.lower().replace(" ", "-"))
    return chance.choice(
        (
            f"/author/{slug}",
            f"/author/{slug}.json",
            f"/author/{slug}.atom",
            _address("/path", ("from", one), ("to", other)),
            _address("/path.json", ("from", other), ("to", "Nobody Atall")),
        )
    )


def sheets(chance: random.Random, words: Words) -> str:
    """Papers by their ids, many at once, the sitemap, and what the index holds."""
    ids = chance.sample(words.ids, min(len(words.ids), 400))
    return chance.choice(
        (
            _address("/shelf", *(("id", one) for one in ids)),
            "/sitemap.xml",
            "/sitemap-authors-1.xml",
            "/sitemap-papers-1.xml",
            "/",
            "/about",
            "/search?sort=title&page=4000",
            "/search?page=2500&per_page=100&explain=1",
        )
    )


Family = Callable[[random.Random, Words], str]
ADDRESSES: Final[Mapping[str, Family]] = MappingProxyType(
    {
        made.__name__.replace("_", " "): made
        for made in (
            completion,
            values,
            spelling,
            similar,
            trends,
            exports,
            feeds,
            arxiv_api,
            json_answers,
            records,
            people,
            sheets,
        )
    }
)


def searched(text: str) -> str:
    """Returns the address of the page of a query."""
    return _address("/search", ("q", text))


def drawn_addresses(
    words: Words, each: int, seed: int, only: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """Returns addresses with the name of their family, `each` of every family; searches first."""
    families = {**FAMILIES, **ADDRESSES}
    chosen = [name for name in families if not only or name in only]
    made: list[tuple[str, str]] = []
    for name in chosen:
        for at in range(each):
            text = families[name](random.Random(f"{seed} {name} {at}"), words)
            made.append((name, text if name in ADDRESSES else searched(text)))
    return made
