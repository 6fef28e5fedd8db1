"""Undo compression and archives, as the first bytes tell, within limits.

gzip, bzip2, xz and zstd are undone, also one inside another; a zip archive gives its members. A
spreadsheet (`.xlsx`) is a zip archive, too, but stays whole: it is one dump.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final, Protocol, cast

from indexer.errors import DumpError
from indexer.system.zstd import StreamDecompressor, ZstdError

LARGEST_RATIO: Final = 300
"""Most times that packed data may grow, once past `RATIO_FROM` bytes; papers grow 3 to 20."""
RATIO_FROM: Final = 64 * 1024 * 1024
DEEPEST: Final = 3
"""Most layers of compression and archives, one inside another."""
MOST_MEMBERS: Final = 100_000
"""Most files of an archive."""
CHUNK: Final = 256 * 1024

_BROKEN = (
    EOFError, OSError, RuntimeError, NotImplementedError, ValueError,
    zlib.error, lzma.LZMAError, zipfile.BadZipFile, ZstdError,
)  # fmt: skip


class Stream(Protocol):
    """Anything that gives bytes, none at its end."""

    def read(self, size: int, /) -> bytes:
        """Returns at most `size` bytes."""


class Counted:
    """A file that knows how many bytes were taken from it."""

    def __init__(self, raw: IO[bytes]) -> None:
        self.raw = raw
        self.count = 0

    def read(self, size: int = CHUNK, /) -> bytes:
        """Returns at most `size` bytes and count them."""
        data = self.raw.read(size)
        self.count += len(data)
        return data


class Peeked:
    """A stream whose first bytes were looked at; it still begins with them.

    Attributes:
        head: those bytes.
    """

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream = stream
        self.head = _read_fully(stream, size)
        self._rest = self.head

    def read(self, size: int = CHUNK, /) -> bytes:
        """Returns at most `size` bytes, those looked at first."""
        if self._rest:
            size = len(self._rest) if size < 0 else size
            taken, self._rest = self._rest[:size], self._rest[size:]
            return taken
        return self._stream.read(size)


def _read_fully(stream: Stream, size: int) -> bytes:
    pieces: list[bytes] = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


class _Checked:
    """A stream whose faults become `DumpError` and whose growth has a limit."""

    def __init__(self, name: str, stream: Stream, packed: Counted) -> None:
        self._name = name
        self._stream = stream
        self._packed = packed
        self._given = 0

    def read(self, size: int = CHUNK, /) -> bytes:
        try:
            data = self._stream.read(size)
        except DumpError:
            raise
        except _BROKEN as error:
            why = str(error) or type(error).__name__
            raise DumpError(
                self._name, 0, f"broken or cut short ({why}); fetch or make the file again"
            ) from error
        self._given += len(data)
        if self._given > RATIO_FROM and self._given > LARGEST_RATIO * self._packed.count:
            raise DumpError(
                self._name, 0, f"unpacks to over {LARGEST_RATIO} times its size: not a dump"
            )
        return data


def unpack(name: str, packed: Counted, depth: int = DEEPEST) -> Iterator[tuple[str, Stream]]:
    """Yields what is in a file once all packing is undone: name and content, one or more.

    Args:
        name: of the file; members of archives are named ``archive.zip/member``.
        packed: the file, at its beginning.
        depth: layers that may still be undone.

    Raises:
        DumpError: when it is broken, cut short, packed too deep or grows beyond the limits.
    """
    yield from _layer(name, _Checked(name, packed, packed), packed, depth)


def _layer(name: str, content: Stream, packed: Counted, depth: int) -> Iterator[tuple[str, Stream]]:
    peeked = Peeked(content, 6)
    inner = _opened(name, peeked)
    if peeked.head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _members(name, peeked, depth)
    elif inner is None:
        yield name, peeked
    elif depth == 0:
        raise DumpError(name, 0, f"packed over {DEEPEST} times: not a dump")
    else:
        yield from _layer(name, _Checked(name, inner, packed), packed, depth - 1)


def _opened(name: str, peeked: Peeked) -> Stream | None:
    file = cast("IO[bytes]", peeked)
    head = peeked.head
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if head.startswith(b"BZh"):
        return bz2.BZ2File(file)
    if head.startswith(b"\xfd7zXZ\x00"):
        return lzma.LZMAFile(file)
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return _Zstd(name, peeked)
    return None


class _Zstd:
    """The frames of a zstd file; read piece by piece, so that a cut-off frame is noticed."""

    def __init__(self, name: str, packed: Stream) -> None:
        self._name = name
        self._packed = packed
        self._left = b""
        self._frame: StreamDecompressor | None = None

    def read(self, size: int = CHUNK, /) -> bytes:
        # A piece of packed bytes may give many times its size, so pieces are small; what `size`
        # asks for is a wish.
        del size
        while True:
            piece = self._left or self._packed.read(16 * 1024)
            self._left = b""
            if not piece:
                if self._frame is not None:
                    raise EOFError("the last zstd frame has no end")
                return b""
            if self._frame is None:
                self._frame = StreamDecompressor()
            data = self._frame.decompress(piece)
            if self._frame.eof:
                self._left = self._frame.unused_data
                self._frame = None
            if data:
                return data


def _refuse_overlaps(name: str, members: list[zipfile.ZipInfo]) -> None:
    """Refuses an archive whose members share bytes, which unpacks to any size (Fifield 2019)."""
    if len(members) > MOST_MEMBERS:
        raise DumpError(name, 0, f"an archive of over {MOST_MEMBERS:,} files: not a dump")
    end = 0
    for member in sorted(members, key=lambda member_: member_.header_offset):
        if member.header_offset < end:
            fault = f"a broken zip archive ({member.filename!r} lies within another file of it)"
            raise DumpError(name, 0, fault)
        end = member.header_offset + 30 + len(member.filename) + member.compress_size


def _members(name: str, content: Stream, depth: int) -> Iterator[tuple[str, Stream]]:
    """Yields the members of a zip archive, by way of a temporary file: it needs seeking."""
    with tempfile.TemporaryFile() as file:
        while piece := content.read(CHUNK):
            file.write(piece)
        file.seek(0)
        try:
            archive = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise DumpError(name, 0, f"a broken zip archive ({error})") from error
        with archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if any(member.filename == "xl/workbook.xml" for member in members):
                file.seek(0)
                yield name, cast("Stream", file)
                return
            if depth == 0:
                raise DumpError(name, 0, f"packed over {DEEPEST} times: not a dump")
            _refuse_overlaps(name, members)
            for member in sorted(members, key=lambda member_: member_.filename):
                base = member.filename.rpartition("/")[2]
                if base.startswith(".") or member.filename.startswith("__MACOSX/"):
                    continue
                inside = f"{name}/{member.filename}"
                try:
                    opened = archive.open(member)
                except _BROKEN as error:
                    raise DumpError(inside, 0, f"cannot be unpacked ({error})") from error
                with opened:
                    packed = Counted(cast("IO[bytes]", io.BytesIO()))
                    packed.count = member.compress_size
                    yield from _layer(inside, _Checked(inside, opened, packed), packed, depth - 1)
