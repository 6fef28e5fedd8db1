"""The papers themselves: JSON lines in small compressed blocks, any paper within microseconds.

A paper is one line, a JSON list of its fields in the order of `Paper`; sixteen lines are a block,
compressed by Zstandard (RFC 8878). Blocks keep the order in which papers arrived, so that merging
copies them as they are; `slot` finds a paper by its number.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from operator import attrgetter
from threading import Lock
from typing import Any, Final

import numpy as np
import zstandard
from numpy.typing import NDArray

from indexer.errors import IndexDamaged
from indexer.paper import Paper

BLOCK: Final = 16
"""Papers of a full block."""
_LEVEL: Final = 6
_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_CACHED: Final = 64
_MOST_BYTES: Final = 1 << 28
_FIELDS: Final = tuple(one.name for one in fields(Paper))
_VALUES: Final = attrgetter(*_FIELDS)
_TUPLES: Final = tuple(_FIELDS.index(name) for name in ("authors", "keywords"))


def encode(paper: Paper) -> bytes:
    """Write a paper as one line, without its line end.

    Raises:
        UnicodeEncodeError: when a text holds half a character (a lone surrogate).
    """
    return _COMPACT(_VALUES(paper)).encode()


def content_hash(line: bytes) -> int:
    """Give 64 bits that change with any field of a paper but where its record stood.

    Args:
        line: the paper as `encode` writes it, its source last.
    """
    # Inside a text of JSON no quote stands without a backslash, so this is where the source begins.
    source = line.rfind(b',"', 0, len(line) - len('"]')) + 1
    digest = hashlib.blake2b(line[:source], digest_size=8)
    return int.from_bytes(digest.digest(), "little")


def decode(line: bytes) -> Paper:
    """Read a paper back from its line, equal to the one that was written."""
    values: list[Any] = json.loads(line)
    for at in _TUPLES:
        values[at] = tuple(values[at])
    return Paper(*values)


def pack(lines: Iterable[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Compress lines into blocks.

    Returns:
        The blocks one after the other, and their ends (int64[blocks + 1], the first 0).
    """
    compressor = zstandard.ZstdCompressor(level=_LEVEL)
    kept = list(lines)
    blocks = [
        compressor.compress(b"\n".join(kept[at : at + BLOCK])) for at in range(0, len(kept), BLOCK)
    ]
    ends = np.zeros(len(blocks) + 1, np.int64)
    np.cumsum([len(block) for block in blocks], out=ends[1:])
    return np.frombuffer(b"".join(blocks), np.uint8), ends


def slots(papers: int, first_block: int = 0) -> NDArray[np.int64]:
    """Give the slots of papers packed in order: number of the block * BLOCK + place in it."""
    return np.arange(papers, dtype=np.int64) + first_block * BLOCK


@dataclass(frozen=True, slots=True)
class PaperStore:
    """Papers by their number in a segment; safe to use from several threads.

    Attributes:
        blocks: uint8, all blocks.
        ends: int64[blocks + 1], where each block ends.
        slot: int64, one a paper: block * BLOCK + place in the block.
    """

    blocks: NDArray[np.uint8]
    ends: NDArray[np.int64]
    slot: NDArray[np.int64]
    _cache: OrderedDict[int, list[bytes]] = field(default_factory=OrderedDict, compare=False)
    _lock: Lock = field(default_factory=Lock, compare=False)

    def __len__(self) -> int:
        """Number of papers."""
        return len(self.slot)

    def paper(self, number: int) -> Paper:
        """Give a paper by its number.

        Raises:
            IndexDamaged: when its block is not what was written.
        """
        return decode(self.line(number))

    def line(self, number: int) -> bytes:
        """Give a paper as it is stored, undecoded; for copying."""
        block, place = divmod(int(self.slot[number]), BLOCK)
        lines = self._lines(block)
        if place >= len(lines):
            raise IndexDamaged(f"paper {number} of the store is missing; run `quiver verify`")
        return lines[place]

    def __iter__(self) -> Iterator[Paper]:
        """Give all papers in the order of their slots, which reads every block once."""
        return (self.paper(int(number)) for number in np.argsort(self.slot, kind="stable"))

    def _lines(self, block: int) -> list[bytes]:
        with self._lock:
            lines = self._cache.get(block)
            if lines is not None:
                self._cache.move_to_end(block)
                return lines
        lines = self._read(block)
        with self._lock:
            self._cache[block] = lines
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return lines

    def _read(self, block: int) -> list[bytes]:
        data = self.blocks[self.ends[block] : self.ends[block + 1]]
        try:
            # A decompressor must not be shared between threads, and making one costs nothing.
            text = zstandard.ZstdDecompressor().decompress(data.data, max_output_size=_MOST_BYTES)
        except zstandard.ZstdError as error:
            raise IndexDamaged(
                f"block {block} of the store cannot be read ({error}); run `quiver verify`"
            ) from error
        return text.split(b"\n")
