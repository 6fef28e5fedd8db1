"""The papers themselves: compressed JSON lines, any paper within microseconds.

A paper is one line, a JSON list: its plain fields in the order of `Paper`, the source last, and
before the source, where the paper has any, an object of its details (see
`indexer.serialization.details`). A paper without details is the same line as before there were any.
Each line is compressed by itself (Zstandard, RFC 8878) with a dictionary of what the papers of an
index have in common, which makes it as small as in a block of many. Lines keep the order in which
papers arrived, so that merging copies them as they are; `slot` finds a paper by its number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.segment import Ints
from indexer.errors import IndexDamaged
from indexer.paper import Paper
from indexer.serialization.details import has_details, packed_details, unpacked
from indexer.system import zstd

_DICTIONARY: Final = 112 * 1024
"""Bytes of a dictionary, as `zstd --train` has it."""
_LEAST: Final = 500
_MOST: Final = 1000
"""Lines that a dictionary is trained on, at most. Of 12,000 papers, 4,000 lines make the store
.2 % smaller and take four times as long; 500 make it 2 % larger."""
_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_MOST_BYTES: Final = 1 << 28
_FIELDS: Final = (
    *("id", "title", "abstract", "authors", "venue", "year", "type", "doi", "url", "keywords"),
    "authors_complete",
)
"""The plain fields, in the order of a line, without the source."""
_VALUES: Final = attrgetter(*_FIELDS)
_TUPLES: Final = tuple(_FIELDS.index(name) for name in ("authors", "keywords"))


def encode(paper: Paper) -> bytes:
    """Writes a paper as one line, without its line end.

    Raises:
        UnicodeEncodeError: when a text holds half a character (a lone surrogate).
    """
    values = _VALUES(paper)
    if has_details(paper):
        return _COMPACT((*values, packed_details(paper), paper.source)).encode()
    return _COMPACT((*values, paper.source)).encode()


def content_hash(line: bytes) -> int:
    """Returns 64 bits that change with any field of a paper but where its record stood.

    Args:
        line: the paper as `encode` writes it, its source last.
    """
    # Inside a text of JSON no quote stands without a backslash, so this is where the source begins.
    source = line.rfind(b',"', 0, len(line) - len('"]')) + 1
    digest = hashlib.blake2b(line[:source], digest_size=8)
    return int.from_bytes(digest.digest(), "little")


def decode(line: bytes) -> Paper:
    """Reads a paper back from its line, equal to the one that was written."""
    values: list[Any] = json.loads(line)
    for at in _TUPLES:
        values[at] = tuple(values[at])
    plain = len(_FIELDS)
    details = values.pop(plain) if len(values) > plain + 1 else None
    return Paper(*values) if details is None else Paper(*values, **unpacked(details, values[3]))


def dictionary_for(lines: Sequence[bytes]) -> bytes:
    """Makes a dictionary of what lines have in common; empty where they are too few for one."""
    if len(lines) < _LEAST:
        return b""
    chosen = lines[:: max(1, len(lines) // _MOST)]
    return zstd.train(chosen, min(_DICTIONARY, sum(map(len, chosen)) // 10))


def pack(
    lines: Iterable[bytes], dictionary: bytes = b""
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Compresses lines.

    Returns:
        What each became, one after the other, and their ends (int64[lines + 1], the first 0).
    """
    packed = zstd.compress_each(lines, dictionary)
    ends = np.zeros(len(packed) + 1, np.int64)
    np.cumsum([len(record) for record in packed], out=ends[1:])
    return np.frombuffer(b"".join(packed), np.uint8), ends


@dataclass(frozen=True, slots=True)
class PaperStore:
    """Papers by their number in a segment; safe to use from several threads.

    Attributes:
        packed: uint8, all compressed lines.
        ends: int32 or int64[papers + 1], where each of them ends, the first 0.
        slot: int32 or int64, one a paper: which of them it is.
        dictionary: uint8, what they were compressed with; empty for none.
    """

    packed: NDArray[np.uint8]
    ends: Ints
    slot: Ints
    dictionary: NDArray[np.uint8]
    _idle: list[zstd.FrameReader] = field(default_factory=list, compare=False)

    def __len__(self) -> int:
        """Number of papers."""
        return len(self.slot)

    def paper(self, number: int) -> Paper:
        """Returns a paper by its number.

        Raises:
            IndexDamaged: when its line is not what was written.
        """
        return decode(self.line(number))

    def line(self, number: int) -> bytes:
        """Returns a paper as it is stored, undecoded; for copying.

        Raises:
            IndexDamaged: when it is not what was written.
        """
        slot = int(self.slot[number])
        data = self.packed[self.ends[slot] : self.ends[slot + 1]]
        # A reader must not be shared between threads, and making one is slow: each is lent to one
        # thread at a time.
        try:
            reader = self._idle.pop()
        except IndexError:
            reader = zstd.frame_reader(self.dictionary.tobytes(), _MOST_BYTES)
        try:
            line = reader(data.data)
        except ValueError as error:
            raise IndexDamaged(
                f"paper {number} of the store cannot be read ({error}); run `quiver verify`"
            ) from error
        self._idle.append(reader)
        return line

    def __iter__(self) -> Iterator[Paper]:
        """Returns all papers in the order of their slots, which reads the file once."""
        return (self.paper(int(number)) for number in np.argsort(self.slot, kind="stable"))
