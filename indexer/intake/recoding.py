"""Streams of bytes as UTF-8 with one kind of line end, whatever the encoding they are in."""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterable
from typing import Final

from indexer.intake.encoding import SAMPLE, Detected, decode_line, detect_encoding
from indexer.intake.unpack import CHUNK, Stream

SURVEYED: Final = 32 * 1024 * 1024
"""Most bytes, from the first that is not UTF-8 on, that are looked at to detect an encoding.

They are kept in memory.
"""
LONGEST_MIXED_LINE: Final = 1024 * 1024
"""Most bytes that wait for the end of their line in a dump of mixed encodings."""
_MIXED_SHARE: Final = 0.2
"""Least share of UTF-8 among the lines beyond ASCII that makes a dump UTF-8 with faulty lines:
GB 18030 and Shift JIS give a few per cent by chance."""


class Recoded:
    """A stream in a known encoding, as UTF-8; what cannot be decoded becomes U+FFFD.

    Attributes:
        lost: number of characters that could not be decoded.
    """

    def __init__(self, stream: Stream, encoding: str) -> None:
        self.lost = 0
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._ended = False

    def read(self, size: int = CHUNK, /) -> bytes:
        """Returns some bytes of UTF-8, none at the end."""
        while not self._ended:
            piece = self._stream.read(size)
            self._ended = not piece
            if text := self._decoder.decode(piece, final=self._ended):
                self.lost += text.count("\ufffd")
                return text.encode(errors="replace")
        return b""


class Undeclared:
    """A stream of an encoding that nothing tells, as UTF-8.

    Attributes:
        detected: the encoding of all or of the faulty lines; None while all was UTF-8.
        mixed: the dump is UTF-8 but for `faulty` lines.
        faulty: lines that were not UTF-8, as far as they were read.
    """

    def __init__(self, stream: Stream) -> None:
        self.detected: Detected | None = None
        self.mixed = False
        self.faulty = 0
        self._stream: Stream = stream
        self._rest = b""
        self._utf8_lines = 0
        self._recoded: Recoded | None = None

    def read(self, size: int = CHUNK, /) -> bytes:
        """Returns some bytes of valid UTF-8, none at the end."""
        while True:
            if self._recoded is not None:
                return self._recoded.read(size)
            piece = self._stream.read(size)
            data = self._rest + piece if self._rest else piece
            self._rest = b""
            if data.isascii():
                return data
            data, self._rest = _whole_characters(data) if piece else (data, b"")
            try:
                data.decode()
            except UnicodeDecodeError:
                data = self._mended(data, last=not piece)
            else:
                self._utf8_lines += 1
            if data or not piece:
                return data

    def _mended(self, data: bytes, *, last: bool) -> bytes:
        if self.detected is None:
            self._survey(data)
            if not self.mixed:
                return b""
            last = False
            data, self._rest = b"", b""
        data, self._rest = data + self._rest, b""
        if not last:
            end = data.rfind(b"\n") + 1
            if len(data) - end <= LONGEST_MIXED_LINE:
                data, self._rest = data[:end], data[end:]
        return b"\n".join(self._line(line) for line in data.split(b"\n"))

    def _line(self, line: bytes) -> bytes:
        if line.isascii():
            return line
        try:
            line.decode()
        except UnicodeDecodeError:
            self.faulty += 1
            encoding = self.detected.encoding if self.detected else "cp1252"
            return decode_line(line, encoding).encode(errors="replace")
        return line

    def _survey(self, data: bytes) -> None:
        """Looks at the lines beyond ASCII, decides, and begins again with `data`."""
        pieces: deque[bytes] = deque()
        sample = _Sample()
        held = b""
        size = 0
        piece = data + self._rest
        while piece:
            pieces.append(piece)
            size += len(piece)
            lines = (held + piece).split(b"\n")
            held = lines.pop()
            if len(held) > LONGEST_MIXED_LINE:
                lines, held = [*lines, held], b""
            sample.take(lines)
            piece = self._stream.read(CHUNK) if size < SURVEYED else b""
        sample.take([held])
        self._stream, self._rest = _Joined(pieces, self._stream), b""
        self.detected = detect_encoding(sample.faulty)
        valid = sample.valid + self._utf8_lines
        self.mixed = valid > _MIXED_SHARE * (valid + sample.faulty_count)
        if not self.mixed:
            self.faulty = sample.faulty_count
            if self.detected.encoding != "cp1252":
                self._recoded = Recoded(self._stream, self.detected.encoding)
            else:
                self.mixed = True  # by lines: five bytes have no meaning in Windows-1252


