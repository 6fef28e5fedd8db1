"""The character encoding of a dump: declared, marked, or detected; what is read is always UTF-8.

A byte order mark counts first, then a declaration (``<?xml encoding="…"?>``, BibTeX's
``% Encoding: …``, which JabRef writes), then the bytes themselves: UTF-16 without a mark shows by
its zeros, UTF-8 by its own rules, and all else is detected by charset-normalizer in the lines that
are not UTF-8, of the whole dump up to `SURVEYED` bytes.
"""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from indexer.intake.unpack import CHUNK, Stream

SURVEYED: Final = 32 * 1024 * 1024
"""Most bytes, from the first that is not UTF-8 on, that are looked at to detect an encoding; they are kept in memory."""
SAMPLE: Final = 64 * 1024
"""Most bytes of lines that charset-normalizer is given; it takes about a second for them."""
LONGEST_MIXED_LINE: Final = 1024 * 1024
"""Most bytes that wait for the end of their line in a dump of mixed encodings."""
_MIXED_SHARE: Final = 0.2
"""Least share of UTF-8 among the lines beyond ASCII that makes a dump UTF-8 with faulty lines:
GB 18030 and Shift JIS give a few per cent by chance."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_XML = re.compile(rb"\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_BIBTEX = re.compile(rb"^\s*%+\s*Encoding\s*:\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE | re.M)
_JAVA = re.compile(r"(iso)[_-]?(8859)[_-](\d+)", re.IGNORECASE)
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "iso8859_2", "iso8859_15", "mac_roman")
_OTHER = (
    "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "cp1251", "koi8_r", "koi8_u", "iso8859_5",
    "cp866", "cp1253", "iso8859_7", "cp1255", "cp1256", "cp874",
)  # fmt: skip
_SHOWN = {
    "cp1250": "Windows-1250", "cp1251": "Windows-1251", "cp1252": "Windows-1252",
    "cp1253": "Windows-1253", "cp1254": "Windows-1254", "cp1255": "Windows-1255",
    "cp1256": "Windows-1256", "cp1257": "Windows-1257", "gb18030": "GB 18030", "big5": "Big5",
    "shift_jis": "Shift JIS", "euc_jp": "EUC-JP", "euc_kr": "EUC-KR", "koi8_r": "KOI8-R",
    "koi8_u": "KOI8-U", "iso8859_2": "ISO 8859-2", "iso8859_5": "ISO 8859-5",
    "iso8859_7": "ISO 8859-7", "iso8859_15": "ISO 8859-15", "mac_roman": "Mac Roman",
    "cp850": "code page 850", "cp866": "code page 866", "cp874": "Windows-874", "iso2022_jp": "ISO-2022-JP",
}  # fmt: skip
_RUN = re.compile(rb"[\x80-\xff]+")
_HIGH = re.compile(rb"[\x80-\xff]")
_C1 = re.compile(rb"[\x80-\x9f]")
_KANA = re.compile(rb"\xa4[\xa1-\xf3]")
"""Hiragana of EUC-JP; of EUC-KR they would be single consonants and vowels."""
_INSIDE = re.compile(rb"(?<=[A-Za-z])[\x80-\x91\x93-\x9b\x9d-\x9f](?=[a-z])")
"""Quotes, dashes and capitals of Windows-1252 within a word."""
_SIGN_IN_WORD = re.compile(rb"[\xa9\xae](?=[a-z])|(?<=[a-z])[\xa9\xae]")
"""© and ® of Windows-1250, Š and Ž of ISO 8859-2."""


@dataclass(frozen=True, slots=True)
class Detected:
    """An encoding that was detected.

    Attributes:
        encoding: Python's name of it.
        confidence: 0 to 1: how much of the sample reads as text of a language (1 minus the
            "chaos" of charset-normalizer); 0 for the fallback.
    """

    encoding: str
    confidence: float

    def __str__(self) -> str:
        """Word it for reports: "GB 18030 (confidence 98 %)"."""
        shown = _SHOWN.get(self.encoding, self.encoding)
        return f"{shown} (confidence {self.confidence:.0%})"


def marked_encoding(head: bytes) -> str:
    """Returns the encoding that a byte order mark or the zeros of UTF-16 show; empty if none.

    UTF-16 of ASCII, as line ends, tags and digits are, has a zero in every second byte.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    sample = head[: 4096 & ~1]
    if len(sample) < 4 or b"\0" not in sample:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    if most < len(sample) // 20 or least > most // 20:
        return ""
    name = "utf-16-be" if even > odd else "utf-16-le"
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        return ""
    return name if "\0" not in text else ""


