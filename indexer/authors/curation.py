"""What people who know say about authors' names: which are one person's, and which are not.

It comes from a file (`indexer.intake.curation_file`) and is kept with each generation of an index,
so that readers need no file. It changes no paper: pages say what is curated, and by whom it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Final

from indexer.errors import IndexDamaged
from indexer.paper import name_key
from indexer.search import Searcher, Writer

ATTACHED: Final = "authors"
"""Name of the attachment that holds it."""
_VERSION: Final = 1
_KEYS: Final = ("name", "same", "homepage", "orcid")


@dataclass(frozen=True, slots=True)
class CuratedPerson:
    """One person, as curated.

    Attributes:
        name: the preferred spelling; need not stand on any paper.
        same: other exact names of this person.
        homepage: absolute http(s) address, or empty.
        orcid: "0000-0002-1825-0097", its last digit right, or empty.
    """

    name: str
    same: tuple[str, ...] = ()
    homepage: str = ""
    orcid: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All exact names, the preferred one first."""
        return (self.name, *self.same)


@dataclass(frozen=True, slots=True)
class CuratedPapers:
    """Papers of one exact name, as curated.

    Attributes:
        name: the exact name.
        same: ids of papers that are one person's.
        different: ids of papers no two of which are one person's.
    """

    name: str
    same: tuple[str, ...] = ()
    different: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Curation:
    """All that is curated. No exact name (`name_key`) is in two of the people.

    Attributes:
        different: groups of exact names, no two of a group one person's.
        papers: which papers of a name are one person's, and which are not.
    """

    people: tuple[CuratedPerson, ...] = ()
    different: tuple[tuple[str, ...], ...] = ()
    papers: tuple[CuratedPapers, ...] = ()
    _by_key: Mapping[str, CuratedPerson] = field(init=False, repr=False, compare=False)
    _against: Mapping[str, frozenset[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = {name_key(name): person for person in self.people for name in person.names}
        against: dict[str, frozenset[str]] = {}
        for group in self.different:
            keys = frozenset(map(name_key, group))
            for key in keys:
                against[key] = against.get(key, frozenset()) | (keys - {key})
        object.__setattr__(self, "_by_key", by_key)
        object.__setattr__(self, "_against", against)

    def person(self, name: str) -> CuratedPerson | None:
        """Returns the curated person of an exact name, or None."""
        return self._by_key.get(name_key(name))

    def others(self, names: Iterable[str]) -> frozenset[str]:
        """Returns the `name_key`s curated as belonging to other people than these names."""
        return frozenset().union(
            *(self._against.get(name_key(name), frozenset()) for name in names)
        )


def attach_curation(writer: Writer, curation: Curation) -> None:
    """Keeps what is curated with an index; nothing curated takes away what was."""
    writer.attach(ATTACHED, _encode(curation) if curation != Curation() else b"")


def curation_of(searcher: Searcher) -> Curation:
    """Returns the curation attached to a generation.

    Raises:
        IndexDamaged: when it was written by another version of this program.
    """
    return read_curated(searcher.attachment(ATTACHED))


def read_curated(data: bytes | None) -> Curation:
    """Returns the curation that an attachment holds; nothing curated where there is none.

    Raises:
        IndexDamaged: when it was written by another version of this program.
    """
    return Curation() if data is None else _read(data)


def _encode(curation: Curation) -> bytes:
    people = [
        {key: value for key in _KEYS if (value := getattr(person, key))}
        for person in curation.people
    ]
    body = {"version": _VERSION, "people": people, "different": curation.different}
    if curation.papers:
        body["papers"] = [asdict(papers) for papers in curation.papers]
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache(maxsize=2)
def _read(data: bytes) -> Curation:
    body = json.loads(data)
    if body["version"] != _VERSION:
        raise IndexDamaged(
            f"what is curated about authors is of version {body['version']}, this program reads "
            f"{_VERSION}; `quiver build` makes a new index"
        )
    people = tuple(
        CuratedPerson(**{**person, "same": tuple(person.get("same", ()))})
        for person in body["people"]
    )
    papers = tuple(
        CuratedPapers(papers["name"], tuple(papers["same"]), tuple(papers["different"]))
        for papers in body.get("papers", ())
    )
    return Curation(people, tuple(map(tuple, body["different"])), papers)
