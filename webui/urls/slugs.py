"""From the last part of an address to what it names: a paper, an author's name, a venue.

An address that is written otherwise than we write it ("Martin-Jaggi", "françois" without its
cedilla) leads to the right one by a redirect, so that each thing has one address. An address may
end in a representation (".json", ".bib"); a thing whose own name ends so goes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from indexer import (
    CITATION_FORMATS,
    UNKNOWN,
    AuthorCluster,
    Filter,
    Query,
    Searcher,
    author_cluster,
    fold,
    name_key,
    name_of_slug,
    name_slug,
    namesakes,
)

_OTHERS: Final = ("json", "atom")


@dataclass(frozen=True, slots=True)
class Moved:
    """The thing stands under another slug."""

    slug: str


def suffixes() -> tuple[str, ...]:
    """Lists the representations an address may end in, longer ones before their own endings."""
    formats = sorted(
        (format_.suffix for format_ in CITATION_FORMATS.values()), key=len, reverse=True
    )
    return (*formats, *_OTHERS)


def parted(address: str, is_there: Callable[[str], bool]) -> tuple[str, str]:
    """Part an address from its representation: "tao-lin.json" is ("tao-lin", "json").

    Args:
        address: what stands after ``/paper/``, ``/author/`` or ``/venue/``.
        is_there: says whether the whole of it names a thing.

    Returns:
        the address of the thing and the representation, empty for the page.
    """
    for suffix in suffixes():
        stem = address.removesuffix(f".{suffix}")
        if stem and stem != address:
            return (address, "") if is_there(address) else (stem, suffix)
    return address, ""


def has_author(searcher: Searcher, slug: str) -> bool:
    """Returns whether any paper has an author whose name has exactly this slug."""
    return searcher.count(Query(filters=(Filter("author", (name_of_slug(slug),)),))) > 0


def names_meant(searcher: Searcher, texts: Iterable[str]) -> tuple[str, ...]:
    """Reads names of an address, each as printed or as a slug."""
    return tuple(
        text if searcher.count(Query(filters=(Filter("author", (text,)),))) else name_of_slug(text)
        for text in texts
    )


def find_author(
    searcher: Searcher, slug: str, also: Iterable[str] = (), *, curated: bool = True
) -> AuthorCluster | Moved | None:
    """Finds the cluster of a slug, else the largest one whose name folds to the same.

    Args:
        searcher: the snapshot to read.
        slug: of the name.
        also: other exact names to put with it.
        curated: put with it what is curated to be the same person's.
    """
    cluster = author_cluster(searcher, name_of_slug(slug), also, curated=curated)
    if cluster is not None:
        return cluster if cluster.slug == slug else Moved(cluster.slug)
    others = namesakes(searcher, name_of_slug(slug))
    return Moved(name_slug(others[0].value)) if others else None


def find_venue(searcher: Searcher, slug: str) -> str | Moved | None:
    """Finds the venue of a slug, else the largest one whose name folds to the same."""
    key = name_of_slug(slug)
    names = [venue.value for venue in searcher.values("venue", limit=0) if venue.value != UNKNOWN]
    exact = next((name for name in names if name_key(name) == key), None)
    if exact is not None:
        return exact if name_slug(exact) == slug else Moved(name_slug(exact))
    folded = fold(key).text
    near = next((name for name in names if fold(name).text == folded), None)
    return None if near is None else Moved(name_slug(near))