def declared_encoding(head: bytes) -> str:
    """Returns the encoding that a dump declares, as it spells it; empty if it declares none."""
    start = head[:4096].removeprefix(codecs.BOM_UTF8)
    declared = _XML.match(start) or _BIBTEX.search(start)
    return declared[1].decode("ascii") if declared else ""


def known_codec(name: str) -> str:
    """Returns Python's name of a text encoding ("iso8859-2" of "ISO8859_2"); empty if unknown."""
    try:
        codec = codecs.lookup(_JAVA.sub(r"\1\2-\3", name))
        b"".decode(codec.name)
    except (LookupError, TypeError, ValueError):
        return ""
    # What is labelled Latin-1 on the web is Windows-1252 (encoding.spec.whatwg.org).
    return {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}.get(
        codec.name, codec.name
    )


def detect_encoding(lines: Iterable[bytes]) -> Detected:
    """Detects the encoding of lines that are not UTF-8; Windows-1252 where nothing is clear.

    Bytes beyond ASCII that stand alone among ASCII letters are accented letters of a Latin
    script, longer runs are another script; only encodings of that kind are tried.
    """
    from charset_normalizer import from_bytes

    sample = b"\n".join(lines)[:SAMPLE]
    runs = _RUN.findall(sample)
    letters = sum(map(len, runs))
    if not letters:
        return Detected("cp1252", 0.0)
    latin = letters < 1.6 * len(runs)
    best = from_bytes(
        sample,
        cp_isolation=list(_LATIN if latin else _OTHER),
        preemptive_behaviour=False,
        enable_fallback=False,
    ).best()
    if best is None:
        return Detected("cp1252", 0.0)
    encoding = best.encoding
    confidence = round(max(0.0, 1.0 - best.chaos), 2)
    # A few accented letters do not tell Czech from French; most files are Western.
    if latin and encoding != "cp1252" and (letters < 8 or best.coherence < 0.2):
        encoding = "cp1252"
    return Detected(_told_apart(sample, encoding, latin=latin), confidence)


def _told_apart(sample: bytes, encoding: str, *, latin: bool) -> str:
    """Tells encodings apart that differ in a few letters, by what those letters would be."""
    if not latin:
        if encoding == "euc_kr" and len(_KANA.findall(sample)) * 4 > len(sample.split()):
            return "euc_jp" if _decodes(sample, "euc_jp") else encoding
        high = _HIGH.findall(sample)
        # Hebrew has no capitals; Russian has, and я, ы, ь beyond these.
        if encoding == "cp1251" and len(high) >= 8 and max(high) <= b"\xfa" and min(high) >= b"\xe0":
            return "cp1255"
        return encoding
    runs = _RUN.findall(sample)
    if len(_INSIDE.findall(sample)) * 2 > len(runs):
        # Signs of Windows-1252 within words are letters of older encodings.
        return max(("mac_roman", "cp850"), key=lambda name: _lower_letters(runs, name))
    turkish = sum(map(sample.count, (b"\xf0", b"\xfd", b"\xfe", b"\xdd", b"\xde")))
    icelandic = sum(map(sample.count, (b"\xe1", b"\xe6", b"\xed", b"\xf3", b"\xfa")))
    if b"\xfd" in sample and b"\xfe" in sample and not icelandic and turkish * 4 > len(runs):
        return "cp1254"
    if encoding == "cp1250" and _SIGN_IN_WORD.search(sample) and not _C1.search(sample):
        return "iso8859_2"
    return encoding


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample[: sample.rfind(b"\n") + 1 or None].decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _lower_letters(runs: list[bytes], encoding: str) -> int:
    return sum(map(str.islower, b"".join(runs).decode(encoding, errors="replace")))


def decode_line(line: bytes, encoding: str = "cp1252") -> str:
    """Decodes UTF-8 or, where it is not, the other encoding or, where it is not, Latin-1."""
    for name in ("utf-8", encoding, "cp1252"):
        try:
            return line.decode(name)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


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
