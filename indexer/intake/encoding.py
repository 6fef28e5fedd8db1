"""The character encoding of a dump: declared, marked, or detected; what is read is always UTF-8.

A byte order mark counts first, then a declaration (``<?xml encoding="…"?>``, BibTeX's
``% Encoding: …``, which JabRef writes), then the bytes themselves: UTF-16 without a mark shows by
its zeros, UTF-8 by its own rules, and all else is detected by charset-normalizer in the lines that
are not UTF-8, of the whole dump (`indexer.intake.recoding`).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

SAMPLE: Final = 64 * 1024
"""Most bytes of lines that charset-normalizer is given; it takes about a second for them."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_XML = re.compile(rb"\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_BIBTEX = re.compile(
    rb"^\s*%+\s*Encoding\s*:\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE | re.MULTILINE
)
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
    "cp850": "code page 850", "cp866": "code page 866", "cp874": "Windows-874",
    "iso2022_jp": "ISO-2022-JP",
}  # fmt: skip
_RUN = re.compile(rb"[\x80-\xff]+")
_IN_WORD = re.compile(rb"(?:(?<=[a-z])[\xa0-\xff]+|[\xa0-\xff]+(?=[a-z]))")
_HIGH = re.compile(rb"[\x80-\xff]")
_C1 = re.compile(rb"[\x80-\x9f]")
_KANA = re.compile(rb"\xa4[\xa1-\xf3]")
"""Hiragana of EUC-JP; of EUC-KR they would be single consonants and vowels."""
_INSIDE = re.compile(rb"(?<=[A-Za-z])[\x80-\x91\x93-\x9b\x9d-\x9f](?=[a-z])")
"""Quotes, dashes and capitals of Windows-1252 within a word."""
_SIGN_IN_WORD = re.compile(rb"[\xa9\xae](?=[a-z])|(?<=[a-z])[\xa9\xae]")
"""© and ® of Windows-1250, Š and Ž of ISO 8859-2."""


_CENTRAL = re.compile(
    rb"\xa3[a-z]{2}|[a-z][\xb1\xb3\xb6\xb9\xbc\xbe\xbf](?=[a-z\xb1\xb6\xbc\xbf])|[a-z]{3}\xb3(?![a-z0-9])"
    rb"|\xc8[aeiou\xe1\xe9\xed]|[\xec\xf9][a-z\xbe]|\xf8[\xe1\xed]|i\xe6(?![a-z\x80-\xff])"
    rb"|[a-z]\xf1(?![aeiou\x80-\xff])"
)
"""Letters of Central Europe (ł, ą, ż, Č, ě, ů, ř, ć, ń) where Windows-1252 would have no word."""
_WESTERN = re.compile(rb"[ao]\xef[a-z]|\x9c[uits]|[a-z]\xf1[aeiou]|\xe3o(?![a-z])")
"""Letters of Western Europe (ï, œ, ñ, ã) where Windows-1250 would have no word."""
_ISO_CENTRAL = re.compile(rb"[a-z\xec\xf9][\xa9\xae\xb1\xb6\xbc\xbe]|[\xa9\xae\xa6\xac][a-z]")


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
        """Words it for reports: "GB 18030 (confidence 98 %)"."""
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
    latin = letters < 1.6 * len(runs) or (
        letters < 8 and max(map(len, runs)) <= 2 and len(_IN_WORD.findall(sample)) == len(runs)
    )
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
    return Detected(_distinguish(sample, encoding, latin=latin), confidence)


def _distinguish(sample: bytes, encoding: str, *, latin: bool) -> str:
    """Tells encodings apart that differ in a few letters, by what those letters would be."""
    if not latin:
        if encoding == "euc_kr" and len(_KANA.findall(sample)) * 4 > len(sample.split()):
            return "euc_jp" if _decodes(sample, "euc_jp") else encoding
        high = _HIGH.findall(sample)
        # Hebrew has no capitals; Russian has, and я, ы, ь beyond these.
        if (
            encoding == "cp1251"
            and len(high) >= 8
            and max(high) <= b"\xfa"
            and min(high) >= b"\xe0"
        ):
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
    if encoding == "cp1252" and len(_CENTRAL.findall(sample)) * 8 >= len(runs):
        is_iso = _ISO_CENTRAL.search(sample) is not None and _C1.search(sample) is None
        return "iso8859_2" if is_iso else "cp1250"
    return _central(sample) if encoding == "cp1250" else encoding


def _central(sample: bytes) -> str:
    """Returns the encoding of letters that Windows-1250 has, too."""
    if _WESTERN.search(sample) and not _CENTRAL.search(sample):
        return "cp1252"
    return "iso8859_2" if _SIGN_IN_WORD.search(sample) and not _C1.search(sample) else "cp1250"


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
