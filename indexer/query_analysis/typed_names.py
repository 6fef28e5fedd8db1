"""Author names that are typed as plain words: papers by that name first, text matches after.

"Yang Liu", "Liu, Y.", "Jordan MI", "D. P. Kingma", "He Kaiming" and "LeCun" are read against the
names of the index. Nothing is hidden: the words stay asked for beside the name, and they alone
decide the order where more titles than authors have them ("Adam", "Fisher", "GAN").

Works on the `Searcher` contract alone, so every engine reads a name alike.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from indexer.analysis import german_spelling, name_tokens, plain_words
from indexer.paper import unnumbered
from indexer.query import (
    And,
    AuthorName,
    Clause,
    Match,
    NamedAuthor,
    Or,
    Part,
    Query,
    Repair,
    TypedName,
    Word,
    Words,
)
from indexer.query_analysis.plain_text import is_plain, title_clause
from indexer.record.author_name import family_and_given, inverted_name
from indexer.results import FacetRequest
from indexer.search import Searcher

MOST_AUTHORS: Final = 20
"""Authors of a name that are kept, those with most papers."""
_MOST_WORDS: Final = 5
_LISTED: Final = 40
"""Names among the papers found that are compared with the name typed."""
_EXACT: Final = 100.0
"""Factor on the score of the exact name: above any text match and above other spellings."""
_LIKE: Final = 20.0
"""Factor on the score of names that only fit, below `_EXACT` however long a list of authors is."""
_MOST_EXACT: Final = 4
_ASIDE: Final = re.compile(
    r"\s*(?:(?:all\s+|other\s+)?(?:papers?|articles?|publications?|works?|research)\s+"
    r"(?:written\s+|published\s+|authored\s+)?(?:by|from|of)"
    r"|by|authors?:?|prof(?:essor)?\.?|dr\.?)\s+(?=\S)",
    re.IGNORECASE,
)
"""What people say before a name."""
_BEHIND: Final = re.compile(
    r"(?:['’]s)?\s+(?:et\.? al\.?|papers|articles|publications|works?)\s*$|['’]s\s*$", re.IGNORECASE
)
_NAME: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-])*(?:[ ,]+[^\W\d_](?:[^\W\d_]|['’.-])*)*\.?")
_INITIAL: Final = re.compile(r"(?<![\w.])[^\W\d_]\.(?=[ ,-]|$)")
"""An initial with its full stop: "K. He" is a name, "k he" may be words."""
_INITIALS: Final = re.compile(r"(?:[A-Z]\.?-?){1,3}")


def read_typed_name(query: Query, searcher: Searcher) -> Query:
    """Returns a query whose first papers are those by the author named; else the query as it is.

    Args:
        query: as parsed.
        searcher: of the collection.
    """
    if query.typed or not is_plain(query.clause):
        return query
    text = " ".join(query.text.split())
    begun = _ASIDE.match(text)
    text = text[begun.end() :] if begun else text
    ended = _BEHIND.search(text)
    text = text[: ended.start()] if ended else text
    if not _NAME.fullmatch(text) or len(text.split()) > _MOST_WORDS:
        return query
    readings = [
        (_fit(_spelled(name), authors[0].name), name, authors)
        for name in spelled_names(text)
        if (authors := authors_of_name(searcher, name))
    ]
    if not readings:
        return query
    _, name, authors = min(readings, key=lambda reading: reading[0] or 0)
    said = bool(begun or ended or _INITIAL.search(text))
    if not said and not _is_rather_a_name(searcher, query, name, authors):
        # A name in full is offered all the same: its words are no text by chance.
        offered = len(plain_words(name)) > 1 and not has_initials(name)
        return replace(query, author=TypedName(name, authors)) if offered else query
    asked = _spoken(text) if said or has_initials(name) else query.clause
    if asked is None:
        return query
    reason = f"“{query.text.strip()}” was read as an author’s name; in quotation marks, as words."
    return replace(
        query,
        clause=Or((*_name_clauses(name, authors), asked)),
        repairs=(*query.repairs, Repair(0, len(query.text), reason)),
        author=TypedName(name, authors, is_first=True),
    )


def _spoken(text: str) -> Clause | None:
    """Returns the words of a name without its initials, which stand in any text."""
    words = [word.strip(".") for word in re.split(r"[ ,]+", text)]
    parts = tuple(Part(Word(word)) for word in words if word and not _is_initials(word, text))
    if len(parts) == 1:
        return parts[0].clause
    return Words(parts) if parts else None


def spelled_names(text: str) -> tuple[str, ...]:
    """Returns the names that a text may be, likeliest first, each with initials parted by dots.

    >>> spelled_names("Jordan MI")
    ('Jordan MI', 'M. I. Jordan')
    >>> spelled_names("van Gogh V")
    ('van Gogh V', 'V. van Gogh')
    >>> spelled_names("Liu, Y."), spelled_names("DP Kingma")
    (('Y. Liu',), ('DP Kingma', 'D. P. Kingma'))
    """
    if "," in text:
        name = inverted_name(text).name
        parts = text.split(",")
        if len(parts) == 2 and name and _is_initials(parts[1].strip(), text):
            name = f"{_dotted(parts[1].strip())} {parts[0].strip()}"
        elif len(parts) == 3:
            name = name.replace(", ", " ")  # a suffix
        return (name,) if name and "," not in name else ()
    words = text.split()
    texts = [text]
    if len(words) > 1 and not text.isupper():
        last = len(words)
        while last > 1 and _is_initials("".join(words[last - 1 :]), text):
            last -= 1
        if last < len(words):
            family = " ".join(words[:last])
            texts.append(f"{_dotted(''.join(words[last:]))} {family}")
        if _is_initials(words[0], text):
            texts.append(" ".join((_dotted(words[0]), *words[1:])))
    return tuple(dict.fromkeys(texts))


def authors_of_name(searcher: Searcher, name: str) -> tuple[NamedAuthor, ...]:
    """Returns the exact names that a name fits, in its own order of words first, then by papers."""
    words = plain_words(name)
    if not words or max(map(len, words)) < 2:
        return ()
    asked = Query(clause=AuthorName(name), per_page=0)
    if not searcher.count(asked):
        return ()
    spelled = _spelled(name)
    # "Joerg" does not stand in "Jörg", so names with an umlaut are looked for among all.
    contained = "" if re.search("[aou]e", name.lower()) or len(spelled) > 1 else max(words, key=len)
    listed = FacetRequest("author", _LISTED, contains=contained)
    values = searcher.search(asked, facets=(listed,)).facets["author"].values
    candidates = [
        (order, NamedAuthor(value.value, value.count))
        for value in values
        if (order := _fit(spelled, value.value)) is not None
    ]
    candidates.sort(key=lambda candidate: (candidate[0], -candidate[1].papers, candidate[1].name))
    return tuple(author for _, author in candidates[:MOST_AUTHORS])


def _spelled(name: str) -> frozenset[tuple[str, ...]]:
    """Returns the words of a name without accents, and with umlauts as Germans write them."""
    return frozenset((plain_words(name), tuple(german_spelling(name_tokens(name)))))


def _fit(typed: frozenset[tuple[str, ...]], name: str) -> int | None:
    """Returns how well a name of the index fits the one typed, 0 best; None where it does not.

    0: the same words in the same order, 1: in another, 2: with more words or initials, 3: so in
    another order.
    """
    orders = (
        _order(words, parts) for words in typed for parts in _spelled(unnumbered(name)) if parts
    )
    return min((order for order in orders if order is not None), default=None)


def _order(words: tuple[str, ...], name: tuple[str, ...]) -> int | None:
    if words == name:
        return 0
    if sorted(words) == sorted(name):
        return 1
    if len(words) == 1:
        return 2 if words[0] == name[-1] else 3 if words[0] in name else None
    if set(words) <= set(name):
        return 2 if words[-1] == name[-1] else 3
    # Where a given name is abbreviated, the surname and the first letter must be right: "Martin
    # Jaggi" is not "Martin J. Wainwright", "Will Smith" not "Anthony V. W. Smith".
    ways = [(2, words)]
    if any(len(word) == 1 for word in words):
        ways.append((3, (*words[1:], words[0])))
    for order, typed in ways:
        if typed[-1] == name[-1] and _agree(typed[0], name[0]) and _follow(typed[1:-1], name[1:-1]):
            return order
    return None


def _follow(words: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether each word agrees with a part, in order; either may have more than the other."""
    if not words or not parts:
        return True
    rest = iter(parts)
    return all(any(_agree(word, part) for part in rest) for word in words)


