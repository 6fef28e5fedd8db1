"""Named arrays in one file: little-endian, aligned for memory-mapping, each with a checksum.

    0   8 bytes   magic "QVARRAYS"
    8   u32       version of this layout
    12  u32       length of the table, bytes
    16  u64       offset of the table
    24  8 bytes   BLAKE2b of the table
    64  …         the arrays, each beginning at a multiple of 64
    …   table     JSON: [[name, dtype, shape, offset, BLAKE2b of its bytes in hex], …]

The writing is durable: `ArrayFile` syncs the arrays before it writes the header, so a file that was
cut short by a kill has no header and is refused. `Spool` is a list of numbers that grows in a
temporary file until its length and its width are known.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from indexer.backends.whoosh.format.packed_ints import (
    best_width,
    code_count,
    code_kind,
    encode,
    reaching,
)
from indexer.errors import IndexDamaged

MAGIC: Final = b"QVARRAYS"
VERSION: Final = 4
_HEADER: Final = struct.Struct("<8sIIQ8s")
_ALIGN: Final = 64
_DTYPES: Final = frozenset({"|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4", "<f8"})
_CHUNK: Final = 1 << 22
_MAX_TABLE: Final = 1 << 20
_LARGEST: Final = (1 << 31) - 1


class Sink(Protocol):
    """Takes arrays by name, whole or piece by piece."""

    def put(self, name: str, array: Array) -> None:
        """Takes a whole array."""

    def append(self, name: str, piece: Array) -> None:
        """Takes the next piece of a flat array; an unsigned one is kept as narrow as fits."""

    def append_packed(self, name: str, piece: Array, least: int) -> None:
        """Takes the next piece of a list of unsigned numbers that is kept as `PackedInts`.

        Args:
            name: of the list.
            piece: of it.
            least: the fewest bits of a code, see `packed_ints.best_width`; the same for all pieces.
        """


def fitting(numbers: NDArray[np.signedinteger[Any]]) -> NDArray[np.signedinteger[Any]]:
    """Returns numbers that are not negative in half the room where none is too large for that."""
    return numbers.astype(np.int32) if numbers.max(initial=0) <= _LARGEST else numbers


def little(array: Array) -> Array:
    """Returns the array as contiguous little-endian data of a kind the layout knows."""
    array = np.ascontiguousarray(array)
    dtype = array.dtype.newbyteorder("<")
    if np.dtype(dtype).str not in _DTYPES:
        raise TypeError(f"no array of {array.dtype} can be stored")
    return array.astype(dtype, copy=False)


class ArrayFile(AbstractContextManager["ArrayFile"]):
    """Writes one file of arrays; complete and on disk when its block ends well, absent else."""

    def __init__(self, path: Path, *, lasting: bool = True) -> None:
        """Begins a file at `path`, replacing what is there.

        Args:
            path: of the file.
            lasting: whether it must outlive a power cut and whatever befalls a disk; what is read
                once and removed need not, and has no checksums.
        """
        self._path = path
        self._lasting = lasting
        self._table: list[tuple[str, str, list[int], int, str]] = []
        self._spools: dict[str, Spool] = {}
        self._packed: dict[str, tuple[int, NDArray[np.int64]]] = {}

    def __enter__(self) -> Self:
        self._file = self._path.open("wb")
        self._file.write(b"\0" * _ALIGN)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._finish()
        except BaseException:
            kind = BaseException
            raise
        finally:
            for spool in self._spools.values():
                spool.close()
            self._file.close()
            if kind is not None:
                self._path.unlink(missing_ok=True)

    def put(self, name: str, array: Array) -> None:
        """Writes a whole array."""
        array = little(array)
        self._begin(name, array.dtype, list(array.shape))
        self._end([array.reshape(-1).view(np.uint8).data] if array.size else [])

    def append(self, name: str, piece: Array) -> None:
        """Writes the next piece of an array."""
        piece = little(piece)
        spool = self._spools.get(name)
        if spool is None:
            spool = self._spools[name] = Spool(self._path.parent, piece.dtype)
        spool.append(piece)

    def append_packed(self, name: str, piece: Array, least: int) -> None:
        """Writes the next piece of a list that is kept as `PackedInts`."""
        self.append(name, piece)
        _, before = self._packed.get(name, (least, 0))
        self._packed[name] = least, before + reaching(piece)

    def _put_packed(self, name: str) -> None:
        """Writes codes, of as many bits as is best for all; the others go into spools meanwhile."""
        spool = self._spools[name]
        least, others = self._packed[name]
        bits = best_width(spool.length, others, least)

        def codes() -> Iterator[memoryview]:
            for piece, at, numbers in encode(spool, bits):
                self.append(f"{name}.at", at)
                self.append(f"{name}.others", numbers)
                yield _bytes_of(piece)

        self.put(f"{name}.kind", np.array([spool.length, bits]))
        self._begin(f"{name}.codes", code_kind(bits), [code_count(spool.length, bits)])
        for part in ("at", "others"):
            self.append(f"{name}.{part}", np.zeros(0, np.uint64))
        self._end(codes())

    def _begin(self, name: str, dtype: np.dtype[Any], shape: list[int]) -> None:
        at = self._file.tell()
        self._file.write(b"\0" * (-at % _ALIGN))
        self._table.append((name, dtype.str, shape, self._file.tell(), ""))

    def _end(self, pieces: Iterator[memoryview] | list[memoryview]) -> None:
        check = hashlib.blake2b(digest_size=8)
        for piece in pieces:
            if self._lasting:  # nobody checks what this process reads back at once
                check.update(piece)
            self._file.write(piece)
        self._table[-1] = (*self._table[-1][:4], check.hexdigest())

    def _finish(self) -> None:
        for name in self._packed:
            self._put_packed(name)
        for name, spool in self._spools.items():
            if name not in self._packed:
                self._begin(name, spool.dtype, [spool.length])
                self._end(_bytes_of(piece.astype(spool.dtype, copy=False)) for piece in spool)
        table = json.dumps(self._table, separators=(",", ":")).encode()
        at = self._file.tell()
        self._file.write(table)
        self._file.flush()
        self._file.seek(0)
        digest = hashlib.blake2b(table, digest_size=8).digest()
        self._file.write(_HEADER.pack(MAGIC, VERSION, len(table), at, digest))
        self._file.flush()
        if self._lasting:
            os.fsync(self._file.fileno())


def _bytes_of(array: Array) -> memoryview:
    return array.view(np.uint8).data


def write_arrays(path: Path, arrays: Mapping[str, Array], *, lasting: bool = True) -> None:
    """Writes a file of arrays and, where it is `lasting`, makes sure it is on disk.

    Raises:
        OSError: when it cannot be written; nothing is left at `path` then.
    """
    with ArrayFile(path, lasting=lasting) as file:
        for name, array in arrays.items():
            file.put(name, array)


@dataclass(frozen=True, slots=True)
class OpenArrays:
    """A file of arrays, memory-mapped; it stays readable and can be checked when it is unlinked.

    Attributes:
        path: of the file.
        arrays: by name.
        digest: checksum of its table, in hex. The table holds the checksums of all arrays, so two
            files of the same digest have the same content.
    """

    path: Path
    arrays: Mapping[str, Array]
    digest: str
    _view: mmap.mmap
    _table: Sequence[tuple[str, str, list[int], int, str]]

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self._view)

    def larger_than(self, limit: int) -> int:
        """Returns the bytes of all arrays that are longer than this."""
        return sum(size for _, _, size, _ in self._spans() if size > limit)

    def check(self, *, above: int = -1, up_to: int | None = None) -> None:
        """Reads the arrays and compares their checksums; whole, also what lies between the arrays.

        Args:
            above: only arrays of more bytes than this.
            up_to: only arrays of at most so many bytes; None = of any length.

        Raises:
            IndexDamaged: names the first array that is not what was written.
        """
        end = _HEADER.size
        for name, start, size, digest in self._spans():
            if any(self._view[end:start]):
                raise _damaged(self.path, f"there are bytes that were not written before {name!r}")
            end = start + size
            if size <= above or (up_to is not None and size > up_to):
                continue
            if self._sum(start, end) != digest:
                raise _damaged(self.path, f"the checksum of its array {name!r} is wrong")

    def _spans(self) -> Iterator[tuple[str, int, int, str]]:
        for name, dtype, shape, start, digest in self._table:
            yield name, start, _bytes(dtype, shape), digest

    def _sum(self, start: int, end: int) -> str:
        """Returns the checksum of some bytes; their pages leave the memory as they are read."""
        check = hashlib.blake2b(digest_size=8)
        with memoryview(self._view) as view:
            for low in range(start, end, _CHUNK):
                high = min(low + _CHUNK, end)
                with view[low:high] as piece:
                    check.update(piece)
                if high - low == _CHUNK and hasattr(mmap, "MADV_DONTNEED"):
                    page = low - low % mmap.PAGESIZE
                    self._view.madvise(mmap.MADV_DONTNEED, page, high - page)
        return check.hexdigest()


def map_arrays(path: Path) -> OpenArrays:
    """Memory-map a file of arrays.

    Raises:
        IndexDamaged: when the file is not one, is cut short or continued, or its table is not
            what was written.
        FileNotFoundError: when it is not there.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < _ALIGN:
            raise _damaged(path, f"it has only {size} bytes")
        view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    table = _table(path, view)
    arrays = {name: _array(view, dtype, shape, at) for name, dtype, shape, at, _ in table}
    return OpenArrays(path, arrays, view[24:32].hex(), view, table)


