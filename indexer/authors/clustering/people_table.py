"""The likely people of names, as an index keeps them: numbered groups of papers that last.

A group keeps its number as long as most of its papers stay together, over updates and rebuilds:
new groups are matched with those of the generation before by the papers they share. A number that
is given up leads to the group that most of its papers went to. Papers are known by a hash of their
id, so segments may be merged without rewriting the table.

Format, little-endian: magic ``QVPEOPLE``, u32 length of a JSON header, the header (names, dtypes
and lengths of the arrays), the arrays one after the other.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from indexer.errors import IndexDamaged

ATTACHED: Final = "people"
"""Name of the attachment that holds the table."""
_MAGIC: Final = b"QVPEOPLE"
_VERSION: Final = 1
_ARRAYS: Final = {
    "name_ends": "I", "names": "B", "paper_ptr": "I", "papers": "I", "paper_group": "H",
    "group_ptr": "I", "groups": "H", "confidence": "B", "moved_ptr": "I", "moved_from": "H",
    "moved_to": "H", "fingerprints": "Q",
}  # fmt: skip
"""The arrays and their kinds, as the module `array` names them: bytes, or 2, 4 or 8 bytes."""
MOST_GROUPS: Final = 60_000
"""Groups of a name, and numbers given up."""


@dataclass(frozen=True, slots=True)
class NamedPeople:
    """The likely people of one name.

    Attributes:
        groups: by number, from 1, the `paper_hash`es of each.
        confidence: by number, the probability that no other group is the same person.
        moved: numbers given up and those they lead to; 0 is the whole name.
        alone: hashes of the papers that fit no group.
    """

    groups: Mapping[int, frozenset[int]]
    confidence: Mapping[int, float]
    moved: Mapping[int, int] = field(default_factory=dict)
    alone: frozenset[int] = frozenset()

    def number_of(self, paper: int) -> int:
        """Returns the group of a paper by its hash; 0 where it is in none."""
        return next((number for number, papers in self.groups.items() if paper in papers), 0)

    def current(self, number: int) -> int | None:
        """Returns the number that a number leads to; None where it was never given."""
        if number in self.groups:
            return number
        return self.moved.get(number)


def paper_hash(paper_id: str) -> int:
    """Returns 32 bits of a paper id's BLAKE2b."""
    return int.from_bytes(hashlib.blake2b(paper_id.encode(), digest_size=4).digest(), "little")


def name_fingerprint(name_key: str, papers: int) -> int:
    """Returns 64 bits of a name and the hash of its papers' contents."""
    digest = hashlib.blake2b(
        name_key.encode(), digest_size=8, key=papers.to_bytes(8, "little")
    ).digest()
    return int.from_bytes(digest, "little")


def number_groups(
    groups: Sequence[tuple[frozenset[int], float]],
    alone: Iterable[int],
    before: NamedPeople | None,
) -> NamedPeople:
    """Returns groups with the numbers they had, where they had one, else the next.

    Args:
        groups: papers and confidence, in the order in which new ones are numbered.
        alone: papers in no group.
        before: the people of the name in the generation before.
    """
    old = before.groups if before is not None else {}
    overlaps = sorted(
        (-len(papers & members), number, place)
        for place, (papers, _) in enumerate(groups)
        for number, members in old.items()
        if papers & members
    )
    number_at: dict[int, int] = {}
    for _, number, place in overlaps:
        if place not in number_at and number not in number_at.values():
            number_at[place] = number
    moved_before = dict(before.moved) if before is not None else {}
    following = max((0, *old, *moved_before)) + 1
    for place in range(len(groups)):
        if place not in number_at:
            number_at[place] = following
            following += 1
    numbered = {number_at[place]: groups[place] for place in sorted(number_at, key=number_at.get)}  # type: ignore[arg-type]
    moved: dict[int, int] = {}
    for number, members in old.items():
        if number not in numbered:
            shares = Counter({new: len(members & papers) for new, (papers, _) in numbered.items()})
            best = max(shares, key=lambda new: (shares[new], -new), default=0)
            moved[number] = best if shares[best] else 0
    for number, target in moved_before.items():
        if number not in numbered:
            moved[number] = target if target in numbered else moved.get(target, 0)
    return NamedPeople(
        {number: papers for number, (papers, _) in numbered.items()},
        {number: confidence for number, (_, confidence) in numbered.items()},
        moved,
        frozenset(alone),
    )