def _agree(word: str, part: str) -> bool:
    short, long = sorted((word, part), key=len)
    return word == part or (len(short) == 1 and long.startswith(short))


def _is_rather_a_name(
    searcher: Searcher, query: Query, name: str, authors: tuple[NamedAuthor, ...]
) -> bool:
    """Whether at least as many papers have the name among their authors as in their titles."""
    titled = title_clause(query.clause)
    in_titles = searcher.count(Query(clause=titled, match=Match.ALL)) if titled else 0
    if not in_titles:
        return True
    authored = searcher.count(Query(clause=AuthorName(name)))
    words = plain_words(name)
    if len(words) == 1:
        # "Adam" is mostly a given name: who types it alone means the word.
        families = sum(author.papers for author in authors if _family(author.name) == words[0])
        if 2 * families < sum(author.papers for author in authors):
            return False
    return authored >= in_titles


def _family(name: str) -> str:
    words = plain_words(family_and_given(name)[0])
    return words[-1] if words else ""


def _name_clauses(name: str, authors: tuple[NamedAuthor, ...]) -> tuple[Clause, ...]:
    """Returns what brings papers by a name first: the authors meant, then names that only fit.

    Of "Savva, M." the first are those of that family name, not "Savva Morozov".
    """
    spelled = _spelled(name)
    fits = {author: _fit(spelled, author.name) for author in authors}
    is_part = has_initials(name) or len(plain_words(name)) < 2
    best = (0, 2) if is_part else (min(order or 0 for order in fits.values()),)
    exact = tuple(
        AuthorName(author.name, exact=True)
        for author in authors
        if fits[author] in best and (is_part or fits[author] != 3)
    )[:_MOST_EXACT]
    if not exact:
        return (Word(name, "author", boost=_EXACT),)
    either: Clause = exact[0] if len(exact) == 1 else Or(exact)
    like = Word(name, "author", exact=not is_part, boost=_LIKE)
    return (And((either, Word(name, "author", boost=_EXACT))), like)


def has_initials(name: str) -> bool:
    """Whether a word of a name is an initial."""
    return any(len(word) == 1 for word in plain_words(name))


def _is_initials(word: str, text: str) -> bool:
    """Whether a word of a text is initials; capitals say so only beside small letters."""
    return _INITIALS.fullmatch(word.replace(" ", "")) is not None and not text.isupper()


def _dotted(initials: str) -> str:
    return " ".join(f"{letter}." for letter in initials if letter.isalpha())
