"""The sentence about an author's name that was typed into the box."""

from __future__ import annotations

from typing import Final

from indexer.analysis import plain_words
from indexer.query import NamedAuthor, TypedName

OFFERED_AUTHORS: Final = 5
"""Names beside the first that are offered."""


def name_sentence(typed: TypedName) -> str:
    """Returns the sentence above the results.

    Example:
        "Yang Liu: 144 papers; 3 similar names: Liu Yang (18), Yang Y. Liu (2), Y.-F. Liu (1)"
    """
    first, *others = typed.authors
    sentence = counted_author(first)
    if not others:
        return sentence
    listed = ", ".join(f"{other.name} ({other.papers:,})" for other in others[:OFFERED_AUTHORS])
    more = ", …" if len(others) > OFFERED_AUTHORS else ""
    return f"{sentence}; {other_authors(typed)}: {listed}{more}"


def other_authors(typed: TypedName) -> str:
    """Returns how many other names there are: "3 similar names", "2 other authors"."""
    number = len(typed.authors) - 1
    what = "other author" if is_part_of_name(typed.name) else "similar name"
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def counted_author(author: NamedAuthor) -> str:
    """Returns a name and its number of papers."""
    return f"{author.name}: {author.papers:,} paper{'' if author.papers == 1 else 's'}"


def is_part_of_name(name: str) -> bool:
    """Whether a name is a surname alone or has initials: the names it fits are several people's."""
    words = plain_words(name)
    return len(words) < 2 or any(len(word) == 1 for word in words)
