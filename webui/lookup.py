"""From the last part of an address to what it names: a paper, an author's name, a venue.

An address that is written otherwise than we write it ("Martin-Jaggi", "françois" without its
cedilla) leads to the right one by a redirect, so that each thing has one address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from indexer import (
    UNKNOWN,
    AuthorCluster,
    Paper,
    Searcher,
    author_cluster,
    fold,
    name_key,
    name_of_slug,
    name_slug,
    namesakes,
)

SUFFIXES: Final = ("json",)
"""Representations that an address may end in."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The thing stands under another slug."""

    slug: str


def split_suffix(address: str) -> tuple[str, str]:
    """Split an address from its representation: "tao-lin.json" -> ("tao-lin", "json").

    Returns:
        the address and the suffix; an empty suffix where it ends in none of ours.
    """
    stem, dot, suffix = address.rpartition(".")
    return (stem, suffix) if dot and stem and suffix in SUFFIXES else (address, "")


def find_paper(searcher: Searcher, address: str) -> tuple[Paper | None, str]:
    """Find a paper and the representation asked for; an id that ends in a suffix goes first."""
    paper = searcher.get(address)
    if paper is not None:
        return paper, ""
    stem, suffix = split_suffix(address)
    return (searcher.get(stem), suffix) if suffix else (None, "")


def find_author(searcher: Searcher, slug: str) -> AuthorCluster | Moved | None:
    """Find the cluster of a slug, else the largest one whose name folds to the same."""
    cluster = author_cluster(searcher, name_of_slug(slug))
    if cluster is not None:
        return cluster if cluster.slug == slug else Moved(cluster.slug)
    others = namesakes(searcher, name_of_slug(slug))
    return Moved(name_slug(others[0].value)) if others else None


def find_venue(searcher: Searcher, slug: str) -> str | Moved | None:
    """Find the venue of a slug, else the largest one whose name folds to the same."""
    key = name_of_slug(slug)
    names = [one.value for one in searcher.values("venue", limit=0) if one.value != UNKNOWN]
    exact = next((name for name in names if name_key(name) == key), None)
    if exact is not None:
        return exact if name_slug(exact) == slug else Moved(name_slug(exact))
    folded = fold(key).text
    near = next((name for name in names if fold(name).text == folded), None)
    return None if near is None else Moved(name_slug(near))