def open_arrays(path: Path) -> dict[str, Array]:
    """Memory-map a file of arrays; gives the arrays alone and raises as `map_arrays`."""
    return dict(map_arrays(path).arrays)


def check_arrays(path: Path) -> None:
    """Reads a whole file of arrays and compares every checksum.

    Raises:
        IndexDamaged: names the first array that is not what was written.
    """
    map_arrays(path).check()


def release(array: Array) -> None:
    """Lets go of the memory that holds pages of an array's file; they are read again when needed.

    Bulk work calls it now and then, lest everything it has passed over stays in memory. Does
    nothing for an array that is not memory-mapped.
    """
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    view = base.obj if isinstance(base, memoryview) else base
    if isinstance(view, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        view.madvise(mmap.MADV_DONTNEED)


def _table(path: Path, view: mmap.mmap) -> list[tuple[str, str, list[int], int, str]]:
    magic, version, length, at, digest = _HEADER.unpack_from(view, 0)
    if magic != MAGIC:
        raise _damaged(path, "it does not begin like a file of arrays")
    if version != VERSION:
        raise _damaged(path, f"it is of version {version}, this program reads {VERSION}")
    if length > _MAX_TABLE or at + length > len(view):
        raise _damaged(path, "it is cut short")
    if at + length < len(view):
        raise _damaged(path, f"{len(view) - at - length:,} bytes were appended to it")
    text = view[at : at + length]
    if hashlib.blake2b(text, digest_size=8).digest() != digest:
        raise _damaged(path, "the checksum of its table is wrong")
    table: list[tuple[str, str, list[int], int, str]] = json.loads(text)
    for name, dtype, shape, start, _ in table:
        if dtype not in _DTYPES or start + _bytes(dtype, shape) > at:
            raise _damaged(path, f"its array {name!r} does not fit in it")
    return table


def _bytes(dtype: DTypeLike, shape: list[int]) -> int:
    return int(np.dtype(dtype).itemsize * np.prod(shape, dtype=np.int64))


def _array(view: mmap.mmap, dtype: str, shape: list[int], at: int) -> Array:
    count = int(np.prod(shape, dtype=np.int64))
    if not count:
        empty = np.zeros(shape, dtype)
        empty.flags.writeable = False
        return empty
    return np.frombuffer(view, dtype, count, at).reshape(shape)


def _damaged(path: Path, why: str) -> IndexDamaged:
    return IndexDamaged(
        f"{path}: {why}; `quiver verify` says what else is, `quiver rollback` "
        "goes back to the generation before, `quiver build` makes a new one"
    )


Array = NDArray[Any]


def narrowest(highest: int) -> np.dtype[Any]:
    """Returns the narrowest kind of unsigned integer that holds a number."""
    return next(
        np.dtype(kind)
        for kind in ("|u1", "<u2", "<u4", "<u8")
        if highest < 256 ** np.dtype(kind).itemsize
    )


class Spool:
    """Takes numbers piece by piece and gives them back in order.

    Attributes:
        length: how many there are.
        dtype: the kind of all together: that of the first piece, or, of unsigned numbers, the
            narrowest that holds them.
    """

    def __init__(self, folder: Path, dtype: np.dtype[Any]) -> None:
        """Begins with none.

        Args:
            folder: on the disk to write to; no name is left in it.
            dtype: of the numbers, little-endian.
        """
        self._file: BinaryIO = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - see `close`
        self._pieces: list[tuple[np.dtype[Any], int]] = []
        self.length = 0
        self.dtype = narrowest(0) if dtype.kind == "u" else dtype

    def append(self, piece: Array) -> None:
        """Takes the next piece."""
        if not len(piece):
            return
        kind = self.dtype
        if kind.kind == "u":
            kind = narrowest(int(piece.max()))
            self.dtype = max(self.dtype, kind, key=lambda dtype: dtype.itemsize)
        self._file.write(piece.astype(kind, copy=False).data)
        self._pieces.append((kind, len(piece)))
        self.length += len(piece)

    def __iter__(self) -> Iterator[Array]:
        """Yields the numbers in order, piece by piece, each piece of its own kind."""
        self._file.seek(0)
        for kind, length in self._pieces:
            step = _CHUNK // kind.itemsize
            for start in range(0, length, step):
                size = min(step, length - start)
                yield np.frombuffer(self._file.read(size * kind.itemsize), kind)

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()
