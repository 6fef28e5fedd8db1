"""RIS (en.wikipedia.org/wiki/RIS_(file_format)), in the dialects of its many exporters.

Which tag holds what differs: titles in TI or T1, abstracts in AB or N2, journals in JF, JO, T2 ….
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.errors import RecordError
from indexer.formats.keywords import split_keywords
from indexer.formats.tagged_lines import Tagged, Tagging, read_tagged
from indexer.intake.dump import Dump
from indexer.intake.names import initials_first, split_listed
from indexer.intake.record import Read, Record

_TAGGING = Tagging(
    re.compile(r"\s{0,3}([A-Z][A-Z0-9])[ \t]{1,3}-[ \t]?(.*)$"), first="TY", last="ER"
)
_START = re.compile(r"^\s{0,3}TY[ \t]{1,3}-", re.MULTILINE)
_DATABASE = re.compile(r"(?:PUBMED|EMBASE|CINAHL|MEDLINE|CTgov|ICTRP)\s+[\w-]*\d")
_DOI_ADDRESS = re.compile(r"https?://(?:dx\.)?doi\.org/(10\.\S+)")


def sniff(head: bytes, name: str) -> bool:
    """Recognise a line that begins a reference."""
    del name
    return (
        _START.search(head[:65536].decode("utf-8", errors="replace").removeprefix("\ufeff"))
        is not None
    )


def read(dump: Dump) -> Iterator[Read]:
    """Read the references."""
    for item in read_tagged(dump, _TAGGING):
        yield item if isinstance(item, RecordError) else _record(item)


def _record(tagged: Tagged) -> Record:
    addresses = [
        one for value in tagged.all("UR", "L2", "LK") for one in re.split(r"[;\s]+", value)
    ]
    dois = (match[1] for one in addresses if (match := _DOI_ADDRESS.match(one)))
    return Record(
        line=tagged.line,
        title=tagged.first("TI", "T1", "CT", "BT"),
        abstract=tagged.first("AB", "N2"),
        authors=tuple(name for value in tagged.all("AU", "A1") for name in _names(value)),
        venue=_venue(tagged),
        year=tagged.first("PY", "Y1", "DA"),
        type=tagged.first("TY"),
        doi=tagged.first("DO", "DI") or next(dois, ""),
        url=next((one for one in addresses if one), ""),
        keywords=tuple(
            word.lstrip("*")
            for value in tagged.all("KW", "DE")
            for word in split_keywords(value, ";\n")
        ),
    )


def _venue(tagged: Tagged) -> str:
    """Returns the venue; Cochrane has numbers of other databases in C3 ("PUBMED 21314913")."""
    for tag in ("JF", "JO", "T2", "C3", "BT", "JA", "J2", "J1", "T3"):
        venue = tagged.first(tag)
        if venue and _DATABASE.match(venue) is None:
            return venue
    return ""


def _names(text: str) -> tuple[str, ...]:
    """Reads the authors of a line, which should be one."""
    return tuple(initials_first(name) for name in split_listed(" ".join(text.split())))