class _Sample:
    """Lines of all parts of a dump that are not UTF-8, at most twice `SAMPLE` bytes of them."""

    def __init__(self) -> None:
        self.faulty: list[bytes] = []
        self.faulty_count = 0
        self.valid = 0
        self._size = 0
        self._stride = 1

    def take(self, lines: Iterable[bytes]) -> None:
        """Counts lines and keeps some of the faulty ones."""
        for line in lines:
            if line.isascii():
                continue
            try:
                line.decode()
            except UnicodeDecodeError:
                self._keep(line)
            else:
                self.valid += 1

    def _keep(self, line: bytes) -> None:
        self.faulty_count += 1
        if self.faulty_count % self._stride:
            return
        self.faulty.append(line[:SAMPLE])
        self._size += min(len(line), SAMPLE)
        if self._size > SAMPLE and len(self.faulty) > 1:
            self.faulty = self.faulty[::2]
            self._size = sum(map(len, self.faulty))
            self._stride *= 2


class _Joined:
    """What was put by, and then the rest of the stream."""

    def __init__(self, pieces: deque[bytes], stream: Stream) -> None:
        self._pieces = pieces
        self._stream = stream

    def read(self, size: int = CHUNK, /) -> bytes:
        return self._pieces.popleft() if self._pieces else self._stream.read(size)


def _whole_characters(data: bytes) -> tuple[bytes, bytes]:
    """Splits off the bytes at the end that may be the beginning of a character."""
    for length in range(1, min(4, len(data) + 1)):
        byte = data[-length]
        if byte < 0x80:
            break
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return (data[:-length], data[-length:]) if length < needed else (data, b"")
    return data, b""


class Normalized:
    r"""A stream of UTF-8 without byte order marks and with ``\n`` as its only line end.

    Marks stand within a file where files were joined, and at its beginning as "ï»¿" where one was
    encoded twice; U+FEFF within a text is never more than a mark (unicode.org/faq/utf_bom.html).
    Line ends are ``\n``, ``\r\n``, ``\r\r\n`` or ``\r``.

    Attributes:
        marks: number of marks taken out, but for one at the beginning.
    """

    _MARK = re.compile(b"\xef\xbb\xbf|\xc3\xaf\xc2\xbb\xc2\xbf")
    _OPEN = re.compile(
        b"(?:\r+|\xef\xbb?|\xc3(?:\xaf(?:\xc2(?:\xbb(?:\xc2)?)?)?)?)$".replace(b"$", rb"\Z")
    )
    _LINE_END = re.compile(rb"\r+\n|\r")

    def __init__(self, stream: Stream) -> None:
        self.marks = 0
        self._stream = stream
        self._rest = b""
        self._first = True

    def read(self, size: int = CHUNK, /) -> bytes:
        """Returns some bytes, none at the end."""
        while piece := self._stream.read(size):
            data = self._rest + piece if self._rest else piece
            self._rest = b""
            if data[-1] == 0x0D or data[-1] >= 0x80:
                data = self._hold_back(data)
            if b"\xef\xbb\xbf" in data or b"\xc3\xaf\xc2\xbb\xc2\xbf" in data:
                leading = self._first and data.startswith(codecs.BOM_UTF8)
                data, count = self._MARK.subn(b"", data)
                self.marks += count - leading
            self._first = self._first and not data
            if b"\r" in data:
                data = self._LINE_END.sub(b"\n", data)
            if data:
                return data
        data, self._rest = self._rest, b""
        return self._LINE_END.sub(b"\n", data)

    def _hold_back(self, data: bytes) -> bytes:
        """Keeps an unfinished mark or line end at the end for the next piece."""
        tail = len(data) - 8
        open_ = self._OPEN.search(data, max(tail, 0))
        if open_ is None or (data[-1] == 0x0D and len(data) > 8 and data[-8:] == b"\r" * 8):
            return data
        self._rest = data[open_.start() :]
        return data[: open_.start()]
