"""EndNote's tagged text (.enw), as EndNote, Google Scholar and publishers' sites export it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.errors import RecordError
from indexer.formats.keywords import split_keywords
from indexer.formats.tagged_lines import Tagged, Tagging, read_tagged
from indexer.intake.dump import Dump
from indexer.intake.names import natural_order
from indexer.intake.record import Read, Record

_TAGGING = Tagging(re.compile(r"%([0-9A-Z@!~>&$#()*+])(?:\s+(.*)|()$)"), first="0")
_START = re.compile(r"^%0 [A-Z]", re.MULTILINE)


def sniff(head: bytes, name: str) -> bool:
    """Recognise the line that begins a reference."""
    del name
    text = head[:65536].decode("utf-8-sig", errors="replace")
    return _START.search(text) is not None and re.search(r"^%T ", text, re.MULTILINE) is not None


def read(dump: Dump) -> Iterator[Read]:
    """Read the references."""
    for item in read_tagged(dump, _TAGGING):
        yield item if isinstance(item, RecordError) else _record(item)


def _record(tagged: Tagged) -> Record:
    return Record(
        line=tagged.line,
        title=tagged.first("T", "!"),
        abstract=tagged.first("X"),
        authors=tuple(natural_order(name) for name in tagged.all("A")),
        venue=tagged.first("J", "B"),
        year=tagged.first("D", "8"),
        type=tagged.first("0"),
        doi=tagged.first("R"),
        url=tagged.first("U", ">").split("\n")[0],
        keywords=tuple(
            word for value in tagged.values.get("K", ()) for word in split_keywords(value, ";\n,")
        ),
    )