class PeopleTable:
    """The people of all names of an index that seem to be borne by several.

    Attributes:
        identified: whether papers of the index tell ids of their authors.
    """

    def __init__(self, arrays: Mapping[str, array[int]], *, identified: bool = False) -> None:
        """Reads from the arrays of a table; `read_table` checks them."""
        self.identified = identified
        self._arrays = arrays
        self._blob = arrays["names"].tobytes()
        self._ends = arrays["name_ends"]

    def __len__(self) -> int:
        """Number of names."""
        return len(self._ends) - 1

    def _key(self, place: int) -> bytes:
        return self._blob[self._ends[place] : self._ends[place + 1]]

    def names(self) -> list[str]:
        """Returns the `name_key`s, ascending by UTF-8."""
        return [self._key(place).decode() for place in range(len(self))]

    def people(self, name_key: str) -> NamedPeople | None:
        """Returns the people of a name; None where it seems to be one person's."""
        wanted = name_key.encode(errors="surrogatepass")
        place = bisect_left(range(len(self)), wanted, key=self._key)
        if place == len(self) or self._key(place) != wanted:
            return None
        return self._people(place)

    def items(self) -> Iterator[tuple[str, NamedPeople]]:
        """Yields each name and its people, ascending by name."""
        for place in range(len(self)):
            yield self._key(place).decode(), self._people(place)

    @property
    def fingerprints(self) -> array[int]:
        """The `name_fingerprint`s of all names that were looked at, ascending."""
        return self._arrays["fingerprints"]

    def _people(self, place: int) -> NamedPeople:
        lists = self._arrays
        papers = slice(*lists["paper_ptr"][place : place + 2])
        groups = slice(*lists["group_ptr"][place : place + 2])
        moves = slice(*lists["moved_ptr"][place : place + 2])
        numbers = lists["groups"][groups]
        members: dict[int, set[int]] = {number: set() for number in numbers}
        alone: set[int] = set()
        for paper, number in zip(
            lists["papers"][papers], lists["paper_group"][papers], strict=True
        ):
            members.get(number, alone).add(paper)
        confidence = (percent / 100 for percent in lists["confidence"][groups])
        return NamedPeople(
            {number: frozenset(own) for number, own in members.items()},
            dict(zip(numbers, confidence, strict=True)),
            dict(zip(lists["moved_from"][moves], lists["moved_to"][moves], strict=True)),
            frozenset(alone),
        )


def write_table(
    people: Mapping[str, NamedPeople],
    fingerprints: Iterable[int],
    *,
    identified: bool = False,
) -> bytes:
    """Returns a table as bytes.

    Args:
        people: by `name_key`.
        fingerprints: of all names that were looked at.
        identified: see `PeopleTable`.
    """
    keys = sorted(people, key=str.encode)
    raws = [key.encode() for key in keys]
    columns: dict[str, list[int]] = {name: [] for name in _ARRAYS}
    for name in ("name_ends", "paper_ptr", "group_ptr", "moved_ptr"):
        columns[name].append(0)
    for key, raw in zip(keys, raws, strict=True):
        named = people[key]
        for number, papers in (*named.groups.items(), (0, named.alone)):
            columns["papers"] += sorted(papers)
            columns["paper_group"] += [number] * len(papers)
        columns["groups"] += named.groups
        columns["confidence"] += [round(100 * named.confidence[group]) for group in named.groups]
        columns["moved_from"] += named.moved
        columns["moved_to"] += named.moved.values()
        columns["name_ends"].append(columns["name_ends"][-1] + len(raw))
        columns["paper_ptr"].append(len(columns["papers"]))
        columns["group_ptr"].append(len(columns["groups"]))
        columns["moved_ptr"].append(len(columns["moved_from"]))
    columns["names"] = list(b"".join(raws))
    columns["fingerprints"] = sorted(fingerprints)
    arrays = {name: array(kind, columns[name]) for name, kind in _ARRAYS.items()}
    lengths = {name: len(array) for name, array in arrays.items()}
    header = json.dumps(
        {"version": _VERSION, "identified": identified, "arrays": lengths}, separators=(",", ":")
    ).encode()
    body = b"".join(_little(column).tobytes() for column in arrays.values())
    return _MAGIC + len(header).to_bytes(4, "little") + header + body


@lru_cache(maxsize=2)
def read_table(data: bytes) -> PeopleTable:
    """Reads a table.

    Raises:
        IndexDamaged: when it is not one, or of another version.
    """
    if not data.startswith(_MAGIC):
        raise _damaged("it does not begin like one")
    start = len(_MAGIC) + 4
    end = start + int.from_bytes(data[len(_MAGIC) : start], "little")
    try:
        header = json.loads(data[start:end])
        version, lengths = header["version"], header["arrays"]
        sizes = {name: int(lengths[name]) for name in _ARRAYS} if version == _VERSION else {}
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged("its header is not what was written") from error
    if min(sizes.values(), default=0) < 0:
        raise _damaged("its header is not what was written")
    if version != _VERSION:
        raise _damaged(f"it is of version {version}, this program reads {_VERSION}")
    arrays: dict[str, array[int]] = {}
    for name, kind in _ARRAYS.items():
        column = array(kind)
        size = column.itemsize * sizes[name]
        if end + size > len(data):
            raise _damaged("it is cut short")
        column.frombytes(data[end : end + size])
        arrays[name] = _little(column)
        end += size
    return PeopleTable(arrays, identified=header.get("identified") is True)


def _little(column: array[int]) -> array[int]:
    """Returns numbers with their bytes turned where this machine is not little-endian."""
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column


def _damaged(why: str) -> IndexDamaged:
    return IndexDamaged(f"the table of people: {why}; `quiver build` makes a new index")
