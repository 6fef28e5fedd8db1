"""Find and open dumps: files, folders, patterns, archives and standard input."""

from __future__ import annotations

import codecs
import glob
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from indexer.errors import DumpError
from indexer.intake.encoding import (
    declared_encoding,
    decode_line,
    known_codec,
    marked_encoding,
)
from indexer.intake.recoding import Normalized, Recoded, Undeclared
from indexer.intake.record import Notice
from indexer.intake.unpack import CHUNK, Counted, Peeked, Stream, unpack

HEAD: Final = 256 * 1024
"""Bytes of a dump that formats may look at to recognise it."""
LONGEST_LINE: Final = 32 * 1024 * 1024
"""Most bytes of one line."""
_BINARY = (b"PK\x03\x04",)
"""What a dump that is no text begins with: a workbook."""
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_SUFFIXES = (".gz", ".bz2", ".xz", ".zst", ".zstd")


class Dump:
    r"""One dump, unpacked, to be read once from its beginning to its end.

    Attributes:
        name: for reports: the path as given; members of archives as "archive.zip/member".
        stem: the file's name without folders and suffixes ("iclr2014"), which some formats need;
            empty for standard input.
        head: the first bytes, up to `HEAD`.
        asked: the user named it; otherwise it was met in a folder, where other files may lie.

    All that is read of a text is UTF-8 without byte order marks and has ``\\n`` as its line end,
    whatever the file has (see `indexer.intake.encoding`); a workbook is read as it is.
    """

    def __init__(self, name: str, stream: Stream, *, asked: bool = True) -> None:
        self.name = name
        base = Path(name).name
        while base.lower().endswith(_SUFFIXES):
            base = base.rpartition(".")[0]
        self.stem = "" if base == "-" else base.split(".")[0]
        self.asked = asked
        self._said: list[str] = []
        self._coded: Recoded | Undeclared | None = None
        self._normal: Normalized | None = None
        peeked = Peeked(stream, HEAD)
        if not peeked.head.startswith(_BINARY):
            self._coded = self._decoded(peeked)
            self._normal = Normalized(self._coded)
            peeked = Peeked(self._normal, HEAD)
        self._peeked = peeked
        self.head = peeked.head

    def _decoded(self, peeked: Peeked) -> Recoded | Undeclared:
        """Chooses how the bytes are decoded: as marked, as declared, or as they look."""
        head = peeked.head
        if marked := marked_encoding(head):
            if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, *_UTF32)):
                self._said.append(f"is {marked.upper()} without a byte order mark; read as that")
            return Recoded(peeked, marked)
        if head.startswith(codecs.BOM_UTF8) or not (declared := declared_encoding(head)):
            return Undeclared(peeked)
        codec = known_codec(declared)
        if not codec or codec.startswith(("utf-16", "utf-32")):
            self._said.append(f"declares the encoding {declared}, which it cannot be: not believed")
            return Undeclared(peeked)
        if codec == "utf-8" or (head.isascii() and not codec.startswith("iso2022")):
            # What follows the head decides whether the declaration matters.
            return Undeclared(peeked) if codec == "utf-8" else Recoded(peeked, codec)
        if _is_utf8(head):
            self._said.append(f"declares the encoding {declared}, but is UTF-8; read as UTF-8")
            return Undeclared(peeked)
        try:
            codecs.getincrementaldecoder(codec)().decode(head)
        except UnicodeDecodeError:
            if codec != "cp1252":
                self._said.append(f"declares the encoding {declared}, but is none: not believed")
            return Undeclared(peeked)
        return Recoded(peeked, codec)

    def notices(self) -> Iterator[Notice]:
        """Returns remarks on the encoding; complete once the dump was read to its end."""
        said = list(self._said)
        coded = self._coded
        if isinstance(coded, Recoded) and coded.lost:
            said.append(f"{coded.lost} characters could not be decoded and are lost (U+FFFD)")
        if isinstance(coded, Undeclared) and coded.detected is not None:
            lines = f"{coded.faulty} lines are" if coded.faulty != 1 else "1 line is"
            said.append(
                f"{lines} not UTF-8; read as {coded.detected}. Where letters are wrong, convert "
                "the file to UTF-8"
            )
        if self._normal is not None and self._normal.marks:
            said.append(f"{self._normal.marks} byte order marks within the file were passed over")
        for text in said:
            yield Notice(self.name, 0, text)

    def read(self, size: int = CHUNK) -> bytes:
        """Returns at most `size` bytes more, none at the end.

        Raises:
            DumpError: when the compression is broken or the content grows beyond its limits.
        """
        return self._peeked.read(size)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Returns each line with its number from 1, without its end.

        Raises:
            DumpError: when a line is longer than `LONGEST_LINE`.
        """
        for number, line in enumerate(self._byte_lines(), start=1):
            yield number, decode(line)

    def chunks(self) -> Iterator[str]:
        """Returns the text in pieces of any size."""
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        while piece := self.read():
            if text := decoder.decode(piece):
                yield text
        if text := decoder.decode(b"", final=True):
            yield text

    def _byte_lines(self) -> Iterator[bytes]:
        pending: list[bytes] = []
        held = 0
        while chunk := self.read():
            *lines, rest = chunk.split(b"\n")
            for line in lines:
                yield b"".join((*pending, line)) if pending else line
                pending, held = [], 0
            pending.append(rest)
            held += len(rest)
            if held > LONGEST_LINE:
                limit = LONGEST_LINE >> 20
                raise DumpError(self.name, 0, f"a line is longer than {limit} MiB: not a dump")
        if held:
            yield b"".join(pending)


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not head.isascii()


def decode(data: bytes) -> str:
    """Decodes UTF-8 or, where it is not, Windows-1252 or, where it is not, Latin-1."""
    return decode_line(data)


@dataclass(frozen=True, slots=True)
class DumpFile:
    """One file to read.

    Attributes:
        name: the path as the user would write it; "-" is standard input.
        size: bytes on disk, 0 where unknown.
        asked: the user named it (or a pattern it fits), not a folder it lies in.
    """

    name: str
    size: int
    asked: bool


class Dumps:
    """All dumps a user named, opened one after another.

    Attributes:
        found: the files, in the order they are read.
        bytes_total: their size on disk, packed as they are; 0 where it cannot be known.
    """

    def __init__(self, names: Sequence[str], *, exclude: Sequence[str] = ()) -> None:
        """Finds the files; nothing is opened yet.

        Args:
            names: files, folders, patterns (``lists/*.gz``) and "-". Folders are searched
                through, but for hidden ones and those that a ``CACHEDIR.TAG`` marks as made by a
                program (bford.info/cachedir), such as an index.
            exclude: further folders that are not searched, and files that are not read.

        Raises:
            DumpError: when there is no such file or folder, or nothing fits a pattern.
        """
        barred = {os.path.realpath(path) for path in exclude}
        self.found = tuple(dump for name in names for dump in _find(name, barred))
        known = all(dump.name != "-" for dump in self.found)
        self.bytes_total = sum(dump.size for dump in self.found) if known else 0
        self._finished = 0
        self._now: Counted | None = None

    @property
    def bytes_read(self) -> int:
        """Bytes taken so far, of `bytes_total`."""
        return self._finished + (self._now.count if self._now else 0)

    def __iter__(self) -> Iterator[Dump]:
        """Opens each in turn; one is closed when the next is asked for.

        Raises:
            DumpError: when a file cannot be opened or its packing is broken.
        """
        for dump in self.found:
            raw = sys.stdin.buffer if dump.name == "-" else _open(dump.name)
            try:
                self._now = Counted(raw)
                for name, content in unpack(dump.name, self._now):
                    yield Dump(name, content, asked=dump.asked and name == dump.name)
                self._finished += self._now.count
                self._now = None
            finally:
                if dump.name != "-":
                    raw.close()


def _open(name: str) -> IO[bytes]:
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise DumpError(name, 0, f"cannot be opened: {error.strerror}") from error


def _find(name: str, barred: set[str]) -> Iterator[DumpFile]:
    if name == "-":
        yield DumpFile("-", 0, asked=True)
    elif Path(name).exists():
        yield from _files_under(name, barred)
    elif glob.has_magic(name):
        names = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 - keeps the user's spelling
        if not names:
            raise DumpError(name, 0, "nothing fits this pattern")
        for name_ in names:
            yield from _files_under(name_, barred)
    else:
        raise DumpError(name, 0, "no such file; give a file, a folder, a pattern, or - for stdin")


def _files_under(name: str, barred: set[str]) -> Iterator[DumpFile]:
    if not Path(name).is_dir():
        if not barred or os.path.realpath(name) not in barred:
            yield DumpFile(name, _size(name), asked=True)
        return
    for here, folders, files in os.walk(name):
        if "CACHEDIR.TAG" in files or os.path.realpath(here) in barred:
            folders.clear()
            continue
        folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
        for file in sorted(files):
            path = os.path.join(here, file)  # noqa: PTH118 - keeps the user's spelling
            out = bool(barred) and os.path.realpath(path) in barred
            if not file.startswith(".") and not out and Path(path).is_file():
                yield DumpFile(path, _size(path), asked=False)


def _size(name: str) -> int:
    try:
        return Path(name).stat().st_size
    except OSError as error:
        raise DumpError(name, 0, f"cannot be opened: {error.strerror}") from error
