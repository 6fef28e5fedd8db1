"""Web of Science field-tagged text ("plain text file"), which begins with ``FN`` and ``VR``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.errors import RecordError
from indexer.formats.keywords import split_keywords
from indexer.formats.tagged_lines import Tagged, Tagging, read_tagged
from indexer.intake.dump import Dump
from indexer.intake.names import natural_order
from indexer.intake.record import Read, Record

_TAGGING = Tagging(
    re.compile(r"([A-Z][A-Z0-9])(?: (.*)|()$)"), first="PT", last="ER", ignored=frozenset(("EF",))
)
_START = re.compile(r"^(?:FN .*\r?\nVR [\d.]+|PT [A-Z]\r?\n(?:AU|AF|TI) )", re.MULTILINE)
_SMALL = re.compile(r"(?<= )(?:And|Of|The|In|On|For|To|At)(?= )")
_TYPES = {"J": "Journal Article", "C": "Conference Paper"}


def sniff(head: bytes, name: str) -> bool:
    """Recognise the two lines that begin a file, or those that begin a record."""
    del name
    return (
        _START.search(head[:65536].decode("utf-8", errors="replace").removeprefix("\ufeff"))
        is not None
    )


def read(dump: Dump) -> Iterator[Read]:
    """Read the records."""
    for item in read_tagged(dump, _TAGGING):
        yield item if isinstance(item, RecordError) else _record(item)


def _record(tagged: Tagged) -> Record:
    names = [name for value in tagged.all("AF", "AU") for name in value.split("\n")]
    kind = tagged.first("DT")
    kind = (
        "Conference Paper" if "Proceedings Paper" in kind else _TYPES.get(tagged.first("PT"), kind)
    )
    source = tagged.first("SO")
    return Record(
        line=tagged.line,
        id=tagged.first("UT").replace("ISI:", "WOS:"),
        title=tagged.first("TI"),
        abstract=tagged.first("AB"),
        authors=tuple(natural_order(name) for name in names),
        venue=_SMALL.sub(lambda word: word[0].lower(), source.title())
        if source.isupper()
        else source,
        year=tagged.first("PY"),
        type=kind,
        doi=tagged.first("DI"),
        keywords=split_keywords(" ".join(tagged.first("DE").split()), ";"),
    )
